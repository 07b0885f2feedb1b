"""`o2d need`: what customers need: stated, one or many, and how far each is."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import ORDERS, Body, Desk, Subject, Yes, read_bodies, sure, tell, tell_answers
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Needs of customers: state them, see how far they are.")

NEEDS: Final = "/v1/needs"
MANY: Final = "/v1/needs/batch"


@words.command()
def state(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """State what customers need, by a JSON object a line that names its customer_id; a quote follows."""
    needs = read_bodies(file, "customer_id")
    sure(f"state {len(needs)} needs?", yes)
    desk = Desk.of(ORDERS, "sales", subject)
    if len(needs) == 1:
        tell([desk.post(NEEDS, needs[0])], output)
    else:
        tell_answers(desk.post(MANY, {"acts": needs})["answers"], output)


@words.command()
def show(need: Annotated[str, typer.Argument(help="The need.")], output: OutputOption = Output.TABLE) -> None:
    """Show a need, with its quote once there is one."""
    tell([Desk.of(ORDERS, "sales").get(f"{NEEDS}/{need}")], output)
