"""What others tell of orders: placed, ready, late, ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from backbone.errors import NotYet
from backbone.service import Batch, Tx
from contracts.orders import ChangeCommitted, ChangeWithdrawn
from service_desk import store
from service_desk.commands import (
    EndLine,
    EndOrder,
    FollowChange,
    LoseGoods,
    RegainDates,
    TakeCharge,
    TakeDates,
    TakeGoods,
    TakeOrder,
)
from service_desk.domain import case as cases
from service_desk.domain import changing
from service_desk.domain.case import Case
from service_desk.domain.desk import Desk
from service_desk.domain.hold import SlotHold
from service_desk.domain.order import Order
from service_desk.domain.visit import Fact, Visit
from service_desk.handlers.desk import call_is_over, covered, desk_for, ids, watch


async def take_order(commands: Batch[TakeOrder], tx: Tx) -> list[None]:
    """Book the visits of orders in the slots that are held for them; an order that is here already stays."""
    orders = [command.order for command in commands]
    wanted = {line.demand.item for order in orders for line in order.lines if line.demand.kind == "service"}
    desk = await desk_for(tx, wanted)
    holds = await store.lock_holds(tx, (order.promise_id for order in orders))
    locked = await store.lock_cases(tx, (order.order_id for order in orders))
    known = dict(locked)
    for command in commands:
        if command.order.order_id in known:
            continue
        order = Order.of(command.order, desk.services)
        hold = holds.get(order.promise_id)
        case, facts = cases.placed(order, hold, desk, ids(tx))
        if hold is not None:
            _use_up(tx, hold, case, desk)
            holds[hold.promise_id] = hold.let_go("booked")
        _tell(tx, command, None, case, facts)
        known[order.order_id] = case
    await store.save_holds(tx, list(holds.values()))
    await store.save_cases(tx, known.values(), locked)
    await store.save_diary(tx, desk.diary)
    return [None] * len(commands)


def _use_up(tx: Tx, hold: SlotHold, case: Case, desk: Desk) -> None:
    tx.not_due("hold-expiry", hold.promise_id)
    used = {visit.slot_id for visit in case.visits}
    for each in hold.slots:
        if hold.state == "held" and each.slot.slot_id not in used:
            desk.diary.free(each.slot.slot_id)


async def take_charge(commands: Batch[TakeCharge], tx: Tx) -> list[None]:
    """Keep what customers of orders are charged: credits of tickets are at most that."""
    charged = {command.order_id: command.charged.minor for command in commands}
    here = await store.save_charges(tx, charged)
    for order_id in sorted(charged.keys() - here):
        raise NotYet(order_id)
    return [None] * len(commands)


async def take_goods(commands: Batch[TakeGoods], tx: Tx) -> list[None]:
    """Goods lie ready: hand-overs and visits are offered."""

    def decide(case: Case, command: TakeGoods, desk: Desk) -> tuple[Case, list[Fact]]:
        if changing.comes_first(case, command.goods):
            raise NotYet(command.goods.order_id)
        return cases.took_goods(case, command.goods, desk, ids(tx))

    return await _each(commands, tx, [command.goods.order_id for command in commands], decide)


async def lose_goods(commands: Batch[LoseGoods], tx: Tx) -> list[None]:
    """Goods that lay ready do so no more: hand-overs that nobody has begun wait for them."""

    def decide(case: Case, command: LoseGoods, desk: Desk) -> tuple[Case, list[Fact]]:
        return cases.lost_goods(case, command.goods), []

    return await _each(commands, tx, [command.goods.order_id for command in commands], decide)


async def take_dates(commands: Batch[TakeDates], tx: Tx) -> list[None]:
    """Lines come later: visits that need them move behind their new dates."""

    def decide(case: Case, command: TakeDates, desk: Desk) -> tuple[Case, list[Fact]]:
        return cases.endangered(case, {line.line_id: line.at for line in command.lines}, desk, ids(tx))

    return await _each(commands, tx, [command.order_id for command in commands], decide)


async def regain_dates(commands: Batch[RegainDates], tx: Tx) -> list[None]:
    """Lines come in time again: visits that waited for a date have one."""

    def decide(case: Case, command: RegainDates, desk: Desk) -> tuple[Case, list[Fact]]:
        return cases.recovered(case, {line.line_id: line.at for line in command.lines}, desk, ids(tx))

    return await _each(commands, tx, [command.order_id for command in commands], decide)


async def end_order(commands: Batch[EndOrder], tx: Tx) -> list[None]:
    """Orders ended without delivery: what has not begun will not take place."""

    def decide(case: Case, command: EndOrder, desk: Desk) -> tuple[Case, list[Fact]]:
        return cases.cancelled(case, command.reason, desk)

    return await _each(commands, tx, [command.order_id for command in commands], decide)


async def end_line(commands: Batch[EndLine], tx: Tx) -> list[None]:
    """Lines of orders ended before all of them was delivered: nothing more takes place for them."""

    def decide(case: Case, command: EndLine, desk: Desk) -> tuple[Case, list[Fact]]:
        return cases.line_ended(case, command.line_id, command.reason, desk, ids(tx))

    return await _each(commands, tx, [command.order_id for command in commands], decide)


async def follow_change(commands: Batch[FollowChange], tx: Tx) -> list[None]:
    """Keep changes of orders possible, carry them out, or let them go."""

    def decide(case: Case, command: FollowChange, desk: Desk) -> tuple[Case, list[Fact]]:
        fact = command.fact
        if isinstance(fact, ChangeCommitted):
            return changing.committed(case, fact, desk, ids(tx))
        if isinstance(fact, ChangeWithdrawn):
            return changing.withdrawn(case, fact)
        return changing.asked(case, fact)

    return await _each(commands, tx, [command.fact.order_id for command in commands], decide)


O_contra = TypeVar("O_contra", contravariant=True)
Decision = Callable[[Case, O_contra, Desk], tuple[Case, list[Fact]]]


async def _each(
    commands: Batch[O_contra], tx: Tx, order_ids: Sequence[str], decide: Decision[O_contra]
) -> list[None]:
    """Lock people and orders, let each command decide on the outcome of the one before it, tell, save."""
    services, sites = await store.load_services_of(tx, orders=order_ids)
    desk = await desk_for(tx, services, sites)
    locked = await store.lock_cases(tx, order_ids)
    known = dict(locked)
    covered(services, (visit for case in known.values() for visit in case.visits))
    gone: list[tuple[object, Visit]] = []
    for command, order_id in zip(commands, order_ids, strict=True):
        if order_id not in known:
            raise NotYet(order_id)
        before = known[order_id]
        known[order_id], facts = decide(before, command, desk)
        _tell(tx, command, before, known[order_id], facts)
        gone += [(command, visit) for visit in known[order_id].visits if visit.state == "cancelled"]
    await store.save_cases(tx, known.values(), locked)
    await store.save_diary(tx, desk.diary)
    if gone:
        await _nobody_calls(tx, gone)
    return [None] * len(commands)


async def _nobody_calls(tx: Tx, gone: Sequence[tuple[object, Visit]]) -> None:
    """Who was to be called about a visit that will not take place needs no call any more."""
    calls = await store.lock_calls(tx, (visit for _, visit in gone))
    agreement = await store.load_agreement(tx)
    for command, visit in gone:
        call_is_over(tx, command, visit, calls, agreement, "it will not take place")
    await store.save_tickets(tx, list(calls.values()), agreement.hours)


def _tell(tx: Tx, because: object, before: Case | None, after: Case, facts: Sequence[Fact]) -> None:
    tx.emit(*facts, because=because, correlation=after.order.need_id)
    for visit in after.visits:
        watch(tx, before.visit(visit.visit_id) if before is not None else None, visit)
