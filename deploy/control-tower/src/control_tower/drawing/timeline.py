"""An order on one time axis: a lane for each service with its facts, a bar for each supply, planned and actual."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from control_tower.domain.timeline import Bar, Step
from control_tower.drawing.axis import Axis, Tick, axis_over

WIDTH: Final = 1230
LEFT: Final = 215
RIGHT: Final = 1220
LANE_HEIGHT: Final = 44
BAR_HEIGHT: Final = 26
TOP: Final = 34
LANES: Final = ("orders", "materials", "vendors", "production", "service-desk")
BARS_COUNT_MAX: Final = 60
CROWD_UNITS: Final = 7


@dataclass(frozen=True, slots=True)
class Dot:
    """A fact: where it stands, and what is read of it."""

    x: float
    y: float
    step: Step
    anchor: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A supply: where its planned and its actual bar stand; None where there is none."""

    y: float
    bar: Bar
    planned_x: float | None
    planned_width: float
    actual_x: float | None
    actual_width: float
    late: bool


@dataclass(frozen=True, slots=True)
class TimelineDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: int
    height: float
    left: int
    right: int
    ticks: list[Tick]
    lanes: list[tuple[str, float]]
    dots: list[Dot]
    stretches: list[Stretch]
    now_x: float
    hidden: int


def draw_timeline(steps: Sequence[Step], bars: Sequence[Bar], now: datetime) -> TimelineDrawing | None:
    """The picture of an order at `now`; None when nothing is known of it."""
    if not steps:
        return None
    shown = [bar for bar in bars if bar.span.planned_from or bar.span.actual_from][:BARS_COUNT_MAX]
    axis = axis_over(_moments(steps, shown), LEFT, RIGHT)
    lanes = [(name, TOP + LANE_HEIGHT * (place + 0.5)) for place, name in enumerate(LANES)]
    below = TOP + LANE_HEIGHT * len(LANES) + 18
    stretches = [_stretch(axis, bar, below + BAR_HEIGHT * place, now) for place, bar in enumerate(shown)]
    return TimelineDrawing(
        WIDTH,
        below + BAR_HEIGHT * len(shown) + 10,
        LEFT,
        RIGHT,
        axis.ticks(),
        lanes,
        _dots(axis, steps, dict(lanes)),
        stretches,
        axis.x(now),
        len(bars) - len(shown),
    )


def _moments(steps: Sequence[Step], bars: Sequence[Bar]) -> list[datetime]:
    spans = [bar.span for bar in bars]
    planned = [moment for span in spans for moment in (span.planned_from, span.planned_to)]
    actual = [moment for span in spans for moment in (span.actual_from, span.actual_to)]
    return [step.told_at for step in steps] + [moment for moment in (*planned, *actual) if moment]


def _dots(axis: Axis, steps: Sequence[Step], lanes: dict[str, float]) -> list[Dot]:
    """Facts of one moment stand above each other instead of upon each other."""
    dots, crowd = [], dict.fromkeys(lanes, (-1000.0, 0))
    for step in steps:
        x = axis.x(step.told_at)
        last, count = crowd.get(step.service, (-1000.0, 0))
        count = count + 1 if x - last < CROWD_UNITS else 0
        crowd[step.service] = (x if count == 0 else last, count)
        offset = (count % 5 + 1) // 2 * 8 * (1 if count % 2 else -1) if count else 0
        y = lanes.get(step.service, TOP) + offset
        dots.append(Dot(x, round(y, 1), step, f"fact-{step.event_id}"))
    return dots


def _stretch(axis: Axis, bar: Bar, y: float, now: datetime) -> Stretch:
    span = bar.span
    planned = _extent(axis, span.planned_from, span.planned_to)
    actual = _extent(axis, span.actual_from, span.actual_to or (now if span.actual_from else None))
    ended = span.actual_to or now
    return Stretch(y, bar, *planned, *actual, late=span.planned_to is not None and ended > span.planned_to)


def _extent(axis: Axis, start: datetime | None, end: datetime | None) -> tuple[float | None, float]:
    if start is None or end is None:
        return None, 0.0
    return axis.x(start), max(round(axis.x(end) - axis.x(start), 1), 2.0)
