"""The room of work centres: capacity, and what of it is taken, as far as a decision may load it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.book import Book
from materials.domain.capacity.room import Room, WorkCentre
from materials.store.sheets import LOADS

LOADS_OF: Final = LOADS.reading("planned_order_id = ANY(:orders)")
# Loads of the book's own orders are rows of the book: they change with it. Of all others a centre has one row with its
# days as arrays, since it may be loaded on hundreds of them.
ROOM: Final = text(
    """
    SELECT work_centres.work_centre_id, site_id, calendar_id, machines, labour_rate_minor, machine_rate_minor,
           overhead_micro, currency, taken.days, taken.micros
    FROM work_centres LEFT JOIN (
        SELECT work_centre_id, array_agg(day) AS days, array_agg(taken_micro) AS micros
        FROM (
            SELECT work_centre_id, day, CAST(sum(load_micro) AS bigint) AS taken_micro FROM loads
            WHERE work_centre_id = ANY(:centres) AND day >= :today AND NOT EXISTS (
                SELECT FROM unnest(CAST(:orders AS text[])) AS own(planned_order_id)
                WHERE own.planned_order_id = loads.planned_order_id
            )
            GROUP BY work_centre_id, day
        ) AS each
        GROUP BY work_centre_id
    ) AS taken USING (work_centre_id)
    WHERE work_centres.work_centre_id = ANY(:centres)
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
    taken: dict[str, dict[str, int]] = {}
    for row in await tx.sql.execute(ROOM, wanted):
        known[row.work_centre_id] = WorkCentre(*row[: len(WorkCentre._fields)])
        if row.days is not None:
            taken[row.work_centre_id] = dict(zip(row.days, row.micros, strict=True))
    book.room = Room(known, taken)
