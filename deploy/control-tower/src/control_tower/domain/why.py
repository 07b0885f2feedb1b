"""Why an order is late, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from control_tower.domain.order import OrderDetail
from control_tower.domain.picture import LineRow

DAY_SECONDS: Final = 86_400
HOUR_SECONDS: Final = 3_600


def span_in_words(seconds: float) -> str:
    """A stretch of time in the largest unit that fits: days, hours or minutes."""
    for size, unit in ((DAY_SECONDS, "day"), (HOUR_SECONDS, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return "less than a minute"


def why_late(
    detail: OrderDetail, lines: Sequence[LineRow], titles: Mapping[str, str], supply: str, now: datetime
) -> str:
    """One sentence: which line is how late, because of which supply; or that nothing is late.

    `titles` gives items their names, `supply` describes the supply at fault, `now` is business time.
    """
    overdue = [line for line in lines if line.open and line.expected_at is None and now > line.promised_at]
    late = [line for line in lines if line.expected_at is not None and line.expected_at > line.promised_at]
    held = [line for line in lines if line.open and line.at_risk and line not in late and line not in overdue]
    if late:
        worst = max(late, key=lambda line: _lateness(line, now))
        span = span_in_words(_lateness(worst, now))
        verb = "is expected" if worst.open else "came"
        cause = _because(worst.reason or detail.cause, supply)
        return f"{_title(worst, titles)} {verb} {span} after the promised date{cause}{_others(len(late))}."
    if overdue:
        worst = min(overdue, key=lambda line: line.promised_at)
        span = span_in_words((now - worst.promised_at).total_seconds())
        cause = _because(worst.reason or detail.cause, supply)
        return f"{_title(worst, titles)} was promised {span} ago and has no new date{cause}{_others(len(overdue))}."
    if held:
        return f"{_title(held[0], titles)} is at risk{_because(held[0].reason or detail.cause, supply)}."
    return "Nothing is late."


def _lateness(line: LineRow, now: datetime) -> float:
    return ((line.expected_at or now) - line.promised_at).total_seconds()


def _title(line: LineRow, titles: Mapping[str, str]) -> str:
    return f"{line.quantity} {line.unit} {titles.get(line.item, line.item)}"


def _because(cause: str, supply: str) -> str:
    if not cause:
        return f" because of {supply}" if supply else ""
    return f" because of {supply}: {cause}" if supply and supply not in cause else f": {cause}"


def _others(count: int) -> str:
    return f", and {count - 1} more line{'s' if count > 2 else ''} with it" if count > 1 else ""
