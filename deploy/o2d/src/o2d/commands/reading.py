"""`o2d reading`: what machines measured and counted: sent from a file, and listed by run."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from o2d.desk import PRODUCTION, Body, Desk, Subject, Yes, read_lines, read_text, sure, tell
from o2d.show import Output, OutputOption
from o2d.trouble import CannotStart

words = typer.Typer(no_args_is_help=True, help="What machines measured and counted: send it, list it.")

SEND: Final = "/v1/readings/batch"
COUNT: Final = "/v1/counts/batch"
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
def counts(run: Annotated[str, typer.Argument(help="The run.")], output: OutputOption = Output.TABLE) -> None:
    """List what machines have counted at a run, good and bad, by operation and machine."""
    tell(Desk.of(PRODUCTION, "operator").rows(f"/v1/runs/{run}/counts"), output)


@words.command()
def send(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Send readings, one a line as JSON; what is known already is not taken twice, so a file may be sent again."""
    found = read_lines(read_text(file), str(file))
    sure(f"send {len(found)} readings?", yes)
    _send(Desk.of(PRODUCTION, "operator", subject), SEND, "reading", found, output)


@words.command()
def count(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Send counts, one a line as JSON: what a machine made since its count before; each is taken once."""
    found = read_lines(read_text(file), str(file))
    sure(f"send {len(found)} counts?", yes)
    _send(Desk.of(PRODUCTION, "operator", subject), COUNT, "count", found, output)


def _send(desk: Desk, path: str, what: str, found: list[Any], output: Output) -> None:
    taken = known = 0
    refused: list[dict[str, Any]] = []
    for first in range(0, len(found), SENT_COUNT_MAX):
        said = desk.post(path, {f"{what}s": found[first : first + SENT_COUNT_MAX]})
        taken, known = taken + said["taken"], known + said["known"]
        refused += [{what: first + each["place"] + 1, "detail": each["detail"]} for each in said["refused"]]
    tell([{"taken": taken, "known": known, "refused": refused}], output)
    if refused:
        which = "; ".join(f"{what} {each[what]}: {each['detail']}" for each in refused[:3])
        raise CannotStart(f"{len(refused)} of {len(found)} {what}s were refused ({which}).")
