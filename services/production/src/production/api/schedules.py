"""The schedule over HTTP: whole sites proposed and accepted, and what setups take after each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    Ask,
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    filter_asked,
    filters_asked,
    found,
    lists,
    page_asked,
    paged,
    shows,
)
from backbone.web.replies import accepted
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import Nothing, Taken
from production.api.recipes import MOMENT
from production.domain.form import counted, mark, moment, moment_said, named, said, span, within
from production.domain.recipe import MINUTES_MAX
from production.domain.scheduling.giving_way import Effect
from production.domain.scheduling.proposal import DAMPING_MINUTES_USUAL, FROZEN_HOURS_USUAL, Proposal
from production.domain.scheduling.site import Changeover

router = APIRouter()

BOARD_SPAN: Final = timedelta(days=14)
BOARD_SPAN_MAX: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class ScheduleBody:
    """The site, the hours from now in which nothing moves, and the minutes that a run moves without being told of."""

    site_id: str
    frozen_hours: int = FROZEN_HOURS_USUAL
    damping_minutes: int = DAMPING_MINUTES_USUAL


@dataclass(frozen=True, slots=True)
class ChangeoversBody:
    """All setups of a work centre by the family before and after; what is not said takes what the recipe says."""

    changeovers: tuple[Changeover, ...]


@dataclass(frozen=True, slots=True)
class ChangeoversView:
    """How many are kept for a work centre."""

    work_centre_id: str
    changeovers: int


@dataclass(frozen=True, slots=True)
class MoveBody:
    """An operation, the machine (numbered from 1) and the moment to put it there; a trial says what would move."""

    operation_no: int
    work_centre_id: str
    machine_no: int
    starts_at: datetime
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class FrozenMoveBody:
    """The same inside the frozen time, with the reason."""

    operation_no: int
    work_centre_id: str
    machine_no: int
    starts_at: datetime
    reason: str
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class EffectView:
    """What a move does to each run, the moved one among them; `kept` is false for a trial."""

    kept: bool
    effects: tuple[Effect, ...]


SITE: Final = ScheduleBody("plant-1")
MOVE: Final = MoveBody(10, "furnace", 1, datetime(2026, 3, 9, 8, tzinfo=UTC), dry_run=True)
FORCED: Final = FrozenMoveBody(10, "furnace", 1, datetime(2026, 3, 9, 8, tzinfo=UTC), "the customer waits")
COLOURS: Final = ChangeoversBody(
    (Changeover("white", "black", Quantity(10)), Changeover("black", "white", Quantity(90)))
)


@router.get(
    "/v1/board",
    **shows(queries.BoardView, **{"from": MOMENT, "to": MOMENT}, site_id={"type": "string"}),
)
async def show_board(ask: Asked) -> Response:
    """What machines are kept for between `from` (now) and `to` (two weeks later), and when they stand still."""
    first, last = filter_asked(ask, "from"), filter_asked(ask, "to")
    begin = ask.now if first is None else moment_said(first, "?from")
    end = begin + BOARD_SPAN if last is None else moment_said(last, "?to")
    span(begin, end, "?to", BOARD_SPAN_MAX)
    async with ask.read() as sql:
        return found(await queries.find_board(sql, filter_asked(ask, "site_id"), begin, end))


@router.post("/v1/schedules", **acts(Taken, body=ScheduleBody, example=SITE, status=202))
async def ask_schedule(ask: Asked) -> Response:
    """Schedule the open runs of a site anew; how far that is tells the operation of the same id."""
    body = await ask.body(ScheduleBody)
    proposal = Proposal(
        ask.new_id(), named(body.site_id, "/site_id"), body.frozen_hours, body.damping_minutes,
        ask.principal.subject, ask.now,
    )  # fmt: skip
    answer = await ask.act(
        handlers.ask_schedule,
        commands.AskSchedule(proposal),
        reply=lambda asked: accepted(
            f"/v1/operations/{asked.schedule_id}", Taken(asked.schedule_id, asked.state)
        ),
    )
    ask.host.operation_asked.set()
    return answer


@router.get("/v1/schedules", **lists(queries.ScheduleView, "site_id"))
async def list_schedules(ask: Asked) -> Response:
    """Proposed and accepted schedules, the newest first; narrowed by `site_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "site_id")
    async with ask.read() as sql:
        return paged(ask, await queries.page_schedules(sql, after=after, limit=limit, **wanted), limit)


@router.get("/v1/schedules/{schedule_id}", **shows(queries.ScheduleView))
async def show_schedule(ask: Asked, schedule_id: str) -> Response:
    """A schedule beside what is: runs moved, late before and after."""
    async with ask.read() as sql:
        return found(await queries.find_schedule(sql, schedule_id))


@router.get("/v1/schedules/{schedule_id}/moves", **lists(queries.MoveView))
async def list_schedule_moves(ask: Asked, schedule_id: str) -> Response:
    """The runs that a schedule moves, and those that are late in it with the cause."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_moves(sql, schedule_id, after=after, limit=limit), limit)


@router.post("/v1/schedules/{schedule_id}/acceptance", **acts(Taken, body=Nothing, example=Nothing()))
async def accept_schedule(ask: Asked, schedule_id: str) -> Response:
    """Move the runs to where the schedule has them; refused when they are not as they were any more."""
    await ask.body(Nothing)
    return await ask.act(
        handlers.accept_schedule,
        commands.AcceptSchedule(schedule_id, ask.principal.subject),
        reply=lambda kept: done(Taken(kept.schedule_id, kept.state)),
    )


@router.post("/v1/schedules/{schedule_id}/rejection", **acts(Taken, body=Nothing, example=Nothing()))
async def reject_schedule(ask: Asked, schedule_id: str) -> Response:
    """Leave the runs where they are: the schedule can be accepted no more."""
    await ask.body(Nothing)
    return await ask.act(
        handlers.reject_schedule,
        commands.RejectSchedule(schedule_id, ask.principal.subject),
        reply=lambda left: done(Taken(left.schedule_id, left.state)),
    )


@router.post("/v1/runs/{run_id}/moves", **acts(EffectView, body=MoveBody, example=MOVE))
async def move_run(ask: Asked, run_id: str) -> Response:
    """Put an operation elsewhere; with `dry_run` it is only said who would move and who would be late."""
    body = await ask.body(MoveBody)
    return await _move(ask, run_id, body, forced=False, reason="")


@router.post("/v1/runs/{run_id}/frozen-moves", **acts(EffectView, body=FrozenMoveBody, example=FORCED))
async def move_frozen_run(ask: Asked, run_id: str) -> Response:
    """Put an operation elsewhere although it, or what gives way to it, begins within 24 hours."""
    body = await ask.body(FrozenMoveBody)
    return await _move(ask, run_id, body, forced=True, reason=said(body.reason, "/reason"))


async def _move(
    ask: Ask, run_id: str, body: MoveBody | FrozenMoveBody, *, forced: bool, reason: str
) -> Response:
    command = commands.MoveOperation(
        run_id, body.operation_no, body.work_centre_id, body.machine_no, moment(body.starts_at, "/starts_at"),
        body.dry_run, forced, reason, ask.principal.subject,
    )  # fmt: skip
    return await ask.act(
        handlers.move_operation, command, reply=lambda effects: done(EffectView(not body.dry_run, effects))
    )


@router.post(
    "/v1/work-centres/{work_centre_id}/changeovers",
    **creates(ChangeoversView, body=ChangeoversBody, example=COLOURS),
)
async def set_changeovers(ask: Asked, work_centre_id: str) -> Response:
    """Say what setups take after each other at a work centre; replaces what was said before."""
    body = await ask.body(ChangeoversBody)
    counted(body.changeovers, "/changeovers", handlers.CHANGEOVERS_COUNT_MAX, least=0)
    for place, each in enumerate(body.changeovers):
        mark(each.from_family, f"/changeovers/{place}/from_family")
        mark(each.to_family, f"/changeovers/{place}/to_family")
        within(each.minutes, f"/changeovers/{place}/minutes", int(MINUTES_MAX.decimal))
    return await ask.act(
        handlers.set_changeovers,
        commands.SetChangeovers(work_centre_id, body.changeovers),
        reply=lambda kept: created(
            f"/v1/work-centres/{work_centre_id}/changeovers", ChangeoversView(work_centre_id, len(kept))
        ),
    )


@router.get("/v1/work-centres/{work_centre_id}/changeovers", **lists(Changeover))
async def list_changeovers(ask: Asked, work_centre_id: str) -> Response:
    """What setups take after each other at a work centre."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(
            ask, await queries.page_changeovers(sql, work_centre_id, after=after, limit=limit), limit
        )
