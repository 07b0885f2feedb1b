"""Recalls and the lots that they reach, in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.recalls import SentPart
from contracts.topics import RECALL_TRACE
from contracts.values import Quantity
from materials import tables
from materials.domain.lot import MAIN
from materials.domain.recall import Recall
from materials.store.sheet import Sheet

RECALLS: Final = Sheet(tables.recalls, Recall, RECALL_TRACE)
LOCK_RECALLS: Final = text(f"{RECALLS.reading('recall_id = ANY(:recall_ids)').text} FOR UPDATE")
MISSING: Final = text(
    """
    SELECT named.lot_id FROM unnest(CAST(:lot_ids AS text[])) AS named(lot_id)
    WHERE NOT EXISTS (SELECT FROM lots WHERE lots.lot_id = named.lot_id) ORDER BY named.lot_id
    """
)
# Forward through all that was made: a lot is found once, however many ways lead to it.
ADD_REACHED: Final = text(
    """
    WITH RECURSIVE reached(lot_id) AS (
        SELECT lot_id FROM lots WHERE lot_id = ANY(:lot_ids)
           OR (vendor_lot = :vendor_lot AND (CAST(:sku AS text) IS NULL OR sku = :sku))
        UNION
        SELECT child_id FROM reached JOIN lot_links ON parent_id = reached.lot_id
    )
    INSERT INTO recall_lots (recall_id, lot_id, blocked) SELECT :recall_id, lot_id, false FROM reached
    ORDER BY lot_id ON CONFLICT DO NOTHING
    """
)
ADD_ARRIVED: Final = text(
    """
    INSERT INTO recall_lots (recall_id, lot_id, blocked)
    SELECT recall_id, lot_id, false FROM recalls JOIN lots USING (vendor_lot)
    WHERE NOT closed AND lot_id = ANY(:lot_ids) AND (recalls.sku IS NULL OR recalls.sku = lots.sku)
    ORDER BY recall_id, lot_id ON CONFLICT DO NOTHING RETURNING recall_id
    """
)
NEXT: Final = text(
    """
    SELECT recall_id, lot_id FROM unnest(CAST(:recall_ids AS text[])) AS asked(recall_id) CROSS JOIN LATERAL (
        SELECT lot_id FROM recall_lots
        WHERE recall_lots.recall_id = asked.recall_id AND NOT blocked ORDER BY lot_id LIMIT :limit
    ) AS next
    """
)
SAVE_BLOCKED: Final = text(
    """
    UPDATE recall_lots SET blocked = true
    FROM unnest(CAST(:recall_id AS text[]), CAST(:lot_id AS text[])) AS done(recall_id, lot_id)
    WHERE recall_lots.recall_id = done.recall_id AND recall_lots.lot_id = done.lot_id
    """
)
# What left the main store for an order and did not come back to it.
SENT: Final = text(
    f"""
    SELECT lot_id, order_id, -CAST(sum(quantity_micro) AS bigint) AS micro FROM moves
    WHERE lot_id = ANY(:lot_ids) AND order_id IS NOT NULL AND store = '{MAIN}'
    GROUP BY lot_id, order_id HAVING sum(quantity_micro) < 0 ORDER BY lot_id, order_id
    """  # noqa: S608
)


async def lock_recalls(tx: Tx, recall_ids: Iterable[str]) -> dict[str, Recall]:
    """The recalls of these ids that are here, locked in key order."""
    found = await RECALLS.load(tx, LOCK_RECALLS, {"recall_ids": sorted(set(recall_ids))})
    return {recall.recall_id: recall for recall in found}


async def save_recalls(tx: Tx, recalls: Iterable[Recall], known: Iterable[str]) -> None:
    """Write recalls, new ones and locked ones (`known`)."""
    rows = list(recalls)
    RECALLS.own(tx, [recall for recall in rows if recall.recall_id not in set(known)])
    await RECALLS.put(tx, rows)


async def load_missing(tx: Tx, lot_ids: Iterable[str]) -> list[str]:
    """Which of these are no lots that are known here."""
    return [row.lot_id for row in await tx.sql.execute(MISSING, {"lot_ids": sorted(set(lot_ids))})]


async def add_reached(tx: Tx, recall: Recall, lot_ids: Sequence[str], *, all_of_vendor: bool) -> None:
    """Write down what a recall reaches from these lots on, and from its vendor's lot if that is asked for."""
    vendor_lot = recall.vendor_lot if all_of_vendor else None
    values = {"vendor_lot": vendor_lot, "sku": recall.sku, "lot_ids": sorted(set(lot_ids))}
    await tx.sql.execute(ADD_REACHED, {"recall_id": recall.recall_id, **values})


async def add_arrived(tx: Tx, lot_ids: Iterable[str]) -> set[str]:
    """Lots have arrived: those of a vendor's lot that is called back are reached, too; the answer names the recalls."""
    return {row.recall_id for row in await tx.sql.execute(ADD_ARRIVED, {"lot_ids": sorted(set(lot_ids))})}


async def load_next(tx: Tx, recall_ids: Iterable[str], limit: int) -> dict[str, list[str]]:
    """The next lots of each recall that are to be blocked."""
    found: dict[str, list[str]] = {recall_id: [] for recall_id in recall_ids}
    for row in await tx.sql.execute(NEXT, {"recall_ids": sorted(found), "limit": limit}):
        found[row.recall_id].append(row.lot_id)
    return found


async def load_sent(tx: Tx, lot_ids: Iterable[str]) -> dict[str, list[SentPart]]:
    """What of lots has left for orders."""
    found: dict[str, list[SentPart]] = {}
    for row in await tx.sql.execute(SENT, {"lot_ids": sorted(set(lot_ids))}):
        found.setdefault(row.lot_id, []).append(SentPart(row.order_id, Quantity.of_micro(row.micro)))
    return found


async def save_blocked(tx: Tx, lots: Mapping[str, Sequence[str]]) -> None:
    """These lots (by recall) are blocked."""
    rows = [(recall_id, lot_id) for recall_id, ids in lots.items() for lot_id in ids]
    await tx.sql.execute(
        SAVE_BLOCKED, {"recall_id": [key for key, _ in rows], "lot_id": [lot_id for _, lot_id in rows]}
    )
