"""The room of work centres: capacity, and what of it is taken, as far as a decision may load it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.book import Book
from materials.domain.capacity.room import Load, Room, WorkCentre
from materials.store.sheets import LOADS

LOADS_OF: Final = LOADS.reading("planned_order_id = ANY(:orders)")
# A centre has one row with its days as arrays, since it may be loaded on hundreds of them.
ROOM: Final = text(
    """
    SELECT work_centres.work_centre_id, site_id, calendar_id, machines, labour_rate_minor, machine_rate_minor,
           overhead_micro, currency, taken.days, taken.micros
    FROM work_centres LEFT JOIN (
        SELECT work_centre_id, array_agg(day) AS days, array_agg(load_micro) AS micros
        FROM taken_days WHERE work_centre_id = ANY(:centres) AND day >= :today AND load_micro > 0
        GROUP BY work_centre_id
    ) AS taken USING (work_centre_id)
    WHERE work_centres.work_centre_id = ANY(:centres)
    """
)
ADD_TAKEN: Final = text(
    """
    INSERT INTO taken_days (work_centre_id, day, load_micro)
    SELECT * FROM unnest(CAST(:centres AS text[]), CAST(:days AS text[]), CAST(:loads_micro AS bigint[])) AS more
    ORDER BY 1, 2
    ON CONFLICT (work_centre_id, day) DO UPDATE SET load_micro = taken_days.load_micro + excluded.load_micro
    """
)


async def load_room(tx: Tx, book: Book) -> None:
    """What the recipes of a book may load, and what its orders do; their sites are locked, so nobody else does."""
    made = [order.planned_order_id for order in book.orders if order.recipe_id is not None]
    loads = await LOADS.load(tx, LOADS_OF, {"orders": made})
    for load in loads:
        book.loads.load(load)
    recipes = {id(each): each for found in book.network.recipes.values() for each in found}
    centres = {step.work_centre_id for each in recipes.values() for step in each.steps}
    if not centres:
        return
    wanted = {"centres": sorted(centres), "today": tx.now.date().isoformat()}
    known: dict[str, WorkCentre] = {}
    taken: dict[str, dict[str, int]] = {}
    for row in await tx.sql.execute(ROOM, wanted):
        known[row.work_centre_id] = WorkCentre(*row[: len(WorkCentre._fields)])
        taken[row.work_centre_id] = dict(zip(row.days or (), row.micros or (), strict=True))
    _without(taken, loads)
    book.room = Room(known, taken)


def _without(taken: dict[str, dict[str, int]], own: Iterable[Load]) -> None:
    """Loads of the book's own orders are rows of the book: they change with it."""
    for load in own:
        days = taken.get(load.work_centre_id, {})
        if load.day in days:
            days[load.day] -= load.load_micro


async def save_room(tx: Tx, book: Book) -> None:
    """Write what the book's orders take of work centres, and how much more or less all together take by that."""
    more: dict[tuple[str, str], int] = {}
    for was, now in book.loads.differences():
        for load, sign in ((was, -1), (now, 1)):
            if load is not None:
                place = (load.work_centre_id, load.day)
                more[place] = more.get(place, 0) + sign * load.load_micro
    await LOADS.drop(tx, book.loads.dropped())
    await LOADS.put(tx, book.loads.changed())
    changed = {place: micro for place, micro in more.items() if micro}
    if changed:
        centres, days = zip(*changed, strict=True)
        await tx.sql.execute(
            ADD_TAKEN, {"centres": centres, "days": days, "loads_micro": list(changed.values())}
        )
