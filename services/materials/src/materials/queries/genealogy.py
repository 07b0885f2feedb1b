"""What lots were made of and what was made of them: step by step from a lot, the nearest first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from contracts.values import Quantity
from materials.queries.masters import Page
from materials.queries.stock import find_lot

STEPS_COUNT_MAX: Final = 1_000
NODES_COUNT_MAX: Final = 60
STEP_DIGITS: Final = 6

# One step from some lots; the index has the lots of each in order, so that of many the first are found at once.
_STEP: Final = """
    SELECT DISTINCT {next} AS lot_id FROM lot_links WHERE {known} = ANY(:lot_ids) AND {next} > :after
    ORDER BY {next} LIMIT :limit
"""
UP: Final = text(_STEP.format(next="parent_id", known="child_id"))
DOWN: Final = text(_STEP.format(next="child_id", known="parent_id"))
NAMED: Final = text(
    """
    SELECT lot_id, coalesce(sku, '') AS sku, coalesce(status, 'unknown') AS status, vendor_lot, run_id, received_at,
           (SELECT CAST(sum(quantity_micro) AS bigint) FROM moves
            WHERE moves.lot_id = named.lot_id AND quantity_micro > 0 AND reason IN ('received', 'produced', 'adjusted'))
           AS quantity_micro
    FROM unnest(CAST(:lot_ids AS text[])) AS named(lot_id) LEFT JOIN lots USING (lot_id)
    """
)
# What the run that made a child took of its parent, and when it took the last of it.
EDGES: Final = text(
    """
    SELECT child_id, parent_id, -CAST(coalesce(sum(quantity_micro), 0) AS bigint) AS micro, max(moved_at) AS taken_at
    FROM lot_links JOIN lots AS child ON child.lot_id = child_id
    LEFT JOIN moves ON moves.lot_id = parent_id AND moves.planned_order_id = child.planned_order_id
                   AND moves.reason = 'consumed'
    WHERE child_id = ANY(:lot_ids) AND parent_id = ANY(:lot_ids) GROUP BY child_id, parent_id
    ORDER BY child_id, parent_id
    """
)
WITH_SERIAL: Final = text(
    """
    SELECT lot_id FROM lots WHERE serials @> jsonb_build_array(CAST(:serial AS text)) AND serials <> '[]'
      AND lot_id > :after ORDER BY lot_id LIMIT :limit
    """
)


@dataclass(frozen=True, slots=True)
class RelatedLot:
    """A lot that another was made of, or was made of it, and over how many steps at least."""

    lot_id: str
    steps: int
    sku: str
    status: str
    vendor_lot: str | None
    run_id: str | None
    received_at: datetime | None
    quantity: Quantity | None


@dataclass(frozen=True, slots=True)
class GenealogyEdge:
    """A lot was made of another: so much of it the run took, the last of it then."""

    child_id: str
    parent_id: str
    quantity: Quantity
    taken_at: datetime | None


@dataclass(frozen=True, slots=True)
class GenealogyView:
    """The lots around a lot, the nearest first, at most 60 in each direction, and what was made of which."""

    lot_id: str
    up: tuple[RelatedLot, ...]
    down: tuple[RelatedLot, ...]
    edges: tuple[GenealogyEdge, ...]
    more_up: bool
    more_down: bool


async def _nearest(
    sql: AsyncConnection, lot_id: str, *, up: bool, after: str, limit: int
) -> list[tuple[int, str]]:
    """Lots by steps and id, after a key; each step is one statement, and none is asked for beyond the page."""
    steps_after, _, lot_after = after.partition("/")
    begin = int(steps_after) if steps_after.isdigit() else 0
    seen, level, found = {lot_id}, [lot_id], list[tuple[int, str]]()
    for steps in range(1, STEPS_COUNT_MAX + 1):
        # Of a step that the page shows no more is asked than fits; the steps before it are needed to go on from.
        most = limit - len(found) + len(seen)
        if steps >= begin:
            here = await _step(sql, level, up=up, after=lot_after if steps == begin else "", limit=most)
            found += [(steps, each) for each in here if each not in seen]
        if len(found) >= limit:
            break
        if steps <= begin:
            here = await _step(sql, level, up=up, after="", limit=None)
        level = [each for each in here if each not in seen]
        seen.update(level)
        if not level:
            break
    return found[:limit]


async def _step(
    sql: AsyncConnection, lot_ids: list[str], *, up: bool, after: str, limit: int | None
) -> list[str]:
    rows = await sql.execute(UP if up else DOWN, {"lot_ids": lot_ids, "after": after, "limit": limit})
    return [row.lot_id for row in rows]


async def _shown(sql: AsyncConnection, nearest: Iterable[tuple[int, str]]) -> list[RelatedLot]:
    steps = {lot_id: number for number, lot_id in nearest}
    rows = {row.lot_id: row for row in await sql.execute(NAMED, {"lot_ids": list(steps)})}
    return [_related(rows[lot_id], number) for lot_id, number in steps.items()]


def _related(row: Any, steps: int) -> RelatedLot:
    quantity = None if row.quantity_micro is None else Quantity.of_micro(row.quantity_micro)
    return RelatedLot(
        row.lot_id, steps, row.sku, row.status, row.vendor_lot, row.run_id, row.received_at, quantity
    )


async def page_related(sql: AsyncConnection, lot_id: str, *, up: bool, after: str, limit: int) -> Page:
    """The lots that a lot was made of, or that were made of it, the nearest first, each with its key."""
    nearest = await _nearest(sql, lot_id, up=up, after=after, limit=limit)
    return [(f"{lot.steps:0{STEP_DIGITS}d}/{lot.lot_id}", lot) for lot in await _shown(sql, nearest)]


async def find_genealogy(sql: AsyncConnection, lot_id: str) -> GenealogyView:
    """The lots around a lot in both directions, and how much of each went into which; raises `NotFound`."""
    await find_lot(sql, lot_id)
    found = {
        up: await _nearest(sql, lot_id, up=up, after="", limit=NODES_COUNT_MAX + 1) for up in (True, False)
    }
    near = {up: nodes[:NODES_COUNT_MAX] for up, nodes in found.items()}
    ids = [lot_id, *(each for nodes in near.values() for _, each in nodes)]
    edges = tuple(
        GenealogyEdge(row.child_id, row.parent_id, Quantity.of_micro(row.micro), row.taken_at)
        for row in await sql.execute(EDGES, {"lot_ids": ids})
    )
    return GenealogyView(
        lot_id,
        tuple(await _shown(sql, near[True])),
        tuple(await _shown(sql, near[False])),
        edges,
        len(found[True]) > NODES_COUNT_MAX,
        len(found[False]) > NODES_COUNT_MAX,
    )


async def page_lots_with_serial(sql: AsyncConnection, serial: str, *, after: str, limit: int) -> Page:
    """The lots that a piece with this serial was in, each with its key: as it came, and as it was handed on."""
    rows = await sql.execute(WITH_SERIAL, {"serial": serial, "after": after, "limit": limit})
    return [(row.lot_id, await find_lot(sql, row.lot_id)) for row in rows.all()]
