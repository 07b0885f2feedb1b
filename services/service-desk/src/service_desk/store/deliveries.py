"""Holds, engagements, orders and their visits in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, reader
from backbone.rows import Rows
from backbone.service import Tx
from contracts.topics import DELIVERY, SLOTS, VISIT
from contracts.values import Quantity
from service_desk import tables
from service_desk.domain.case import Case
from service_desk.domain.goods import Goods
from service_desk.domain.hold import HeldSlot, SlotHold
from service_desk.domain.order import Change, Line, Order, Ready
from service_desk.domain.report import Report
from service_desk.domain.slot import Diary, Engagement
from service_desk.domain.visit import Visit
from service_desk.store.rows import add_or_save

HOLDS: Final = Rows(
    tables.slot_holds,
    changing=("request_no", "state", "slots", "hold_until_at", "reason", "next_possible_at", "told"),
)
ORDERS: Final = Rows(tables.orders, changing=("lines", "ready", "cancelled", "change", "told"))
VISITS: Final = Rows(
    tables.visits,
    changing=("line_ids", "state", "goods", "slot_id", "starts_at", "ends_at", "technician_ids", "offer_no",
              "missed_times", "freight_minor", "report", "ended_by", "signed_by", "reason", "suspended",
              "held_until_at", "told"),
)  # fmt: skip
LOCK_VISITS_OF: Final = VISITS.where("order_id = ANY(:keys) ORDER BY visit_id FOR UPDATE")
HANDED: Final = VISITS.where("order_id = ANY(:keys) AND state = 'completed' ORDER BY visit_id")
LOAD_SITES: Final = text(
    """
    SELECT DISTINCT service_id, site_id FROM visits
    WHERE (order_id = ANY(:orders) OR visit_id = ANY(:visits)) AND service_id IS NOT NULL
    """
)
ENGAGEMENTS: Final = Rows(tables.engagements)
LOAD_DIARY: Final = ENGAGEMENTS.where(
    "technician_id = ANY(:people) AND ends_at > :since ORDER BY slot_id, technician_id"
)
FREE_SLOTS: Final = text("DELETE FROM engagements WHERE slot_id = ANY(:slots)")

_slots: Reads[tuple[HeldSlot, ...]] = reader(tuple[HeldSlot, ...])
_lines: Reads[tuple[Line, ...]] = reader(tuple[Line, ...])
_ready: Reads[tuple[Ready, ...]] = reader(tuple[Ready, ...])
_change: Reads[Change] = reader(Change)
_changes: Reads[tuple[Change, ...]] = reader(tuple[Change, ...])
_goods: Reads[tuple[Goods, ...]] = reader(tuple[Goods, ...])
_report: Reads[Report] = reader(Report)


async def lock_holds(tx: Tx, promise_ids: Iterable[str]) -> dict[str, SlotHold]:
    """The holds of these promises that are here, locked in key order."""
    rows = (await tx.sql.execute(HOLDS.lock, {"keys": sorted(set(promise_ids))})).all()
    tx.locked(SLOTS, {row.promise_id: row.told for row in rows})
    return {row.promise_id: _hold_of(row) for row in rows}


async def save_holds(tx: Tx, holds: Sequence[SlotHold]) -> None:
    """Write holds, new ones and locked ones."""
    tx.added(SLOTS, (each.promise_id for each in holds if not each.version))
    await add_or_save(tx, HOLDS, [_hold_row(tx, each) for each in holds])


async def load_diary(tx: Tx, technician_ids: Iterable[str], since: datetime) -> Diary:
    """Who of these (locked) people is taken when, from `since` on."""
    asked = {"people": sorted(set(technician_ids)), "since": since}
    return Diary.of(
        Engagement(row.slot_id, row.technician_id, row.starts_at, row.ends_at, row.place)
        for row in await tx.sql.execute(LOAD_DIARY, asked)
    )


async def save_diary(tx: Tx, diary: Diary) -> None:
    """Write what has changed in a diary."""
    gone = sorted({*diary.freed, *diary.added})
    if gone:
        await tx.sql.execute(FREE_SLOTS, {"slots": gone})
    rows = [
        {
            "slot_id": each.slot_id,
            "technician_id": each.technician_id,
            "starts_at": each.starts_at,
            "ends_at": each.ends_at,
            "place": each.place,
        }
        for engagements in diary.added.values()
        for each in engagements
    ]
    if rows:
        await tx.sql.execute(ENGAGEMENTS.add, ENGAGEMENTS.added(rows))


async def load_services_of(
    tx: Tx, *, orders: Iterable[str] = (), visits: Iterable[str] = ()
) -> tuple[set[str], set[str]]:
    """The services of the visits of these orders and of these visits, and their sites; neither ever changes."""
    asked = {"orders": sorted(set(orders)), "visits": sorted(set(visits))}
    rows = (await tx.sql.execute(LOAD_SITES, asked)).all()
    return {row.service_id for row in rows}, {row.site_id for row in rows}


async def load_wanted(tx: Tx, order_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """The lines of these orders that have not been given up, unlocked; whoever ends one locks its visits, too."""
    rows = await tx.sql.execute(ORDERS.load, {"keys": sorted(set(order_ids))})
    return {
        row.order_id: frozenset() if row.cancelled else frozenset(line.line_id for line in _lines(row.lines))
        for row in rows
    }


async def lock_cases(tx: Tx, order_ids: Iterable[str]) -> dict[str, Case]:
    """The orders of these ids that are here with all their visits, locked in key order."""
    wanted = {"keys": sorted(set(order_ids))}
    orders = (await tx.sql.execute(ORDERS.lock, wanted)).all()
    visits: dict[str, list[Visit]] = {row.order_id: [] for row in orders}
    rows = (await tx.sql.execute(LOCK_VISITS_OF, wanted)).all()
    for row in rows:
        visits[row.order_id].append(_visit_of(row))
    tx.locked(VISIT, {row.visit_id: row.told for row in rows})
    tx.locked(DELIVERY, {row.order_id: row.told for row in orders})
    return {row.order_id: Case(_order_of(row), tuple(visits[row.order_id])) for row in orders}


async def save_cases(tx: Tx, cases: Iterable[Case], locked: Mapping[str, Case]) -> None:
    """Write orders and their visits as far as they are other than they were when they were `locked`, or new."""
    orders: list[Order] = []
    visits: list[Visit] = []
    for case in cases:
        before = locked.get(case.order.order_id)
        orders += [case.order] if before is None or before.order != case.order else []
        visits += [each for each in case.visits if before is None or before.visit(each.visit_id) != each]
    tx.added(DELIVERY, (order.order_id for order in orders if not order.version))
    await add_or_save(tx, ORDERS, [_order_row(tx, order) for order in orders])
    await save_visits(tx, visits)


async def lock_visits(tx: Tx, visit_ids: Iterable[str]) -> dict[str, Visit]:
    """The visits of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(VISITS.lock, {"keys": sorted(set(visit_ids))})).all()
    tx.locked(VISIT, {row.visit_id: row.told for row in rows})
    return {row.visit_id: _visit_of(row) for row in rows}


async def load_handed(tx: Tx, order_ids: Iterable[str]) -> list[Visit]:
    """The hand-overs of these orders of which clients have accepted something, unlocked: they do not change."""
    return [_visit_of(row) for row in await tx.sql.execute(HANDED, {"keys": sorted(set(order_ids))})]


async def save_visits(tx: Tx, visits: Sequence[Visit]) -> None:
    """Write visits, new ones and locked ones."""
    tx.added(VISIT, (each.visit_id for each in visits if not each.version))
    await add_or_save(tx, VISITS, [_visit_row(tx, each) for each in visits])


def _hold_row(tx: Tx, hold: SlotHold) -> dict[str, Any]:
    return {
        "promise_id": hold.promise_id,
        "need_id": hold.need_id,
        "request_no": hold.request_no,
        "customer_id": hold.customer_id,
        "address_id": hold.address_id,
        "state": hold.state,
        "slots": hold.slots,
        "hold_until_at": hold.hold_until,
        "reason": hold.reason,
        "next_possible_at": hold.next_possible_at,
        "version": hold.version,
        "told": tx.tells(SLOTS, hold.promise_id),
    }


def _hold_of(row: Any) -> SlotHold:
    return SlotHold(
        row.promise_id,
        row.need_id,
        row.request_no,
        row.customer_id,
        row.address_id,
        row.state,
        _slots(row.slots),
        row.hold_until_at,
        row.reason,
        row.next_possible_at,
        row.version,
    )


def _order_row(tx: Tx, order: Order) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "need_id": order.need_id,
        "promise_id": order.promise_id,
        "customer_id": order.customer_id,
        "address_id": order.address_id,
        "delivery_policy": order.delivery_policy,
        "currency": order.currency,
        "lines": order.lines,
        "ready": order.ready,
        "cancelled": order.cancelled,
        "change": order.changes or None,
        "charged_minor": order.charged_minor,
        "version": order.version,
        "told": tx.tells(DELIVERY, order.order_id),
    }


def _order_of(row: Any) -> Order:
    return Order(
        row.order_id, row.need_id, row.promise_id, row.customer_id, row.address_id, row.delivery_policy,
        row.currency, _lines(row.lines), _ready(row.ready), row.cancelled,
        () if row.change is None else _pending(row.change), row.charged_minor, row.version,
    )  # fmt: skip


def _pending(said: str) -> tuple[Change, ...]:
    """The changes that wait; where one alone could wait it stands without a list."""
    return _changes(said) if said.startswith("[") else (_change(said),)


def _visit_row(tx: Tx, visit: Visit) -> dict[str, Any]:
    return {
        "visit_id": visit.visit_id,
        "kind": visit.kind,
        "order_id": visit.order_id,
        "need_id": visit.need_id,
        "customer_id": visit.customer_id,
        "place": visit.place,
        "site_id": visit.site_id,
        "currency": visit.currency,
        "line_ids": visit.line_ids,
        "state": visit.state,
        "service_id": visit.service_id,
        "quantity_micro": None if visit.quantity is None else visit.quantity.micro,
        "goods": visit.goods,
        "slot_id": visit.slot_id,
        "starts_at": visit.starts_at,
        "ends_at": visit.ends_at,
        "technician_ids": visit.technician_ids,
        "offer_no": visit.offer_no,
        "missed_times": visit.missed_times,
        "freight_minor": visit.freight_minor,
        "report": visit.report,
        "ended_by": visit.ended_by,
        "signed_by": visit.signed_by,
        "reason": visit.reason,
        "suspended": visit.suspended,
        "held_until_at": visit.held_until,
        "version": visit.version,
        "told": tx.tells(VISIT, visit.visit_id),
    }


def _visit_of(row: Any) -> Visit:
    return Visit(
        row.visit_id,
        row.kind,
        row.order_id,
        row.need_id,
        row.customer_id,
        row.place,
        row.site_id,
        row.currency,
        tuple(row.line_ids),
        row.state,
        row.service_id,
        None if row.quantity_micro is None else Quantity.of_micro(row.quantity_micro),
        _goods(row.goods),
        row.slot_id,
        row.starts_at,
        row.ends_at,
        tuple(row.technician_ids),
        row.offer_no,
        row.missed_times,
        row.freight_minor,
        None if row.report is None else _report(row.report),
        row.ended_by,
        row.signed_by,
        row.reason,
        row.suspended,
        row.held_until_at,
        row.version,
    )
