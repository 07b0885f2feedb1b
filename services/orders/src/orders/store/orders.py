"""Orders and their lines in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.errors import NotFound
from backbone.service import Tx
from contracts.shapes import DemandLine
from contracts.topics import ORDER
from contracts.values import CostVector, Money, Quantity
from orders.domain.line import Agreed, Line
from orders.domain.order import Credit, Order, Return
from orders.domain.rates import Waiting

ADD_ORDERS: Final = text(
    """
    INSERT INTO orders (order_id, need_id, quote_id, promise_id, customer_id, contact_id, address_id, priority,
                        delivery_policy, state, placed_at, planned, booked, late_because, credits, returns,
                        version, told)
    SELECT order_id, need_id, quote_id, promise_id, customer_id, contact_id, address_id, priority, delivery_policy,
           state, placed_at, planned, ARRAY(SELECT jsonb_array_elements_text(CAST(booked AS jsonb))), late_because,
           '[]', '[]', 1, told
    FROM unnest(CAST(:order_id AS text[]), CAST(:need_id AS text[]), CAST(:quote_id AS text[]),
                CAST(:promise_id AS text[]), CAST(:customer_id AS text[]), CAST(:contact_id AS text[]),
                CAST(:address_id AS text[]), CAST(:priority AS int[]), CAST(:delivery_policy AS text[]),
                CAST(:state AS text[]), CAST(:placed_at AS timestamptz[]), CAST(:planned AS boolean[]),
                CAST(:booked AS text[]), CAST(:late_because AS text[]), CAST(:told AS bigint[]))
         AS added(order_id, need_id, quote_id, promise_id, customer_id, contact_id, address_id, priority,
                  delivery_policy, state, placed_at, planned, booked, late_because, told)
    """
)
LOCK_ORDERS: Final = text(
    "SELECT *, CAST(credits AS text) AS credited, CAST(returns AS text) AS sent_back FROM orders"
    " WHERE order_id = ANY(:order_ids) ORDER BY order_id FOR UPDATE"
)
LOAD_LINES: Final = text(
    """
    SELECT order_id, line_id, CAST(demand AS text) AS demand, price_minor, currency, promised_at, slot_id, lifecycle,
           supply, fulfilment, fulfilled_micro, moved_micro, parts_micro, bought_in_minor, labour_minor,
           capital_minor, overhead_minor, late_at, held, charge_minor, CAST(waiting AS text) AS waiting,
           CAST(agreed AS text) AS agreed
    FROM order_lines WHERE order_id = ANY(:order_ids) ORDER BY order_id, place
    """
)
SAVE_ORDERS: Final = text(
    """
    UPDATE orders SET state = saved.state, planned = saved.planned, late_because = saved.late_because,
        booked = ARRAY(SELECT jsonb_array_elements_text(CAST(saved.booked AS jsonb))), told = saved.told,
        credits = CAST(saved.credits AS jsonb), returns = CAST(saved.returns AS jsonb), version = version + 1
    FROM unnest(CAST(:order_id AS text[]), CAST(:state AS text[]), CAST(:planned AS boolean[]),
                CAST(:late_because AS text[]), CAST(:booked AS text[]), CAST(:credits AS text[]),
                CAST(:returns AS text[]), CAST(:told AS bigint[]))
         AS saved(order_id, state, planned, late_because, booked, credits, returns, told)
    WHERE orders.order_id = saved.order_id
    """
)
# One statement writes lines whether they are new or known: an order's set of lines never shrinks, a line may.
PUT_LINES: Final = text(
    """
    INSERT INTO order_lines (order_id, line_id, place, demand, price_minor, currency, promised_at, slot_id, lifecycle,
                             supply, fulfilment, fulfilled_micro, moved_micro, parts_micro, bought_in_minor,
                             labour_minor, capital_minor, overhead_minor, late_at, held, charge_minor, waiting,
                             agreed)
    SELECT order_id, line_id, place, CAST(demand AS jsonb), price_minor, currency, promised_at, slot_id, lifecycle,
           supply, fulfilment, fulfilled_micro, moved_micro, parts_micro, bought_in_minor, labour_minor,
           capital_minor, overhead_minor, late_at, held, charge_minor, CAST(waiting AS jsonb),
           CAST(agreed AS jsonb)
    FROM unnest(CAST(:order_id AS text[]), CAST(:line_id AS text[]), CAST(:place AS int[]), CAST(:demand AS text[]),
                CAST(:price_minor AS bigint[]), CAST(:currency AS text[]), CAST(:promised_at AS timestamptz[]),
                CAST(:slot_id AS text[]), CAST(:lifecycle AS text[]), CAST(:supply AS text[]),
                CAST(:fulfilment AS text[]), CAST(:fulfilled_micro AS bigint[]), CAST(:moved_micro AS bigint[]),
                CAST(:parts_micro AS bigint[]), CAST(:bought_in_minor AS bigint[]), CAST(:labour_minor AS bigint[]),
                CAST(:capital_minor AS bigint[]), CAST(:overhead_minor AS bigint[]), CAST(:late_at AS timestamptz[]),
                CAST(:held AS text[]), CAST(:charge_minor AS bigint[]), CAST(:waiting AS text[]),
                CAST(:agreed AS text[]))
         AS put(order_id, line_id, place, demand, price_minor, currency, promised_at, slot_id, lifecycle, supply,
                fulfilment, fulfilled_micro, moved_micro, parts_micro, bought_in_minor, labour_minor, capital_minor,
                overhead_minor, late_at, held, charge_minor, waiting, agreed)
    ON CONFLICT (order_id, line_id) DO UPDATE
    SET demand = excluded.demand, price_minor = excluded.price_minor, promised_at = excluded.promised_at,
        lifecycle = excluded.lifecycle, supply = excluded.supply,
        fulfilment = excluded.fulfilment, fulfilled_micro = excluded.fulfilled_micro,
        moved_micro = excluded.moved_micro, parts_micro = excluded.parts_micro,
        bought_in_minor = excluded.bought_in_minor, labour_minor = excluded.labour_minor,
        capital_minor = excluded.capital_minor, overhead_minor = excluded.overhead_minor,
        late_at = excluded.late_at, held = excluded.held, charge_minor = excluded.charge_minor,
        waiting = excluded.waiting, agreed = excluded.agreed
    """
)

_PLAIN: Final = (
    "order_id", "need_id", "quote_id", "promise_id", "customer_id", "contact_id", "address_id", "priority",
    "delivery_policy", "state", "placed_at", "planned", "late_because",
)  # fmt: skip
_credits: Reads[tuple[Credit, ...]] = reader(tuple[Credit, ...])
_returns: Reads[tuple[Return, ...]] = reader(tuple[Return, ...])
_demand: Reads[DemandLine] = reader(DemandLine)
_agreed: Reads[Agreed] = reader(Agreed)
_waiting: Reads[tuple[Waiting, ...]] = reader(tuple[Waiting, ...])


async def add_orders(tx: Tx, orders: Sequence[Order]) -> None:
    """Insert orders with their lines."""
    tx.added(ORDER, (order.order_id for order in orders))
    columns: dict[str, list[Any]] = {name: [getattr(order, name) for order in orders] for name in _PLAIN}
    columns["booked"] = [document(sorted(order.booked)) for order in orders]
    columns["told"] = [tx.tells(ORDER, order.order_id) for order in orders]
    await tx.sql.execute(ADD_ORDERS, columns)
    await tx.sql.execute(PUT_LINES, _line_columns(orders))


async def lock_orders(tx: Tx, order_ids: Iterable[str]) -> dict[str, Order]:
    """The orders of these ids that are here, locked in key order, with their lines."""
    wanted = {"order_ids": sorted(set(order_ids))}
    rows = (await tx.sql.execute(LOCK_ORDERS, wanted)).all()
    lines: dict[str, list[Line]] = {}
    for line in await tx.sql.execute(LOAD_LINES, wanted):
        lines.setdefault(line.order_id, []).append(_line_of(line))
    tx.locked(ORDER, {row.order_id: row.told for row in rows})
    return {row.order_id: _order_of(row, tuple(lines[row.order_id])) for row in rows}


async def lock_order_of(tx: Tx, order_id: str, *, party: str | None) -> Order:
    """One order, locked; raises `NotFound` when it is not there or belongs to another customer than `party`."""
    order = (await lock_orders(tx, [order_id])).get(order_id)
    if order is None or (party is not None and order.customer_id != party):
        raise NotFound(f"no order {order_id}")
    return order


async def save_orders(tx: Tx, orders: Iterable[Order]) -> None:
    """Write locked orders and their lines back."""
    changed = list(orders)
    await tx.sql.execute(
        SAVE_ORDERS,
        {
            "order_id": [order.order_id for order in changed],
            "state": [order.state for order in changed],
            "planned": [order.planned for order in changed],
            "late_because": [order.late_because for order in changed],
            "booked": [document(sorted(order.booked)) for order in changed],
            "credits": [document(order.credits) for order in changed],
            "returns": [document(order.returns) for order in changed],
            "told": [tx.tells(ORDER, order.order_id) for order in changed],
        },
    )
    await tx.sql.execute(PUT_LINES, _line_columns(changed))


def _order_of(row: Any, lines: tuple[Line, ...]) -> Order:
    return Order(
        row.order_id,
        row.need_id,
        row.quote_id,
        row.promise_id,
        row.customer_id,
        row.contact_id,
        row.address_id,
        row.priority,
        row.delivery_policy,
        row.state,
        lines,
        row.placed_at,
        row.planned,
        frozenset(row.booked),
        row.late_because,
        _credits(row.credited),
        _returns(row.sent_back),
        row.version,
    )


def _line_of(row: Any) -> Line:
    cost = CostVector(
        row.bought_in_minor, row.labour_minor, row.capital_minor, row.overhead_minor, row.currency
    )
    return Line(
        _demand(row.demand),
        Money(row.price_minor, row.currency),
        row.promised_at,
        row.slot_id,
        row.lifecycle,
        row.supply,
        row.fulfilment,
        Quantity.of_micro(row.fulfilled_micro),
        Quantity.of_micro(row.moved_micro),
        Quantity.of_micro(row.parts_micro),
        cost,
        row.late_at,
        row.held,
        Money(row.charge_minor, row.currency) if row.charge_minor else None,
        _waiting(row.waiting),
        None if row.agreed is None else _agreed(row.agreed),
    )


def _line_columns(orders: Sequence[Order]) -> dict[str, list[Any]]:
    rows = [(order.order_id, place, line) for order in orders for place, line in enumerate(order.lines)]
    lines = [line for _, _, line in rows]
    return {
        "order_id": [order_id for order_id, _, _ in rows],
        "line_id": [line.line_id for line in lines],
        "place": [place for _, place, _ in rows],
        "demand": [document(line.demand) for line in lines],
        "price_minor": [line.price.minor for line in lines],
        "currency": [line.price.currency for line in lines],
        "promised_at": [line.promised_at for line in lines],
        "slot_id": [line.slot_id for line in lines],
        "lifecycle": [line.lifecycle for line in lines],
        "supply": [line.supply for line in lines],
        "fulfilment": [line.fulfilment for line in lines],
        "fulfilled_micro": [line.fulfilled.micro for line in lines],
        "moved_micro": [line.moved.micro for line in lines],
        "parts_micro": [line.parts.micro for line in lines],
        "bought_in_minor": [line.cost.bought_in for line in lines],
        "labour_minor": [line.cost.labour for line in lines],
        "capital_minor": [line.cost.capital for line in lines],
        "overhead_minor": [line.cost.overhead for line in lines],
        "late_at": [line.late_at for line in lines],
        "held": [line.held for line in lines],
        "charge_minor": [0 if line.charge is None else line.charge.minor for line in lines],
        "waiting": [document(line.waiting) for line in lines],
        "agreed": [None if line.agreed is None else document(line.agreed) for line in lines],
    }
