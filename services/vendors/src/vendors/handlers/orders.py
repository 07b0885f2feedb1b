"""Purchase orders are approved, answered, refused, priced, cancelled, closed and re-dated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

from backbone.errors import NotFound, NotYet, Refused
from backbone.service import Batch, Tx, answered, changed, together
from contracts.units import Counted
from vendors import store
from vendors.commands import (
    AcknowledgeOrder,
    AcknowledgeOrders,
    ApproveOrder,
    CancelOrder,
    CloseOrder,
    DecidePrice,
    MissAnswer,
    MissDelivery,
    RedateLine,
    RefuseOrder,
    TakeInternalPromise,
    TakeInternalRefusal,
)
from vendors.domain.overdue import overdue
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.said import Units, answers_in_own, said_of
from vendors.domain.sourcing import Sourcing
from vendors.handlers.market import Asked, Market, ask_next, market_of, refuse, save_asked, tell


def own(orders: Mapping[str, PurchaseOrder], purchase_order_id: str, party: str | None) -> PurchaseOrder:
    """One of the locked orders; raises `NotFound` when it is not there or another vendor's than `party`.

    An order that waits for approval does not exist for its vendor.
    """
    order = orders.get(purchase_order_id)
    if order is None or (party is not None and (order.vendor_id != party or order.issued_at is None)):
        raise NotFound(f"no purchase order {purchase_order_id}")
    return order


async def here(tx: Tx, purchase_order_ids: Iterable[str]) -> dict[str, PurchaseOrder]:
    """Orders that others speak of, locked; raises `NotYet` for one that is not here."""
    wanted = sorted(set(purchase_order_ids))
    orders = await store.lock_purchase_orders(tx, wanted)
    for purchase_order_id in wanted:
        if purchase_order_id not in orders:
            raise NotYet(purchase_order_id)
    return orders


async def units_of(
    tx: Tx, orders: Mapping[str, PurchaseOrder], units: Iterable[Units]
) -> Mapping[str, Counted]:
    """How the items of orders are counted; nothing is read where all is said in their own units."""
    if not any(said_of(each) for each in units):
        return {}
    return await store.load_counted(tx, (line.sku for order in orders.values() for line in order.lines))


@together
async def acknowledge_order(commands: Batch[AcknowledgeOrder], tx: Tx) -> list[PurchaseOrder | Refused]:
    """Vendors answer, as asked or with deltas; a late answer is taken as any other."""
    locked = await store.lock_purchase_orders(tx, (command.purchase_order_id for command in commands))
    orders = dict(locked)
    known = await units_of(tx, locked, (command.units for command in commands))
    answers = [answered(partial(_acknowledge, tx, command, orders, command, known)) for command in commands]
    await store.save_purchase_orders(tx, changed(locked, orders))
    return answers


async def acknowledge_orders(
    commands: Batch[AcknowledgeOrders], tx: Tx
) -> list[list[PurchaseOrder | Refused]]:
    """A vendor answers many orders at once; what cannot be taken is refused by itself."""
    acts = [act for command in commands for act in command.acts]
    locked = await store.lock_purchase_orders(tx, (act.purchase_order_id for act in acts))
    orders = dict(locked)
    known = await units_of(tx, locked, (act.units for act in acts))
    answers = [
        [answered(partial(_acknowledge, tx, command, orders, act, known)) for act in command.acts]
        for command in commands
    ]
    await store.save_purchase_orders(tx, changed(locked, orders))
    return answers


def _acknowledge(
    tx: Tx,
    because: object,
    orders: dict[str, PurchaseOrder],
    act: AcknowledgeOrder,
    known: Mapping[str, Counted],
) -> PurchaseOrder:
    order = own(orders, act.purchase_order_id, act.party)
    order, facts = order.acknowledged(answers_in_own(order, act.lines, act.units, known), tx.now)
    tell(tx, because, order, facts)
    orders[order.purchase_order_id] = order
    return order


async def take_internal_promise(commands: Batch[TakeInternalPromise], tx: Tx) -> list[None]:
    """Sites of ours answer by the same transition; what comes after the end changes nothing."""
    orders = await here(tx, (command.purchase_order_id for command in commands))
    for command in commands:
        order, facts = orders[command.purchase_order_id].planned_inside(command.line, tx.now)
        tell(tx, command, order, facts)
        orders[order.purchase_order_id] = order
    await store.save_purchase_orders(tx, list(orders.values()))
    return [None] * len(commands)


async def miss_answer(commands: Batch[MissAnswer], tx: Tx) -> list[None]:
    """Vendors that have not answered in time are overdue; their answer is still awaited."""
    orders = await store.lock_purchase_orders(tx, (command.purchase_order_id for command in commands))
    for command in commands:
        if command.purchase_order_id in orders:
            order, facts = orders[command.purchase_order_id].unanswered(tx.now)
            tell(tx, command, order, facts)
            orders[order.purchase_order_id] = order
    await store.save_purchase_orders(tx, list(orders.values()))
    return [None] * len(commands)


async def miss_delivery(commands: Batch[MissDelivery], tx: Tx) -> list[None]:
    """What vendors have promised for a day that is over and have not sent is overdue; it is still awaited."""
    orders = await store.lock_purchase_orders(tx, (command.purchase_order_id for command in commands))
    for command in commands:
        order = orders.get(command.purchase_order_id)
        if order is not None:
            tell(tx, command, order, overdue(order, tx.now))
    await store.save_purchase_orders(tx, list(orders.values()))
    return [None] * len(commands)


async def approve_order(commands: Batch[ApproveOrder], tx: Tx) -> list[PurchaseOrder]:
    """A second person agrees to an order above the limit, or nothing is bought."""
    sourcings, orders = await _with_sourcings(tx, [command.purchase_order_id for command in commands])
    policy = await store.load_policy(tx)
    answers = []
    for command in commands:
        order = own(orders, command.purchase_order_id, None)
        approved, facts = order.approved(command.actor, policy.answer_within, tx.now)
        if command.approved:
            order = approved
        else:
            order, facts = order.cancelled(command.reason)
            for key in order.planned_order_ids:
                sourcings[key] = refuse(tx, command, sourcings[key].reopened(), command.reason)
        tell(tx, command, order, facts)
        orders[order.purchase_order_id] = order
        answers.append(order)
    await store.save_sourcings(tx, list(sourcings.values()))
    await store.save_purchase_orders(tx, list(orders.values()))
    return answers


async def refuse_order(commands: Batch[RefuseOrder], tx: Tx) -> list[PurchaseOrder]:
    """Vendors refuse; the next ranked source is asked at once."""
    sourcings, orders = await _with_sourcings(tx, [command.purchase_order_id for command in commands])
    market = await _market(tx, sourcings)
    asked: list[Asked] = []
    answers = []
    for command in commands:
        order = own(orders, command.purchase_order_id, command.party)
        order, facts = order.refused(command.reason, tx.now)
        tell(tx, command, order, facts)
        orders[order.purchase_order_id] = order
        asked += [ask_next(tx, command, sourcings[key].reopened(), market) for key in order.planned_order_ids]
        answers.append(order)
    await _save(tx, orders, asked)
    return answers


async def take_internal_refusal(commands: Batch[TakeInternalRefusal], tx: Tx) -> list[None]:
    """Sites of ours refuse; goods on their way and ended orders stay as they are."""
    keys = [command.purchase_order_id for command in commands]
    sourcings, orders = await _with_sourcings(tx, keys)
    market = await _market(tx, sourcings)
    asked: list[Asked] = []
    for command in commands:
        order = orders.get(command.purchase_order_id)
        if order is None:
            raise NotYet(command.purchase_order_id)
        if not order.may_be_refused:
            continue
        order, facts = order.refused(command.reason, tx.now)
        tell(tx, command, order, facts)
        orders[order.purchase_order_id] = order
        asked += [ask_next(tx, command, sourcings[key].reopened(), market) for key in order.planned_order_ids]
    await _save(tx, orders, asked)
    return [None] * len(commands)


async def decide_price(commands: Batch[DecidePrice], tx: Tx) -> list[PurchaseOrder]:
    """A buyer takes a dearer price, or lets the next source be asked."""
    sourcings, orders = await _with_sourcings(tx, [command.purchase_order_id for command in commands])
    market = await _market(tx, sourcings)
    asked: list[Asked] = []
    answers = []
    for command in commands:
        order = own(orders, command.purchase_order_id, None)
        if command.accepted:
            order, facts = order.price_taken(tx.now)
        else:
            order, facts = order.price_declined(command.reason)
        tell(tx, command, order, facts)
        orders[order.purchase_order_id] = order
        if order.closed:
            asked += [
                ask_next(tx, command, sourcings[key].reopened(), market) for key in order.planned_order_ids
            ]
        answers.append(order)
    await _save(tx, orders, asked)
    return answers


async def cancel_order(commands: Batch[CancelOrder], tx: Tx) -> list[PurchaseOrder]:
    """We let an order go; the next source is asked, or materials hears that nothing will be bought."""
    sourcings, orders = await _with_sourcings(tx, [command.purchase_order_id for command in commands])
    market = await _market(tx, sourcings)
    asked: list[Asked] = []
    answers = []
    for command in commands:
        order, facts = own(orders, command.purchase_order_id, None).cancelled(command.reason)
        tell(tx, command, order, facts)
        orders[order.purchase_order_id] = order
        for key in order.planned_order_ids:
            open_again = sourcings[key].reopened()
            if command.ask_next:
                asked.append(ask_next(tx, command, open_again, market))
            else:
                asked.append(Asked(command, refuse(tx, command, open_again, command.reason)))
        answers.append(order)
    await _save(tx, orders, asked)
    return answers


async def close_order(commands: Batch[CloseOrder], tx: Tx) -> list[PurchaseOrder]:
    """The rest of an order is let go; materials hears that it will not come."""
    sourcings, orders = await _with_sourcings(tx, [command.purchase_order_id for command in commands])
    answers = []
    for command in commands:
        order = own(orders, command.purchase_order_id, None)
        short = [line.planned_order_id for line in order.lines if not line.ended]
        order, facts = order.short_closed(command.reason)
        tell(tx, command, order, facts)
        for key in short:
            sourcings[key] = refuse(tx, command, sourcings[key], command.reason)
        orders[order.purchase_order_id] = order
        answers.append(order)
    await store.save_sourcings(tx, list(sourcings.values()))
    await store.save_purchase_orders(tx, list(orders.values()))
    return answers


async def redate_line(commands: Batch[RedateLine], tx: Tx) -> list[PurchaseOrder]:
    """Ask vendors for other dates; their next answer is what their score is held to."""
    orders = await store.lock_purchase_orders(tx, (command.purchase_order_id for command in commands))
    answers = []
    for command in commands:
        order = own(orders, command.purchase_order_id, None)
        order = order.redated(command.purchase_line_id, command.wanted_at, tx.now)
        orders[order.purchase_order_id] = order
        answers.append(order)
    await store.save_purchase_orders(tx, list(orders.values()))
    return answers


async def _with_sourcings(
    tx: Tx, purchase_order_ids: Sequence[str]
) -> tuple[dict[str, Sourcing], dict[str, PurchaseOrder]]:
    """Orders and the sourcings behind them, locked in the order of the tables."""
    planned = await store.load_planned_of(tx, purchase_order_ids)
    sourcings = await store.lock_sourcings(tx, planned.values())
    return sourcings, await store.lock_purchase_orders(tx, purchase_order_ids)


async def _market(tx: Tx, sourcings: Mapping[str, Sourcing]) -> Market:
    return await market_of(tx, [(each.sku, each.site_id) for each in sourcings.values()])


async def _save(tx: Tx, orders: Mapping[str, PurchaseOrder], asked: Sequence[Asked]) -> None:
    # What ended is written first: there is never a second live line for a planned order.
    await store.save_purchase_orders(tx, list(orders.values()))
    await save_asked(tx, asked)
