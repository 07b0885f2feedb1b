"""`o2d soak`: the fault tests that take minutes, on servers of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from o2d.home import clone_folder
from o2d.trouble import CannotStart

# Where they lie, and what their files are called: a run of the whole suite collects none of them.
FOLDER: Final = Path("tests/faults/soak")
PATTERN: Final = "soak_*.py"
OUTAGE_MINUTES: Final = 2.0
FULL_OUTAGE_MINUTES: Final = 30.0
KILLS_MINUTES: Final = 5.0

Names = Annotated[list[str] | None, typer.Argument(help="Which, by name; all without one.")]
FullLength = Annotated[
    bool, typer.Option("--full-length", help=f"The broker is away for {FULL_OUTAGE_MINUTES:.0f} minutes.")
]
Minutes = Annotated[float, typer.Option(min=0.5, help="How long services are killed at random.")]
Seed = Annotated[int | None, typer.Option(help="What chance begins with; another one each time without it.")]


def command(
    names: Names = None, full_length: FullLength = False, minutes: Minutes = KILLS_MINUTES, seed: Seed = None
) -> None:
    """Kill every service at every point, and at random; take the broker away; draw more; prove the promises of each."""
    clone = clone_folder()
    if clone is None or not (clone / FOLDER).is_dir():
        raise CannotStart("The tests are not here.", "Run `o2d soak` in a clone of the project.")
    files = _chosen(clone, names or [])
    outage = FULL_OUTAGE_MINUTES if full_length else OUTAGE_MINUTES
    settings = {
        "O2D_SOAK_OUTAGE_MINUTES": str(outage),
        "O2D_SOAK_KILLS_MINUTES": str(minutes),
        "O2D_SOAK_SEED": str(seed if seed is not None else time.time_ns() % 1_000_000),
    }
    print(f"{len(files)} soaks; the broker is away for {outage:g} minutes, ", end="")
    print(f"chance kills for {minutes:g} minutes and begins with {settings['O2D_SOAK_SEED']}", flush=True)
    # Each test says what it does as it goes on: nothing of it is kept back.
    words = [sys.executable, "-m", "pytest", "-s", "-v", "-o", f"python_files={PATTERN}", *map(str, files)]
    raise typer.Exit(subprocess.run(words, cwd=clone, env={**os.environ, **settings}, check=False).returncode)


def _chosen(clone: Path, names: list[str]) -> list[Path]:
    """The files of the soaks that are meant. Raises CannotStart for a name that is none."""
    known = {
        path.stem.removeprefix("soak_").replace("_", "-"): path for path in (clone / FOLDER).glob(PATTERN)
    }
    for name in names:
        if name not in known:
            raise CannotStart(f"There is no soak {name}.", f"Choose of {', '.join(sorted(known))}.")
    return [path.relative_to(clone) for name, path in sorted(known.items()) if name in (names or known)]
