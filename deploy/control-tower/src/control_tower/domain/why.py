"""Why an order is late, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from control_tower.domain.order import OrderDetail
from control_tower.domain.picture import LineRow
from control_tower.domain.timeline import Bar
from control_tower.domain.words import so_much

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
    detail: OrderDetail,
    lines: Sequence[LineRow],
    titles: Mapping[str, str],
    supply: str,
    bars: Sequence[Bar],
    now: datetime,
) -> str:
    """One sentence: which line is how late, because of which supply; or that nothing is late.

    `titles` gives items their names, `supply` describes the supply that was told to be at fault; where none was told,
    it is looked for among `bars`. `now` is business time.
    """
    overdue = [line for line in lines if line.open and line.expected_at is None and now > line.promised_at]
    late = [line for line in lines if line.expected_at is not None and line.expected_at > line.promised_at]
    held = [line for line in lines if line.open and line.at_risk and line not in late and line not in overdue]
    if late:
        worst = max(late, key=lambda line: _lateness(line, now))
        verb = "is expected" if worst.open else "came"
        how = f"{verb} {span_in_words(_lateness(worst, now))} after the promised date"
        count = len(late)
    elif overdue:
        worst = min(overdue, key=lambda line: line.promised_at)
        how = (
            f"was promised {span_in_words((now - worst.promised_at).total_seconds())} ago and has no new date"
        )
        count = len(overdue)
    elif held:
        worst, how, count = held[0], "is at risk", 1
    else:
        return "Nothing is late."
    told = _because(worst.reason or detail.cause, supply)
    cause = told or _blamed(bars, worst, now)
    return f"{_title(worst, titles)} {how}{cause}{_others(count)}."


def _blamed(bars: Sequence[Bar], line: LineRow, now: datetime) -> str:
    """What kept a line from its date where nobody told: a supply behind its plan, else a visit that came after it."""
    behind = [(bar, over) for bar in bars if (over := _behind(bar, now)) >= HOUR_SECONDS]
    supplies = [one for one in behind if one[0].kind != "visit"]
    if supplies:
        bar, over = max(supplies, key=lambda one: one[1])
        return f" because {_named(bar)} is {span_in_words(over)} behind its plan ({bar.state})"
    for bar in bars:
        start = bar.span.planned_from
        if bar.kind == "visit" and start is not None and start > line.promised_at and _is_of(bar, line):
            return f" because its {bar.label} was planned for {start:%Y-%m-%d %H:%M}"
    if behind:
        bar, over = max(behind, key=lambda one: one[1])
        return f" because its {bar.label} took place {span_in_words(over)} later than planned"
    return ""


def _behind(bar: Bar, now: datetime) -> float:
    planned, actual = bar.span.planned_to, bar.span.actual_to
    return 0.0 if planned is None else ((actual or now) - planned).total_seconds()


def _is_of(bar: Bar, line: LineRow) -> bool:
    return (bar.label == "hand-over") == (line.kind == "good")


def _named(bar: Bar) -> str:
    return f"{bar.kind.replace('_', ' ')} {bar.label}"


def _lateness(line: LineRow, now: datetime) -> float:
    return ((line.expected_at or now) - line.promised_at).total_seconds()


def _title(line: LineRow, titles: Mapping[str, str]) -> str:
    return f"{so_much(line.quantity, line.unit)} {titles.get(line.item, line.item)}"


def _because(cause: str, supply: str) -> str:
    if not cause:
        return f" because of {supply}" if supply else ""
    return f" because of {supply}: {cause}" if supply and supply not in cause else f": {cause}"


def _others(count: int) -> str:
    return f", and {count - 1} more line{'s' if count > 2 else ''} with it" if count > 1 else ""
