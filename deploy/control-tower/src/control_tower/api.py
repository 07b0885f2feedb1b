"""The HTTP door for programs: the timeline of an order as JSON, and pictures that are drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from backbone.errors import Invalid
from backbone.service import Reply
from backbone.web import Asked, Response, acts, done, found, shows
from control_tower import commands, handlers
from control_tower.domain.picture import LineRow, ValueRow
from control_tower.domain.timeline import Step
from control_tower.queries.orders import find_order
from control_tower.queries.values import list_values
from control_tower.reading import read_story

router = APIRouter()

POSITION_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True)
class TimelineView:
    """An order across all services. Ask again with `?after=` and the `cursor` for what was heard since."""

    order_id: str
    state: str
    customer_id: str
    placed_at: datetime
    promised_at: datetime | None
    expected_at: datetime | None
    completed_at: datetime | None
    why: str
    lines: tuple[LineRow, ...]
    steps: tuple[Step, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class ValueView:
    """What an order is worth, in minor units: price - bought in = labour + capital + overhead + margin.

    The whole comes first, then its goods and its services; nothing before the value is known.
    """

    order_id: str
    values: tuple[ValueRow, ...]


@dataclass(frozen=True, slots=True)
class DrawingBody:
    """Pictures are drawn anew that follow this one, as an answer has named it; from the first where it is null."""

    after: str | None = None


@dataclass(frozen=True, slots=True)
class DrawnView:
    """How many pictures were drawn anew, and after which more may follow; null where these were the last."""

    count: int
    after: str | None


@router.post("/v1/pictures/drawing", **acts(DrawnView, body=DrawingBody, example=DrawingBody()))
async def draw_anew(ask: Asked) -> Response:
    """Draw some pictures anew, by the rules of today, from all facts that were heard; pages go on meanwhile."""
    kind, _, subject_id = ((await ask.body(DrawingBody)).after or "").partition("/")
    return await ask.act(handlers.draw_anew, commands.DrawAnew((kind, subject_id)), reply=_drawn)


def _drawn(redrawn: handlers.Redrawn) -> Reply:
    return done(DrawnView(redrawn.count, "/".join(redrawn.last) if redrawn.last else None))


@router.get("/v1/orders/{order_id}/value", **shows(ValueView))
async def show_value(ask: Asked, order_id: str) -> Response:
    """The value that an order adds, as far as it is known."""
    async with ask.read() as sql:
        await find_order(sql, order_id)
        values = await list_values(sql, order_id)
    return found(ValueView(order_id, tuple(values)))


@router.get("/v1/orders/{order_id}/timeline", **shows(TimelineView))
async def show_timeline(ask: Asked, order_id: str) -> Response:
    """Every fact of one order across the services, in order, with why it is late in one sentence."""
    given = ask.request.query_params.get("after", "0")
    if not (given.isascii() and given.isdigit() and len(given) <= POSITION_DIGITS_MAX):
        raise Invalid("the cursor is none of ours", [("?after", "unknown cursor")])
    async with ask.read() as sql:
        story = await read_story(sql, order_id, ask.now, int(given))
    detail = story.head.detail
    view = TimelineView(
        order_id,
        story.head.state,
        detail.customer_id,
        detail.placed_at,
        detail.promised_at,
        detail.expected_at,
        detail.completed_at,
        story.why,
        tuple(story.lines),
        tuple(story.steps),
        str(story.cursor),
    )
    return found(view)
