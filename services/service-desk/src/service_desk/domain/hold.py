"""People kept free for a promise: asked, answered once for each request, and freed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from contracts.orders import SlotsRequested
from contracts.service_desk import SlotsOffered, SlotsRefused
from contracts.shapes import Slot
from service_desk.domain.hours import REACH_DAYS_MAX
from service_desk.domain.service import Service
from service_desk.domain.slot import SEARCH_DAYS_MAX, Diary, Team, Work, earliest_team
from service_desk.domain.states import HOLD, moved
from service_desk.domain.technician import Technician

# The client has to answer a quote and then an offer before anybody comes.
NOTICE: Final = timedelta(days=1)
# A slot that lies farther away than this is not held before the asker has agreed to it.
OFFER_DAYS_MAX: Final = 28


@dataclass(frozen=True, slots=True)
class HeldSlot:
    """A slot for a line, and who is kept free for it."""

    slot: Slot
    service_id: str
    technician_ids: tuple[str, ...]

    @property
    def team(self) -> Team:
        """The people and the time."""
        return Team(self.slot.starts_at, self.slot.ends_at, self.technician_ids)


@dataclass(frozen=True, slots=True)
class SlotHold:
    """The newest answer to the requests of one promise."""

    promise_id: str
    need_id: str
    request_no: int
    customer_id: str
    address_id: str
    state: str
    slots: tuple[HeldSlot, ...]
    hold_until: datetime
    reason: str | None = None
    next_possible_at: datetime | None = None
    version: int = 0

    def answer(self) -> SlotsOffered | SlotsRefused:
        """What the asker was told; the same words to the same question."""
        if self.state == "refused":
            return SlotsRefused(
                self.promise_id, self.need_id, self.request_no, self.reason or "", self.next_possible_at
            )
        slots = tuple(each.slot for each in self.slots)
        return SlotsOffered(self.promise_id, self.need_id, self.request_no, slots, self.hold_until)

    def let_go(self, state: str) -> SlotHold:
        """The hold after it was freed, has expired or was booked; one that held nothing any more stays as it is."""
        if self.state != "held":
            return self
        return replace(self, state=moved(HOLD, f"hold of {self.promise_id}", self.state, state))

    def slot(self, slot_id: str | None) -> HeldSlot | None:
        """The slot of that id."""
        return next((each for each in self.slots if each.slot.slot_id == slot_id), None)


def place_of(customer_id: str, address_id: str) -> str:
    """How a client's address is called where ways are counted."""
    return f"{customer_id}/{address_id}"


@dataclass(frozen=True, slots=True)
class Search:
    """What slots are looked for in: the services, the people, and the moment."""

    services: Mapping[str, Service]
    crew: Sequence[Technician]
    now: datetime


def answered(asked: SlotsRequested, search: Search, diary: Diary, slot_ids: Sequence[str]) -> SlotHold:
    """The hold that answers a request: a slot for each line in turn, or nothing at all and why.

    `diary` loses what an earlier request held before this is called; it is left as it was when nothing is held.
    """
    not_before = max(asked.not_before, search.now + NOTICE)
    found: list[HeldSlot] = []
    if not_before > search.now + timedelta(days=REACH_DAYS_MAX):
        return _refused(asked, diary, found, "nobody knows who works then")
    for line, slot_id in zip(asked.lines, slot_ids, strict=True):
        service = search.services.get(line.item)
        if service is None:
            return _refused(asked, diary, found, f"there is no service {line.item}")
        place = place_of(asked.customer_id, asked.address_id)
        work = Work(service.duration(line.quantity), service.people, service.skills, service.site_id, place)
        team = earliest_team(work, search.crew, diary, not_before, SEARCH_DAYS_MAX)
        if team is None:
            return _refused(asked, diary, found, f"nobody can do {service.title}")
        if team.starts_at > not_before + timedelta(days=OFFER_DAYS_MAX):
            return _refused(asked, diary, found, "nobody is free so soon", team.starts_at)
        diary.take(slot_id, team, place)
        slot = Slot(slot_id, line.line_id, team.starts_at, team.ends_at)
        found.append(HeldSlot(slot, service.service_id, team.technician_ids))
    return _hold(asked, "held", tuple(found))


def _refused(
    asked: SlotsRequested,
    diary: Diary,
    found: Sequence[HeldSlot],
    reason: str,
    next_possible_at: datetime | None = None,
) -> SlotHold:
    for each in found:
        diary.free(each.slot.slot_id)
    return replace(_hold(asked, "refused", ()), reason=reason, next_possible_at=next_possible_at)


def _hold(asked: SlotsRequested, state: str, slots: tuple[HeldSlot, ...]) -> SlotHold:
    return SlotHold(
        asked.promise_id,
        asked.need_id,
        asked.request_no,
        asked.customer_id,
        asked.address_id,
        state,
        slots,
        asked.hold_until,
    )
