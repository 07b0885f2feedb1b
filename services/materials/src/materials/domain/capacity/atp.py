"""What may be promised of what is there and to come."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


def available_to_promise(changes: Sequence[tuple[datetime, int, int]]) -> list[tuple[datetime, int]]:
    """From which moments on how much may be promised, from (moment, supply, demand) in order of moments.

    ATP(t) = max(0, min over s >= t of (S(s) - R(s))), with S and R all supply and all demand up to and with s: the
    cumulative available-to-promise with look-ahead (APICS), as one pass from the end. A moment at which it stays what
    it was is left out, the first is kept.
    """
    balance = 0
    balances = []
    for at, supply, demand in changes:
        balance += supply - demand
        balances.append((at, balance))
    steps: list[tuple[datetime, int]] = []
    least: int | None = None
    for at, left in reversed(balances):
        least = left if least is None else min(least, left)
        steps.append((at, max(0, least)))
    steps.reverse()
    return [step for place, step in enumerate(steps) if not place or step[1] != steps[place - 1][1]]
