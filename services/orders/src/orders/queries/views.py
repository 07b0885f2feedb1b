"""Offers, needs and orders as callers see them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.orders import Component
from contracts.shapes import Instead
from contracts.values import CostVector, Money, Quantity
from orders.domain.offer import called
from orders.domain.order import Return
from orders.domain.rates import Exchange, Waiting
from orders.queries.quotes import StandsIn

PAGE_OFFERS: Final = text(
    """
    SELECT offer_id, title, kind, price_minor, currency, CAST(components AS text) AS components, version FROM offers
    WHERE offer_id > :after ORDER BY offer_id LIMIT :limit
    """
)
FIND_NEED: Final = text(
    """
    SELECT needs.need_id, needs.customer_id, needs.state, needs.attention, needs.stated_at, needs.version,
           quotes.quote_id, quotes.state AS quote_state
    FROM needs LEFT JOIN quotes USING (need_id)
    WHERE needs.need_id = :need_id AND (CAST(:party AS text) IS NULL OR needs.customer_id = :party)
    ORDER BY quotes.quote_id DESC LIMIT 1
    """
)
ORDERS: Final = """
    SELECT order_id, need_id, quote_id, customer_id, state, placed_at, late_because,
           CAST(returns AS text) AS returns, version
    FROM orders WHERE (CAST(:party AS text) IS NULL OR customer_id = :party)
"""
FIND_ORDER: Final = text(ORDERS + "AND order_id = :order_id")
PAGE_ORDERS: Final = text(
    ORDERS
    + "AND order_id > :after AND (CAST(:state AS text) IS NULL OR state = :state) ORDER BY order_id LIMIT :limit"
)
PAGE_NEWEST_ORDERS: Final = text(
    ORDERS + "AND (:after = '' OR order_id < :after) ORDER BY order_id DESC LIMIT :limit"
)
LINES_OF: Final = text(
    """
    WITH offered AS (
        SELECT order_id, line FROM orders JOIN quotes USING (quote_id)
        CROSS JOIN jsonb_array_elements(quotes.lines) AS line WHERE order_id = ANY(:order_ids)
        UNION ALL
        SELECT order_id, line FROM changes CROSS JOIN jsonb_array_elements(changes.wanted) AS line
        WHERE order_id = ANY(:order_ids) AND changes.state = 'committed' AND CAST(line -> 'new' AS boolean)
    ), sold AS (
        SELECT order_id, line #>> '{demand,line_id}' AS line_id, title AS offered, offers.kind AS offered_as
        FROM offered JOIN offers ON offers.offer_id = line ->> 'offer_id'
    )
    SELECT order_id, line_id, offered, offered_as, demand ->> 'kind' AS kind, demand ->> 'item' AS item,
           demand ->> 'quantity' AS quantity, demand ->> 'unit' AS unit, price_minor, currency, promised_at, lifecycle,
           items.title AS item_title, supply, fulfilment, fulfilled_micro, late_at, held, charge_minor,
           bought_in_minor, labour_minor, capital_minor, overhead_minor, CAST(demand -> 'instead' AS text) AS instead,
           CAST(waiting AS text) AS waiting
    FROM order_lines LEFT JOIN sold USING (order_id, line_id) LEFT JOIN items ON items.sku = demand ->> 'item'
    WHERE order_id = ANY(:order_ids) ORDER BY order_id, place
    """
)

Page = list[tuple[str, Any]]

_components: Reads[tuple[Component, ...]] = reader(tuple[Component, ...])
_instead: Reads[tuple[Instead, ...]] = reader(tuple[Instead, ...])
_returns: Reads[tuple[Return, ...]] = reader(tuple[Return, ...])
_waiting: Reads[tuple[Waiting, ...]] = reader(tuple[Waiting, ...])


@dataclass(frozen=True, slots=True)
class OfferView:
    """What is on offer at a price for one unit."""

    offer_id: str
    title: str
    kind: str
    price: Money
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class NeedDetail:
    """A need, and the quote that answers it."""

    need_id: str
    customer_id: str
    state: str
    attention: str | None
    stated_at: datetime
    quote_id: str | None
    quote_state: str | None
    version: int


@dataclass(frozen=True, slots=True)
class OrderLineView:
    """A line of an order on its axes, called as its offer is, with its cost so far and the rates more waits for."""

    line_id: str
    kind: str
    item: str
    title: str
    quantity: Quantity
    unit: str
    price: Money
    promised_at: datetime
    lifecycle: str
    supply: str
    fulfilment: str
    fulfilled: Quantity
    late_at: datetime | None
    held: str | None
    charge: Money | None
    cost: CostVector | None
    instead: tuple[StandsIn, ...]
    rates_missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReturnView:
    """So much of a line may be sent back; how much has come, and what its customer gets back for it."""

    return_id: str
    line_id: str
    quantity: Quantity
    received: Quantity
    credit: Money


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order, how far each line is, and what goes back of it."""

    order_id: str
    need_id: str
    quote_id: str
    customer_id: str
    state: str
    placed_at: datetime
    late_because: str | None
    lines: tuple[OrderLineView, ...]
    returns: tuple[ReturnView, ...]
    version: int


async def page_offers(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """A page of the catalogue: (key, view) pairs after a key."""
    rows = await sql.execute(PAGE_OFFERS, {"after": after, "limit": limit})
    return [
        (
            row.offer_id,
            OfferView(
                row.offer_id,
                row.title,
                row.kind,
                Money(row.price_minor, row.currency),
                _components(row.components),
            ),
        )
        for row in rows
    ]


async def find_need(sql: AsyncConnection, need_id: str, *, party: str | None) -> NeedDetail:
    """One need; raises `NotFound` when it is not there or not the party's."""
    row = (await sql.execute(FIND_NEED, {"need_id": need_id, "party": party})).one_or_none()
    if row is None:
        raise NotFound(f"no need {need_id}")
    return NeedDetail(
        row.need_id,
        row.customer_id,
        row.state,
        row.attention,
        row.stated_at,
        row.quote_id,
        row.quote_state,
        row.version,
    )


async def find_order(sql: AsyncConnection, order_id: str, *, party: str | None) -> OrderView:
    """One order; raises `NotFound` when it is not there or not the party's."""
    row = (await sql.execute(FIND_ORDER, {"order_id": order_id, "party": party})).one_or_none()
    if row is None:
        raise NotFound(f"no order {order_id}")
    lines = await _lines(sql, [order_id], party)
    return _order(row, lines)


async def page_orders(
    sql: AsyncConnection, *, party: str | None, state: str | None, after: str, limit: int
) -> Page:
    """A page of orders, the oldest first: (key, view) pairs after a key."""
    asked = {"party": party, "state": state, "after": after, "limit": limit}
    return await _page(sql, PAGE_ORDERS, asked)


async def page_newest_orders(sql: AsyncConnection, *, party: str | None, after: str, limit: int) -> Page:
    """A page of orders, the newest first: (key, view) pairs after a key."""
    return await _page(sql, PAGE_NEWEST_ORDERS, {"party": party, "after": after, "limit": limit})


async def _page(sql: AsyncConnection, statement: TextClause, asked: Mapping[str, Any]) -> Page:
    rows = (await sql.execute(statement, asked)).all()
    lines = await _lines(sql, [row.order_id for row in rows], asked["party"])
    return [(row.order_id, _order(row, lines)) for row in rows]


async def _lines(
    sql: AsyncConnection, order_ids: list[str], party: str | None
) -> dict[str, tuple[OrderLineView, ...]]:
    found: dict[str, tuple[OrderLineView, ...]] = {}
    for row in await sql.execute(LINES_OF, {"order_ids": order_ids}):
        # What a line costs us is nobody's business outside.
        cost = None
        if party is None:
            cost = CostVector(
                row.bought_in_minor, row.labour_minor, row.capital_minor, row.overhead_minor, row.currency
            )
        view = OrderLineView(
            row.line_id,
            row.kind,
            row.item,
            called(row.item_title or row.item, row.offered, row.offered_as),
            Quantity(row.quantity),
            row.unit,
            Money(row.price_minor, row.currency),
            row.promised_at,
            row.lifecycle,
            row.supply,
            row.fulfilment,
            Quantity.of_micro(row.fulfilled_micro),
            row.late_at,
            row.held,
            Money(row.charge_minor, row.currency) if row.charge_minor else None,
            cost,
            StandsIn.all_of(_instead(row.instead)) if row.instead else (),
            _missing(row) if party is None else (),
        )
        found[row.order_id] = (*found.get(row.order_id, ()), view)
    return found


def _missing(row: Any) -> tuple[str, ...]:
    """The rates that its costs wait for, each once."""
    waiting = _waiting(row.waiting)
    asked = {Exchange(each.cost.currency, row.currency, each.day) for each in waiting}
    return tuple(each.missing for each in sorted(asked))


def _order(row: Any, lines: dict[str, tuple[OrderLineView, ...]]) -> OrderView:
    of_order = lines.get(row.order_id, ())
    currency = {line.line_id: line.price.currency for line in of_order}
    returns = tuple(
        ReturnView(
            each.return_id,
            each.line_id,
            each.quantity,
            each.received,
            Money(each.credit_minor, currency[each.line_id]),
        )
        for each in _returns(row.returns)
    )
    return OrderView(
        row.order_id,
        row.need_id,
        row.quote_id,
        row.customer_id,
        row.state,
        row.placed_at,
        row.late_because,
        of_order,
        returns,
        row.version,
    )
