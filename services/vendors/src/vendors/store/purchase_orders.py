"""Purchase orders and their lines in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, reader
from backbone.rows import Rows
from backbone.service import Tx
from contracts.shapes import ItemPart, LotPart, Share
from contracts.topics import PURCHASE_ORDER
from contracts.values import Money, PropertyValue, Quantity, Window
from vendors import tables
from vendors.domain.answer import Answer, Schedule
from vendors.domain.line import Line, Tolerances
from vendors.domain.purchase_order import PurchaseOrder
from vendors.tables.purchasing import LIVE_STATES

ORDERS: Final = Rows(
    tables.purchase_orders,
    changing=("approved_by", "issued_at", "answer_by_at", "answered_at", "overdue", "was_refused", "ended_because",
              "told"),
)  # fmt: skip
LINES: Final = Rows(
    tables.purchase_lines,
    changing=("quantity_micro", "wanted_at", "state", "answer", "offered", "first_at", "first_schedule", "redating",
              "shipped_micro", "accepted_micro", "rejected_micro", "returned_micro", "replaced_micro", "on_the_way",
              "completed_at", "charge_minor", "charge_currency"),
)  # fmt: skip
LOAD_LINES_OF: Final = LINES.where(
    "purchase_order_id = ANY(:keys) ORDER BY purchase_order_id, purchase_line_id"
)
LOAD_PLANNED_OF: Final = text(
    """
    SELECT purchase_order_id, planned_order_id FROM purchase_lines WHERE purchase_order_id = ANY(:keys)
    """
)
LOAD_LIVE_OF: Final = text(
    f"""
    SELECT planned_order_id, purchase_order_id FROM purchase_lines
    WHERE planned_order_id = ANY(:keys) AND state IN ({LIVE_STATES})
    """  # noqa: S608  (states of our own)
)

_window: Reads[Window] = reader(Window)
_serves: Reads[tuple[Share, ...]] = reader(tuple[Share, ...])
_properties: Reads[tuple[PropertyValue, ...]] = reader(tuple[PropertyValue, ...])
_answer: Reads[Answer] = reader(Answer)
_lots: Reads[tuple[LotPart, ...]] = reader(tuple[LotPart, ...])
_schedule: Reads[Schedule] = reader(Schedule)
_provided: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])
_tolerances: Reads[Tolerances] = reader(Tolerances)


async def add_purchase_orders(tx: Tx, orders: Sequence[PurchaseOrder]) -> None:
    """Insert purchase orders with their lines, two statements for all."""
    tx.added(PURCHASE_ORDER, (order.purchase_order_id for order in orders))
    await tx.sql.execute(ORDERS.add, ORDERS.added([_order_row(tx, order) for order in orders]))
    lines = [_line_row(order, line) for order in orders for line in order.lines]
    await tx.sql.execute(LINES.add, LINES.added(lines))


async def load_planned_of(tx: Tx, purchase_order_ids: Iterable[str]) -> dict[str, str]:
    """The planned order that each purchase order supplies, unlocked (it never changes)."""
    rows = await tx.sql.execute(LOAD_PLANNED_OF, {"keys": sorted(set(purchase_order_ids))})
    return {row.purchase_order_id: row.planned_order_id for row in rows}


async def load_live_of(tx: Tx, planned_order_ids: Iterable[str]) -> dict[str, str]:
    """The purchase order that is open for each of these planned orders, unlocked; there is one at most."""
    rows = await tx.sql.execute(LOAD_LIVE_OF, {"keys": sorted(set(planned_order_ids))})
    return {row.planned_order_id: row.purchase_order_id for row in rows}


async def lock_purchase_orders(tx: Tx, purchase_order_ids: Iterable[str]) -> dict[str, PurchaseOrder]:
    """The purchase orders of these ids that are here, locked in key order, with their lines."""
    wanted = {"keys": sorted(set(purchase_order_ids))}
    rows = (await tx.sql.execute(ORDERS.lock, wanted)).all()
    lines: dict[str, list[Line]] = {}
    for line in await tx.sql.execute(LOAD_LINES_OF, wanted):
        lines.setdefault(line.purchase_order_id, []).append(_line_of(line))
    tx.locked(PURCHASE_ORDER, {row.purchase_order_id: row.told for row in rows})
    return {row.purchase_order_id: _order_of(row, tuple(lines[row.purchase_order_id])) for row in rows}


async def save_purchase_orders(tx: Tx, orders: Sequence[PurchaseOrder]) -> None:
    """Write locked purchase orders and their lines back."""
    await tx.sql.execute(ORDERS.save, ORDERS.saved([_order_row(tx, order) for order in orders]))
    lines = [_line_row(order, line) for order in orders for line in order.lines]
    await tx.sql.execute(LINES.save, LINES.saved(lines))


def _order_row(tx: Tx, order: PurchaseOrder) -> dict[str, Any]:
    return {
        "purchase_order_id": order.purchase_order_id,
        "vendor_id": order.vendor_id,
        "vendor_kind": order.vendor_kind,
        "supplying_site_id": order.supplying_site_id,
        "tolerances": order.tolerances,
        "requested_by": order.requested_by,
        "requested_at": order.requested_at,
        "approved_by": order.approved_by,
        "terms_id": order.terms_id,
        "quotation_id": order.quotation_id,
        "issued_at": order.issued_at,
        "answer_by_at": order.answer_by,
        "answered_at": order.answered_at,
        "overdue": order.overdue,
        "was_refused": order.was_refused,
        "ended_because": order.ended_because,
        "correlation_id": order.correlation_id,
        "run_id": order.run_id,
        "provided": order.provided,
        "version": 1,
        "told": tx.tells(PURCHASE_ORDER, order.purchase_order_id),
    }


def _line_row(order: PurchaseOrder, line: Line) -> dict[str, Any]:
    return {
        "purchase_line_id": line.purchase_line_id,
        "purchase_order_id": order.purchase_order_id,
        "planned_order_id": line.planned_order_id,
        "sku": line.sku,
        "quantity_micro": line.quantity.micro,
        "unit": line.unit,
        "unit_price_minor": line.unit_price.minor,
        "currency": line.unit_price.currency,
        "site_id": line.site_id,
        "wanted_at": line.wanted_at,
        "property_window": line.window,
        "serves": line.serves,
        "properties": line.properties,
        "inspect": line.inspect,
        "state": line.state,
        "answer": line.answer,
        "offered": line.offered,
        "first_at": line.first_at,
        "redating": line.redating,
        "shipped_micro": line.shipped.micro,
        "accepted_micro": line.accepted.micro,
        "rejected_micro": line.rejected.micro,
        "returned_micro": line.returned.micro,
        "replaced_micro": line.replaced.micro,
        "on_the_way": line.on_the_way,
        "completed_at": line.completed_at,
        "charge_minor": 0 if line.charge is None else line.charge.minor,
        "charge_currency": None if line.charge is None else line.charge.currency,
        "first_schedule": line.first_schedule,
    }


def _order_of(row: Any, lines: tuple[Line, ...]) -> PurchaseOrder:
    return PurchaseOrder(
        row.purchase_order_id,
        row.vendor_id,
        row.vendor_kind,
        row.supplying_site_id,
        lines,
        _tolerances(row.tolerances),
        row.requested_by,
        row.requested_at,
        row.approved_by,
        row.terms_id,
        row.quotation_id,
        row.issued_at,
        row.answer_by_at,
        row.answered_at,
        row.overdue,
        row.was_refused,
        row.ended_because,
        row.correlation_id,
        row.version,
        row.run_id,
        _provided(row.provided),
    )


def _line_of(row: Any) -> Line:
    return Line(
        row.purchase_line_id,
        row.planned_order_id,
        row.sku,
        Quantity.of_micro(row.quantity_micro),
        row.unit,
        Money(row.unit_price_minor, row.currency),
        row.site_id,
        row.wanted_at,
        _window(row.property_window),
        _serves(row.serves),
        _properties(row.properties),
        row.inspect,
        row.state,
        _answer(row.answer) if row.answer is not None else None,
        _answer(row.offered) if row.offered is not None else None,
        row.first_at,
        row.redating,
        Quantity.of_micro(row.shipped_micro),
        Quantity.of_micro(row.accepted_micro),
        Quantity.of_micro(row.rejected_micro),
        Quantity.of_micro(row.returned_micro),
        Quantity.of_micro(row.replaced_micro),
        _lots(row.on_the_way),
        row.completed_at,
        None if row.charge_currency is None else Money(row.charge_minor, row.charge_currency),
        _schedule(row.first_schedule),
    )
