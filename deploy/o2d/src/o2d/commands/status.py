"""`o2d status`: what runs in this home, where it answers and whether it is ready."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

import typer

from o2d.home import Home, home_folder, read_json
from o2d.local.services import is_ready
from o2d.show import Output, OutputOption, complain, show

NOT_READY = 1
NOT_RUNNING = 3


def command(output: OutputOption = Output.TABLE) -> None:
    """Show services, broker and databases; exit code 3 when nothing runs here, 1 when something is not ready."""
    home = Home(home_folder())
    holder, state = home.running(), read_json(home.state)
    if holder and not state:
        complain(f"o2d is still starting in {home.path} (process {holder}).")
        raise typer.Exit(NOT_READY)
    if not holder:
        complain(f"o2d does not run in {home.path}.", "`o2d up` starts it.")
        raise typer.Exit(NOT_RUNNING)
    whole = asyncio.run(_asked(state))
    rows = [{"service": name, **service} for name, service in whole["services"].items()]
    show(rows, output, whole)
    if output is Output.TABLE:
        print(f"kafka {whole['kafka']['bootstrap']}, home {whole['home']}")
    if not all(row["ready"] for row in rows):
        raise typer.Exit(NOT_READY)


async def _asked(state: dict[str, Any]) -> dict[str, Any]:
    services = state["services"]
    ready = await asyncio.gather(*(is_ready(urlsplit(one["url"]).port or 0) for one in services.values()))
    return {
        "services": {
            name: {"url": one["url"], "pid": one["pid"], "ready": answer}
            for (name, one), answer in zip(services.items(), ready, strict=True)
        },
        "kafka": state["kafka"],
        "databases": state["databases"],
        "home": state["home"],
    }
