"""What a customer may ask to change of a promised order: less, more, another moment, a new line; checked and priced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from backbone.errors import Refusal, said_at
from contracts.shapes import HAND_OVER, DemandLine, LineQuantity
from contracts.values import ZERO, Money, Quantity
from orders.domain.line import Line
from orders.domain.order import Order
from orders.domain.quote import Priced


class NothingToChange(Refusal):
    """A change names each open line once, with another quantity or moment, and not less than was delivered."""


@dataclass(frozen=True, slots=True)
class LineMoment:
    """A line is wanted at another moment."""

    line_id: str
    wanted_at: datetime


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as it is wanted, with its price in all: more of it, at another moment, or new, as an offer has it.

    `fulfilled` is one that had ended with all that was ordered before more of it was wanted.
    """

    demand: DemandLine
    price: Money
    new: bool = False
    fulfilled: bool = False
    offer_id: str | None = None

    def asked(self) -> DemandLine:
        """The line as materials is to serve it: in time to be handed over."""
        return replace(self.demand, wanted_at=self.demand.wanted_at - HAND_OVER)


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked of an order: quantities in all, moments, and lines that are new."""

    lines: tuple[LineQuantity, ...] = ()
    moments: tuple[LineMoment, ...] = ()
    added: tuple[Priced, ...] = ()


def checked(order: Order, wish: Wish, at: datetime) -> tuple[Wanted, ...]:
    """What is wanted more of, at another moment, or new. Raises `NothingToChange` and `NotFound`."""
    quantities = {line.line_id: line.quantity for line in wish.lines}
    moments = {line.line_id: line.wanted_at for line in wish.moments}
    if len(quantities) < len(wish.lines) or len(moments) < len(wish.moments):
        raise NothingToChange("name each line once")
    if not quantities and not moments and not wish.added:
        raise NothingToChange("name one line at least")
    for line_id, quantity in quantities.items():
        _another(order.line(line_id), quantity, line_id in moments)
    if not any(_stays(line, quantities.get(line.line_id, line.demand.quantity)) for line in order.lines):
        raise NothingToChange("nothing would be left of the order; ask for its cancellation")
    more = [
        line_id
        for line_id in dict.fromkeys([*quantities, *moments])
        if line_id in moments or quantities[line_id] > order.line(line_id).demand.quantity
    ]
    return (
        *(_wanted(order.line(each), quantities.get(each), moments.get(each), at) for each in more),
        *_new(order, wish.added),
    )


def _stays(line: Line, quantity: Quantity) -> bool:
    """Whether anything is delivered of a line, or will be."""
    return line.fulfilled > ZERO or (not line.ended and quantity > ZERO)


def _another(line: Line, quantity: Quantity, moved: bool) -> None:
    ordered = line.demand.quantity
    if not ordered:
        raise NothingToChange(f"line {line.line_id} is {line.lifecycle}; ask for a new line instead")
    if quantity == ordered or quantity < ZERO or quantity < line.fulfilled:
        raise NothingToChange(
            f"of line {line.line_id} {ordered} are ordered and {line.fulfilled} delivered; ask for less or more,"
            " not for less than is delivered"
        )
    if line.demand.kind == "service" and quantity > ZERO:
        raise NothingToChange(f"line {line.line_id} is a service: it is dropped, or its visit is moved")
    if moved and quantity < ordered:
        raise NothingToChange(
            f"ask for less of line {line.line_id} first, then for another moment of the rest"
        )


def _wanted(line: Line, quantity: Quantity | None, moment: datetime | None, at: datetime) -> Wanted:
    if line.demand.kind == "service":
        raise NothingToChange(f"line {line.line_id} is a service: its visit is moved")
    if moment is not None and (moment <= at or line.ended):
        raise NothingToChange(
            f"line {line.line_id} is {line.lifecycle}; another moment lies ahead, of an open line"
        )
    demand = replace(
        line.demand,
        quantity=line.demand.quantity if quantity is None else quantity,
        wanted_at=line.promised_at if moment is None else moment,
    )
    with said_at("/lines"):
        price = line.price_of(demand.quantity)
    return Wanted(demand, price, fulfilled=line.lifecycle == "fulfilled")


def _new(order: Order, added: Sequence[Priced]) -> list[Wanted]:
    known = {line.line_id for line in order.lines}
    for each in added:
        if each.demand.line_id in known:
            raise NothingToChange(f"order {order.order_id} has a line {each.demand.line_id} already")
        if each.demand.kind != "good":
            raise NothingToChange(f"{each.demand.item} is a service: it is ordered by a quote")
        if each.price.currency != order.price.currency:
            raise NothingToChange(f"{each.offer_id} is priced in {each.price.currency}")
        known.add(each.demand.line_id)
    return [Wanted(each.demand, each.price, new=True, offer_id=each.offer_id) for each in added]
