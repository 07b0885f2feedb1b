"""A transformation tree from left to right; each way to produce and each kind of node has a shape of its own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from control_tower.domain.flow import Edge, Flow, Node
from control_tower.domain.mentions import Subject
from control_tower.domain.words import figure
from control_tower.drawing.outlines import outline_of

COLUMN_WIDTH: Final = 264
BOX_WIDTH: Final = 200
BOX_HEIGHT: Final = 60
ROW_HEIGHT: Final = 78
MARGIN: Final = 16
# What fits into a box at the sizes of the style sheet: 13 pixels for the title, 11 below it.
TITLE_CHARS_MAX: Final = 22
NOTE_CHARS_MAX: Final = 26
NEAR: Final = 18
SWEEPS_COUNT: Final = 4


@dataclass(frozen=True, slots=True)
class Box:
    """A node: its place, its outline, and its three lines of text."""

    node: Node
    x: float
    y: float
    way: str
    outline: str
    title: str
    second: str
    third: str
    whole: str


@dataclass(frozen=True, slots=True)
class Link:
    """An edge as a curve between two boxes; its quantity stands at the end that has room, where no box says it."""

    edge: Edge
    start: Box
    end: Box
    path: str
    x: float
    y: float
    text: str


@dataclass(frozen=True, slots=True)
class FlowDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: float
    height: float
    boxes: list[Box]
    links: list[Link]


def draw_flow(flow: Flow, names: Mapping[Subject, tuple[str, str]]) -> FlowDrawing | None:
    """The picture of a flow; None when nothing was planned, made, bought or handed over yet."""
    if not flow.edges:
        return None
    columns = _columns(flow)
    highest = max(len(column) for column in columns)
    boxes = {
        node.node_id: _box(
            node,
            MARGIN + place * COLUMN_WIDTH,
            MARGIN + ((highest - len(column)) / 2 + row) * ROW_HEIGHT,
            names,
        )
        for place, column in enumerate(columns)
        for row, node in enumerate(column)
    }
    links = [
        _link(edge, boxes[edge.start], boxes[edge.end], near_end=_spreads(edge, flow))
        for edge in flow.edges.values()
    ]
    width = 2 * MARGIN + (len(columns) - 1) * COLUMN_WIDTH + BOX_WIDTH
    height = 2 * MARGIN + (highest - 1) * ROW_HEIGHT + BOX_HEIGHT
    return FlowDrawing(width, height, list(boxes.values()), links)


def _columns(flow: Flow) -> list[list[Node]]:
    """Nodes by rank, each near what it is tied to on the one side and then the other, so that fewer curves cross."""
    ranks = sorted({node.rank for node in flow.nodes.values()})
    columns = [
        sorted((node for node in flow.nodes.values() if node.rank == rank), key=lambda node: node.node_id)
        for rank in ranks
    ]
    tied: dict[str, set[str]] = {node_id: set() for node_id in flow.nodes}
    for start, end in flow.edges:
        tied[start].add(end)
        tied[end].add(start)
    for sweep in range(SWEEPS_COUNT):
        known: dict[str, float] = {}
        # From the end at first: a tree is narrow there.
        for column in columns if sweep % 2 else reversed(columns):
            column.sort(key=lambda node: _middle(known[one] for one in tied[node.node_id] if one in known))
            for row, node in enumerate(column):
                known[node.node_id] = row - len(column) / 2
    return columns


def _middle(rows: Iterable[float]) -> float:
    found = list(rows)
    return sum(found) / len(found) if found else 0.0


def _box(node: Node, x: float, y: float, names: Mapping[Subject, tuple[str, str]]) -> Box:
    kind = {"run": "recipe", "vendor": "vendor"}.get(node.kind, "item")
    title, of_kind = names.get((kind, node.title_of), (node.title_of or "run", ""))
    way = of_kind or "run" if node.kind == "run" else node.kind
    second = (
        way if node.kind in {"run", "vendor"} else f"{WORDS.get(way, way)} {figure(node.quantity)}".strip()
    )
    whole = " · ".join(part for part in (title, second, node.note) if part)
    outline = outline_of(way, x, y, BOX_WIDTH, BOX_HEIGHT)
    return Box(
        node,
        x,
        y,
        way,
        outline,
        _cut(title, TITLE_CHARS_MAX),
        second,
        _cut(node.note, NOTE_CHARS_MAX),
        whole,
    )


WORDS: Final = {
    "lot": "lot of",
    "planned": "planned item",
    "peg": "pegged",
    "line": "ordered",
    "purchase": "to buy",
}


def _cut(title: str, chars: int) -> str:
    return title if len(title) <= chars else f"{title[: chars - 1]}…"


def _spreads(edge: Edge, flow: Flow) -> bool:
    """Whether more goes out where an edge starts than comes in where it ends: there its quantity has room."""
    out = sum(start == edge.start for start, _ in flow.edges)
    return out > sum(end == edge.end for _, end in flow.edges)


def _link(edge: Edge, start: Box, end: Box, *, near_end: bool) -> Link:
    from_x, from_y = start.x + BOX_WIDTH, start.y + BOX_HEIGHT / 2
    to_x, to_y = end.x, end.y + BOX_HEIGHT / 2
    # A long curve runs level until it is near its end, so that it crosses few boxes between.
    bend = to_x - (COLUMN_WIDTH - BOX_WIDTH) / 2
    path = f"M{from_x:g},{from_y:g} C{bend:g},{from_y:g} {bend:g},{to_y:g} {to_x:g},{to_y:g}"
    x, y = (to_x - NEAR, to_y) if near_end else (from_x + NEAR, from_y)
    said = {one.node.quantity.partition(" ")[0] for one in (start, end)}
    return Link(edge, start, end, path, x, y - 4, "" if edge.quantity in said else figure(edge.quantity))
