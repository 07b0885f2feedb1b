"""Masters changed by which orders were planned: these are looked at so many at a time, from the first on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from backbone.service import Batch, Tx
from materials import store
from materials.commands import ReleadOrders
from materials.domain.book import Book
from materials.domain.network import Place
from materials.domain.releading import relead
from materials.handlers.deciding import decide_each

# So many orders are planned anew in one transaction; the rest follows in the next.
STEP_ORDERS_COUNT: Final = 100


async def look_at_places(tx: Tx, places: Iterable[Place]) -> None:
    """These items may take another time at these sites."""
    for site_id, sku in await store.load_places_planned(tx, places):
        _look_on(tx, ReleadOrders("", site_id=site_id, sku=sku))


async def look_at_sites(tx: Tx, site_ids: Iterable[str]) -> None:
    """What is for or from these sites may take another time."""
    for site_id in sorted(site_ids):
        _look_on(tx, ReleadOrders("", site_id=site_id))


async def look_at_calendars(tx: Tx, calendar_ids: Iterable[str]) -> None:
    """What is counted by these calendars may take another time."""
    for calendar_id in sorted(calendar_ids):
        _look_on(tx, ReleadOrders("", calendar_id=calendar_id))


def _look_on(tx: Tx, command: ReleadOrders) -> None:
    after = command.after
    if command.calendar_id:
        tx.due("calendar-step", command.calendar_id, tx.now, calendar_id=command.calendar_id, after=after)
    elif command.sku:
        key = f"{command.site_id}/{command.sku}"
        tx.due("terms-step", key, tx.now, site_id=command.site_id, sku=command.sku, after=after)
    else:
        tx.due("site-step", command.site_id, tx.now, site_id=command.site_id, after=after)


async def _next(tx: Tx, command: ReleadOrders) -> list[str]:
    """The orders of a step, and one more where another step has to follow."""
    limit = STEP_ORDERS_COUNT + 1
    if command.calendar_id:
        return await store.load_planned_on(tx, command.calendar_id, command.after, limit)
    if command.sku:
        return await store.load_planned_at(tx, (command.site_id, command.sku), command.after, limit)
    return await store.load_planned_for_site(tx, command.site_id, command.after, limit)


async def relead_orders(commands: Batch[ReleadOrders], tx: Tx) -> Sequence[Book]:
    """Begin planned orders as early as they take by now, so many at a time."""
    steps = {command: await _next(tx, command) for command in commands}
    keys = {key for found in steps.values() for key in found[:STEP_ORDERS_COUNT]}
    seeds = [store.Seeds(planned_orders=keys, changes=await store.load_changes_holding(tx, keys))]
    books = await decide_each(
        commands,
        tx,
        seeds,
        lambda book, command: relead(book, steps[command][:STEP_ORDERS_COUNT], _why(command)),
    )
    for command, found in steps.items():
        if len(found) > STEP_ORDERS_COUNT:
            after = found[STEP_ORDERS_COUNT - 1]
            _look_on(tx, ReleadOrders(after, command.site_id, command.sku, command.calendar_id))
    return books


def _why(command: ReleadOrders) -> str:
    if command.calendar_id:
        return f"working days of calendar {command.calendar_id} changed"
    if command.sku:
        return f"{command.sku} is planned otherwise at {command.site_id}"
    return f"site {command.site_id} has other days"
