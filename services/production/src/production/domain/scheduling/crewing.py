"""People of crews beside machines: hours in which both work, and when a crew has too few people left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from production.domain.plant import Days, Span

_DAY: Final = timedelta(days=1)

# From a moment to another so many people are taken.
Manned = tuple[datetime, datetime, int]


@dataclass(frozen=True, slots=True)
class BothHours:
    """The hours in which both of two calendars are open."""

    one: Days
    other: Days

    def hours(self, day: date) -> tuple[Span, ...]:
        """When work that begins on a day begins and ends (aware UTC), in order."""
        first = datetime.combine(day, time(), tzinfo=UTC)
        # What began the day before may go on, and begin on this day for both.
        ones, others = ([*each.hours(day - _DAY), *each.hours(day)] for each in (self.one, self.other))
        found = [
            (begin, end)
            for opens, closes in ones
            for other_opens, other_closes in others
            if (begin := max(opens, other_opens)) < (end := min(closes, other_closes))
            and first <= begin < first + _DAY
        ]
        return tuple(sorted(found))


@dataclass(frozen=True, slots=True)
class Way:
    """By whom an operation is done: in which hours, and when there are too few of them left.

    Without a crew it is the people of the work centre, who are there whenever it is open.
    """

    crew_id: str | None
    days: Days
    busy: Sequence[Span] = ()

    def beside(self, spans: Sequence[Span]) -> Sequence[Span]:
        """When a machine that is taken for these spans, or the people, are not to be had: in order and apart."""
        return joined([*spans, *self.busy]) if self.busy else spans


def busy(taken: Iterable[Manned], people: int) -> list[Span]:
    """When more than `people` are taken, in order and apart."""
    steps: list[tuple[datetime, int]] = []
    for begin, end, count in taken:
        steps += [(begin, count), (end, -count)]
    found: list[Span] = []
    at_work, since = 0, None
    # At one moment who leaves does so before who comes.
    for at, change in sorted(steps):
        at_work += change
        if at_work > people and since is None:
            since = at
        elif at_work <= people and since is not None:
            if at > since:
                found.append((since, at))
            since = None
    return joined(found)


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            began, ended = found.pop()
            begin, end = began, max(end, ended)
        found.append((begin, end))
    return found
