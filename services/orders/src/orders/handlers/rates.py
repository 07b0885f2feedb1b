"""What currencies are worth by day, and the costs that waited to hear it."""

from __future__ import annotations

from typing import Final

from backbone.errors import Stale
from backbone.service import Batch, Tx
from orders import store
from orders.commands import RateCosts, SetDayRate
from orders.domain.rates import rate_micro
from orders.domain.spending import exchanges, rated

# So many orders are rated in one transaction; the others in the next.
ORDERS_AT_ONCE: Final = 200


async def set_day_rate(commands: Batch[SetDayRate], tx: Tx) -> list[int]:
    """Say what currencies are worth from a day on; raises `Stale` when somebody else said it meanwhile."""
    answers = []
    for command in commands:
        at = command.at
        micro = rate_micro(at.currency, at.into, command.rate)
        version = await store.save_rate(tx, at, micro, command.expected_version)
        if version is None:
            raise Stale(f"the rate {at.currency}->{at.into} of {at.day.isoformat()} is at another version")
        tx.due("rate-known", f"{at.currency}->{at.into}", tx.now, after="")
        answers.append(version)
    return answers


async def rate_costs(commands: Batch[RateCosts], tx: Tx) -> list[None]:
    """Rate what waited for a rate; orders that waited for nothing else are completed, ended ones are revised."""
    for command in commands:
        found = await store.load_waiting(
            tx, command.currency, command.into, after=command.after, limit=ORDERS_AT_ONCE
        )
        orders = await store.lock_orders(tx, found)
        asked = (each for order in orders.values() for each in exchanges(order))
        rates = await store.load_rates(tx, asked, today=tx.now.date())
        for order_id, order in orders.items():
            orders[order_id], facts = rated(order, rates)
            tx.emit(*facts, because=command, correlation=order.need_id)
        await store.save_orders(tx, orders.values())
        if len(found) == ORDERS_AT_ONCE:
            tx.due("rate-known", f"{command.currency}->{command.into}", tx.now, after=found[-1])
    return [None] * len(commands)
