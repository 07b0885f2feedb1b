"""SLA clocks on working hours: what was agreed, what is used of it, and the moment at which it is broken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from backbone.errors import Invalid
from contracts.service_desk import SlaBreached
from service_desk.domain.form import number
from service_desk.domain.hours import OFFICE, Hours

PRIORITIES_COUNT: Final = 4
CREDIT_MINOR_MAX: Final = 10**12
TARGET_MINUTES_MAX: Final = 60 * 24 * 90
# With this many weeks and all days off that may be named, a clock breaks within the reach of working hours.
WEEKS_COUNT_MAX: Final = 200

ClockName = Literal["first-response", "resolution"]


class TargetsAreWrong(Invalid):
    """Each priority has a first response that is not later than its resolution."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is agreed for a priority, in minutes of working time."""

    priority: int
    first_response_minutes: int
    resolution_minutes: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """The desk's hours and its targets, the most urgent priority (1) first; and what one person may credit alone.

    `credit_limit_minor` is for all credits of an order together, in minor units of its currency.
    """

    hours: Hours = OFFICE
    targets: tuple[Target, ...] = (
        Target(1, 60, 480),
        Target(2, 120, 960),
        Target(3, 240, 2_400),
        Target(4, 480, 4_800),
    )
    credit_limit_minor: int = 50_000
    version: int = 0

    def checked(self) -> Agreement:
        """The same agreement in order; raises `TargetsAreWrong`, `HoursAreWrong`."""
        targets = tuple(sorted(self.targets, key=lambda each: each.priority))
        if [each.priority for each in targets] != list(range(1, PRIORITIES_COUNT + 1)):
            raise TargetsAreWrong("each priority from 1 to 4 has a target", [("/targets", "once each")])
        for place, target in enumerate(targets):
            number(target.first_response_minutes, f"/targets/{place}", 1, TARGET_MINUTES_MAX)
            number(target.resolution_minutes, f"/targets/{place}", 1, TARGET_MINUTES_MAX)
            if target.first_response_minutes > target.resolution_minutes:
                raise TargetsAreWrong(
                    "an answer comes before a solution", [(f"/targets/{place}", "turn them")]
                )
        number(self.credit_limit_minor, "/credit_limit_minor", 0, CREDIT_MINOR_MAX)
        hours = self.hours.checked()
        if max(each.resolution_minutes for each in targets) > hours.week_minutes * WEEKS_COUNT_MAX:
            raise TargetsAreWrong("in so few hours nobody keeps this", [("/hours", "work more")])
        return replace(self, hours=hours, targets=targets)

    def target(self, clock: ClockName, priority: int) -> timedelta:
        """How much working time a clock gives to a priority."""
        agreed = next(each for each in self.targets if each.priority == priority)
        minutes = agreed.first_response_minutes if clock == "first-response" else agreed.resolution_minutes
        return timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock of a ticket: the working time it gives, what is used of it, and since when it runs (None: it stands).

    `broken` stays once it was told, whatever happens afterwards. `stood_at` is when it last began to stand; of a clock
    that stands since before this was kept nobody knows it.
    """

    name: ClockName
    target: timedelta
    used: timedelta = timedelta()
    since: datetime | None = None
    broken: bool = False
    stood_at: datetime | None = None

    def used_at(self, hours: Hours, now: datetime) -> timedelta:
        """The working time used until `now`."""
        return self.used + (hours.worked(self.since, now) if self.since is not None else timedelta())

    def started(self, now: datetime) -> Clock:
        """The clock running from `now` on; a running one runs on."""
        return self if self.since is not None else replace(self, since=now)

    def stopped(self, hours: Hours, now: datetime) -> Clock:
        """The clock standing, with what it has used until `now`; one that stands stands on."""
        if self.since is None:
            return self
        return replace(self, used=self.used_at(hours, now), since=None, stood_at=now)

    def retargeted(self, hours: Hours, target: timedelta, now: datetime) -> Clock:
        """A new target on the time already used."""
        if self.since is None:
            return replace(self, target=target)
        return replace(self, target=target, used=self.used_at(hours, now), since=now)

    def target_at(self, hours: Hours) -> datetime | None:
        """The moment at which the clock breaks if it runs on; None while it stands."""
        if self.since is None:
            return None
        return hours.after(self.since, self.target - self.used)

    def breaks(self, hours: Hours, ticket_id: str, now: datetime) -> tuple[Clock, SlaBreached | None]:
        """The clock, broken if its time is over, and the fact if that is news."""
        target_at = self.target_at(hours)
        if self.broken or target_at is None or target_at > now:
            return self, None
        return replace(self, broken=True), SlaBreached(ticket_id, self.name, target_at)
