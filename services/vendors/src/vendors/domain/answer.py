"""What a vendor promises for a purchase line: quantity, date and price, as asked or with deltas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from backbone.errors import Invalid
from contracts.values import Money, Quantity
from vendors.domain.calendar import reachable
from vendors.domain.policy import POINTS_WHOLE
from vendors.domain.price import UNIT_PRICE_MINOR_MAX


class AnswerIsImpossible(Invalid):
    """No vendor can promise this."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A promise for one line; `answered_at` is when we heard it."""

    quantity: Quantity
    unit_price: Money
    at: datetime
    as_asked: bool
    answered_at: datetime

    def same_promise(self, other: Answer | None) -> bool:
        """Whether it promises what `other` does, so that hearing it again is no news."""
        return other is not None and (self.quantity, self.unit_price, self.at) == (
            other.quantity,
            other.unit_price,
            other.at,
        )


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What a vendor says about a line; what is absent is as it was asked."""

    purchase_line_id: str
    quantity: Quantity | None = None
    unit_price_minor: int | None = None
    at: datetime | None = None


def answer_of(
    said: LineAnswer, *, quantity: Quantity, unit_price: Money, wanted_at: datetime, now: datetime
) -> Answer:
    """The whole promise behind what was said; raises `AnswerIsImpossible` and `DateIsOutOfReach`."""
    given = said.quantity if said.quantity is not None else quantity
    minor = said.unit_price_minor if said.unit_price_minor is not None else unit_price.minor
    at = said.at or wanted_at
    if given.micro <= 0 or given > quantity:
        raise AnswerIsImpossible(f"the quantity of {said.purchase_line_id} is above 0 and at most {quantity}")
    if not 0 <= minor <= UNIT_PRICE_MINOR_MAX:
        raise AnswerIsImpossible(f"the price of {said.purchase_line_id} is 0 to {UNIT_PRICE_MINOR_MAX}")
    reachable(at, now)
    price = Money(minor, unit_price.currency)
    # Earlier than wanted is as asked: what matters is that nothing comes late, short or dearer.
    as_asked = given == quantity and price == unit_price and at <= wanted_at
    return Answer(given, price, at, as_asked, now)


def within(asked: Money, said: Money, tolerance_points: int) -> bool:
    """Whether a price is no dearer than a tolerance (in hundredths of a per cent) allows."""
    return said.minor * POINTS_WHOLE <= asked.minor * (POINTS_WHOLE + tolerance_points)
