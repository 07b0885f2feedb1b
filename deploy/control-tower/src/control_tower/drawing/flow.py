"""A transformation tree from left to right; each way to produce has a shape of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from control_tower.domain.flow import Edge, Flow, Node
from control_tower.domain.mentions import Subject

COLUMN_WIDTH: Final = 232
BOX_WIDTH: Final = 168
BOX_HEIGHT: Final = 56
ROW_HEIGHT: Final = 78
MARGIN: Final = 16
TITLE_CHARS_MAX: Final = 24
SLOPE: Final = 9
NEAR: Final = 16


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
    """An edge as a curve with its quantity at the end that has room for it."""

    edge: Edge
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class FlowDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: float
    height: float
    boxes: list[Box]
    links: list[Link]


def draw_flow(flow: Flow, names: Mapping[Subject, tuple[str, str]]) -> FlowDrawing | None:
    """The picture of a flow; None when nothing was made, bought or handed over yet."""
    if not flow.edges:
        return None
    columns: dict[int, list[Node]] = {}
    for node in flow.nodes.values():
        columns.setdefault(node.rank, []).append(node)
    highest = max(len(column) for column in columns.values())
    boxes: dict[str, Box] = {}
    for rank in sorted(columns):
        column = sorted(columns[rank], key=lambda node: (_pull(node, flow, boxes), node.node_id))
        first = MARGIN + (highest - len(column)) * ROW_HEIGHT / 2
        for place, node in enumerate(column):
            boxes[node.node_id] = _box(node, MARGIN + rank * COLUMN_WIDTH, first + place * ROW_HEIGHT, names)
    links = [
        _link(edge, boxes[edge.start], boxes[edge.end], near_end=_spreads(edge, flow))
        for edge in flow.edges.values()
    ]
    width = 2 * MARGIN + max(columns) * COLUMN_WIDTH + BOX_WIDTH
    return FlowDrawing(width, 2 * MARGIN + highest * ROW_HEIGHT, list(boxes.values()), links)


def _pull(node: Node, flow: Flow, boxes: Mapping[str, Box]) -> float:
    """The middle of what leads to a node: nodes stand where their inputs are, so that fewer curves cross."""
    before = [boxes[start].y for start, end in flow.edges if end == node.node_id and start in boxes]
    return sum(before) / len(before) if before else 0.0


def _box(node: Node, x: float, y: float, names: Mapping[Subject, tuple[str, str]]) -> Box:
    kind = {"run": "recipe", "vendor": "vendor"}.get(node.kind, "item")
    title, of_kind = names.get((kind, node.title_of), (node.title_of or "run", ""))
    way = of_kind or "run" if node.kind == "run" else node.kind
    second = way if node.kind == "run" else node.quantity
    whole = " · ".join(part for part in (title, way, node.quantity, node.note) if part)
    return Box(node, x, y, way, _outline(way, x, y), _cut(title), second, _cut(node.note), whole)


def _outline(way: str, x: float, y: float) -> str:
    """Separation opens from one to many, congregation closes from many to one, modification passes through."""
    right, bottom = x + BOX_WIDTH, y + BOX_HEIGHT
    if way == "separation":
        points = [(x, y + SLOPE), (right, y), (right, bottom), (x, bottom - SLOPE)]
    elif way == "congregation":
        points = [(x, y), (right, y + SLOPE), (right, bottom - SLOPE), (x, bottom)]
    elif way == "modification":
        middle = y + BOX_HEIGHT / 2
        points = [
            (x, y),
            (right - SLOPE, y),
            (right, middle),
            (right - SLOPE, bottom),
            (x, bottom),
            (x + SLOPE, middle),
        ]
    else:
        points = [(x, y), (right, y), (right, bottom), (x, bottom)]
    return " ".join(f"{one:g},{other:g}" for one, other in points)


def _cut(title: str) -> str:
    return title if len(title) <= TITLE_CHARS_MAX else f"{title[: TITLE_CHARS_MAX - 1]}…"


def _spreads(edge: Edge, flow: Flow) -> bool:
    """Whether more goes out where an edge starts than comes in where it ends: there its quantity has room."""
    out = sum(start == edge.start for start, _ in flow.edges)
    return out > sum(end == edge.end for _, end in flow.edges)


def _link(edge: Edge, start: Box, end: Box, *, near_end: bool) -> Link:
    from_x, from_y = start.x + BOX_WIDTH, start.y + BOX_HEIGHT / 2
    to_x, to_y = end.x, end.y + BOX_HEIGHT / 2
    bend = (from_x + to_x) / 2
    path = f"M{from_x:g},{from_y:g} C{bend:g},{from_y:g} {bend:g},{to_y:g} {to_x:g},{to_y:g}"
    x, y = (to_x - NEAR, to_y) if near_end else (from_x + NEAR, from_y)
    return Link(edge, path, x, y - 4)
