"""The room of work centres: capacity, and what of it is taken, as far as a decision may load it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.book import Book
from materials.domain.capacity.room import Room, WorkCentre
from materials.store.sheets import LOADS

LOADS_OF: Final = LOADS.reading("planned_order_id = ANY(:orders)")
# Loads of the book's own orders are rows of the book: they change with it.
ROOM: Final = text(
    """
    SELECT work_centres.work_centre_id, site_id, calendar_id, machines, labour_rate_minor, machine_rate_minor,
           overhead_micro, currency, day,
           CAST(sum(load_micro) AS bigint) AS taken_micro
    FROM work_centres LEFT JOIN loads ON loads.work_centre_id = work_centres.work_centre_id
         AND day >= :today AND NOT planned_order_id = ANY(:orders)
    WHERE work_centres.work_centre_id = ANY(:centres) GROUP BY work_centres.work_centre_id, day
    """
)


async def load_room(tx: Tx, book: Book) -> None:
    """What the recipes of a book may load, and what its orders do; their sites are locked, so nobody else does."""
    made = [order.planned_order_id for order in book.orders if order.recipe_id is not None]
    if made:
        for load in await LOADS.load(tx, LOADS_OF, {"orders": made}):
            book.loads.load(load)
    recipes = {id(each): each for found in book.network.recipes.values() for each in found}
    centres = {step.work_centre_id for each in recipes.values() for step in each.steps}
    if not centres:
        return
    wanted = {"centres": sorted(centres), "orders": made, "today": tx.now.date().isoformat()}
    known: dict[str, WorkCentre] = {}
    taken: dict[tuple[str, str], int] = {}
    for row in await tx.sql.execute(ROOM, wanted):
        known[row.work_centre_id] = WorkCentre(*row[: len(WorkCentre._fields)])
        if row.day is not None:
            taken[row.work_centre_id, row.day] = row.taken_micro
    book.room = Room(known, taken)
