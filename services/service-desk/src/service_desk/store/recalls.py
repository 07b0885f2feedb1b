"""Recalls in their rows, with the lots that may not leave and the tickets that were opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.topics import RECALL_NOTICE

MAKE_RECALLS: Final = text(
    """
    INSERT INTO recalls (recall_id, version, told) SELECT recall_id, 0, 0
    FROM unnest(CAST(:recall_ids AS text[])) AS made(recall_id) ORDER BY recall_id ON CONFLICT DO NOTHING
    """
)
LOCK_RECALLS: Final = text(
    "SELECT recall_id, told FROM recalls WHERE recall_id = ANY(:recall_ids) ORDER BY recall_id FOR UPDATE"
)
SAVE_RECALLS: Final = text(
    """
    UPDATE recalls SET told = saved.told, version = version + 1
    FROM unnest(CAST(:recall_ids AS text[]), CAST(:told AS bigint[])) AS saved(recall_id, told)
    WHERE recalls.recall_id = saved.recall_id
    """
)
ADD_LOTS: Final = text(
    """
    INSERT INTO recalled_lots (lot_id, recall_id)
    SELECT lot_id, :recall_id FROM unnest(CAST(:lot_ids AS text[])) AS added(lot_id) ORDER BY lot_id
    ON CONFLICT DO NOTHING
    """
)
FORGET_LOTS: Final = text("DELETE FROM recalled_lots WHERE recall_id = :recall_id")
RECALLED: Final = text("SELECT DISTINCT lot_id FROM recalled_lots WHERE lot_id = ANY(:lot_ids)")
TICKETS_OF: Final = text("SELECT order_id, ticket_id FROM recall_orders WHERE recall_id = :recall_id")
RECALLS_OF: Final = text(
    "SELECT ticket_id, recall_id FROM recall_orders WHERE ticket_id = ANY(:ticket_ids) ORDER BY recall_id, ticket_id"
)
ADD_ORDERS: Final = text(
    """
    INSERT INTO recall_orders (recall_id, order_id, ticket_id)
    SELECT :recall_id, order_id, ticket_id
    FROM unnest(CAST(:order_ids AS text[]), CAST(:ticket_ids AS text[])) AS added(order_id, ticket_id)
    """
)


async def lock_recalls(tx: Tx, recall_ids: Iterable[str]) -> None:
    """Hold the rows of recalls, new ones if there are none."""
    wanted = {"recall_ids": sorted(set(recall_ids))}
    await tx.sql.execute(MAKE_RECALLS, wanted)
    rows = await tx.sql.execute(LOCK_RECALLS, wanted)
    tx.locked(RECALL_NOTICE, {row.recall_id: row.told for row in rows})


async def save_recalls(tx: Tx, recall_ids: Iterable[str]) -> None:
    """Count what was told of held recalls."""
    ids = sorted(set(recall_ids))
    told = [tx.tells(RECALL_NOTICE, recall_id) for recall_id in ids]
    await tx.sql.execute(SAVE_RECALLS, {"recall_ids": ids, "told": told})


async def add_recalled_lots(tx: Tx, recall_id: str, lot_ids: Iterable[str]) -> None:
    """These lots may not leave any more."""
    await tx.sql.execute(ADD_LOTS, {"recall_id": recall_id, "lot_ids": sorted(set(lot_ids))})


async def save_without_lots(tx: Tx, recall_id: str) -> None:
    """Nothing is kept from leaving by this recall any more."""
    await tx.sql.execute(FORGET_LOTS, {"recall_id": recall_id})


async def load_recalled(tx: Tx, lot_ids: Iterable[str]) -> set[str]:
    """Which of these lots were called back."""
    wanted = sorted(set(lot_ids))
    if not wanted:
        return set()
    return {row.lot_id for row in await tx.sql.execute(RECALLED, {"lot_ids": wanted})}


async def load_tickets_of_recall(tx: Tx, recall_id: str) -> dict[str, str]:
    """The tickets of a recall, by order."""
    rows = await tx.sql.execute(TICKETS_OF, {"recall_id": recall_id})
    return {row.order_id: row.ticket_id for row in rows}


async def load_recalls_of(tx: Tx, ticket_ids: Iterable[str]) -> dict[str, str]:
    """The recalls that these tickets are about, as far as they are about one."""
    rows = await tx.sql.execute(RECALLS_OF, {"ticket_ids": sorted(set(ticket_ids))})
    return {row.ticket_id: row.recall_id for row in rows}


async def add_recall_orders(tx: Tx, recall_id: str, tickets: Mapping[str, str]) -> None:
    """Write down under which ticket (by order) the desk speaks to a customer."""
    orders = sorted(tickets)
    values = {"order_ids": orders, "ticket_ids": [tickets[order_id] for order_id in orders]}
    await tx.sql.execute(ADD_ORDERS, {"recall_id": recall_id, **values})
