"""The desk at one moment: services, people, their diary and its own hours; it finds times and moves visits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from backbone.errors import Refusal
from service_desk.domain.hours import DateIsOutOfReach, Hours
from service_desk.domain.service import Service
from service_desk.domain.slot import SEARCH_DAYS_MAX, Diary, Team, Work, earliest_team, team_at
from service_desk.domain.technician import Technician
from service_desk.domain.visit import AskedBy, Fact, Visit
from service_desk.domain.visit_rules import OFFER_AGAIN_HOURS

# A hand-over needs no people of ours: a stretch of time in the desk's hours, not before the client could answer.
HAND_OVER_HOURS: Final = 4
NOTICE_HOURS: Final = 12


class NobodyIsFree(Refusal):
    """Nobody can come at that time; the detail names the next possible one."""


@dataclass(slots=True)
class Desk:
    """What a decision about times needs to know; the diary changes as times are given away."""

    services: Mapping[str, Service]
    crew: Sequence[Technician]
    diary: Diary
    hours: Hours
    now: datetime

    def team(self, technician_ids: Sequence[str]) -> list[Technician]:
        """The people of these ids."""
        return [each for each in self.crew if each.technician_id in technician_ids]

    def _work_of(self, visit: Visit) -> Work | None:
        service = self.services.get(visit.service_id or "")
        if service is None or visit.quantity is None:
            return None
        length = service.duration(visit.quantity)
        return Work(length, service.people, service.skills, service.site_id, visit.place)

    def length(self, visit: Visit) -> timedelta:
        """How long the work of a visit takes; nothing of one that has none."""
        work = self._work_of(visit)
        return timedelta() if work is None else work.length

    def earliest(self, visit: Visit, not_before: datetime) -> Team | None:
        """The next possible time for a visit, None when nobody can do it."""
        not_before = max(not_before, self.now)
        if visit.kind == "hand-over":
            return self._hand_over(max(not_before, self.now + timedelta(hours=NOTICE_HOURS)))
        work = self._work_of(visit)
        return None if work is None else earliest_team(work, self.crew, self.diary, not_before)

    def at(self, visit: Visit, starts_at: datetime) -> Team | None:
        """The people for a visit at that very time; a hand-over needs the desk to be open."""
        if visit.kind == "hand-over":
            open_then = next(self.hours.stretches(starts_at, 0), None)
            inside = open_then is not None and open_then[0] == starts_at
            return Team(starts_at, starts_at + timedelta(hours=HAND_OVER_HOURS), ()) if inside else None
        work = self._work_of(visit)
        return None if work is None else team_at(work, self.crew, self.diary, starts_at)

    def _hand_over(self, not_before: datetime) -> Team | None:
        for opens, closes in self.hours.stretches(not_before):
            # Half a stretch that has begun is no appointment; the next one begins on time.
            if closes - opens >= timedelta(hours=HAND_OVER_HOURS):
                return Team(opens, opens + timedelta(hours=HAND_OVER_HOURS), ())
        return None

    def book(self, visit: Visit, slot_id: str, team: Team) -> None:
        """Note the people of a visit in the diary, instead of whom it had."""
        self.diary.free(visit.slot_id)
        if team.technician_ids:
            self.diary.take(slot_id, team, visit.place)

    def move(
        self, visit: Visit, slot_id: str, not_before: datetime, asked_by: AskedBy
    ) -> tuple[Visit, list[Fact]]:
        """The visit at the next possible time; without people and time when there is none."""
        self.diary.free(visit.slot_id)
        team = self.earliest(visit, not_before)
        if team is None:
            return visit.unplanned(), []
        self.book(visit, visit.slot_id or slot_id, team)
        return visit.rescheduled(visit.slot_id or slot_id, team, asked_by)

    def offered_next(self, visit: Visit, slot_id: str) -> tuple[Visit, list[Fact]]:
        """The visit offered at the next possible time from a day on; without people and time when there is none."""
        visit, facts = self.move(visit, slot_id, self.now + timedelta(hours=OFFER_AGAIN_HOURS), "desk")
        if visit.starts_at is None:
            return visit, facts
        visit, offer = visit.offered()
        return visit, [*facts, *offer]

    def wished(self, visit: Visit) -> Team | None:
        """The people for a visit at the time it had; None when that is gone or given away, or when it had none."""
        return None if visit.starts_at is None or visit.over(self.now) else self.at(visit, visit.starts_at)

    def again(self, visit: Visit, slot_id: str) -> tuple[Visit, list[Fact]]:
        """The visit at the time it had, if people are free then; else at the next possible one."""
        team = self.wished(visit)
        if team is None:
            return self.move(visit, slot_id, visit.starts_at or self.now, "client")
        self.book(visit, visit.slot_id or slot_id, team)
        return visit.rescheduled(visit.slot_id or slot_id, team, "client")

    def move_to(
        self, visit: Visit, slot_id: str, starts_at: datetime, asked_by: AskedBy
    ) -> tuple[Visit, list[Fact]]:
        """The visit at exactly that time; after a refusal the diary is not to be kept.

        Raises `NobodyIsFree`, `DateIsOutOfReach`.
        """
        if not self.now < starts_at < self.now + timedelta(days=SEARCH_DAYS_MAX):
            raise DateIsOutOfReach(
                f"a time lies ahead, within {SEARCH_DAYS_MAX} days", [("/starts_at", "when?")]
            )
        self.diary.free(visit.slot_id)
        team = self.at(visit, starts_at)
        if team is None:
            later = self.earliest(visit, starts_at)
            hint = f"; the next possible time is {later.starts_at.isoformat()}" if later else ""
            raise NobodyIsFree(f"nobody can come then{hint}")
        self.book(visit, visit.slot_id or slot_id, team)
        return visit.rescheduled(visit.slot_id or slot_id, team, asked_by)
