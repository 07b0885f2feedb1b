"""Working time on a calendar: where a span of it lies that begins, or ends, at a moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from production.domain.plant import Days, Span

HORIZON_DAYS_MAX: Final = 366
_DAY: Final = timedelta(days=1)
_HORIZON: Final = HORIZON_DAYS_MAX * _DAY


def horizon(at: datetime) -> date:
    """The last day on which work is looked for from a moment on."""
    return at.date() + _HORIZON


def span_before(calendar: Days, span: timedelta, limit: datetime, earliest: datetime) -> Span | None:
    """Where `span` of working time lies that ends at `limit` at the latest; None when it begins too early."""
    day, ends = limit.date(), None
    # A night begins on the day before.
    while day >= earliest.date() - _DAY:
        for began, ended in reversed(calendar.hours(day)):
            opens, closes = max(began, earliest), min(ended, limit)
            if began < limit and closes >= opens:
                ends = closes if ends is None else ends
                if closes - opens >= span:
                    return closes - span, ends
                span -= closes - opens
        day -= _DAY
    return None


def span_after(calendar: Days, span: timedelta, limit: datetime, last: date) -> Span | None:
    """Where `span` of working time lies that begins at `limit` at the earliest; None beyond the horizon."""
    day, starts = limit.date() - _DAY, None
    while day <= last:
        for began, closes in calendar.hours(day):
            if closes > limit:
                opens = max(began, limit)
                starts = opens if starts is None else starts
                if closes - opens >= span:
                    return starts, opens + span
                span -= closes - opens
        day += _DAY
    return None


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The hours of a calendar, a year before and after what is asked for."""

    calendar: Days

    def end(self, begin: datetime, span: int, /) -> datetime | None:
        """When work ends that begins at a moment, or after it, and takes so many seconds."""
        found = span_after(self.calendar, timedelta(seconds=span), begin, horizon(begin))
        return None if found is None else found[1]

    def latest(self, end: datetime, span: int, /) -> datetime | None:
        """When work of so many seconds begins at the latest that ends at a moment at the latest."""
        found = span_before(self.calendar, timedelta(seconds=span), end, end - _HORIZON)
        return None if found is None else found[0]
