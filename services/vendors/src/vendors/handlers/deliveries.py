"""Goods are sent, arrive, go back, are inspected; and what all of it says about a vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import chain

from backbone.errors import NotFound, Refused
from backbone.service import Batch, Tx, answered, changed, together
from contracts.units import Counted
from contracts.values import total
from vendors import store
from vendors.commands import (
    NotifyShipment,
    NotifyShipments,
    ReceiveDeliveries,
    ReceiveGoods,
    ReturnGoods,
    ScoreVendor,
    TakeInspection,
    TakeInternalGoods,
)
from vendors.domain.calendar import EVERY_DAY
from vendors.domain.delivery import Receipt, Returned, Shipment, Shipped, picked, receive, send_back, ship
from vendors.domain.price import Rates
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.receipt import whole
from vendors.domain.said import arrivals_in_own, lots_in_own, parts_in_own
from vendors.domain.score import Score, next_week, score
from vendors.domain.work import returnable
from vendors.handlers.market import tell
from vendors.handlers.orders import here, own, units_of

TRANSIT_DAYS_USUAL = 1


@together
async def notify_shipment(commands: Batch[NotifyShipment], tx: Tx) -> list[Shipment | Refused]:
    """Vendors send goods."""
    locked = await store.lock_purchase_orders(tx, (command.purchase_order_id for command in commands))
    orders = dict(locked)
    known = await units_of(tx, locked, (command.units for command in commands))
    answers = [answered(partial(_ship, tx, command, orders, command, known)) for command in commands]
    await store.save_purchase_orders(tx, changed(locked, orders))
    await store.add_shipments(tx, [each for each in answers if isinstance(each, Shipment)])
    return answers


async def notify_shipments(commands: Batch[NotifyShipments], tx: Tx) -> list[list[Shipment | Refused]]:
    """A vendor notifies many shipments at once; what cannot be taken is refused by itself."""
    acts = [act for command in commands for act in command.acts]
    locked = await store.lock_purchase_orders(tx, (act.purchase_order_id for act in acts))
    orders = dict(locked)
    known = await units_of(tx, locked, (act.units for act in acts))
    answers = [
        [answered(partial(_ship, tx, command, orders, act, known)) for act in command.acts]
        for command in commands
    ]
    await store.save_purchase_orders(tx, changed(locked, orders))
    taken = [each for each in chain(*answers) if isinstance(each, Shipment)]
    await store.add_shipments(tx, taken)
    return answers


def _ship(
    tx: Tx,
    because: object,
    orders: dict[str, PurchaseOrder],
    act: NotifyShipment,
    known: Mapping[str, Counted],
) -> Shipment:
    order = own(orders, act.purchase_order_id, act.party)
    parts = parts_in_own(order, act.parts, act.units, known)
    shipment = Shipment(act.shipment_id, order.purchase_order_id, parts, act.expected_at, tx.now)
    order, facts = ship(order, shipment)
    tell(tx, because, order, facts)
    orders[order.purchase_order_id] = order
    return shipment


async def take_internal_goods(commands: Batch[TakeInternalGoods], tx: Tx) -> list[None]:
    """Goods of our own sites set out as soon as they are ready; what nobody wants any more stays there."""
    orders = await here(tx, (command.purchase_order_id for command in commands))
    transits = await store.load_transits(
        tx, (order.supplying_site_id for order in orders.values() if order.supplying_site_id)
    )
    shipments = []
    for command in commands:
        order = orders[command.purchase_order_id]
        if order.line(command.purchase_line_id).ended:
            continue
        days = transits.get(order.supplying_site_id or "", TRANSIT_DAYS_USUAL)
        part = Shipped(command.purchase_line_id, total(lot.quantity for lot in command.lots), command.lots)
        shipment = Shipment(
            tx.new_id(), order.purchase_order_id, (part,), tx.now + timedelta(days=days), tx.now
        )
        order, facts = ship(order, shipment)
        tell(tx, command, order, facts)
        orders[order.purchase_order_id] = order
        shipments.append(shipment)
    await store.save_purchase_orders(tx, list(orders.values()))
    await store.add_shipments(tx, shipments)
    return [None] * len(commands)


@together
async def receive_goods(commands: Batch[ReceiveGoods], tx: Tx) -> list[Receipt | Refused]:
    """Take goods in, or turn them away; each receipt may close its order."""
    gate = await _gate(tx, list(commands))
    answers = [answered(partial(gate.take_in, tx, command, command)) for command in commands]
    await gate.save(tx, [each for each in answers if isinstance(each, Receipt)])
    return answers


async def receive_deliveries(commands: Batch[ReceiveDeliveries], tx: Tx) -> list[list[Receipt | Refused]]:
    """Take many deliveries in at once; what cannot be taken is refused by itself."""
    gate = await _gate(tx, [act for command in commands for act in command.acts])
    answers = [
        [answered(partial(gate.take_in, tx, command, act)) for act in command.acts] for command in commands
    ]
    await gate.save(tx, [each for each in chain(*answers) if isinstance(each, Receipt)])
    return answers


@dataclass(frozen=True, slots=True)
class _Gate:
    """What a batch of receipts needs: the orders, locked, and what their goods are worth and counted in."""

    locked: Mapping[str, PurchaseOrder]
    orders: dict[str, PurchaseOrder]
    rates: Rates
    quanta: dict[str, int]
    known: Mapping[str, Counted]

    def take_in(self, tx: Tx, because: object, act: ReceiveGoods) -> Receipt:
        order = own(self.orders, act.purchase_order_id, None)
        arrivals = arrivals_in_own(order, act.arrivals, act.units, self.known)
        for arrival in arrivals:
            quantum = self.quanta.get(order.line(arrival.purchase_line_id).sku)
            counts = [lot.quantity for lot in arrival.lots] + [turned.quantity for turned in arrival.rejected]
            for quantity in counts:
                whole(quantity, quantum, "a count")
        order, receipt, facts = receive(
            order,
            arrivals,
            receipt_id=act.receipt_id,
            extras_minor=act.extras_minor,
            rates=self.rates,
            by=act.actor,
            at=tx.now,
        )
        tell(tx, because, order, facts)
        self.orders[order.purchase_order_id] = order
        return receipt

    async def save(self, tx: Tx, receipts: list[Receipt]) -> None:
        await store.save_purchase_orders(tx, changed(self.locked, self.orders))
        await store.add_receipts(tx, receipts)


async def _gate(tx: Tx, acts: list[ReceiveGoods]) -> _Gate:
    policy = await store.load_policy(tx)
    rates = await store.load_rates(tx, policy.currency)
    orders = await store.lock_purchase_orders(tx, (act.purchase_order_id for act in acts))
    quanta = await store.load_quanta(tx, (line.sku for order in orders.values() for line in order.lines))
    known = await units_of(tx, orders, (act.units for act in acts))
    return _Gate(orders, dict(orders), rates, quanta, known)


async def return_goods(commands: Batch[ReturnGoods], tx: Tx) -> list[PurchaseOrder]:
    """Accepted goods go back to their vendor, to be replaced or credited."""
    answers = []
    for command in commands:
        orders = await store.lock_purchase_orders(tx, [command.purchase_order_id])
        order = own(orders, command.purchase_order_id, None)
        returnable(order)
        known = await units_of(tx, orders, [(command.unit,)])
        wanted = lots_in_own(order, command.purchase_line_id, command.lots, command.unit, known)
        came = await store.lock_lots(tx, command.purchase_line_id, (lot_id for lot_id, _ in wanted))
        left, parts = picked(came, wanted)
        returned = Returned(
            command.return_id,
            command.purchase_order_id,
            command.purchase_line_id,
            parts,
            command.replacement,
            command.reason,
            tx.now,
            command.actor,
        )
        order, facts = send_back(order, returned)
        tell(tx, command, order, facts)
        await store.save_purchase_orders(tx, [order])
        await store.save_lots(tx, left)
        await store.add_return(tx, returned)
        answers.append(order)
    return answers


async def take_inspection(commands: Batch[TakeInspection], tx: Tx) -> list[None]:
    """Note what incoming inspection found; of one lot the last word counts."""
    await store.save_inspections(tx, {command.lot_id: command.passed for command in commands})
    return [None] * len(commands)


async def score_vendor(commands: Batch[ScoreVendor], tx: Tx) -> list[Score | None]:
    """Score vendors at the end of a week; one without a line to judge is not scored."""
    policy = await store.load_policy(tx)
    vendors = await store.lock_vendors(tx, (command.vendor_id for command in commands))
    calendars = await store.load_calendars(tx, (vendor.calendar_id for vendor in vendors.values()))
    supplied = await store.load_supplied(tx, vendors, tx.now - policy.scored_over)
    answers: list[Score | None] = []
    for command in commands:
        vendor = vendors.get(command.vendor_id)
        if vendor is None:
            raise NotFound(f"no vendor {command.vendor_id}")
        figures = score(
            vendor.vendor_id,
            supplied.get(vendor.vendor_id, ()),
            calendar=calendars.get(vendor.calendar_id or "", EVERY_DAY),
            policy=policy,
            until=tx.now,
        )
        tx.due("score", vendor.vendor_id, next_week(tx.now))
        if figures.rows:
            tx.emit(figures.told(), because=command)
        answers.append(figures if figures.rows else None)
    await store.save_vendors(tx, list(vendors.values()))
    await store.add_scores(tx, tx.now.date(), [each for each in answers if each is not None])
    return answers
