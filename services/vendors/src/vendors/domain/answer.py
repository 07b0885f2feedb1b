"""What a vendor promises for a purchase line: quantity, dates and price, as asked or with deltas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backbone.errors import Invalid
from contracts.shapes import ScheduleLine
from contracts.values import Money, Quantity, total
from vendors.domain.calendar import reachable
from vendors.domain.policy import POINTS_WHOLE
from vendors.domain.price import UNIT_PRICE_MINOR_MAX

# In so many parts a vendor may promise a line.
SCHEDULE_COUNT_MAX: Final = 24

Schedule = tuple[ScheduleLine, ...]


class AnswerIsImpossible(Invalid):
    """No vendor can promise this."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A promise for one line; `answered_at` is when we heard it.

    What comes in several parts has a `schedule` of them, by date: its last one is `at`.
    """

    quantity: Quantity
    unit_price: Money
    at: datetime
    as_asked: bool
    answered_at: datetime
    schedule: Schedule = ()

    @property
    def parts(self) -> Schedule:
        """What is promised by which moment, be it all at once."""
        return self.schedule or (ScheduleLine(self.quantity, self.at),)

    def same_promise(self, other: Answer | None) -> bool:
        """Whether it promises what `other` does, so that hearing it again is no news."""
        return other is not None and (self.parts, self.unit_price) == (other.parts, other.unit_price)

    def cut_to(self, quantity: Quantity) -> Answer:
        """The promise of no more than that: what would come last is given up first."""
        if quantity >= self.quantity:
            return self
        kept = first_of(self.parts, quantity)
        return replace(self, quantity=quantity, at=kept[-1].at, schedule=kept if len(kept) > 1 else ())


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What a vendor says about a line; what is absent is as it was asked.

    A schedule says quantity and moment itself.
    """

    purchase_line_id: str
    quantity: Quantity | None = None
    unit_price_minor: int | None = None
    at: datetime | None = None
    schedule: Schedule = ()


def answer_of(
    said: LineAnswer, *, quantity: Quantity, unit_price: Money, wanted_at: datetime, now: datetime
) -> Answer:
    """The whole promise behind what was said; raises `AnswerIsImpossible` and `DateIsOutOfReach`."""
    schedule = _scheduled(said)
    if schedule:
        said = replace(said, quantity=total(each.quantity for each in schedule), at=schedule[-1].at)
    given = said.quantity if said.quantity is not None else quantity
    minor = said.unit_price_minor if said.unit_price_minor is not None else unit_price.minor
    at = said.at or wanted_at
    if given.micro <= 0 or given > quantity:
        raise AnswerIsImpossible(f"the quantity of {said.purchase_line_id} is above 0 and at most {quantity}")
    if not 0 <= minor <= UNIT_PRICE_MINOR_MAX:
        raise AnswerIsImpossible(f"the price of {said.purchase_line_id} is 0 to {UNIT_PRICE_MINOR_MAX}")
    for moment in (at, *(each.at for each in schedule)):
        reachable(moment, now)
    price = Money(minor, unit_price.currency)
    # Earlier than wanted is as asked: what matters is that nothing comes late, short or dearer.
    as_asked = given == quantity and price == unit_price and at <= wanted_at
    return Answer(given, price, at, as_asked, now, schedule if len(schedule) > 1 else ())


def _scheduled(said: LineAnswer) -> Schedule:
    """The parts by date; they say how much and when, and nothing beside them says something else."""
    parts = tuple(sorted(said.schedule, key=lambda each: each.at))
    if not parts:
        return ()
    key = said.purchase_line_id
    if any(each.quantity.micro <= 0 for each in parts):
        raise AnswerIsImpossible(f"each part of {key} is above 0")
    if len({each.at for each in parts}) < len(parts):
        raise AnswerIsImpossible(f"each part of {key} has a moment of its own")
    if said.quantity is not None and said.quantity != total(each.quantity for each in parts):
        raise AnswerIsImpossible(f"the parts of {key} sum to {total(each.quantity for each in parts)}")
    if said.at is not None and said.at != parts[-1].at:
        raise AnswerIsImpossible(f"the last part of {key} is there at {parts[-1].at.isoformat()}")
    return parts


def first_of(parts: Sequence[ScheduleLine], quantity: Quantity) -> Schedule:
    """The parts that bring the first so much; more than they bring comes with the last of them."""
    found, left = [], quantity
    for number, part in enumerate(parts, start=1):
        if not left:
            break
        taken = left if number == len(parts) else min(part.quantity, left)
        found.append(replace(part, quantity=taken))
        left = left - taken
    return tuple(found)


def within(asked: Money, said: Money, tolerance_points: int) -> bool:
    """Whether a price is no dearer than a tolerance (in hundredths of a per cent) allows."""
    return said.minor * POINTS_WHOLE <= asked.minor * (POINTS_WHOLE + tolerance_points)
