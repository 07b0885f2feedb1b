"""A promise in the making: material first, people second, each held until the quote is answered.

Materials may know of substitutes that let it be kept sooner, or at all; whom it is for may take them, and it is
asked for anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from backbone.errors import Refusal
from contracts.instead import StandIn
from contracts.orders import PromiseRequested, PromiseWithdrawn, SlotsRequested
from contracts.shapes import HAND_OVER, DateStep, DeliveryPolicy, DemandLine, Instead, Slot
from orders.domain.states import PROMISE, moved

HOLD: Final = timedelta(days=7)
GRACE: Final = timedelta(hours=1)
ANSWER_WITHIN: Final = timedelta(hours=1)
REQUESTS_COUNT_MAX: Final = 5
# Why a date is later than the quote said: what had been held for it was not any more.
ACCEPTED_LATE: Final = "accepted late"

# An item, and what stands in for it.
Names = tuple[str, str]

State = Literal["asked", "refused", "offered", "slots-asked", "given", "accepted", "withdrawn", "expired"]


# What was offered of substitutes still stands as long as these wait for an answer.
_OPEN: Final = frozenset({"asked", "refused", "offered", "slots-asked", "given"})


class SubstituteIsNotOffered(Refusal):
    """An item is to stand in for another, and no date was offered with it, or not any more."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """By when goods could be there if an item let another one stand in for it wherever it is an input at a site.

    `line_ids` are the lines whose goods would be made of it; where it is empty all may be. `also` stands in with it.
    """

    site_id: str
    sku: str
    substitute_sku: str
    steps: tuple[DateStep, ...]
    line_ids: tuple[str, ...] = ()
    also: tuple[StandIn, ...] = ()

    @property
    def stand_ins(self) -> tuple[StandIn, ...]:
        """All that stands in by it."""
        return StandIn(self.site_id, self.sku, self.substitute_sku, self.line_ids), *self.also

    @property
    def names(self) -> frozenset[Names]:
        """Which item stands in for which."""
        return frozenset((each.sku, each.substitute_sku) for each in self.stand_ins)


@dataclass(frozen=True, slots=True)
class Promise:
    """What is asked of materials and of the service desk for one quote, and what they have answered."""

    promise_id: str
    need_id: str
    quote_id: str
    customer_id: str
    address_id: str
    priority: int
    delivery_policy: DeliveryPolicy
    demand: tuple[DemandLine, ...]
    state: str
    request_no: int
    hold_until: datetime
    steps: tuple[DateStep, ...] = ()
    slots: tuple[Slot, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    version: int = 1

    @property
    def services(self) -> tuple[DemandLine, ...]:
        """The lines that people have to come for."""
        return tuple(line for line in self.demand if line.kind == "service")

    def asked(self) -> PromiseRequested:
        """The ask to materials, for goods and for the parts of services alike, in time to be handed over."""
        return PromiseRequested(
            self.promise_id,
            self.need_id,
            self.request_no,
            tuple(replace(line, wanted_at=line.wanted_at - HAND_OVER) for line in self.demand),
            self.delivery_policy,
            self.priority,
            self.hold_until,
        )

    def offered(
        self, request_no: int, steps: tuple[DateStep, ...], instead: tuple[Instead, ...] = ()
    ) -> Promise:
        """Materials holds what is needed; an answer to an older ask, or one that comes again, changes nothing.

        Of what was let stand in only what does so stays in the lines.
        """
        if request_no != self.request_no or self.state != "asked":
            return self
        demand = tuple(
            replace(line, instead=tuple(each for each in line.instead if each in instead))
            if line.instead
            else line
            for line in self.demand
        )
        state = moved(PROMISE, self._name, self.state, "offered")
        return replace(self, state=state, steps=steps, demand=demand)

    @property
    def substituted(self) -> bool:
        """Whether something was let stand in for something in it."""
        return any(line.instead for line in self.demand)

    def could_be(self, request_no: int, alternative: Alternative) -> Promise:
        """Materials knows how it could be sooner; for another ask, or when one was taken already, that is no matter."""
        known = [each for each in self.alternatives if _keys(each) != _keys(alternative)]
        if self.state not in _OPEN or request_no > self.request_no or self.substituted:
            return self
        return replace(self, alternatives=(*known, alternative))

    def taking(self, names: Iterable[Names], by: str, at: datetime) -> Promise:
        """Ask anew, with substitutes in the lines that come sooner by them. Raises `SubstituteIsNotOffered`.

        For what was refused nothing is held yet: the time for which it is to be held begins `at` the ask.
        """
        wanted = frozenset(names)
        found = [each for each in self.alternatives if each.names == wanted]
        if self.state not in {"given", "refused"} or not found:
            said = " and ".join(f"{other} instead of {sku}" for sku, other in sorted(wanted))
            raise SubstituteIsNotOffered(f"nothing is offered with {said}")
        sooner = self._sooner_by(found[0])
        return replace(
            self,
            state=moved(PROMISE, self._name, self.state, "asked"),
            request_no=self.request_no + 1,
            hold_until=at + HOLD if self.state == "refused" else self.hold_until,
            demand=tuple(
                _letting(line, found[0], by) if line.line_id in sooner else line for line in self.demand
            ),
            steps=(),
            slots=(),
            alternatives=(),
        )

    def _sooner_by(self, one: Alternative) -> set[str]:
        """The lines that come sooner by what stands in; one that has no date yet does."""
        was, then = _last(self.steps), _last(one.steps)
        return {line_id for line_id, at in then.items() if line_id not in was or at < was[line_id]}

    def refused(self, request_no: int, next_possible_at: datetime | None) -> Promise:
        """Materials cannot: ask again for the next possible moment, or wait for what could stand in for something.

        With a substitute it was asked for in vain: nothing is left to wait for.
        """
        if request_no != self.request_no or self.state != "asked":
            return self
        if next_possible_at is None or self.exhausted:
            if self.substituted:
                return self.withdrawn()
            return replace(self, state=moved(PROMISE, self._name, self.state, "refused"))
        later = tuple(replace(line, wanted_at=max(line.wanted_at, next_possible_at)) for line in self.demand)
        return replace(self, demand=later, request_no=self.request_no + 1)

    @property
    def exhausted(self) -> bool:
        """Whether it was asked for as often as it may be; who takes a substitute begins anew."""
        return self.request_no >= REQUESTS_COUNT_MAX * (2 if self.substituted else 1)

    def slots_asked(self, not_before: datetime | None = None) -> tuple[Promise, SlotsRequested]:
        """Ask the service desk for people, not before the goods can have arrived."""
        goods_at = max((step.at for step in self.steps), default=None)
        earliest = max(
            (moment for moment in (not_before, goods_at) if moment is not None),
            default=min(line.wanted_at for line in self.services),
        )
        asking = replace(
            self,
            state=moved(PROMISE, self._name, self.state, "slots-asked"),
            request_no=self.request_no + 1,
        )
        return asking, SlotsRequested(
            self.promise_id,
            self.need_id,
            asking.request_no,
            self.customer_id,
            self.address_id,
            self.services,
            earliest,
            self.hold_until,
        )

    def given(self, slots: tuple[Slot, ...] = ()) -> Promise:
        """Everything that the quote needs is held."""
        return replace(self, state=moved(PROMISE, self._name, self.state, "given"), slots=slots)

    def accepted(self) -> Promise:
        """The customer ordered."""
        return replace(self, state=moved(PROMISE, self._name, self.state, "accepted"))

    def expired(self) -> Promise:
        """The hold ended unanswered."""
        return replace(self, state=moved(PROMISE, self._name, self.state, "expired"))

    def withdrawn(self) -> Promise:
        """Nobody needs it any more."""
        return replace(self, state=moved(PROMISE, self._name, self.state, "withdrawn"))

    def gone(self, reason: str) -> PromiseWithdrawn:
        """The word to whoever holds something for it."""
        return PromiseWithdrawn(self.promise_id, self.need_id, reason)

    def at(self, line_id: str) -> datetime:
        """When a line would be there: the end of its slot, else the last of its material steps, else as wanted."""
        slot = next((slot for slot in self.slots if slot.line_id == line_id), None)
        if slot is not None:
            return slot.ends_at
        steps = [step.at for step in self.steps if step.line_id == line_id]
        if steps:
            return max(steps)
        return next(line.wanted_at for line in self.demand if line.line_id == line_id)

    @property
    def _name(self) -> str:
        return f"promise {self.promise_id}"


def _keys(alternative: Alternative) -> frozenset[tuple[str, str, str]]:
    return frozenset((each.site_id, each.sku, each.substitute_sku) for each in alternative.stand_ins)


def _letting(line: DemandLine, alternative: Alternative, by: str) -> DemandLine:
    """A line with what it would be made of."""
    instead = tuple(
        Instead(each.site_id, each.sku, each.substitute_sku, by)
        for each in alternative.stand_ins
        if not each.line_ids or line.line_id in each.line_ids
    )
    return replace(line, instead=instead) if instead else line


def _last(steps: tuple[DateStep, ...]) -> dict[str, datetime]:
    """When the last part of each line is there."""
    found: dict[str, datetime] = {}
    for step in steps:
        found[step.line_id] = max(step.at, found.get(step.line_id, step.at))
    return found
