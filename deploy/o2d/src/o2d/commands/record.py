"""`o2d record`: the batch record of a run, shown, and signed by who that home's issuer says it is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.asking import Services
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show

PRODUCTION: Final = "production"


class Act(StrEnum):
    """What to do with a record."""

    SHOW = "show"
    SIGN = "sign"


class Meaning(StrEnum):
    """What a signature means."""

    PERFORMED = "performed"
    REVIEWED = "reviewed"
    APPROVED = "approved"


def command(
    act: Annotated[Act, typer.Argument(help="show the record, or sign it as it is now")],
    run: Annotated[str, typer.Argument(help="The run.")],
    meaning: Annotated[Meaning | None, typer.Option(help="sign: what the signature means.")] = None,
    role: Annotated[str, typer.Option(help="In which role.")] = "quality",
    subject: Annotated[str | None, typer.Option(help="Who looks or signs; local-ROLE when left out.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show who did what at a run, with its seal and signatures; or sign that."""
    if (act is Act.SIGN) != (meaning is not None):
        raise typer.BadParameter(f"{act.value} takes {'no --meaning' if meaning else 'a --meaning'}")
    record = asyncio.run(_act(_by(role, subject), run))
    if meaning is not None:
        if not yes:
            said = f"sign {len(record['entries'])} entries of {run} as {meaning.value}?"
            typer.confirm(said, abort=True, err=True)
        body = {"meaning": meaning.value, "digest": record["digest"]}
        # Signed is what was shown; the token is made anew, for whoever took long to answer.
        record = asyncio.run(_act(_by(role, subject), run, body))
    rows = record["signatures"] if meaning is not None else [_row(each) for each in record["entries"]]
    show(rows, output, record)


def _by(role: str, subject: str | None) -> Running:
    try:
        return running(role, subject)
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--role") from wrong


async def _act(around: Running, run: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The record, once it is signed where there is a signature."""
    async with Services(around.urls, around.token) as services:
        if body is not None:
            await services.post(PRODUCTION, f"/v1/runs/{run}/signatures", body)
        record: dict[str, Any] = await services.get(PRODUCTION, f"/v1/runs/{run}/batch-record")
        return record


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
