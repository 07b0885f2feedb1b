"""Purchase orders as buyers, the warehouse and their vendor see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.shapes import ItemPart, LotPart, Share
from contracts.values import Money, Quantity, Window
from vendors.domain.answer import Answer
from vendors.domain.states import LINE_ENDED
from vendors.queries.deliveries import ReceiptView, ShipmentView, list_receipts, list_shipments

Page = list[tuple[str, Any]]

# An order that waits for approval does not exist for its vendor.
SHOWN: Final = """
    SELECT purchase_order_id, vendor_id, vendor_kind, supplying_site_id, requested_by, requested_at, approved_by,
           terms_id, quotation_id, issued_at, answer_by_at, answered_at, overdue, ended_because, run_id,
           CAST(provided AS text) AS provided, version
    FROM purchase_orders
"""
ALLOWED: Final = "WHERE (CAST(:party AS text) IS NULL OR (vendor_id = :party AND issued_at IS NOT NULL))"
ORDERS: Final = SHOWN + ALLOWED
FIND_ORDER: Final = text(ORDERS + " AND purchase_order_id = :purchase_order_id")
NARROWED: Final = """
    AND purchase_order_id > :after
    AND (CAST(:vendor_id AS text) IS NULL OR vendor_id = :vendor_id)
    AND (CAST(:run_id AS text) IS NULL OR run_id = :run_id)
    AND (CAST(:overdue AS boolean) IS NULL OR (overdue AND answered_at IS NULL) = :overdue)
"""
# First, so that the few lines in a state lead to their orders, and not each order ever made to its lines.
WITH_LINES: Final = """
    JOIN (
        SELECT DISTINCT purchase_order_id FROM purchase_lines
        WHERE purchase_order_id > :after
          AND (CAST(:state AS text) IS NULL OR state = :state)
          AND (CAST(:sku AS text) IS NULL OR sku = :sku)
          AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
          AND (CAST(:planned_order_id AS text) IS NULL OR planned_order_id = :planned_order_id)
        OFFSET 0) AS of_lines USING (purchase_order_id)
"""
LINE_FILTERS: Final = ("state", "sku", "site_id", "planned_order_id")
FIRST: Final = "ORDER BY purchase_order_id LIMIT :limit"
PAGE_ORDERS: Final = text(ORDERS + NARROWED + FIRST)
PAGE_NEWEST_ORDERS: Final = text(
    ORDERS + " AND (:after = '' OR purchase_order_id < :after) ORDER BY purchase_order_id DESC LIMIT :limit"
)
PAGE_ORDERS_BY_LINES: Final = text(SHOWN + WITH_LINES + ALLOWED + NARROWED + FIRST)
LINES_OF: Final = text(
    """
    SELECT purchase_order_id, purchase_line_id, planned_order_id, sku, quantity_micro, unit, unit_price_minor,
           currency, site_id, wanted_at, CAST(property_window AS text) AS property_window,
           CAST(serves AS text) AS serves, inspect, state, CAST(answer AS text) AS answer,
           CAST(offered AS text) AS offered, shipped_micro, accepted_micro, rejected_micro, returned_micro,
           replaced_micro, CAST(on_the_way AS text) AS on_the_way, completed_at, charge_minor, charge_currency
    FROM purchase_lines WHERE purchase_order_id = ANY(:keys) ORDER BY purchase_order_id, purchase_line_id
    """
)
_window: Reads[Window] = reader(Window)
_serves: Reads[tuple[Share, ...]] = reader(tuple[Share, ...])
_answer: Reads[Answer] = reader(Answer)
_lots: Reads[tuple[LotPart, ...]] = reader(tuple[LotPart, ...])
_provided: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """A line; `answer` is the promise in force, `offered` a dearer one that waits for a buyer.

    `on_the_way` are lots that a site of ours has sent; for staff alone, as is whom the line serves. `charge` is owed
    for what was given up.
    """

    purchase_line_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    unit: str
    unit_price: Money
    site_id: str
    wanted_at: datetime
    window: Window
    inspect: bool
    state: str
    answer: Answer | None
    offered: Answer | None
    shipped: Quantity
    accepted: Quantity
    rejected: Quantity
    returned: Quantity
    balance: Quantity
    completed_at: datetime | None
    serves: tuple[Share, ...]
    on_the_way: tuple[LotPart, ...]
    charge: Money | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """A purchase order with its lines; who asked and agreed is for staff alone.

    With a `run_id` it is the work of that run, on what we send: `provided`.
    """

    purchase_order_id: str
    vendor_id: str
    vendor_kind: str
    supplying_site_id: str | None
    requested_by: str | None
    requested_at: datetime
    approved_by: str | None
    terms_id: str | None
    quotation_id: str | None
    issued_at: datetime | None
    answer_by: datetime | None
    answered_at: datetime | None
    overdue: bool
    ended_because: str | None
    lines: tuple[OrderLineView, ...]
    version: int
    run_id: str | None
    provided: tuple[ItemPart, ...]


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """A purchase order with what was sent and what arrived."""

    order: OrderView
    shipments: tuple[ShipmentView, ...]
    receipts: tuple[ReceiptView, ...]


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders are asked for; what is None does not narrow. `overdue`: past their time and still unanswered."""

    state: str | None = None
    vendor_id: str | None = None
    sku: str | None = None
    site_id: str | None = None
    planned_order_id: str | None = None
    overdue: bool | None = None
    run_id: str | None = None


async def page_orders(
    sql: AsyncConnection, *, party: str | None, wanted: OrderFilter, after: str, limit: int
) -> Page:
    """A page of purchase orders, the oldest first: (key, view) pairs after a key."""
    asked = {name: getattr(wanted, name) for name in OrderFilter.__dataclass_fields__}
    by_lines = any(getattr(wanted, name) is not None for name in LINE_FILTERS)
    statement = PAGE_ORDERS_BY_LINES if by_lines else PAGE_ORDERS
    return await _page(sql, statement, {"party": party, "after": after, "limit": limit, **asked})


async def page_newest_orders(sql: AsyncConnection, *, party: str | None, after: str, limit: int) -> Page:
    """A page of purchase orders, the newest first: (key, view) pairs after a key."""
    return await _page(sql, PAGE_NEWEST_ORDERS, {"party": party, "after": after, "limit": limit})


async def _page(sql: AsyncConnection, statement: TextClause, asked: Mapping[str, Any]) -> Page:
    rows = (await sql.execute(statement, asked)).all()
    lines = await _lines(sql, [row.purchase_order_id for row in rows], asked["party"])
    return [(row.purchase_order_id, _order(row, lines, asked["party"])) for row in rows]


async def find_order(sql: AsyncConnection, purchase_order_id: str, *, party: str | None) -> OrderDetail:
    """One purchase order; raises `NotFound` when it is not there or another vendor's than the party."""
    asked = {"purchase_order_id": purchase_order_id, "party": party}
    row = (await sql.execute(FIND_ORDER, asked)).one_or_none()
    if row is None:
        raise NotFound(f"no purchase order {purchase_order_id}")
    lines = await _lines(sql, [purchase_order_id], party)
    shipments = await list_shipments(sql, purchase_order_id)
    receipts = await list_receipts(sql, purchase_order_id, party=party)
    return OrderDetail(_order(row, lines, party), shipments, receipts)


async def _lines(
    sql: AsyncConnection, keys: list[str], party: str | None
) -> dict[str, tuple[OrderLineView, ...]]:
    found: dict[str, tuple[OrderLineView, ...]] = {}
    for row in await sql.execute(LINES_OF, {"keys": keys}):
        found[row.purchase_order_id] = (*found.get(row.purchase_order_id, ()), _line(row, party))
    return found


def _line(row: Any, party: str | None) -> OrderLineView:
    open_micro = max(row.quantity_micro - row.accepted_micro + row.replaced_micro, 0)
    return OrderLineView(
        row.purchase_line_id,
        row.planned_order_id,
        row.sku,
        Quantity.of_micro(row.quantity_micro),
        row.unit,
        Money(row.unit_price_minor, row.currency),
        row.site_id,
        row.wanted_at,
        _window(row.property_window),
        row.inspect,
        row.state,
        None if row.answer is None else _answer(row.answer),
        None if row.offered is None else _answer(row.offered),
        Quantity.of_micro(row.shipped_micro),
        Quantity.of_micro(row.accepted_micro),
        Quantity.of_micro(row.rejected_micro),
        Quantity.of_micro(row.returned_micro),
        Quantity.of_micro(0 if row.state in LINE_ENDED else open_micro),
        row.completed_at,
        # Whom we serve and what our lots have cost is nobody's business outside.
        () if party is not None else _serves(row.serves),
        () if party is not None else _lots(row.on_the_way),
        None if row.charge_currency is None else Money(row.charge_minor, row.charge_currency),
    )


def _order(row: Any, lines: dict[str, tuple[OrderLineView, ...]], party: str | None) -> OrderView:
    return OrderView(
        row.purchase_order_id,
        row.vendor_id,
        row.vendor_kind,
        row.supplying_site_id,
        None if party is not None else row.requested_by,
        row.requested_at,
        None if party is not None else row.approved_by,
        row.terms_id,
        row.quotation_id,
        row.issued_at,
        row.answer_by_at,
        row.answered_at,
        row.overdue,
        row.ended_because,
        lines.get(row.purchase_order_id, ()),
        row.version,
        row.run_id,
        _provided(row.provided),
    )
