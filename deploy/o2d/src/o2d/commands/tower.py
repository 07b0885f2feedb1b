"""`o2d tower`: what the control tower shows, drawn anew from the facts that it has heard."""

from __future__ import annotations

from typing import Final

import typer

from o2d.desk import Desk, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="The control tower: draw its pictures anew.")

TOWER: Final = "control-tower"
DRAWING: Final = "/v1/pictures/drawing"


@words.command()
def redraw(output: OutputOption = Output.TABLE) -> None:
    """Draw all pictures anew by the rules of what runs, from all facts that were heard; pages go on meanwhile."""
    desk = Desk.of(TOWER, "admin")
    drawn, after = 0, None
    while True:
        part = desk.post(DRAWING, {"after": after})
        drawn, after = drawn + part["count"], part["after"]
        if after is None:
            break
    tell([{"pictures": drawn}], output)
