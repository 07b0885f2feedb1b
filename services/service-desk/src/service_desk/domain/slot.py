"""Finding people: who has the skills and is free, with travel between clients, at the earliest possible moment."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final

from service_desk.domain.hours import DateIsOutOfReach, Stretch
from service_desk.domain.technician import Technician

GRID_MINUTES: Final = 15
SEARCH_DAYS_MAX: Final = 365
LENGTH_DAYS_MAX: Final = 90


@dataclass(frozen=True, slots=True)
class Engagement:
    """Somebody is taken for a slot at a place; only the start and the end of it count, nights between included."""

    slot_id: str
    technician_id: str
    starts_at: datetime
    ends_at: datetime
    place: str

    @property
    def days(self) -> Iterator[date]:
        """The days that it touches."""
        first = self.starts_at.astimezone(UTC).date()
        for number in range((self.ends_at.astimezone(UTC).date() - first).days + 1):
            yield first + timedelta(days=number)


@dataclass(frozen=True, slots=True)
class Work:
    """What a slot is for: so long, by so many people of a site, each with these skills, at a client's place."""

    length: timedelta
    people: int
    skills: frozenset[str]
    site_id: str
    place: str


@dataclass(frozen=True, slots=True)
class Team:
    """People who are free together from one moment to another."""

    starts_at: datetime
    ends_at: datetime
    technician_ids: tuple[str, ...]


@dataclass(slots=True)
class Diary:
    """Who is taken when; it is filled and emptied while slots are found, and remembers what has changed.

    Engagements stand under each day that they touch, so that a look at one day costs no more for a full year.
    """

    days: dict[tuple[str, date], dict[str, Engagement]] = field(default_factory=dict)
    slots: dict[str, list[Engagement]] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    gaps: dict[tuple[str, date], timedelta] = field(default_factory=dict)
    added: dict[str, list[Engagement]] = field(default_factory=dict)
    freed: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, engagements: Iterable[Engagement]) -> Diary:
        """A diary in which these engagements stand."""
        diary = cls()
        for each in engagements:
            diary._write(each)
        return diary

    def _write(self, engagement: Engagement) -> None:
        self.slots.setdefault(engagement.slot_id, []).append(engagement)
        self.counts[engagement.technician_id] += 1
        for day in engagement.days:
            self.gaps.pop((engagement.technician_id, day), None)
            self.days.setdefault((engagement.technician_id, day), {})[engagement.slot_id] = engagement

    def between(self, technician_id: str, first: date, last: date) -> Iterator[Engagement]:
        """The engagements of somebody that touch any day from `first` to `last`; a long one comes more than once."""
        for number in range((last - first).days + 1):
            yield from self.days.get((technician_id, first + timedelta(days=number)), {}).values()

    def gap(self, technician: Technician, day: date) -> timedelta:
        """The longest free stretch of somebody's working day, ways not counted; remembered until the day changes."""
        key = (technician.technician_id, day)
        if key not in self.gaps:
            busy = [(each.starts_at, each.ends_at) for each in self.days.get(key, {}).values()]
            busy += [(leave.starts_at, leave.ends_at) for leave in technician.leaves]
            gaps = (_longest(stretch, busy) for stretch in technician.hours.on(day))
            self.gaps[key] = max(gaps, default=timedelta())
        return self.gaps[key]

    def take(self, slot_id: str, team: Team, place: str) -> None:
        """Note a team for a slot."""
        made = [
            Engagement(slot_id, each, team.starts_at, team.ends_at, place) for each in team.technician_ids
        ]
        for engagement in made:
            self._write(engagement)
        self.added[slot_id] = made

    def free(self, slot_id: str | None) -> None:
        """Strike a slot out."""
        if slot_id is None:
            return
        for each in self.slots.pop(slot_id, []):
            self.counts[each.technician_id] -= 1
            for day in each.days:
                self.gaps.pop((each.technician_id, day), None)
                del self.days[each.technician_id, day][slot_id]
        if self.added.pop(slot_id, None) is None:
            self.freed.add(slot_id)


def _longest(stretch: Stretch, busy: Iterable[Stretch]) -> timedelta:
    free_from, closes = stretch
    longest = timedelta()
    for starts_at, ends_at in sorted(busy):
        longest = max(longest, min(starts_at, closes) - free_from)
        free_from = max(free_from, ends_at)
    return max(longest, closes - free_from)


def _may_fit(work: Work, able: Iterable[Technician], diary: Diary, day: date) -> bool:
    """Whether enough people have a long enough stretch on a day; work longer than a day only has to begin on it."""
    fitting = 0
    for technician in able:
        needed = work.length if work.length <= technician.hours.longest else timedelta(microseconds=1)
        fitting += diary.gap(technician, day) >= needed
    return fitting >= work.people


def end_of(technician: Technician, start: datetime, length: timedelta) -> datetime | None:
    """When somebody who begins at `start` is done, None when they do not work then.

    Work that fits into one of their windows is not cut; longer work goes on in the next ones.
    """
    first = next(technician.hours.stretches(start, 0), None)
    if first is None or first[0] != start:
        return None
    if start + length <= first[1]:
        return start + length
    if length <= technician.hours.longest:
        return None
    try:
        return technician.hours.after(start, length, LENGTH_DAYS_MAX)
    except DateIsOutOfReach:
        return None


def is_free(technician: Technician, diary: Diary, start: datetime, end: datetime, place: str) -> bool:
    """Whether no leave and no engagement, with the way between two places, meets that stretch."""
    if technician.away(start, end):
        return False
    first, last = (start - technician.travel).date(), (end + technician.travel).date()
    for each in diary.between(technician.technician_id, first, last):
        way = timedelta() if each.place == place else technician.travel
        if each.starts_at < end + way and each.ends_at > start - way:
            return False
    return True


def team_at(work: Work, crew: Sequence[Technician], diary: Diary, start: datetime) -> Team | None:
    """The people for `work` from that very moment on, those with the fewest engagements first; None if too few."""
    start = start.astimezone(UTC)
    by_end: dict[datetime, list[Technician]] = defaultdict(list)
    for technician in crew:
        if technician.site_id != work.site_id or not technician.can(work.skills):
            continue
        end = end_of(technician, start, work.length)
        if end is not None and is_free(technician, diary, start, end, work.place):
            by_end[end].append(technician)
    for end in sorted(by_end):
        free = sorted(by_end[end], key=lambda each: (diary.counts[each.technician_id], each.technician_id))
        if len(free) >= work.people:
            chosen = sorted(each.technician_id for each in free[: work.people])
            return Team(start, end, tuple(chosen))
    return None


def earliest_team(
    work: Work, crew: Sequence[Technician], diary: Diary, not_before: datetime, days: int = SEARCH_DAYS_MAX
) -> Team | None:
    """The earliest team for `work` that begins at `not_before` or later, within so many days; None if there is none."""
    able = [each for each in crew if each.site_id == work.site_id and each.can(work.skills)]
    if len(able) < work.people:
        return None
    for day in range(days + 1):
        # Full days are the rule where work is plenty: they are passed over without trying each moment of them.
        if not _may_fit(work, able, diary, not_before.astimezone(UTC).date() + timedelta(days=day)):
            continue
        for start in sorted(set(_starts(able, diary, not_before.astimezone(UTC), day))):
            team = team_at(work, able, diary, start)
            if team is not None:
                return team
    return None


def _starts(
    able: Iterable[Technician], diary: Diary, not_before: datetime, number: int
) -> Iterator[datetime]:
    """Moments of a day at which somebody may become free: a window opens, an engagement or a leave has ended."""
    day = not_before.date() + timedelta(days=number)
    for technician in able:
        for opens, closes in technician.hours.on(day):
            ends = [opens, not_before]
            ends += [
                each.ends_at + way
                for each in diary.between(technician.technician_id, day - timedelta(days=1), day)
                for way in (timedelta(), technician.travel)
            ]
            ends += [leave.ends_at for leave in technician.leaves]
            yield from _inside((opens, closes), not_before, ends)


def _inside(stretch: Stretch, not_before: datetime, moments: Iterable[datetime]) -> Iterator[datetime]:
    opens, closes = stretch
    for moment in moments:
        # A client is told a quarter of an hour, not a second; the very opening stands as it is.
        start = moment if moment == opens else _on_grid(moment)
        if max(opens, not_before) <= start < closes:
            yield start


def _on_grid(moment: datetime) -> datetime:
    moment = moment.astimezone(UTC)
    over = timedelta(
        minutes=moment.minute % GRID_MINUTES, seconds=moment.second, microseconds=moment.microsecond
    )
    return moment if not over else moment - over + timedelta(minutes=GRID_MINUTES)
