"""What several kinds of shifts read alike: runs, lots and orders since the shift began."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from simulator.doors import Doors, Person
from simulator.people.person import moment
from simulator.sights.sight import Sight

QUALITY: Final = Person("quality", "quinn")
PLANNER: Final = Person("planner", "paula")


async def runs_of(doors: Doors, recipe_id: str, since: datetime) -> list[dict[str, Any]]:
    """The runs by a recipe that were started since then, the oldest first."""
    runs = await doors.items(QUALITY, "production", "/v1/runs?state=closed")
    mine = [run for run in runs if run["recipe_id"] == recipe_id and run["floor"]["started_at"]]
    return [run for run in mine if moment(run["floor"]["started_at"]) >= since]


async def lots_of(doors: Doors, run_id: str) -> list[dict[str, Any]]:
    """The lots that a run made."""
    return await doors.items(QUALITY, "production", f"/v1/lots?run_id={run_id}")


async def inspections_of(doors: Doors, lot_id: str) -> list[dict[str, Any]]:
    """What inspections by plan found of a lot, the oldest first."""
    return await doors.items(QUALITY, "production", f"/v1/inspections?lot_id={lot_id}")


def mean_of(inspection: Mapping[str, Any], characteristic: str) -> str:
    """What an inspection measured of a characteristic, beside its limits."""
    each = next(one for one in inspection["characteristics"] if one["name"] == characteristic)
    return f"{characteristic} {each['mean']} {each['scale']} ({each['minimum']} to {each['maximum']})"


async def delivered(doors: Doors, customer_ids: Iterable[str], since: datetime) -> Sight:
    """How the orders of some customers ended: all of them whole, and by which of two dates."""
    whole = as_quoted = later = 0
    for customer_id in customer_ids:
        buyer = Person("customer", f"{customer_id}-buyer", customer_id)
        for order in await doors.items(buyer, "orders", "/v1/orders"):
            if moment(order["placed_at"]) < since:
                continue
            quote = await doors.get(buyer, "orders", f"/v1/quotes/{order['quote_id']}")
            dates = {line["line_id"]: line["at"] for line in quote["lines"]}
            moved = [line for line in order["lines"] if dates.get(line["line_id"]) != line["promised_at"]]
            complete = all(line["fulfilment"] == "complete" for line in order["lines"])
            whole += complete
            as_quoted += complete and not moved
            later += complete and bool(moved)
    orders = "1 order" if whole == 1 else f"{whole} orders"
    words = (
        f"{orders} delivered whole, {as_quoted} for the dates of their quotes, {later} for new ones accepted"
    )
    return Sight(words, whole > 0)
