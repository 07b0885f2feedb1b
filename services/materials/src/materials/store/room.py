"""The room of work centres and people: capacity, and what of it is taken, as far as a decision may load it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.book import Book
from materials.domain.capacity.room import Load, Room, Units, WorkCentre
from materials.store.sheets import LOADS

LOADS_OF: Final = LOADS.reading("planned_order_id = ANY(:orders)")
# A resource has one row with its days as arrays, since it may be loaded on hundreds of them.
_TAKEN: Final = """
    LEFT JOIN (
        SELECT resource_id, array_agg(day) AS days, array_agg(load_micro) AS micros
        FROM taken_days WHERE resource_id = ANY(:resources) AND day >= :today AND load_micro > 0
        GROUP BY resource_id
    ) AS taken
    """
_CENTRES: Final = """
    SELECT work_centre_id, site_id, calendar_id, machines, labour_rate_minor, machine_rate_minor, overhead_micro,
           currency, taken.days, taken.micros
    FROM work_centres {taken} ON taken.resource_id = work_centre_id
    WHERE work_centre_id = ANY(:resources)
    """
_PEOPLE: Final = """
    SELECT resource_id, calendars, people, taken.days, taken.micros
    FROM (
        SELECT resource_id, array_agg(calendar_id ORDER BY crew_id) AS calendars,
               array_agg(people ORDER BY crew_id) AS people
        FROM crews WHERE resource_id = ANY(:resources) GROUP BY resource_id
    ) AS skilled {taken} USING (resource_id)
    """
CENTRES: Final = text(_CENTRES.format(taken=_TAKEN))
PEOPLE: Final = text(_PEOPLE.format(taken=_TAKEN))
ADD_TAKEN: Final = text(
    """
    INSERT INTO taken_days (resource_id, day, load_micro)
    SELECT * FROM unnest(CAST(:resources AS text[]), CAST(:days AS text[]), CAST(:loads_micro AS bigint[])) AS more
    ORDER BY 1, 2
    ON CONFLICT (resource_id, day) DO UPDATE SET load_micro = taken_days.load_micro + excluded.load_micro
    """
)


async def load_room(tx: Tx, book: Book) -> None:
    """What the recipes of a book may load, and what its orders do; their sites are locked, so nobody else does."""
    made = [order.planned_order_id for order in book.orders if order.recipe_id is not None]
    loads = await LOADS.load(tx, LOADS_OF, {"orders": made})
    for load in loads:
        book.loads.load(load)
    recipes = {id(each): each for found in book.network.recipes.values() for each in found}
    centre_ids = {step.work_centre_id for each in recipes.values() for step in each.steps}
    if not centre_ids:
        return
    centres: dict[str, WorkCentre] = {}
    units: dict[str, tuple[Units, ...]] = {}
    taken: dict[str, dict[str, int]] = {}
    for row in await tx.sql.execute(CENTRES, _wanted(tx, centre_ids)):
        centre = centres[row.work_centre_id] = WorkCentre(*row[: len(WorkCentre._fields)])
        units[row.work_centre_id] = (Units(centre.machines, centre.calendar_id),)
        taken[row.work_centre_id] = dict(zip(row.days or (), row.micros or (), strict=True))
    skilled = {
        resource
        for each in recipes.values()
        for step in each.steps
        for resource, _ in step.people_at(each.site_id)
    }
    if skilled:
        for row in await tx.sql.execute(PEOPLE, _wanted(tx, skilled)):
            units[row.resource_id] = tuple(map(Units, row.people, row.calendars))
            taken[row.resource_id] = dict(zip(row.days or (), row.micros or (), strict=True))
    _without(taken, loads)
    book.room = Room(centres, units, taken)


def _wanted(tx: Tx, resources: Iterable[str]) -> dict[str, object]:
    return {"resources": sorted(resources), "today": tx.now.date().isoformat()}


def _without(taken: dict[str, dict[str, int]], own: Iterable[Load]) -> None:
    """Loads of the book's own orders are rows of the book: they change with it."""
    for load in own:
        days = taken.get(load.resource_id, {})
        if load.day in days:
            days[load.day] -= load.load_micro


async def save_room(tx: Tx, book: Book) -> None:
    """Write what the book's orders take of resources, and how much more or less all together take by that."""
    more: dict[tuple[str, str], int] = {}
    for was, now in book.loads.differences():
        for load, sign in ((was, -1), (now, 1)):
            if load is not None:
                place = (load.resource_id, load.day)
                more[place] = more.get(place, 0) + sign * load.load_micro
    await LOADS.drop(tx, book.loads.dropped())
    await LOADS.put(tx, book.loads.changed())
    changed = {place: micro for place, micro in more.items() if micro}
    if changed:
        resources, days = zip(*changed, strict=True)
        await tx.sql.execute(
            ADD_TAKEN, {"resources": resources, "days": days, "loads_micro": list(changed.values())}
        )
