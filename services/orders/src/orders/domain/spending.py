"""What an order's delivery has cost, in the currency of its price, and the value that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from contracts.orders import OrderCharged, ValueRevised
from contracts.values import ZERO, CostVector, Money, Quantity
from orders.domain.order import Credit, Fact, Order
from orders.domain.rates import Exchange, Rates


def delivered(
    order: Order,
    quantities: Sequence[tuple[str, Quantity]],
    cost: CostVector | None,
    parts: Quantity = ZERO,
    *,
    rates: Rates,
) -> tuple[Order, list[Fact]]:
    """The client accepted so much of these lines; the cost of the way falls on the first of them."""
    facts: list[Fact] = []
    was = order
    for number, (line_id, quantity) in enumerate(quantities):
        line = order.line(line_id).accepted(quantity)
        if number == 0 and cost is not None:
            line, spent = line.spent(cost, order.order_id, rates)
            facts += spent
        line = replace(line, parts=line.parts + parts)
        order = order.with_line(line)
    order, closed = order.settled_lines({line_id for line_id, _ in quantities})
    facts += closed
    if was.state != "open":
        return order, [*facts, *revised(order, "more was accepted after the end")]
    order, end = order.completed_if_settled()
    return order, [*facts, *end]


def shipped(
    order: Order, line_id: str, quantity: Quantity, cost: CostVector, *, rates: Rates
) -> tuple[Order, list[Fact]]:
    """Stock left for a line for good, with what it had cost; after the end it revises the value."""
    line, facts = order.line(line_id).spent(cost, order.order_id, rates)
    order = order.with_line(replace(line, moved=line.moved + quantity))
    return _known(order, facts, "stock moved after the end")


def charged(order: Order) -> Money:
    """What the customer is charged in all: the price less what was credited for what came back."""
    back = sum(each.credit_minor for each in order.returns)
    return replace(order.price, minor=order.price.minor - back)


def recharged(before: Order, after: Order) -> list[Fact]:
    """What whoever credits orders has to know: that the customer is charged another amount."""
    now = charged(after)
    return [] if now == charged(before) else [OrderCharged(after.order_id, now)]


def credited(order: Order, ticket_id: str, amount: Money | None) -> tuple[Order, list[Fact]]:
    """The customer gets so much back by the answer to a ticket: its last answer counts; after the end it revises."""
    others = tuple(credit for credit in order.credits if credit.ticket_id != ticket_id)
    credits = others if amount is None else (*others, Credit(ticket_id, amount))
    if credits == order.credits:
        return order, []
    order = replace(order, credits=credits)
    return order, [] if order.state == "open" else revised(order, f"ticket {ticket_id} has another answer")


def taken_back(order: Order, line_id: str, cost: CostVector, *, rates: Rates) -> tuple[Order, list[Fact]]:
    """Goods of a line lie in stock again, with what they had cost: the line has cost so much less."""
    line, facts = order.line(line_id).spent(-cost, order.order_id, rates)
    return _known(order.with_line(line), facts, "goods came back after the end")


def rated(order: Order, rates: Rates) -> tuple[Order, list[Fact]]:
    """Costs whose rates have become known are known; an order that waited for nothing else is completed."""
    facts: list[Fact] = []
    for line in order.lines:
        line, known = line.rated(order.order_id, rates)
        order, facts = order.with_line(line), [*facts, *known]
    return _known(order, facts, "a rate became known after the end") if facts else (order, facts)


def _known(order: Order, facts: list[Fact], after: str) -> tuple[Order, list[Fact]]:
    if order.state != "open":
        return order, [*facts, *revised(order, after)]
    order, end = order.completed_if_settled()
    return order, [*facts, *end]


def revised(order: Order, because: str) -> list[Fact]:
    """What became known after the end has changed the value; nothing is told while it waits for a rate."""
    if exchanges(order):
        return []
    return [ValueRevised(order.order_id, order.value, because)]


def exchanges(order: Order) -> frozenset[Exchange]:
    """The rates that the value of an order waits for."""
    return frozenset(each for line in order.lines for each in line.exchanges)
