"""What an assembly shift shows: what stood in for what, who said so, and what the products say they are made of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from simulator.doors import Doors
from simulator.sights.reading import PLANNER, delivered, lots_of, runs_of
from simulator.sights.sight import Looks, Sight


def assembly_shift(recipe_id: str, sku: str, substitute: str, customer_ids: Sequence[str]) -> Looks:
    """Looks at the runs by a recipe that should have taken an item, and took another."""

    async def look(doors: Doors, since: datetime) -> Sequence[Sight]:
        runs = await runs_of(doors, recipe_id, since)
        instead = [
            each
            for run in runs
            for each in await doors.items(
                PLANNER, "materials", f"/v1/substitutions?planned_order_id={run['planned_order_id']}"
            )
        ]
        made = [lot["lot_id"] for run in runs for lot in await lots_of(doors, run["run_id"])]
        found = {
            each["sku"]
            for lot_id in made
            for each in await doors.items(PLANNER, "materials", f"/v1/lots/{lot_id}/graph?direction=up")
        }
        words = [
            f"{each['substitute_quantity']} {each['substitute']} instead of {each['quantity']} {each['sku']}, "
            f"decided by {each['decided_by']}"
            for each in instead
        ]
        ancestors = f"lot {', '.join(made)} is made of {', '.join(sorted(found))}"
        return [
            Sight("; ".join(words) or f"something stood in for {sku}", bool(words)),
            Sight(ancestors, substitute in found and sku not in found),
            await _not_needed(doors, sku, instead),
            await delivered(doors, customer_ids, since),
        ]

    return look


async def _not_needed(doors: Doors, sku: str, instead: Sequence[dict[str, str]]) -> Sight:
    """What becomes of the supply that nobody waits for any more."""
    late = {each["supply_id"] for each in instead}
    orders = await doors.items(PLANNER, "materials", f"/v1/planned-orders?sku={sku}")
    mine = [order for order in orders if order["planned_order_id"] in late]
    words = [f"{Decimal(order['quantity'])} {sku} expected {order['expected_at']}" for order in mine]
    return Sight(f"nobody waits any more for {'; '.join(words) or sku}", bool(mine))
