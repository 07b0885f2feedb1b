"""Changes of customers' orders: what the plan and the owners of supplies answer, what waits, and how it is done."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from backbone.errors import NotYet
from contracts.changes import ChangeAnswered, ChangeProbed, PurchaseChangeAnswered, RunChangeAnswered
from contracts.orders import AmendmentRequested, CancellationRequested, ChangeCommitted, ChangeWithdrawn
from contracts.values import Money
from materials.domain.book import Book
from materials.domain.enlarging import Held, held, let_go, taken
from materials.domain.header import Change, Probe, PutOff
from materials.domain.lessening import gone, lessened, tried
from materials.domain.network import Place
from materials.domain.release import await_release
from materials.domain.schedule import resized

SILENT: Final = "nobody answered: {}"
PROBE_WITHIN: Final = timedelta(minutes=30)


def asked(book: Book, fact: AmendmentRequested | CancellationRequested) -> None:
    """Say whether the plan can follow, and let nothing of it go out meanwhile; asked again, say it again.

    Whoever makes or sells what would become less is asked first.
    """
    if fact.order_id not in book.served:
        raise NotYet(fact.order_id)
    known = book.changes.get(fact.change_id)
    probes: tuple[ChangeProbed, ...] = ()
    if known is None:
        known, probes = _begun(book, fact)
        book.changes.put(known)
    if known.state == "asking":
        book.dues["change-probe", known.change_id] = PROBE_WITHIN
        book.tell(*probes)
    else:
        _tell(book, known)


def _begun(
    book: Book, fact: AmendmentRequested | CancellationRequested
) -> tuple[Change, tuple[ChangeProbed, ...]]:
    refused = gone(book, fact.order_id, fact.lines)
    if refused is not None:
        return Change(fact.change_id, fact.order_id, "refused", fact.lines, (), fact.hold_until, refused), ()
    wanted = fact.wanted if isinstance(fact, AmendmentRequested) else ()
    more = (
        held(book, fact.change_id, book.served[fact.order_id], wanted, fact.hold_until) if wanted else Held()
    )
    if more.refused is not None:
        return Change(
            fact.change_id, fact.order_id, "refused", fact.lines, (), fact.hold_until, more.refused
        ), ()
    shrinking = tried(book, fact)
    put_off = []
    for key in shrinking.own:
        order = book.orders[key]
        if order.release_at < fact.hold_until:
            put_off.append(PutOff(key, order.release_at))
            book.orders.put(order._replace(release_at=fact.hold_until))
    await_release(book, [each.planned_order_id for each in put_off])
    probes = tuple(Probe(each.planned_order_id, each.quantity.micro) for each in shrinking.probes)
    change = Change(
        fact.change_id, fact.order_id, "asking" if probes else "held", fact.lines, tuple(put_off), fact.hold_until,
        probes=probes, steps=more.steps, wanted=wanted,
    )  # fmt: skip
    return change, shrinking.probes


def _tell(book: Book, change: Change) -> None:
    """Answer once for all: what any owner refuses is refused, charges add up, the longest notice counts."""
    charge: Money | None = None
    for each in (probe.charge for probe in change.probes):
        if each is not None:
            charge = each if charge is None else charge + each
    days = max((probe.days for probe in change.probes), default=0)
    if change.refused is not None:
        charge, days = None, 0
    book.tell(ChangeAnswered(change.order_id, change.change_id, change.refused, charge, days, change.steps))


def owner_answered(book: Book, fact: RunChangeAnswered | PurchaseChangeAnswered) -> None:
    """The owner of a supply has answered; with the last answer, or the first no, the customer's is known.

    A late answer is kept beside the others, and changes nothing.
    """
    change = book.changes.get(fact.change_id)
    if change is None:
        raise NotYet(fact.change_id)
    charge, days = (fact.charge, fact.days) if isinstance(fact, PurchaseChangeAnswered) else (None, 0)
    probes = tuple(
        replace(
            probe,
            quantity_micro=fact.quantity.micro,
            answered=True,
            refused=fact.refused,
            charge=charge,
            days=days,
        )
        if probe.planned_order_id == fact.planned_order_id
        else probe
        for probe in change.probes
    )
    change = change._replace(probes=probes)
    if change.state == "asking":
        change = _summed(change)
        if change.state != "asking":
            book.dues["change-probe", change.change_id] = None
            _tell(book, change)
    book.changes.put(change)


def _summed(change: Change) -> Change:
    refused = next((probe.refused for probe in change.probes if probe.refused is not None), None)
    currencies = {probe.charge.currency for probe in change.probes if probe.charge is not None}
    if refused is None and len(currencies) > 1:
        refused = f"the charges are in {' and '.join(sorted(currencies))}"
    if refused is not None:
        return change._replace(state="refused", refused=refused)
    return change._replace(state="held") if all(probe.answered for probe in change.probes) else change


def unanswered(book: Book, change_id: str) -> None:
    """The time for owners' answers is over: what is still asked is refused, and says who was silent."""
    change = book.changes.get(change_id)
    if change is None or change.state != "asking":
        return
    silent = sorted(
        "production" if book.orders[probe.planned_order_id].source != "buy" else "vendors"
        for probe in change.probes
        if not probe.answered and probe.planned_order_id in book.orders
    )
    change = change._replace(state="refused", refused=SILENT.format(", ".join(dict.fromkeys(silent))))
    book.changes.put(change)
    _tell(book, change)


def committed(book: Book, fact: ChangeCommitted) -> set[Place]:
    """The customer takes it: pegs are given back, supplies shrink or go, what is left may lie ready now."""
    change = book.changes.get(fact.change_id)
    if change is None:
        raise NotYet(fact.change_id)
    if change.state != "held":
        return set()
    book.changes.put(change._replace(state="committed"))
    freed = taken(book, change, book.served[change.order_id])
    freed |= lessened(book, change.order_id, change.lines, _yielding(book, change))
    for probe in change.probes:
        _keep_lot(book, probe)
    _go_on(book, change)
    less = {line.line_id for line in change.lines}
    for each in book.demands.by("order", change.order_id):
        if each.line_id in less and each.ready and each.open_micro:
            # Who hands it over lets all of such a line go, and hears of it anew.
            book.demands.put(each._replace(ready=False))
    book.touch(each.demand_id for each in book.demands.by("order", change.order_id))
    return freed


def _yielding(book: Book, change: Change) -> set[str]:
    """The supplies that their owners let be less; they carry it out when they hear of it themselves."""
    found = set()
    for probe in change.probes:
        order = book.orders.get(probe.planned_order_id)
        if order is not None and not order.ended:
            size = order.quantity_micro if order.source == "buy" else order.runs_micro
            if probe.quantity_micro < size:
                found.add(probe.planned_order_id)
    return found


def _keep_lot(book: Book, probe: Probe) -> None:
    """A vendor sells whole lots: what it brings beyond what is wanted is free supply."""
    order = book.orders.get(probe.planned_order_id)
    if order is None or order.ended or order.source != "buy" or order.quantity_micro >= probe.quantity_micro:
        return
    book.orders.put(order._replace(quantity_micro=probe.quantity_micro))
    resized(book, probe.planned_order_id, probe.quantity_micro)


def withdrawn(book: Book, fact: ChangeWithdrawn) -> set[Place]:
    """The customer leaves it: what is held is free, what was put off goes out; before the ask, leave a tombstone."""
    change = book.changes.get(fact.change_id)
    if change is None:
        why = "it was withdrawn before it was asked"
        book.changes.put(Change(fact.change_id, fact.order_id, "withdrawn", (), (), book.now, why))
    elif change.state in {"asking", "held", "refused"}:
        book.changes.put(change._replace(state="withdrawn"))
        _go_on(book, change)
        return let_go(book, change.change_id)
    return set()


def _go_on(book: Book, change: Change) -> None:
    book.dues["change-probe", change.change_id] = None
    for each in change.put_off:
        order = book.orders.get(each.planned_order_id)
        if order is not None and order.state == "planned":
            book.orders.put(order._replace(release_at=each.release_at))
    await_release(book, [each.planned_order_id for each in change.put_off])


def decided(book: Book, change_id: str | None) -> None:
    """Raise `NotYet` for what an owner did for a change that was not committed here yet."""
    change = book.changes.get(change_id or "")
    if change is not None and change.state in {"asking", "held"}:
        raise NotYet(change.order_id)
