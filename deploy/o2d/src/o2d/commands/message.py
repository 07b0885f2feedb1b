"""`o2d message`: what the plan asks planners to do: listed, accepted, put off, rejected."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.asking import Services, rows_of
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart

MATERIALS: Final = "materials"
REFUSED_STATUS: Final = 400
SHORT: Final = ("id", "sku", "quantity", "was_at", "wanted_at", "reason")


class Act(StrEnum):
    """What to do with messages."""

    LIST = "list"
    ACCEPT = "accept"
    SNOOZE = "snooze"
    REJECT = "reject"


def command(
    act: Annotated[
        Act, typer.Argument(help="list them, or accept, snooze or reject those that are named")
    ] = Act.LIST,
    messages: Annotated[list[str] | None, typer.Argument(help="accept, snooze, reject: their ids.")] = None,
    until: Annotated[datetime | None, typer.Option(help="snooze: until this moment (UTC).")] = None,
    reason: Annotated[str | None, typer.Option(help="reject: why.")] = None,
    kind: Annotated[str | None, typer.Option(help="list: release, expedite, defer, …")] = None,
    site: Annotated[str | None, typer.Option(help="list: of this site alone.")] = None,
    sku: Annotated[str | None, typer.Option(help="list: of this item alone.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Work off the action list: what most depends on stands first; each answer is taken or refused by itself."""
    if (act is Act.LIST) != (not messages):
        raise typer.BadParameter(f"{act.value} takes {'no messages' if messages else 'messages'}")
    if (act is Act.SNOOZE) != (until is not None) or (act is Act.REJECT) != (reason is not None):
        raise typer.BadParameter("snooze takes --until, reject takes --reason, and nothing else does")
    around = running("planner")
    if not messages:
        rows = asyncio.run(_listed(around, {"kind": kind, "site_id": site, "sku": sku}))
        show(
            [{name: row[name] for name in SHORT} for row in rows] if output is Output.TABLE else rows, output
        )
        return
    if not yes:
        typer.confirm(f"{act.value} {', '.join(messages)}?", abort=True, err=True)
    until_at = None if until is None else until.replace(tzinfo=until.tzinfo or UTC).isoformat()
    acts = [{"id": each, "act": act.value, "until_at": until_at, "reason": reason} for each in messages]
    answers = asyncio.run(_answered(around, acts))
    show(answers, output)
    refused = sum(each["status"] >= REFUSED_STATUS for each in answers)
    if refused:
        raise CannotStart(f"{refused} of {len(answers)} answers were refused.")


async def _listed(around: Running, narrowed: dict[str, str | None]) -> list[dict[str, Any]]:
    async with Services(around.urls, around.token) as services:
        rows = await rows_of(services, MATERIALS, "/v1/action-messages", sort="-at_stake", **narrowed)
    return [{"id": f"{row['planned_order_id']}@{row['kind']}", **row} for row in rows]


async def _answered(around: Running, acts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    async with Services(around.urls, around.token) as services:
        answer = await services.post(MATERIALS, "/v1/action-messages/batch", {"acts": acts})
        answers: list[dict[str, Any]] = answer["answers"]
        return answers
