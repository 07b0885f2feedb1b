"""`o2d reading`: what machines measured: sent from a file of readings, and listed by run."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from o2d.desk import PRODUCTION, Body, Desk, Subject, Yes, read_lines, read_text, sure, tell
from o2d.show import Output, OutputOption
from o2d.trouble import CannotStart

words = typer.Typer(no_args_is_help=True, help="What machines measured: send it, list it.")

SEND: Final = "/v1/readings/batch"
SENT_COUNT_MAX: Final = 1_000


@words.command("list")
def list_(
    run: Annotated[str, typer.Argument(help="The run.")],
    name: Annotated[str | None, typer.Option(help="Of this parameter alone.")] = None,
    machine: Annotated[str | None, typer.Option(help="Of this machine alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what machines measured at a run."""
    tell(Desk.of(PRODUCTION, "operator").rows(f"/v1/runs/{run}/readings", name=name, machine=machine), output)


@words.command()
def send(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Send readings, one a line as JSON; what is known already is not taken twice, so a file may be sent again."""
    found = read_lines(read_text(file), str(file))
    sure(f"send {len(found)} readings?", yes)
    desk = Desk.of(PRODUCTION, "operator", subject)
    taken = known = 0
    refused: list[dict[str, Any]] = []
    for first in range(0, len(found), SENT_COUNT_MAX):
        said = desk.post(SEND, {"readings": found[first : first + SENT_COUNT_MAX]})
        taken, known = taken + said["taken"], known + said["known"]
        refused += [
            {"reading": first + each["place"] + 1, "detail": each["detail"]} for each in said["refused"]
        ]
    tell([{"taken": taken, "known": known, "refused": refused}], output)
    if refused:
        which = "; ".join(f"reading {each['reading']}: {each['detail']}" for each in refused[:3])
        raise CannotStart(f"{len(refused)} of {len(found)} readings were refused ({which}).")
