"""Orders: they end on a legal way, with every line fulfilled and accepted, and their value adds up to the cent."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any, Final

from contracts.materials import StockMoved
from contracts.orders import (
    CostExchanged,
    LineFulfilled,
    OrderCancelled,
    OrderCompleted,
    OrderLine,
    OrderLineAdded,
    OrderLineAmended,
    OrderLineShortClosed,
    OrderPlaced,
    ValueRevised,
)
from contracts.service_desk import HandOverCompleted, VisitCompleted
from contracts.shapes import ValueAdded
from contracts.topics import ORDER
from contracts.values import CostVector, Quantity, total
from o2d.verify.changes import charged, credited
from o2d.verify.finding import Finding
from o2d.verify.log import Log
from o2d.verify.stock import shipped_by

Sums = tuple[int, int, int, int]  # minor units bought in, of labour, of capital, of overhead
NOTHING: Final[Sums] = (0, 0, 0, 0)
# What tells nothing of how far an order is: rates become known at any time, and goods may come back.
ASIDE: Final = frozenset({"RateMissed", "CostExchanged", "ReturnAuthorised", "CreditGranted", "OrderCharged"})
REVISED: Final = ASIDE | {"ValueRevised"}
AFTER: Final[dict[str, frozenset[str]]] = {
    "OrderCompleted": REVISED,
    "ValueRevised": REVISED,
    # What a cancellation costs its customer is a value, too.
    "OrderCancelled": REVISED,
}


def ordered(log: Log) -> dict[tuple[str, str], tuple[Quantity, int]]:
    """What is ordered of each line, and its price in minor units: as it was placed, added or amended last."""
    found = {
        (placed.order_id, line.demand.line_id): (line.demand.quantity, line.price.minor)
        for placed in log.of(OrderPlaced)
        for line in placed.lines
    }
    for _, fact in log.among(OrderLineAmended, OrderLineAdded):
        if isinstance(fact, OrderLineAdded):
            line = fact.line
            found[fact.order_id, line.demand.line_id] = (line.demand.quantity, line.price.minor)
        else:
            found[fact.order_id, fact.line_id] = (fact.quantity, fact.price.minor)
    return found


def orders_go_a_legal_way(log: Log) -> Finding:
    """An order begins with its placing; after its completion only its value is revised, after its end nothing."""
    finding = Finding()
    last: dict[str, str] = {}
    for told, fact in log.among(*ORDER.facts):
        name, before = type(fact).__name__, last.get(fact.order_id)
        begins = name == "OrderPlaced"
        fine = begins == (before is None) and (before not in AFTER or name in AFTER[before])
        if not finding.that(fine):
            finding.say(f"{told.name} after {before or 'nothing'}")
        if name not in ASIDE:
            last[fact.order_id] = name
    return finding


def orders_have_ended(log: Log) -> Finding:
    """Every order that was placed is completed or cancelled (asked for only where nothing is under way)."""
    finding = Finding()
    ended = {fact.order_id for _, fact in log.among(OrderCompleted, OrderCancelled)}
    for placed in log.of(OrderPlaced):
        if not finding.that(placed.order_id in ended):
            finding.say(f"order {placed.order_id} has not ended")
    return finding


def completed_orders_are_fulfilled(log: Log) -> Finding:
    """No order is completed with a line that is neither fulfilled, once, by what was ordered, nor closed short."""
    finding = Finding()
    short = {(fact.order_id, fact.line_id) for fact in log.of(OrderLineShortClosed)}
    fulfilled: dict[tuple[str, str], list[Quantity]] = defaultdict(list)
    placed: dict[str, OrderPlaced] = {}
    amended = ordered(log)
    for _, fact in log.among(OrderPlaced, LineFulfilled, OrderCompleted):
        if isinstance(fact, OrderPlaced):
            placed[fact.order_id] = fact
        elif isinstance(fact, LineFulfilled):
            fulfilled[fact.order_id, fact.line_id].append(fact.quantity)
        else:
            _lines_done(finding, fact, placed.get(fact.order_id), fulfilled, short, amended)
    return finding


def _lines_done(
    finding: Finding,
    fact: OrderCompleted,
    placed: OrderPlaced | None,
    fulfilled: dict[tuple[str, str], list[Quantity]],
    short: set[tuple[str, str]],
    amended: dict[tuple[str, str], tuple[Quantity, int]],
) -> None:
    if placed is None:
        finding.that(False)
        finding.say(f"order {fact.order_id} is completed and was never placed")
        return
    for line in placed.lines:
        place = (fact.order_id, line.demand.line_id)
        done = fulfilled.get(place, [])
        quantity, _ = amended[place]
        # A line that was fulfilled and is wanted more of again is fulfilled once more, by all of it.
        rising = all(less < more for less, more in pairwise(done))
        if not finding.that(rising and done[-1:] == ([] if place in short or not quantity else [quantity])):
            finding.say(
                f"order {fact.order_id} is completed, line {line.demand.line_id} of {quantity} is"
                f" fulfilled by {', '.join(map(str, done)) or 'nothing'}"
            )


def fulfilled_was_accepted(log: Log) -> Finding:
    """A line is fulfilled by exactly what the client has accepted of it."""
    finding = Finding()
    accepted = _accepted(log)
    last = {(fact.order_id, fact.line_id): fact for _, fact in log.among(LineFulfilled)}
    for fact in last.values():
        got = accepted.get((fact.order_id, fact.line_id), Quantity(0))
        if not finding.that(got == fact.quantity):
            finding.say(
                f"order {fact.order_id}, line {fact.line_id} is fulfilled by {fact.quantity}, {got} was accepted"
            )
    return finding


def _accepted(log: Log) -> dict[tuple[str, str], Quantity]:
    accepted: dict[tuple[str, str], Quantity] = {}
    for hand_over in log.of(HandOverCompleted):
        for part in hand_over.lines:
            place = (hand_over.order_id, part.line_id)
            accepted[place] = accepted.get(place, Quantity(0)) + total(lot.quantity for lot in part.lots)
    for visit in log.of(VisitCompleted):
        place = (visit.order_id, visit.line_id)
        accepted[place] = accepted.get(place, Quantity(0)) + visit.quantity
    return accepted


def shipped_was_accepted(log: Log) -> Finding:
    """What left stock for an order line for good is what the client accepted, goods and the parts of visits."""
    finding = Finding()
    accepted: dict[tuple[str, str, str], int] = defaultdict(int)
    for hand_over in log.of(HandOverCompleted):
        for line in hand_over.lines:
            for lot in line.lots:
                accepted[hand_over.order_id, line.line_id, lot.sku] += lot.quantity.micro
    for visit in log.of(VisitCompleted):
        for used in visit.parts:
            accepted[visit.order_id, visit.line_id, used.sku] += used.quantity.micro
    shipped = shipped_by(log)
    for place in sorted({*accepted, *shipped}):
        left, got = shipped.get(place, 0), accepted.get(place, 0)
        if not finding.that(left == got):
            finding.say(
                f"order {place[0]}, line {place[1]}, {place[2]}: {Quantity.of_micro(left)} shipped,"
                f" {Quantity.of_micro(got)} accepted"
            )
    return finding


def shipped_was_ordered(log: Log) -> Finding:
    """No more of a good, or of what its customer lets stand in for it, is shipped to an order line than was ordered."""
    finding = Finding()
    shipped, amended = shipped_by(log), ordered(log)
    added: dict[str, list[OrderLine]] = defaultdict(list)
    for fact in log.of(OrderLineAdded):
        added[fact.order_id].append(fact.line)
    for placed in log.of(OrderPlaced):
        for line in (*placed.lines, *added[placed.order_id]):
            demand = line.demand
            goods = {demand.item, *(one.substitute_sku for one in demand.instead if one.sku == demand.item)}
            left = sum(shipped.get((placed.order_id, demand.line_id, sku), 0) for sku in goods)
            quantity, _ = amended[placed.order_id, demand.line_id]
            if demand.kind == "good" and not finding.that(left <= quantity.micro):
                finding.say(
                    f"order {placed.order_id}, line {demand.line_id}: {Quantity.of_micro(left)} of"
                    f" {quantity} {demand.item} shipped"
                )
    return finding


def values_add_up(log: Log) -> Finding:
    """price - bought in = labour + capital + overhead + margin, in every value that was told."""
    finding = Finding()
    for told, fact in log.among(OrderCompleted, ValueRevised):
        value = fact.value
        parts = value.labour + value.capital + value.overhead + value.margin
        if not finding.that(value.price - value.bought_in == parts):
            finding.say(f"{told.name}: {_words(value)} does not add up")
    return finding


def values_are_what_happened(log: Log) -> Finding:
    """An order's last value: its price is what is owed for its lines, its costs are those of goods, visits and ways.

    One with a cost in another currency that waits for its rate is told by the rate.
    """
    finding = Finding()
    prices = _prices(log)
    spent, waiting = _spent(log)
    values = {fact.order_id: fact.value for _, fact in log.among(OrderCompleted, ValueRevised)}
    for order_id, value in values.items():
        if order_id in waiting:
            continue
        said = (value.bought_in, value.labour, value.capital, value.overhead)
        known = spent.get(order_id, NOTHING)
        if not finding.that(said == known and prices.get(order_id) == (value.price, {value.currency})):
            finding.say(
                f"order {order_id}: {_words(value)}; "
                f"its lines cost {prices.get(order_id)}, its goods and visits {known}"
            )
    return finding


def _prices(log: Log) -> dict[str, tuple[int, set[str]]]:
    """What the customer of each order owes: of a line that was closed short, the share of what was accepted.

    Nothing is owed for a cancelled order; what its changes are charged comes on top of either.
    """
    charges, credits = charged(log), credited(log)
    cancelled = {fact.order_id for fact in log.of(OrderCancelled)}
    short = {(fact.order_id, fact.line_id) for fact in log.of(OrderLineShortClosed)}
    accepted, amended = _accepted(log), ordered(log)
    lines_of: dict[str, list[str]] = defaultdict(list)
    for order_id, line_id in amended:
        lines_of[order_id].append(line_id)
    found = {}
    for placed in log.of(OrderPlaced):
        owed = charges.get(placed.order_id, 0)
        for line in lines_of[placed.order_id]:
            quantity, minor = amended[placed.order_id, line]
            if (placed.order_id, line) in short:
                minor = minor * accepted.get((placed.order_id, line), Quantity(0)).micro // quantity.micro
            owed += 0 if placed.order_id in cancelled else minor
        owed -= credits.get(placed.order_id, 0)
        found[placed.order_id] = (owed, {line.price.currency for line in placed.lines})
    return found


def _spent(log: Log) -> tuple[dict[str, Sums], set[str]]:
    """What orders have cost in their own currencies, and those with a cost in another that was not exchanged."""
    spent: dict[str, Sums] = defaultdict(lambda: NOTHING)
    abroad: dict[str, Counter[CostVector]] = defaultdict(Counter)
    own = {placed.order_id: placed.lines[0].price.currency for placed in log.of(OrderPlaced)}
    for _, fact in log.among(HandOverCompleted, VisitCompleted, StockMoved):
        if _is_for_an_order(fact) and fact.cost.currency != own.get(fact.order_id, fact.cost.currency):
            abroad[fact.order_id][_cost(fact)] += 1
        elif _is_for_an_order(fact):
            spent[fact.order_id] = _plus(spent[fact.order_id], _cost(fact))
    for exchanged in log.of(CostExchanged):
        abroad[exchanged.order_id][exchanged.cost] -= 1
        spent[exchanged.order_id] = _plus(spent[exchanged.order_id], exchanged.worth)
    for order_id, minor in charged(log).items():
        sums = spent[order_id]
        spent[order_id] = (sums[0] + minor, *sums[1:])
    return spent, {order_id for order_id, costs in abroad.items() if +costs}


def _is_for_an_order(fact: Any) -> bool:
    if isinstance(fact, StockMoved):
        moved = fact.reason == "shipped" or fact.return_id is not None
        return moved and fact.order_id is not None and fact.line_id is not None
    return True


def _cost(fact: Any) -> CostVector:
    """What an order has cost more by a fact: less, by goods that have come back."""
    cost: CostVector = fact.cost
    return cost if getattr(fact, "return_id", None) is None else -cost


def _plus(sums: Sums, cost: CostVector) -> Sums:
    return (
        sums[0] + cost.bought_in,
        sums[1] + cost.labour,
        sums[2] + cost.capital,
        sums[3] + cost.overhead,
    )


def _words(value: ValueAdded) -> str:
    return (
        f"price {value.price} - bought in {value.bought_in} = labour {value.labour} + capital {value.capital}"
        f" + overhead {value.overhead} + margin {value.margin} {value.currency}"
    )
