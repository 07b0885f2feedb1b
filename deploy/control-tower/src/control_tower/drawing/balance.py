"""The projected balance of an item at a site: a line that steps with supply and demand, and its shortages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from control_tower.drawing.axis import Tick, axis_over

WIDTH: Final = 1230
HEIGHT: Final = 250
LEFT: Final = 90
RIGHT: Final = 1210
TOP: Final = 34
BOTTOM: Final = 236


@dataclass(frozen=True, slots=True)
class Step:
    """A change of the balance: when, by how much, why, whose, and what is there after it."""

    at: datetime
    change: Decimal
    why: str
    subject: str | None
    balance: Decimal


@dataclass(frozen=True, slots=True)
class Level:
    """A mark on the upright axis."""

    y: float
    text: str


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which the balance is below nothing."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class BalanceDrawing:
    """Everything of the picture, in user units of its SVG."""

    width: int
    height: int
    left: int
    right: int
    ticks: list[Tick]
    levels: list[Level]
    path: str
    below: list[Stretch]
    zero_y: float
    now_x: float


def draw_balance(steps: Sequence[Step], now: datetime) -> BalanceDrawing | None:
    """The picture of a balance, its first step being what is there now; None when nothing ever changes."""
    if not steps:
        return None
    axis = axis_over([now, *(step.at for step in steps)], LEFT, RIGHT)
    most = max(Decimal(0), *(step.balance for step in steps))
    least = min(Decimal(0), *(step.balance for step in steps))
    span = most - least or Decimal(1)

    def y(balance: Decimal) -> float:
        return round(BOTTOM - float((balance - least) / span) * (BOTTOM - TOP), 1)

    parts = [f"M{axis.x(steps[0].at)} {y(Decimal(0))}"]
    below: list[Stretch] = []
    for place, step in enumerate(steps):
        x, level = axis.x(step.at), y(step.balance)
        end = axis.x(steps[place + 1].at) if place + 1 < len(steps) else float(RIGHT)
        parts.append(f"H{x}V{level}")
        if step.balance < 0 and end > x:
            below.append(Stretch(x, y(Decimal(0)), round(end - x, 1), round(level - y(Decimal(0)), 1)))
    parts.append(f"H{RIGHT}")
    marks = sorted({most, Decimal(0), least})
    return BalanceDrawing(
        WIDTH, HEIGHT, LEFT, RIGHT, axis.ticks(), [Level(y(mark), f"{mark.normalize():,f}") for mark in marks],
        "".join(parts), below, y(Decimal(0)), axis.x(now),
    )  # fmt: skip
