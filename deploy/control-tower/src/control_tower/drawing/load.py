"""Load beside capacity: a bar for each bucket, its capacity as an outline, what is above it marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

WIDTH: Final = 1230
HEIGHT: Final = 240
LEFT: Final = 80
RIGHT: Final = 1210
TOP: Final = 24
BOTTOM: Final = 204
HOUR_MINUTES: Final = 60
LABELS_COUNT_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class Bucket:
    """A day or a week: what can be done in it, and what is booked, in minutes of machines."""

    begins_at: datetime
    ends_at: datetime
    capacity: Decimal
    load: Decimal
    runs: int

    @property
    def percent(self) -> float | None:
        """Load in per cent of capacity; None without any capacity."""
        return float(self.load * 100 / self.capacity) if self.capacity > 0 else None

    @property
    def over(self) -> bool:
        """Whether more is booked than can be done."""
        return self.load > self.capacity


@dataclass(frozen=True, slots=True)
class LoadBar:
    """A bucket in its place."""

    x: float
    width: float
    y: float
    height: float
    capacity_y: float
    bucket: Bucket
    label: str


@dataclass(frozen=True, slots=True)
class LoadDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    bars: list[LoadBar]
    most_y: float
    most: str


def draw_load(buckets: Sequence[Bucket]) -> LoadDrawing | None:
    """The picture of buckets side by side; None when there is neither load nor capacity."""
    most = max((max(each.capacity, each.load) for each in buckets), default=Decimal(0))
    if most <= 0:
        return None

    def y(minutes: Decimal) -> float:
        return round(BOTTOM - float(minutes / most) * (BOTTOM - TOP), 1)

    step = (RIGHT - LEFT) / len(buckets)
    every = -(-len(buckets) // LABELS_COUNT_MAX)
    bars = [
        LoadBar(
            round(LEFT + place * step + step * 0.1, 1),
            round(step * 0.8, 1),
            y(each.load),
            round(BOTTOM - y(each.load), 1),
            y(each.capacity),
            each,
            f"{each.begins_at:%d %b}" if place % every == 0 else "",
        )
        for place, each in enumerate(buckets)
    ]
    hours = f"{(most / HOUR_MINUTES).quantize(Decimal('0.1')).normalize():f} h"
    return LoadDrawing(WIDTH, HEIGHT, LEFT, RIGHT, BOTTOM, bars, y(most), hours)
