"""What a planner's week shows: the size of the site, the two versions of its plan, the messages, the deliveries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from simulator.doors import Doors
from simulator.people.person import moment
from simulator.sights.reading import PLANNER, delivered
from simulator.sights.sight import Looks, Sight

KINDS_COUNT: Final = 3


def planner_week(items: int, customer_ids: Sequence[str]) -> Looks:
    """Looks at a site of so many items, at its plans, and at what was done with action messages."""

    async def look(doors: Doors, since: datetime) -> Sequence[Sight]:
        return [
            await _sized(doors, items),
            await _made(doors, since),
            await _planned(doors, since),
            await _late(doors),
            await delivered(doors, customer_ids, since),
        ]

    return look


async def _sized(doors: Doors, items: int) -> Sight:
    count = len(await doors.items(PLANNER, "materials", "/v1/items?limit=200"))
    return Sight(f"{count} items are defined", count >= items)


async def _made(doors: Doors, since: datetime) -> Sight:
    """Runs of all three kinds, told by the recipes that they go by."""
    kinds: dict[str, int] = {}
    known: dict[str, str] = {}
    for run in await doors.items(PLANNER, "production", "/v1/runs?state=closed"):
        if moment(run["floor"]["started_at"]) < since:
            continue
        recipe_id = run["recipe_id"]
        if recipe_id not in known:
            place = f"/v1/recipes/{recipe_id}/versions/{run['recipe_version']}"
            known[recipe_id] = (await doors.get(PLANNER, "production", place))["content"]["kind"]
        kinds[known[recipe_id]] = kinds.get(known[recipe_id], 0) + 1
    words = ", ".join(f"{count} {kind}s" for kind, count in sorted(kinds.items()))
    return Sight(f"runs that ended: {words or 'none'}", len(kinds) == KINDS_COUNT)


async def _planned(doors: Doors, since: datetime) -> Sight:
    plans = [
        plan
        for plan in await doors.items(PLANNER, "materials", "/v1/plans")
        if moment(plan["asked_at"]) >= since
    ]
    published = [plan for plan in plans if plan["published_at"] is not None]
    numbers = ", ".join(str(plan["plan_no"]) for plan in published)
    return Sight(
        f"{len(plans)} versions of the plan, published: {numbers or 'none'}",
        len(plans) > 1 and bool(published),
    )


async def _late(doors: Doors) -> Sight:
    """Nothing is short for an order any more."""
    short = [
        each
        for each in await doors.items(PLANNER, "materials", "/v1/demands?late=true")
        if each["order_id"] is not None
    ]
    return Sight(f"{len(short)} demands of orders are short or late at the end", not short)
