"""`o2d up`: everything on this machine, in the foreground or as a process of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from o2d import issuer
from o2d.home import Home, home_folder, read_json
from o2d.local.use import USED_BY
from o2d.trouble import CannotStart, last_lines

DETACHED_S = 300.0
STOPPED_EARLY = 130

Detach = Annotated[bool, typer.Option("--detach", "-d", help="Leave it running and come back.")]
Clock = Annotated[str, typer.Option(help="Business time: rate:FACTOR or stepped:MOMENT.")]
Port = Annotated[
    int | None, typer.Option(min=1024, max=65000, envvar="O2D_PORT", help="The first service's port.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Keep the services' lines in the log files.")]


def command(detach: Detach = False, clock: Clock = "rate:1", port: Port = None, quiet: Quiet = False) -> None:
    """Start the database, the broker and all services; Ctrl-C ends them."""
    _check_clock(clock)
    home = Home(home_folder())
    home.prepare()
    if detach:
        start_detached(home, clock, port)
    else:
        _stay(home, clock, port, quiet)


def _check_clock(clock: str) -> None:
    from backbone.clock import clock_of

    try:
        clock_of(clock)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--clock") from wrong


def _stay(home: Home, clock: str, port: int | None, quiet: bool) -> None:
    from o2d.local import services, supervise
    from o2d.local.voices import Voices

    with home.lock():
        voices = Voices([one.name for one in services.SERVICES], quiet=quiet)
        start = supervise.Start(home, voices, clock=clock, first_port=port)
        if not asyncio.run(supervise.run(start, _greet)):
            raise typer.Exit(STOPPED_EARLY)


def _greet(state: dict[str, Any]) -> None:
    print("\no2d is ready:")
    for name, service in state["services"].items():
        print(f"  {name:<14} {service['url']}")
    print(f"  {'kafka':<14} {state['kafka']['bootstrap']}")
    tower = state["services"].get("control-tower")
    if tower is not None:
        # The link is good for one visit: whoever reads it later in a scrollback gets nothing by it.
        token = issuer.sign(Home(Path(state["home"])), "admin", login=True)
        print(f"Look around, signed in as admin: {tower['url']}/login?token={token}")
    print("A token for a role: `o2d token --role admin`. Logs and data: " + state["home"])
    print("Ctrl-C (or `o2d down`) ends it.\n", flush=True)


def _is_started(home: Home, holder: int) -> bool:
    state = read_json(home.state)  # it may still be that of a start that was killed
    return bool(state.get("started")) and state.get("holder") == holder


def start_detached(home: Home, clock: str, port: int | None = None, *, used_by: Path | None = None) -> None:
    """Start everything as a process of its own and wait until it is ready. Raises CannotStart.

    It lives on when we have ended, or as long as anybody holds the lock of `used_by`.
    """
    if holder := home.running():
        raise CannotStart(f"o2d already runs in {home.path} (process {holder}).", "`o2d down` ends it.")
    log = home.logs / "o2d.log"
    words = [sys.executable, "-m", "o2d", "up", "--quiet", "--clock", clock]
    with log.open("wb") as out:
        child = subprocess.Popen(
            words + (["--port", str(port)] if port else []),
            env={**os.environ, "O2D_HOME": str(home.path)} | ({USED_BY: str(used_by)} if used_by else {}),
            stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    until = time.monotonic() + DETACHED_S
    while not _is_started(home, child.pid):
        if child.poll() is not None:
            raise CannotStart(last_lines(log, lines=30) or f"The start ended with code {child.returncode}.")
        if time.monotonic() > until:
            child.terminate()
            raise CannotStart(f"The start took longer than {DETACHED_S:.0f} s.", f"Look at {home.logs}.")
        time.sleep(0.05)
    child.returncode = 0  # it outlives us on purpose
    _greet(read_json(home.state))
