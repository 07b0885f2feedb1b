"""An SLA clock as a bar in time: where it ran, where it stood, and the moment at which it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from control_tower.drawing.axis import Axis, axis_over

WIDTH: Final = 240
HEIGHT: Final = 22


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which a clock stood, and why; `resumed_at` is None while it stands."""

    paused_at: datetime
    resumed_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the bar: the clock ran in it, or stood for a `reason`."""

    begins_at: datetime
    ends_at: datetime
    reason: str
    x: float
    width: float

    @property
    def runs(self) -> bool:
        """Whether the time counted."""
        return not self.reason


@dataclass(frozen=True, slots=True)
class ClockDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: int
    height: int
    stretches: list[Stretch]
    breaks_x: float | None
    now_x: float


def draw_clock(
    opened_at: datetime, until: datetime, pauses: Sequence[Pause], breaks_at: datetime | None, now: datetime
) -> ClockDrawing:
    """A clock that began at `opened_at` and, its pauses aside, ran until `until`."""
    moments = [opened_at, until, now, *(each.resumed_at or now for each in pauses)]
    axis = axis_over([*moments, *([breaks_at] if breaks_at else [])], 0, WIDTH)
    stretches, since = [], opened_at
    for pause in pauses:
        stretches.append(_stretch(axis, since, pause.paused_at, ""))
        since = pause.resumed_at or max(now, pause.paused_at)
        stretches.append(_stretch(axis, pause.paused_at, since, pause.reason))
    stretches.append(_stretch(axis, since, until, ""))
    shown = [each for each in stretches if each.ends_at > each.begins_at]
    return ClockDrawing(WIDTH, HEIGHT, shown, axis.x(breaks_at) if breaks_at else None, axis.x(now))


def _stretch(axis: Axis, begin: datetime, end: datetime, reason: str) -> Stretch:
    x = axis.x(begin)
    return Stretch(begin, end, reason, x, round(max(axis.x(end) - x, 1.0), 1))
