"""`o2d secrets`: the secrets of an installation on servers of others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from o2d.deployment.secret import write
from o2d.show import Output, OutputOption, show

Folder = Annotated[Path, typer.Argument(help="Where the files go; made where it is not there.")]


def command(folder: Folder, output: OutputOption = Output.TABLE) -> None:
    """Write passwords, keys and tokens into a folder; passwords and keys that are there stay, tokens are renewed."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    show([{"file": str(file)} for file in write(folder)], output)
