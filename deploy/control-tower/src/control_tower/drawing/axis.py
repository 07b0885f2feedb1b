"""A time axis: moments become places, and ticks stand at round moments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

_HOUR: Final = timedelta(hours=1)
_STEPS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    _HOUR,
    6 * _HOUR,
    24 * _HOUR,
    48 * _HOUR,
    72 * _HOUR,
    7 * 24 * _HOUR,
    14 * 24 * _HOUR,
    28 * 24 * _HOUR,
    91 * 24 * _HOUR,
)
TICKS_COUNT_MAX: Final = 9
# Half of a letter of a mark, which stands over the middle of its text; and what a picture has beside its axis.
_HALF_LETTER: Final = 3.2
_BESIDE: Final = 10


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the axis."""

    x: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """`start` to `end` on the stretch from `left` to `right` (user units of the SVG)."""

    start: datetime
    end: datetime
    left: float
    right: float

    def x(self, moment: datetime) -> float:
        """Where a moment stands; what lies outside stands at the nearer end."""
        share = (moment - self.start) / (self.end - self.start)
        return round(self.left + min(max(share, 0.0), 1.0) * (self.right - self.left), 1)

    def ticks(self) -> list[Tick]:
        """At most nine marks at round moments; none whose text would be cut off at the right end."""
        span = self.end - self.start
        step = next((one for one in _STEPS if span / one <= TICKS_COUNT_MAX), span / TICKS_COUNT_MAX)
        midnight = self.start.replace(hour=0, minute=0, second=0, microsecond=0)
        marks, moment = [], midnight + ((self.start - midnight) // step + 1) * step
        while moment < self.end:
            text = f"{moment:%d %b}" if step >= 24 * _HOUR else f"{moment:%d %b %H:%M}"
            x = self.x(moment)
            if x + len(text) * _HALF_LETTER <= self.right + _BESIDE:
                marks.append(Tick(x, text))
            moment += step
        return marks


def axis_over(moments: list[datetime], left: float, right: float) -> Axis:
    """An axis over all of these moments with a little air; a day when there are none or they are one."""
    start, end = min(moments), max(moments)
    if end - start < timedelta(minutes=1):
        end = start + timedelta(minutes=1)
    air = (end - start) / 40
    return Axis(start - air, end + air, left, right)
