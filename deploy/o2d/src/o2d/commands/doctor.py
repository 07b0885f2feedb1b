"""`o2d doctor`: what is wrong on this machine and how to mend it."""

from __future__ import annotations

import typer

from o2d.checks import look
from o2d.home import Home, home_folder
from o2d.show import Output, OutputOption, show


def command(output: OutputOption = Output.TABLE) -> None:
    """Look at all that o2d needs; exit code 1 when something must be mended."""
    findings = look(Home(home_folder()))
    show([finding.row() for finding in findings], output)
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)
