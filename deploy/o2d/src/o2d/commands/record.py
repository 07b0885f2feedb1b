"""`o2d record`: the batch record of a run, shown, and signed by who that home's issuer says it is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.desk import PRODUCTION, Desk, Subject, Yes, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Batch records: who did what at a run; sign that.")

RECORD: Final = "/v1/runs/{run}/batch-record"
SIGN: Final = "/v1/runs/{run}/signatures"


class Meaning(StrEnum):
    """What a signature means."""

    PERFORMED = "performed"
    REVIEWED = "reviewed"
    APPROVED = "approved"


Run = Annotated[str, typer.Argument(help="The run.")]
Role = Annotated[str, typer.Option(help="In which role.")]


@words.command()
def show(
    run: Run, role: Role = "quality", subject: Subject = None, output: OutputOption = Output.TABLE
) -> None:
    """Show who did what at a run; as JSON with its seal and its signatures."""
    record = _desk(role, subject).get(RECORD.format(run=run))
    tell([_row(each) for each in record["entries"]], output, record)


@words.command()
def sign(
    run: Run,
    meaning: Annotated[Meaning, typer.Option(help="What the signature means.")],
    role: Role = "quality",
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Sign a record as it is now."""
    seen = _desk(role, subject).get(RECORD.format(run=run))
    sure(f"sign {len(seen['entries'])} entries of {run} as {meaning.value}?", yes)
    # Signed is what was shown; the token is made anew, for whoever took long to answer.
    desk = _desk(role, subject)
    desk.post(SIGN.format(run=run), {"meaning": meaning.value, "digest": seen["digest"]})
    record = desk.get(RECORD.format(run=run))
    tell(record["signatures"], output, record)


def _desk(role: str, subject: str | None) -> Desk:
    try:
        return Desk.of(PRODUCTION, role, subject)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--role") from wrong


def _row(numbered: Mapping[str, Any]) -> dict[str, Any]:
    """An entry as a terminal shows it."""
    entry = numbered["entry"]
    return {
        "no": numbered["entry_no"],
        "at": entry["at"],
        "by": entry["by"],
        "what": entry["what"],
        "deviations": "; ".join(entry["deviations"]),
    }
