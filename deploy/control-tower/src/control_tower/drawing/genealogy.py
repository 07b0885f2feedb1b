"""The lots around a lot from left to right: what it was made of, the lot itself, what was made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from control_tower.drawing.outlines import outline_of

COLUMN_WIDTH: Final = 250
BOX_WIDTH: Final = 176
BOX_HEIGHT: Final = 54
ROW_HEIGHT: Final = 70
MARGIN: Final = 14
TEXT_CHARS_MAX: Final = 22


@dataclass(frozen=True, slots=True)
class LotBox:
    """A lot: its place, its outline, its lines of text; `status` as materials tells it."""

    lot_id: str
    x: float
    y: float
    outline: str
    title: str
    second: str
    third: str
    status: str
    here: bool


@dataclass(frozen=True, slots=True)
class Went:
    """How much of one lot went into another, as a curve with its quantity on it."""

    parent_id: str
    child_id: str
    path: str
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class GenealogyDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: float
    height: float
    boxes: list[LotBox]
    links: list[Went]


def draw_genealogy(lot: Mapping[str, Any], around: Mapping[str, Any]) -> GenealogyDrawing:
    """The picture of a lot as materials shows it, and of the lots `around` it."""
    columns: dict[int, list[Mapping[str, Any]]] = {0: [{**lot, "steps": 0, "quantity": None}]}
    for sign, side in ((-1, "up"), (1, "down")):
        for each in around[side]:
            columns.setdefault(sign * each["steps"], []).append(each)
    first, most = min(columns), max(len(lots) for lots in columns.values())
    boxes = [
        _box(each, column - first, _top(place, len(lots), most), here=column == 0)
        for column, lots in sorted(columns.items())
        for place, each in enumerate(lots)
    ]
    at = {box.lot_id: box for box in boxes}
    width = (max(columns) - first) * COLUMN_WIDTH + BOX_WIDTH + 2 * MARGIN
    return GenealogyDrawing(width, most * ROW_HEIGHT + 2 * MARGIN, boxes, _links(around["edges"], at))


def _top(place: int, count: int, most: int) -> float:
    """Columns stand in the middle of the highest one."""
    return MARGIN + (place + (most - count) / 2) * ROW_HEIGHT


def _box(lot: Mapping[str, Any], column: int, y: float, *, here: bool) -> LotBox:
    x = MARGIN + column * COLUMN_WIDTH
    quantity = "" if lot["quantity"] is None else f"{lot['quantity']}, "
    origin = lot["vendor_lot"] or ""
    outline = outline_of("line" if here else "vendor" if origin else "lot", x, y, BOX_WIDTH, BOX_HEIGHT)
    return LotBox(
        lot["lot_id"], x, y, outline, _cut(lot["sku"]), _cut(f"{quantity}{lot['status']}"),
        _cut(origin or f"…{lot['lot_id'][-12:]}"), lot["status"], here,
    )  # fmt: skip


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARS_MAX else f"{text[: TEXT_CHARS_MAX - 1]}…"


def _links(edges: Sequence[Mapping[str, Any]], at: Mapping[str, LotBox]) -> list[Went]:
    found = []
    for edge in edges:
        start, end = at.get(edge["parent_id"]), at.get(edge["child_id"])
        if start is None or end is None:
            continue
        x, y = start.x + BOX_WIDTH, start.y + BOX_HEIGHT / 2
        to_x, to_y = end.x, end.y + BOX_HEIGHT / 2
        bend = (x + to_x) / 2
        path = f"M{x:g},{y:g} C{bend:g},{y:g} {bend:g},{to_y:g} {to_x:g},{to_y:g}"
        found.append(Went(start.lot_id, end.lot_id, path, bend, (y + to_y) / 2 - 4, edge["quantity"]))
    return found
