"""The open hours of a calendar as whole seconds: where a span of working time begins and ends."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from production.domain.plant import Calendar

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def seconds(at: datetime) -> int:
    """A moment as whole seconds since 1970, a part of one rounded up: nothing begins before its moment."""
    return -((_EPOCH - at) // _SECOND)


def moment(at: int) -> datetime:
    """Seconds since 1970 as a moment."""
    return _EPOCH + at * _SECOND


@dataclass(frozen=True, slots=True)
class Hours:
    """Stretches in which work is done, in order and apart; `before` are the open seconds before each of them.

    Work is measured in open seconds, so that an operation that rests overnight is as long as one that does not.
    """

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    upto: tuple[int, ...]

    @classmethod
    def of(cls, stretches: Iterable[tuple[int, int]]) -> Hours:
        """Hours out of stretches in order; those that touch become one."""
        joined: list[tuple[int, int]] = []
        for begin, end in stretches:
            if joined and joined[-1][1] == begin:
                begin = joined.pop()[0]
            joined.append((begin, end))
        before, upto, worked = [], [], 0
        for begin, end in joined:
            before.append(worked)
            worked += end - begin
            upto.append(worked)
        opens, closes = zip(*joined, strict=True) if joined else ((), ())
        return cls(opens, closes, tuple(before), tuple(upto))

    @classmethod
    def of_calendar(cls, calendar: Calendar, first: date, days: int) -> Hours:
        """The hours of so many days from the first on, and of the night before."""
        found = (hours for day in range(-1, days) for hours in calendar.hours(first + timedelta(days=day)))
        return cls.of((seconds(opens), seconds(closes)) for opens, closes in found)

    def mirrored(self, more: int) -> Hours:
        """The same hours with time running backward, and so many seconds more where they begin."""
        pairs = [*zip(self.opens, self.closes, strict=True)]
        turned = [(-closes, -opens) for opens, closes in reversed(pairs)]
        return Hours.of([*turned, (turned[-1][1], turned[-1][1] + more)]) if turned else self

    def first(self, at: int, span: int = 1) -> int | None:
        """The first moment from `at` on at which work of a span begins; None beyond the last stretch.

        What takes no time can still be done as a stretch ends.
        """
        if not span and self.last(at) == at:
            return at
        place = bisect_right(self.closes, at)
        if place == len(self.opens):
            return None
        opens = self.opens[place]
        return at if at > opens else opens

    def worked(self, at: int) -> int:
        """The open seconds before a moment."""
        place = bisect_right(self.opens, at) - 1
        if place < 0:
            return 0
        return min(self.before[place] + at - self.opens[place], self.upto[place])

    def end(self, begin: int, span: int) -> int | None:
        """When work ends that begins at an open moment and lasts so many open seconds; None beyond the last stretch."""
        if not span:
            # Counted in open seconds, a morning is the evening before.
            return begin
        work = self.worked(begin) + span
        place = bisect_left(self.upto, work)
        if place == len(self.upto):
            return None
        return self.opens[place] + work - self.before[place]

    def latest(self, end: int, span: int) -> int | None:
        """When work begins at the latest that ends at `end` at the latest; None before the first stretch."""
        work = self.worked(end) - span
        if work < 0:
            return None
        place = bisect_right(self.before, work) - 1
        return self.opens[place] + work - self.before[place]

    def last(self, at: int) -> int | None:
        """The last moment up to `at` at which work can end; None before the first stretch."""
        place = bisect_left(self.opens, at) - 1
        return None if place < 0 else min(at, self.closes[place])
