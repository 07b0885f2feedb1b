"""A promise in the making: material first, people second, each held until the quote is answered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal

from contracts.orders import PromiseRequested, PromiseWithdrawn, SlotsRequested
from contracts.shapes import HAND_OVER, DateStep, DeliveryPolicy, DemandLine, Slot
from orders.domain.states import PROMISE, moved

HOLD: Final = timedelta(days=7)
GRACE: Final = timedelta(hours=1)
ANSWER_WITHIN: Final = timedelta(hours=1)
REQUESTS_COUNT_MAX: Final = 5

State = Literal["asked", "refused", "offered", "slots-asked", "given", "accepted", "withdrawn", "expired"]


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

    def offered(self, request_no: int, steps: tuple[DateStep, ...]) -> Promise:
        """Materials holds what is needed; an answer to an older ask, or one that comes again, changes nothing."""
        if request_no != self.request_no or self.state != "asked":
            return self
        return replace(self, state=moved(PROMISE, self._name, self.state, "offered"), steps=steps)

    def refused(self, request_no: int, next_possible_at: datetime | None) -> Promise:
        """Materials cannot: ask again for the next possible moment, or give up."""
        if request_no != self.request_no or self.state != "asked":
            return self
        if next_possible_at is None or self.request_no >= REQUESTS_COUNT_MAX:
            return self.withdrawn()
        later = tuple(replace(line, wanted_at=max(line.wanted_at, next_possible_at)) for line in self.demand)
        return replace(self, demand=later, request_no=self.request_no + 1)

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
