"""The pages of orders: the list, one order's timeline, and how its goods were transformed."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from contracts.topics import LOT
from control_tower.domain.flow import flow_of
from control_tower.domain.state import STATES
from control_tower.drawing.flow import draw_flow
from control_tower.drawing.outlines import outline_of
from control_tower.drawing.timeline import draw_timeline
from control_tower.pages.render import page
from control_tower.queries import missing, orders, plan, values
from control_tower.reading import NAMED_KINDS, read_story

router: Final = APIRouter()

# What the shapes of a transformation tree mean: way or kind, its outline, and its words.
LEGEND: Final = tuple(
    (way, outline_of(way, 0, 0, 68, 40), said)
    for way, said in (
        ("separation", "separation: one into many"),
        ("modification", "modification: the same item, other properties"),
        ("congregation", "congregation: many into one"),
        ("vendor", "vendor"),
        ("lot", "lot"),
        ("peg", "pegged to a line"),
        ("line", "order line"),
    )
)
ORDER_STATES: Final = tuple(dict.fromkeys(STATES["order"].values()))


@router.get("/orders", include_in_schema=False)
async def show_orders(ask: Asked) -> Response:
    """Orders by what changed last; `state` and `q` (an order's or a customer's id) narrow the list."""
    state = ask.request.query_params.get("state") or None
    sought = (ask.request.query_params.get("q") or "").strip() or None
    async with ask.read() as sql:
        found = await orders.page_orders(sql, state=state, sought=sought)
    return page(ask, "orders.html", found=found, state=state, sought=sought, states=ORDER_STATES)


@router.get("/orders/{order_id}", include_in_schema=False)
async def show_order(ask: Asked, order_id: str) -> Response:
    """Every fact of an order on one time axis, planned against actual, and why it is late."""
    async with ask.read() as sql:
        story = await read_story(sql, order_id, ask.now)
        value = await values.list_values(sql, order_id)
        waits = await plan.list_messages(sql, order_id=order_id)
        lacks = await missing.list_missing(sql, ask.now, order_id)
    drawn = draw_timeline(story.steps, story.bars, ask.now)
    return page(
        ask,
        "order.html",
        story=story,
        drawn=drawn,
        value=value,
        waits=waits,
        lacks=lacks,
        lots=LOT.name,
        most=orders.FACTS_COUNT_MAX,
    )


@router.get("/orders/{order_id}/flow", include_in_schema=False)
async def show_flow(ask: Asked, order_id: str) -> Response:
    """From vendor lots through runs to what was handed over: the transformation tree of an order."""
    async with ask.read() as sql:
        head = await orders.find_order(sql, order_id)
        placed = await orders.list_timeline(sql, order_id)
        tree = flow_of([one.heard for one in placed])
        names = await orders.list_names(sql, NAMED_KINDS, tree.named)
    return page(ask, "flow.html", head=head, drawn=draw_flow(tree, names), tree=tree, legend=LEGEND)
