"""`o2d clock`: business time, and its steps."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import typer

from o2d.asking import Services
from o2d.clockwork import ClockRuns, NotAtRest, Standing, advance, look, step
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart


class Act(StrEnum):
    """What to do with the clock."""

    SHOW = "show"
    ADVANCE = "advance"


def command(
    act: Annotated[Act, typer.Argument(help="show it, or advance it (stepped clocks only)")] = Act.SHOW,
    to: Annotated[
        str | None, typer.Option(help="Advance to this moment, past all that is due until then.")
    ] = None,
    steps: Annotated[
        int, typer.Option(min=1, help="Without --to: so many steps, each to what is due next.")
    ] = 1,
    wait: Annotated[float, typer.Option(min=0.1, help="Seconds to wait for all services to rest.")] = 60,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show each service's business time; `advance` goes to the earliest due moment once all are at rest."""
    if to is not None and act is Act.SHOW:
        raise typer.BadParameter("it says where to advance to", param_hint="--to")
    target = None if to is None else moment(to)
    try:
        standings, went = asyncio.run(_run(running(), act, target, steps, wait))
    except (NotAtRest, ClockRuns) as refused:
        raise CannotStart(f"The clock was not advanced: {refused}.", _mend(refused)) from refused
    rows = [_row(standing) for standing in standings]
    show([_short(row) for row in rows] if output is Output.TABLE else rows, output)
    if act is Act.ADVANCE and output is Output.TABLE:
        print(f"{went} steps" if went else "Nothing is due.")


async def _run(
    around: Running, act: Act, to: datetime | None, steps: int, patience_s: float
) -> tuple[tuple[Standing, ...], int]:
    async with Services(around.urls, around.token) as services:
        went = 0
        if act is Act.ADVANCE and to is not None:
            went = await advance(services, to, patience_s)
        elif act is Act.ADVANCE:
            while went < steps and await step(services, patience_s=patience_s) is not None:
                went += 1
        return await look(services), went


def _row(standing: Standing) -> dict[str, Any]:
    due = standing.earliest_due
    return {
        "service": standing.service,
        "clock": standing.mode,
        "now": standing.now.isoformat(),
        "due next": due.isoformat() if due else None,
        "outbox": standing.outbox,
        "lag": standing.lag,
        "parked": standing.parked,
        "at rest": standing.quiescent,
    }


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """The row with its moments to the second, as people read them; all are UTC."""
    moments = {name: row[name][:19].replace("T", " ") for name in ("now", "due next") if row[name]}
    return row | moments


def moment(text: str) -> datetime:
    """A moment as people write it, UTC without a zone. Raises BadParameter."""
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as broken:
        raise typer.BadParameter(
            f"{text} is no moment like 2026-03-02T08:00:00Z", param_hint="--to"
        ) from broken
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _mend(refused: Exception) -> str:
    if isinstance(refused, ClockRuns):
        return "`o2d up --clock stepped:2026-03-02T08:00:00Z` starts one that stands still."
    return "`o2d top` shows who works; `o2d dlq` shows what is parked."
