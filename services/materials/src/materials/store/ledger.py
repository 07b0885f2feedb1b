"""What people correct in the ledger: counts, moves that are reversed, serial numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from materials.domain.book import Book
from materials.domain.client_return import Sent, Shipped
from materials.domain.cycle_count import CycleCount
from materials.domain.lot import MAIN, VENDOR, Move
from materials.store.sheets import COUNTS, MOVES, SERIALS

COUNTS_NAMED: Final = COUNTS.reading("count_id = ANY(:counts)")
MOVES_NAMED: Final = MOVES.reading("move_id = ANY(:moves)")
REVERSED: Final = text("SELECT reverses_id FROM moves WHERE reverses_id = ANY(:moves)")
# Pieces of a lot that was booked in by mistake, and is not there any more, may be booked in anew under another one.
_THERE: Final = """
    (EXISTS (SELECT 1 FROM stocks WHERE stocks.lot_id = serials.lot_id AND on_hand_micro > 0)
     OR EXISTS (SELECT 1 FROM moves WHERE moves.lot_id = serials.lot_id AND reason <> 'adjusted'))
"""
SERIALS_NAMED: Final = SERIALS.reading(
    f"(sku, serial) IN (SELECT * FROM unnest(CAST(:skus AS text[]), CAST(:serials AS text[]))) AND {_THERE}"  # noqa: S608
)
SERIALS_BESIDE: Final = SERIALS.reading(
    f"sku IN (SELECT sku FROM lots WHERE lot_id = ANY(:lots)) AND serial = ANY(:serials) AND {_THERE}"  # noqa: S608
)
# What a run took that was made to put the lot right.
REWORKED: Final = text(
    """
    SELECT DISTINCT lot_id FROM moves JOIN planned_orders USING (planned_order_id)
    WHERE lot_id = ANY(:lots) AND rework_lot_id = lot_id
    """
)
# What clients did not take at the door came back out of transit: it lies in one store for what it left in the other.
SHIPPED: Final = text(
    """
    SELECT order_id, line_id, lot_id, sum(quantity_micro) AS micro, sum(bought_in_minor) AS bought_in,
           sum(labour_minor) AS labour, sum(capital_minor) AS capital, sum(overhead_minor) AS overhead
    FROM moves WHERE lot_id = ANY(:lots) AND order_id = ANY(:orders) AND reason IN ('shipped', 'returned')
    GROUP BY order_id, line_id, lot_id
    """
)
SITES_OF_LOTS: Final = text("SELECT DISTINCT site_id FROM stocks WHERE lot_id = ANY(:lots)")

# What runs have at their vendors and what they took of the main store: the ledger knows for which run each move was.
OF_RUNS: Final = text(
    f"""
    SELECT planned_order_id, lot_id, store, CAST(abs(sum(quantity_micro)) AS bigint),
           CAST(abs(sum(bought_in_minor)) AS bigint), CAST(abs(sum(labour_minor)) AS bigint),
           CAST(abs(sum(capital_minor)) AS bigint), CAST(abs(sum(overhead_minor)) AS bigint)
    FROM moves WHERE lot_id = ANY(:lots) AND planned_order_id = ANY(:orders)
      AND (store = '{VENDOR}' OR store = '{MAIN}' AND reason = 'consumed')
    GROUP BY planned_order_id, lot_id, store
    """  # noqa: S608
)

Known = dict[tuple[str, str], str]


async def load_counts(tx: Tx, count_ids: Iterable[str]) -> list[CycleCount]:
    """Counts of these ids that are known."""
    return await COUNTS.load(tx, COUNTS_NAMED, {"counts": sorted(set(count_ids))})


async def load_moves(tx: Tx, move_ids: Iterable[str]) -> dict[str, Move]:
    """Moves of these ids that are known; a move never changes."""
    found = await MOVES.load(tx, MOVES_NAMED, {"moves": sorted(set(move_ids))})
    return {each.move_id: each for each in found}


async def load_reversed(tx: Tx, move_ids: Iterable[str]) -> set[str]:
    """Which of these moves were reversed; the caller holds the locks of their sites."""
    rows = await tx.sql.execute(REVERSED, {"moves": sorted(set(move_ids))})
    return {row.reverses_id for row in rows}


async def load_serials(tx: Tx, numbers: Sequence[tuple[str, str]]) -> Known:
    """The lots that have pieces of these (item, number)."""
    if not numbers:
        return {}
    wanted = {"skus": [sku for sku, _ in numbers], "serials": [serial for _, serial in numbers]}
    found = await SERIALS.load(tx, SERIALS_NAMED, wanted)
    return {(each.sku, each.serial): each.lot_id for each in found}


async def load_serials_beside(tx: Tx, lot_ids: Iterable[str], serials: Iterable[str]) -> Known:
    """The lots that have pieces of these numbers, of the items of some lots."""
    wanted = {"lots": sorted(set(lot_ids)), "serials": sorted(set(serials))}
    found = await SERIALS.load(tx, SERIALS_BESIDE, wanted)
    return {(each.sku, each.serial): each.lot_id for each in found}


async def load_sites_of_lots(tx: Tx, lot_ids: Iterable[str]) -> set[str]:
    """The sites at which lots lie, or lay."""
    rows = await tx.sql.execute(SITES_OF_LOTS, {"lots": sorted(set(lot_ids))})
    return {row.site_id for row in rows}


async def load_shipped(tx: Tx, lot_ids: Iterable[str], order_ids: Iterable[str]) -> Sent:
    """What of lots is with the clients of orders; the caller holds the locks of their sites."""
    asked = {"lots": sorted(set(lot_ids)), "orders": sorted(set(order_ids))}
    return {
        (row.order_id, row.line_id, row.lot_id): Shipped(
            *(-int(minor) for minor in (row.micro, row.bought_in, row.labour, row.capital, row.overhead))
        )
        for row in await tx.sql.execute(SHIPPED, asked)
    }


async def load_reworked(tx: Tx, lot_ids: Iterable[str]) -> set[str]:
    """Which of these lots were taken to be put right."""
    rows = await tx.sql.execute(REWORKED, {"lots": sorted(set(lot_ids))})
    return {row.lot_id for row in rows}


async def load_of_runs(tx: Tx, book: Book, planned_order_ids: Iterable[str], lot_ids: Iterable[str]) -> None:
    """Into the book: what vendors have of lots for runs, and what these runs have taken here, with what it has cost."""
    wanted = {"orders": sorted(set(planned_order_ids)), "lots": sorted(set(lot_ids))}
    for planned_order_id, lot_id, store, *told in await tx.sql.execute(OF_RUNS, wanted):
        found = book.at_vendors if store == VENDOR else book.taken_here
        found[planned_order_id, lot_id] = (told[0], told[1], told[2], told[3], told[4])
