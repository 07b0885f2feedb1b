"""`o2d schedule`: sites scheduled anew: proposed, listed, shown beside what is, decided on, or stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.asking import Services, rows_of
from o2d.running import Running, running
from o2d.show import Output, OutputOption, show
from o2d.trouble import CannotStart
from o2d.watching import ended, progress

PRODUCTION: Final = "production"
SHORT: Final = (
    "schedule_id", "site_id", "state", "runs", "moved", "late_before", "late_after", "tardy_minutes_before",
    "tardy_minutes_after",
)  # fmt: skip
CAUSES: Final = ("material", "capacity", "quality", "lead-time")
LATE: Final = ("run_id", "site_id", "state", "starts_at", "ends_at", "due_at", "material_at", "late_cause")
# Why they were late is kept of runs that are over, too.
OVER: Final = frozenset({"closed", "aborted", "merged", "refused"})


class Act(StrEnum):
    """What to do with schedules."""

    RUN = "run"
    LIST = "list"
    LATE = "late"
    SHOW = "show"
    ACCEPT = "accept"
    REJECT = "reject"
    CANCEL = "cancel"


ANSWERS: Final[Mapping[Act, str]] = {
    Act.ACCEPT: "/v1/schedules/{schedule}/acceptance",
    Act.REJECT: "/v1/schedules/{schedule}/rejection",
    Act.CANCEL: "/v1/operations/{schedule}/cancel",
}


def command(
    act: Annotated[
        Act,
        typer.Argument(
            help="run one, list them, name late runs and why, show what one moves, accept or reject one, "
            "cancel one that is being reckoned"
        ),
    ] = Act.LIST,
    schedule: Annotated[
        str | None, typer.Argument(help="show, accept, reject, cancel: the schedule.")
    ] = None,
    site: Annotated[str | None, typer.Option(help="run: the site; list, late: of this site alone.")] = None,
    frozen_hours: Annotated[
        int | None, typer.Option(min=0, help="run: hours from now in which nothing moves.")
    ] = None,
    damping_minutes: Annotated[
        int | None, typer.Option(min=0, help="run: minutes that a run moves without being told of.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Propose where the open runs of a site go, see what that moves and who is late, and decide."""
    if (act in {Act.SHOW, *ANSWERS}) != (schedule is not None):
        raise typer.BadParameter(f"{act.value} takes {'no schedule' if schedule else 'a schedule'}")
    if act is Act.RUN and site is None:
        raise typer.BadParameter("run takes a --site")
    if act in ANSWERS and not yes:
        typer.confirm(f"{act.value} schedule {schedule}?", abort=True, err=True)
    spans = {"frozen_hours": frozen_hours, "damping_minutes": damping_minutes}
    body = {"site_id": site, **{name: span for name, span in spans.items() if span is not None}}
    rows = asyncio.run(_act(running("planner"), act, schedule or "", body))
    if output is Output.TABLE:
        rows = [{name: row[name] for name in SHORT} if "late_before" in row else row for row in rows]
    show(rows, output)


async def _act(around: Running, act: Act, schedule: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    async with Services(around.urls, around.token) as services:
        if act is Act.LIST:
            return await rows_of(services, PRODUCTION, "/v1/schedules", site_id=body["site_id"])
        if act is Act.LATE:
            return await _late(services, body["site_id"])
        if act is Act.SHOW:
            return await rows_of(services, PRODUCTION, f"/v1/schedules/{schedule}/moves")
        if act is Act.RUN:
            schedule = await _proposed(services, body)
        else:
            answer = await services.post(PRODUCTION, ANSWERS[act].format(schedule=schedule), {})
            if act is Act.CANCEL:
                return [answer]
        return [await services.get(PRODUCTION, f"/v1/schedules/{schedule}")]


async def _late(services: Services, site: str | None) -> list[dict[str, Any]]:
    """Open runs that end late where they are, by cause."""
    return [
        {name: row[name] for name in LATE}
        for cause in CAUSES
        for row in await rows_of(services, PRODUCTION, "/v1/runs", site_id=site, late_cause=cause)
        if row["state"] not in OVER
    ]


async def _proposed(services: Services, body: Mapping[str, Any]) -> str:
    """The id of a schedule once it is reckoned."""
    asked = await services.post(PRODUCTION, "/v1/schedules", body)
    with progress() as bar:
        operation = await ended(services, PRODUCTION, asked["id"], bar, "rounds")
    if operation["state"] != "done":
        raise CannotStart(f"The schedule {operation['state']}: {operation['problem']}.")
    return str(asked["id"])
