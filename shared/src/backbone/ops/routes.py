"""The operations themselves; who may ask for them stands in the policy, as for every other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from backbone.business_time import AdvanceClock, ClockRuns
from backbone.business_time import advance_clock as store_moment
from backbone.errors import Invalid
from backbone.ops import log, parked, still
from backbone.service import Reply
from backbone.web import TEXT, Asked, acts, done, found, listed, lists, shows, whole

if TYPE_CHECKING:
    from backbone.consume import Consuming

router: Final = APIRouter()

EVENTS_COUNT_USUAL: Final = 100
PARKED_COUNT_USUAL: Final = 100
HOLD_SECONDS_MAX: Final = 600
WAIT_MS_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class AdvanceBody:
    """The moment to step to, with its time zone; a clock that runs by itself is held there for so many seconds.

    Each step holds it anew; after the last one it runs on, at once with 0 seconds.
    """

    to: datetime
    hold_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class MomentView:
    """Where the clock stands now."""

    now: datetime


LATER: Final = AdvanceBody(datetime(2026, 7, 1, 12, tzinfo=UTC))
GIVEN_UP: Final = parked.DiscardBody("on_need_stated", "orders.need.v1", "a need", "told again by hand")


@router.get("/ops/clock", **shows(still.ClockView, wait_ms=whole(WAIT_MS_MAX)))
async def show_clock(ask: Asked) -> Response:
    """Show the business clock, what is due next, and whether the service is at rest.

    With `wait_ms` it answers as soon as this process has handled what it took, or after so many milliseconds.
    """
    consuming: Consuming | None = getattr(ask.request.app.state, "consuming", None)
    wait_ms = ask.number("wait_ms", usual=1, maximum=WAIT_MS_MAX)
    return found(await still.look(ask.host, consuming, wait_ms / 1000))


@router.post("/ops/clock", **acts(MomentView, body=AdvanceBody, example=LATER))
async def advance_clock(ask: Asked) -> Response:
    """Step a stepped business clock, or one that is held; a moment that has passed changes nothing."""
    body = await ask.body(AdvanceBody)
    clock, hold = ask.host.clock, body.hold_seconds
    if hold is None and clock.mode != "stepped":
        raise ClockRuns("this clock runs by itself; `hold_seconds` holds it for a while")
    if hold is not None and not 0 <= hold <= HOLD_SECONDS_MAX:
        raise Invalid("a clock is held for a while", [("/hold_seconds", f"0 to {HOLD_SECONDS_MAX}")])
    if body.to.tzinfo is None:
        raise Invalid("a moment has a time zone", [("/to", "no time zone")])

    def told(moment: datetime) -> Reply:
        return done(MomentView(moment))

    answer = await ask.act(store_moment, AdvanceClock(body.to), told)
    if hold is not None:
        clock.hold(hold)
    clock.advance(body.to)
    ask.host.dues_changed.set()
    return answer


@router.get(
    "/ops/parked",
    **lists(parked.ParkedView, "subscription", "topic", "key", "cause", most=parked.KEYS_COUNT_MAX),
)
async def list_parked(ask: Asked) -> Response:
    """List parked keys with their causes; `subscription`, `topic`, `key` and `cause` narrow the list."""
    given = ask.request.query_params
    limit = ask.number("limit", usual=PARKED_COUNT_USUAL, maximum=parked.KEYS_COUNT_MAX)
    chosen = parked.ReplayBody(
        given.get("subscription"), given.get("topic"), given.get("key"), given.get("cause")
    )
    async with ask.read() as sql:
        views = await parked.page_parked(sql, chosen, given.get("after"), limit)
    if len(views) < limit:
        return listed(views)
    more = {**given, "after": parked.cursor_of(views[-1]), "limit": str(limit)}
    return listed(views, next_url=f"/ops/parked?{urlencode(more)}")


@router.post(
    "/ops/parked/replay",
    **acts(parked.ReplayView, body=parked.ReplayBody, example=parked.ReplayBody(dry_run=True)),
)
async def replay_parked(ask: Asked) -> Response:
    """Try parked keys again, each in order; all that match what is given, at most 500."""
    body = await ask.body(parked.ReplayBody)
    answer = await ask.act(parked.replay_parked, body, done)
    ask.host.someone_waits = True
    return answer


@router.post("/ops/parked/discard", **acts(parked.DiscardView, body=parked.DiscardBody, example=GIVEN_UP))
async def discard_parked(ask: Asked) -> Response:
    """Give up what waits under a parked key, with a reason; its next fact is handled again."""
    body = await ask.body(parked.DiscardBody)
    command = parked.DiscardParked(body, f"{ask.principal.role}:{ask.principal.subject}")
    return await ask.act(parked.discard_parked, command, done)


@router.get("/v1/events", **shows(log.EventPage, after=TEXT, limit=whole(log.FACTS_COUNT_MAX)))
async def list_events(ask: Asked) -> Response:
    """Page through the facts that this service told, in the order in which they were sent."""
    limit = ask.number("limit", usual=EVENTS_COUNT_USUAL, maximum=log.FACTS_COUNT_MAX)
    async with ask.read() as sql:
        page = await log.page_events(sql, ask.request.query_params.get("after"), limit, "/v1/events")
    return found(page)
