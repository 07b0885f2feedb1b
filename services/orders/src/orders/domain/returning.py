"""What clients send back of what they had accepted: authorised, received, and its share of the price credited."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from backbone.errors import Refusal, said_at
from contracts.returns import CreditGranted, ReturnAuthorised
from contracts.units import Counted
from contracts.values import ZERO, Money, Quantity, total
from orders.domain.line import Line
from orders.domain.order import Fact, Order, Return
from orders.domain.spending import credited, revised
from orders.domain.states import FULFILMENT, moved

ENDED_BY_DELIVERY: Final = frozenset({"fulfilled", "short-closed"})


class NothingToReturn(Refusal):
    """Only goods of a line that has ended go back, and not more of them than were accepted."""


def authorised(
    order: Order, line_id: str, quantity: Quantity, reason: str, return_id: str, counted: Counted | None
) -> tuple[Order, list[Fact]]:
    """The client may send so much of a line back. Raises `NotFound`, `NothingToReturn`, `Invalid`."""
    line = order.line(line_id)
    if counted is not None:
        with said_at("/quantity"):
            counted.own(quantity, line.demand.unit)
    if line.demand.kind != "good" or line.lifecycle not in ENDED_BY_DELIVERY:
        raise NothingToReturn(f"line {line_id} is {line.lifecycle}; goods go back once all of it was brought")
    left = line.fulfilled - total(each.quantity for each in order.returns if each.line_id == line_id)
    if quantity <= ZERO or quantity > left:
        raise NothingToReturn(f"of line {line_id} {left} can be sent back")
    order = replace(order, returns=(*order.returns, Return(return_id, line_id, quantity)))
    told = ReturnAuthorised(
        return_id, order.order_id, order.need_id, order.customer_id, line_id, quantity, reason
    )
    return order, [told]


def came_back(order: Order, return_id: str, quantity: Quantity) -> tuple[Order, list[Fact]]:
    """So much has come back: its share of the price is credited; what came in parts adds up to the cent."""
    one = next(each for each in order.returns if each.return_id == return_id)
    line = order.line(one.line_id)
    before = _received(order, line)
    credit = _share(line, before + quantity) - _share(line, before)
    now = replace(one, received=one.received + quantity, credit_minor=one.credit_minor + credit)
    order = replace(order, returns=tuple(now if each is one else each for each in order.returns))
    if _received(order, line) >= line.fulfilled:
        gone = moved(FULFILMENT, f"fulfilment of {line.line_id}", line.fulfilment, "returned")
        order = order.with_line(replace(line, fulfilment=gone))
    # Told by a fact of its own, not by the answer to a ticket.
    amount = Money(now.credit_minor, line.price.currency)
    order, _ = credited(order, return_id, amount)
    facts: list[Fact] = [
        CreditGranted(order.order_id, return_id, line.line_id, quantity, Money(credit, line.price.currency))
    ]
    return order, facts if order.state == "open" else [
        *facts,
        *revised(order, "goods came back after the end"),
    ]


def _received(order: Order, line: Line) -> Quantity:
    return total(each.received for each in order.returns if each.line_id == line.line_id)


def _share(line: Line, quantity: Quantity) -> int:
    """What so much of the accepted quantity has cost the customer, without what a change was charged."""
    owed = line.due.minor - (0 if line.charge is None else line.charge.minor)
    return owed * quantity.micro // line.fulfilled.micro
