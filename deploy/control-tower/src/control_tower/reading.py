"""What an order's pages and its JSON have in common: the order read once, with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from control_tower.domain.mentions import Subject
from control_tower.domain.picture import LineRow
from control_tower.domain.supply import PlannedDetail, SupplyDetail
from control_tower.domain.timeline import Bar, Step, steps_of
from control_tower.domain.why import why_late
from control_tower.queries import orders

_supply: Reads[SupplyDetail] = reader(SupplyDetail)
_planned: Reads[PlannedDetail] = reader(PlannedDetail)
_SPANS: Final = ("run", "purchase_order", "visit")
# What a line is about; something else (its recipe, its vendor) may have the same id and another title.
_SOLD: Final = frozenset({"item", "service"})
NAMED_KINDS: Final = ["item", "service", "recipe", "vendor", "work_centre"]


@dataclass(frozen=True, slots=True)
class OrderStory:
    """An order, its lines, its facts in order, what is done for it, and why it is late."""

    head: orders.OrderHead
    lines: list[LineRow]
    steps: list[Step]
    cursor: int
    bars: list[Bar]
    titles: dict[str, str]
    why: str


async def read_story(sql: AsyncConnection, order_id: str, now: datetime, after: int = 0) -> OrderStory:
    """The story of an order at `now` (business time), facts after a position only; raises `NotFound`."""
    head = await orders.find_order(sql, order_id)
    lines = await orders.list_lines(sql, order_id)
    placed = await orders.list_timeline(sql, order_id, after)
    reached = await orders.list_reached(sql, order_id)
    drawn = await orders.list_pictures(sql, [one for one in reached if one[0] in _SPANS])
    details = [(one, _supply(one.picture)) for one in drawn]
    planned = await orders.list_pictures(sql, [one for one in reached if one[0] == "planned_order"])
    recipes = {one.subject_id: _planned(one.picture).recipe_id or "" for one in planned}
    wanted = {line.item for line in lines} | set(recipes.values())
    wanted |= {named for _, detail in details for named in (detail.vendor_id, detail.sku) if named}
    names = await orders.list_names(sql, NAMED_KINDS, wanted)
    titles = {subject_id: title for (kind, subject_id), (title, _) in names.items() if kind in _SOLD}
    bars = [
        Bar(one.kind, one.subject_id, one.state, _label(one, detail, names, recipes), detail.span)
        for one, detail in details
    ]
    bars.sort(key=lambda bar: (bar.span.planned_from is None, bar.span.planned_from, bar.subject_id))
    why = why_late(head.detail, lines, titles, _at_fault(head.detail.supply_id, bars, reached), bars, now)
    cursor = max((one.position for one in placed), default=after)
    return OrderStory(head, lines, steps_of([one.heard for one in placed]), cursor, bars, titles, why)


def _label(
    one: orders.Drawn,
    detail: SupplyDetail,
    names: Mapping[Subject, tuple[str, str]],
    recipes: Mapping[str, str],
) -> str:
    def title(kind: str, subject_id: str) -> str:
        return names.get((kind, subject_id), (subject_id, ""))[0]

    if one.kind == "purchase_order":
        return f"{title('item', detail.sku or '')} from {title('vendor', detail.vendor_id or '')}"
    if one.kind == "run":
        return title("recipe", recipes.get(detail.planned_order_id or "", "")) or one.subject_id
    return detail.visit


def _at_fault(supply_id: str | None, bars: list[Bar], reached: list[Subject]) -> str:
    if supply_id is None:
        return ""
    known = next((bar for bar in bars if bar.subject_id == supply_id), None)
    if known is not None:
        return f"{known.kind.replace('_', ' ')} {known.label} ({known.state})"
    kind = next((kind for kind, subject_id in reached if subject_id == supply_id), "supply")
    return f"{kind.replace('_', ' ')} {supply_id}"
