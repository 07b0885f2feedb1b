"""Production has work done by vendors: it is bought as goods are, wanted at another moment, and let go."""

from __future__ import annotations

from backbone.service import Batch, Tx
from contracts.outside import WorkRequested
from vendors import store
from vendors.commands import SourceWork, WithdrawWork
from vendors.domain import work
from vendors.domain.sourcing import Sourcing
from vendors.handlers.market import tell, withdraw_rfqs
from vendors.handlers.sourcing import source_all


async def source_work(commands: Batch[SourceWork], tx: Tx) -> list[Sourcing]:
    """Order the work of runs from the best source; said again with another moment, its vendor is asked for that."""
    found = await source_all(commands, tx)
    last = {each.planned_order_id: each for each in found}
    said = {command.request.planned_order_id: command.request for command in commands}
    otherwise = {
        key: request
        for key, request in said.items()
        if last[key].served and last[key].said_again(request) != last[key]
    }
    if otherwise:
        last |= await _otherwise(tx, last, otherwise)
    return [last[each.planned_order_id] for each in found]


async def _otherwise(
    tx: Tx, sourcings: dict[str, Sourcing], said: dict[str, WorkRequested]
) -> dict[str, Sourcing]:
    """What stands instead of what was said before, of sourcings that are locked."""
    live = await store.load_live_of(tx, said)
    orders = await store.lock_purchase_orders(tx, live.values())
    changed = {key: sourcings[key].said_again(request) for key, request in said.items()}
    moved = [work.wanted_by(orders[order_id], said[key].needed_at) for key, order_id in live.items()]
    await store.save_sourcings(tx, list(changed.values()))
    await store.save_purchase_orders(tx, moved)
    return changed


async def withdraw_work(commands: Batch[WithdrawWork], tx: Tx) -> list[None]:
    """Let go what is open of the work of runs; what nobody was asked for yet, nobody will be."""
    locked = await store.lock_sourcings(tx, (command.planned_order_id for command in commands))
    let_go = {
        command.planned_order_id: command
        for command in commands
        if command.planned_order_id in locked and locked[command.planned_order_id].run_id == command.run_id
    }
    sourcings = {key: locked[key].withdrawn() for key in let_go}
    await withdraw_rfqs(tx, {key: (command, command.reason) for key, command in let_go.items()})
    live = await store.load_live_of(tx, sourcings)
    orders = await store.lock_purchase_orders(tx, live.values())
    terms = await store.load_terms(
        tx, (each.terms_id for each in orders.values() if each.terms_id is not None)
    )
    rates = await store.load_rates(tx, (await store.load_policy(tx)).currency)
    for key, order_id in live.items():
        order = orders[order_id]
        reason = let_go[key].reason
        orders[order_id], facts = work.withdrawn(order, terms.get(order.terms_id or ""), reason, rates)
        tell(tx, let_go[key], orders[order_id], facts)
    await store.save_sourcings(tx, list(sourcings.values()))
    await store.save_purchase_orders(tx, list(orders.values()))
    return [None] * len(commands)
