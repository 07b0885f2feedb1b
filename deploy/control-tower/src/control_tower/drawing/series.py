"""Values one after the other beside the lines that they should keep to: parameters of runs, control charts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from control_tower.drawing.axis import Tick, axis_over

WIDTH: Final = 1230
HEIGHT: Final = 240
LEFT: Final = 90
RIGHT: Final = 1210
TOP: Final = 30
BOTTOM: Final = 222
AIR_SHARE: Final = Decimal(8)


@dataclass(frozen=True, slots=True)
class Point:
    """A value at a moment; `marks` say what is wrong with it, `title` what it is."""

    at: datetime
    value: Decimal
    title: str
    marks: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A value to keep to: `limit` outside of which nothing should lie, or `target`."""

    name: str
    value: Decimal
    kind: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A point in its place."""

    x: float
    y: float
    point: Point


@dataclass(frozen=True, slots=True)
class Level:
    """A line in its place."""

    y: float
    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class SeriesDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: int
    height: int
    left: int
    right: int
    ticks: list[Tick]
    levels: list[Level]
    path: str
    dots: list[Dot]


def draw_by_time(points: Sequence[Point], lines: Sequence[Line]) -> SeriesDrawing | None:
    """Points where their moments stand; None when there is none."""
    if not points:
        return None
    axis = axis_over([point.at for point in points], LEFT, RIGHT)
    return _drawn(points, [axis.x(point.at) for point in points], axis.ticks(), lines)


def draw_in_turn(points: Sequence[Point], lines: Sequence[Line]) -> SeriesDrawing | None:
    """Points at equal distances, as control charts have them; None when there is none."""
    if not points:
        return None
    step = (RIGHT - LEFT) / (len(points) + 1)
    return _drawn(points, [round(LEFT + step * (place + 1), 1) for place in range(len(points))], [], lines)


def _drawn(
    points: Sequence[Point], places: Sequence[float], ticks: list[Tick], lines: Sequence[Line]
) -> SeriesDrawing:
    values = [*(point.value for point in points), *(line.value for line in lines)]
    least, most = min(values), max(values)
    air = (most - least) / AIR_SHARE or Decimal(1)
    least, most = least - air, most + air

    def y(value: Decimal) -> float:
        return round(BOTTOM - float((value - least) / (most - least)) * (BOTTOM - TOP), 1)

    dots = [Dot(x, y(point.value), point) for x, point in zip(places, points, strict=True)]
    path = "M" + "L".join(f"{dot.x} {dot.y}" for dot in dots)
    levels = [Level(y(line.value), f"{line.name} {line.value.normalize():f}", line.kind) for line in lines]
    return SeriesDrawing(WIDTH, HEIGHT, LEFT, RIGHT, ticks, levels, path, dots)
