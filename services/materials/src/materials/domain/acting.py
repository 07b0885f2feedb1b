"""What becomes of an order when a planner accepts what is proposed for it."""

from __future__ import annotations

from datetime import datetime

from contracts.shapes import ActionKind
from materials.domain.book import Book
from materials.domain.capacity import placing
from materials.domain.conclusion import cover
from materials.domain.dates import date_planned, redated
from materials.domain.increasing import enlarge
from materials.domain.message import accept, opened
from materials.domain.netting import Netting
from materials.domain.network import Place
from materials.domain.release import release
from materials.domain.shrinking import drop_order, prune, shrink
from materials.domain.supply import PlannedOrder
from materials.domain.wishing import size_wanted


def act_on(book: Book, planned_order_id: str, kind: ActionKind, by: str = "") -> set[Place]:
    """A planner accepts a message: what is ours to change is changed, the owner of the rest is told of the wish.

    A planned order is released; a firm one is changed in any way. A transfer that has not left yet is cancelled, made
    smaller or moved. Runs and purchases are production's and the vendors': the accepted message names quantity and
    moment, and what a run of that quantity takes and gives. Raises `MessageIsNotOpen`, `CannotBeLarger` and
    `CannotBeSmaller`.
    """
    freed: set[Place] = set()
    order = book.orders[planned_order_id]
    asked = opened(book, planned_order_id, kind)
    if kind == "increase" and asked is not None and order.state == "planned":
        freed |= enlarge(book, planned_order_id, asked)
    size = size_wanted(book, planned_order_id, kind, asked) if asked is not None else None
    if size is None:
        message = accept(book, planned_order_id, kind, by=by)
    else:
        message = accept(book, planned_order_id, kind, size.micro, size.run, by)
    order = book.orders[planned_order_id]
    if kind == "release":
        release(book, planned_order_id, by_hand=True)
    elif order.state == "planned" or (order.source == "transfer" and order.state == "released"):
        if kind == "cancel":
            freed |= _cancel(book, order)
        elif kind == "decrease":
            prune(book, shrink(book, order, freed), freed)
        elif kind in {"expedite", "defer"} and message.wanted_at is not None:
            freed |= _move(book, order, message.wanted_at)
    return freed


def _cancel(book: Book, order: PlannedOrder) -> set[Place]:
    """Drop an order; whom it serves since that was proposed, such as a hold, is covered by something else."""
    freed: set[Place] = set()
    served = []
    for peg in book.pegs.by("order", order.planned_order_id):
        book.unpeg(peg.demand_id, peg.supply_id)
        served.append(peg.demand_id)
    shaken = drop_order(book, order, freed)
    book.cause = ("a planner cancelled it", "planned", order.planned_order_id)
    cover(book, served)
    prune(book, shaken, freed)
    return freed


def _move(book: Book, order: PlannedOrder, due_at: datetime) -> set[Place]:
    """An order is there at another moment; the answer names the places where something became free."""
    starts_at = book.network.days_of(order.calendar_id).before(due_at, order.lead_days)
    release_at = order.release_at + (starts_at - order.starts_at)
    order = placing.rearranged(
        book, order._replace(due_at=due_at, starts_at=starts_at, release_at=release_at)
    )
    book.orders.put(order)
    freed = need_inputs_by(book, order)
    book.touch(redated(book, order.planned_order_id))
    return freed


def need_inputs_by(book: Book, order: PlannedOrder) -> set[Place]:
    """What an order takes is needed when it begins now: what is only planned for later is planned anew by then."""
    keys = [demand.demand_id for demand in book.inputs_of(order.planned_order_id)]
    for key in keys:
        book.demands.put(book.demands[key]._replace(needed_at=order.starts_at))
    book.touch(keys)
    late: dict[str, None] = {}
    mark = book.mark()
    for key in keys:
        for peg in book.pegs_of(key):
            supply = book.orders.get(peg.planned_order_id or "")
            movable = supply is not None and supply.state == "planned" and not supply.firm(book.now)
            if supply is not None and movable and supply.due_at > order.starts_at:
                book.unpeg(key, peg.supply_id)
                late[supply.planned_order_id] = None
    netting = Netting(book, expedite=True)
    netting.run(key for key in keys if book.demands[key].uncovered_micro)
    freed: set[Place] = set()
    if netting.missing:
        # Nothing else supplies it: better late than never.
        book.back(mark)
        return freed
    date_planned(book, netting.created)
    prune(book, late, freed)
    return freed
