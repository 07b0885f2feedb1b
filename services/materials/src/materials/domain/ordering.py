"""Orders: a promise becomes a reservation, is given back, or ends unused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.materials import HoldExpired, RequirementsPlanned, ReservationReleased
from contracts.orders import (
    NewDateAccepted,
    OrderCancelled,
    OrderLineShortClosed,
    OrderPlaced,
    PromiseWithdrawn,
)
from contracts.shapes import HAND_OVER, DateStep, Peg
from contracts.values import Quantity
from materials.domain.asking import Asker, demands_of, taken_whole
from materials.domain.book import Book
from materials.domain.collecting import collect
from materials.domain.consumption import lend
from materials.domain.dates import behind, served_at
from materials.domain.demand import Demand
from materials.domain.header import Answer, Hold, Order
from materials.domain.network import Place
from materials.domain.promise import keep_substitutions, plan_in_time, taking_of
from materials.domain.release import await_release, free_from_hold
from materials.domain.shrinking import release_demands


def withdraw(book: Book, fact: PromiseWithdrawn) -> set[Place]:
    """Let go what is held for a promise; before it was asked for, leave a tombstone."""
    hold = book.holds.get(fact.promise_id)
    book.dues["hold-expiry", fact.promise_id] = None
    if hold is None:
        book.holds.put(Hold(fact.promise_id, fact.need_id, 0, "released", book.now, Answer()))
        return set()
    if hold.state not in {"held", "refused"}:
        return set()
    book.holds.put(hold._replace(state="released"))
    if hold.state == "held":
        book.tell(ReservationReleased(hold.promise_id, hold.need_id, fact.reason))
    return release_demands(book, [each.demand_id for each in book.demands.by("promise", fact.promise_id)])


def expire(book: Book, promise_id: str) -> set[Place]:
    """A hold ends at its time unless the order came first."""
    hold = book.holds.get(promise_id)
    if hold is None or hold.state != "held" or hold.hold_until_at > book.now:
        return set()
    book.holds.put(hold._replace(state="expired"))
    book.tell(HoldExpired(promise_id, hold.need_id))
    return release_demands(book, [each.demand_id for each in book.demands.by("promise", promise_id)])


def place(book: Book, fact: OrderPlaced) -> None:
    """What is held for the promise becomes the order's; when nothing is held any more it is planned anew, at once."""
    if fact.order_id in book.served:
        return
    book.served.put(
        Order(
            fact.order_id,
            fact.need_id,
            fact.promise_id,
            "open",
            fact.priority,
            fact.delivery_policy,
            book.now,
        )
    )
    book.dues["hold-expiry", fact.promise_id] = None
    hold = book.holds.get(fact.promise_id)
    promised = {line.demand.line_id: line.promised_at - HAND_OVER for line in fact.lines}
    if hold is not None and hold.state == "held":
        demands = book.demands.by("promise", fact.promise_id)
    else:
        demands = _anew(book, fact)
    if hold is None:
        hold = Hold(fact.promise_id, fact.need_id, 0, "ordered", book.now, Answer())
    book.holds.put(hold._replace(state="ordered"))
    for demand in demands:
        _own(book, book.demands[demand.demand_id], fact, promised)
    keys = [demand.demand_id for demand in demands]
    book.touch(keys)
    ordered = collect(book, free_from_hold(book, keys))
    book.tell(RequirementsPlanned(fact.order_id, _steps(book, keys, fact), _pegs(book, keys)))
    await_release(book, ordered)


def _own(book: Book, demand: Demand, fact: OrderPlaced, promised: dict[str, datetime]) -> None:
    at = promised.get(demand.line_id or "", demand.promised_at or demand.needed_at)
    if demand.schedule_no > 1 and demand.promised_at is not None:
        at = demand.promised_at
    late_at = demand.available_at
    late = late_at is not None and behind(late_at, at)
    book.demands.put(
        demand._replace(kind="order", order_id=fact.order_id, placed_at=book.now, priority=fact.priority,
            promised_at=at, late=late, told_at=late_at if late else None,
        )
    )  # fmt: skip


def _anew(book: Book, fact: OrderPlaced) -> list[Demand]:
    asker = Asker(fact.promise_id, fact.need_id, fact.priority, held=False, order_id=fact.order_id)
    lines = [replace(line.demand, wanted_at=line.promised_at - HAND_OVER) for line in fact.lines]
    demands = demands_of(book, asker, lines)
    for demand in demands:
        book.demands.put(demand)
    lend(book, demands)
    taking = taking_of(book, demands, lines)
    netting = plan_in_time(book, [demand.demand_id for demand in demands], book.now, taking)
    taken = [*netting.substitutions, *taken_whole(book, demands, lines)]
    keep_substitutions(book, fact.promise_id, taken)
    return demands


def _steps(book: Book, keys: Sequence[str], fact: OrderPlaced) -> tuple[DateStep, ...]:
    """When each line is ready; a line that nothing can supply has no step, its lateness is told as such."""
    steps: list[DateStep] = []
    parts: dict[str, list[datetime]] = {}
    for key in keys:
        demand = book.demands[key]
        if demand.available_at is None or demand.line_id is None:
            continue
        promised_at = demand.promised_at or demand.needed_at
        at = demand.available_at if behind(demand.available_at, promised_at) else promised_at
        if demand.part:
            parts.setdefault(demand.line_id, []).append(at)
        else:
            steps.append(DateStep(demand.line_id, Quantity.of_micro(demand.quantity_micro), at))
    for line in fact.lines:
        if line.demand.line_id in parts:
            moment = max(parts[line.demand.line_id])
            steps.append(DateStep(line.demand.line_id, line.demand.quantity, moment))
    return tuple(steps)


def _pegs(book: Book, keys: Iterable[str]) -> tuple[Peg, ...]:
    told = []
    for key in keys:
        demand = book.demands[key]
        for peg in book.pegs_of(key):
            order = book.orders.get(peg.planned_order_id or "")
            quantity = Quantity.of_micro(peg.quantity_micro)
            if order is None:
                told.append(Peg(demand.line_id or "", "on-hand", peg.supply_id, quantity, book.now))
            else:
                at = served_at(book, peg) or order.due_at
                told.append(Peg(demand.line_id or "", order.kind, order.planned_order_id, quantity, at))
    return tuple(told)


def cancel(book: Book, fact: OrderCancelled) -> set[Place]:
    """Let go what an order has; before it was placed, leave a tombstone."""
    order = book.served.get(fact.order_id)
    if order is None:
        book.served.put(Order(fact.order_id, "", fact.promise_id, "cancelled", 0, "partial", book.now))
        return set()
    if order.state == "cancelled":
        return set()
    book.served.put(order._replace(state="cancelled"))
    return release_demands(book, [each.demand_id for each in book.demands.by("order", fact.order_id)])


def close_short(book: Book, fact: OrderLineShortClosed) -> set[Place]:
    """Let go what a line has; what waited for it alone may lie ready now."""
    demands = book.demands.by("order", fact.order_id)
    gone = [each.demand_id for each in demands if each.line_id == fact.line_id]
    freed = release_demands(book, gone)
    book.touch([each.demand_id for each in demands if each.demand_id not in gone])
    return freed


def accept_dates(book: Book, fact: NewDateAccepted) -> None:
    """The customer took later dates: they are the promise now, and what comes by them is in time."""
    dates = {line.line_id: line.at - HAND_OVER for line in fact.lines if line.at is not None}
    for demand in book.demands.by("order", fact.order_id):
        at = dates.get(demand.line_id or "")
        if at is not None:
            in_time = demand.available_at is not None and not behind(demand.available_at, at)
            book.demands.put(
                demand._replace(promised_at=at, late=demand.late and not in_time,
                    told_at=None if in_time else demand.told_at,
                )
            )  # fmt: skip
