"""Recalls in their rows, with the lots, runs and tickets that belong to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import text

from backbone.documents import document
from backbone.service import Tx
from contracts.recalls import RecalledLot, RecallTicket
from contracts.topics import RECALL
from production.domain.recall import UNDECIDED, Open, Recall

_COLUMNS: Final = (
    "recall_id, reason, lot_ids, vendor_lot, sku, cause_run_id, opened_by, opened_at, state, unknown, closed_by, "
    "closed_at, summary, version"
)
LOCK_RECALLS: Final = text(
    f"SELECT {_COLUMNS}, told FROM recalls WHERE recall_id = ANY(:recall_ids) ORDER BY recall_id FOR UPDATE"  # noqa: S608
)
ADD_RECALL: Final = text(
    """
    INSERT INTO recalls (recall_id, reason, lot_ids, vendor_lot, sku, cause_run_id, opened_by, opened_at, state,
                         unknown, version, told)
    VALUES (:recall_id, :reason, CAST(:lot_ids AS text[]), :vendor_lot, :sku, :cause_run_id, :opened_by, :opened_at,
            :state, CAST(:unknown AS text[]), :version, :told)
    """
)
SAVE_RECALL: Final = text(
    """
    UPDATE recalls SET state = :state, unknown = CAST(:unknown AS text[]), closed_by = :closed_by,
        closed_at = :closed_at, summary = :summary, version = :version, told = :told
    WHERE recall_id = :recall_id
    """
)
# The last word of materials about a lot counts; what a widened recall reaches again is told again.
SAVE_LOTS: Final = text(
    """
    INSERT INTO recall_lots (recall_id, lot_id, sku, site_id, vendor_lot, status, on_hand_micro, in_transit_micro,
                             sent_micro)
    SELECT :recall_id, lot_id, sku, site_id, vendor_lot, status, on_hand_micro, in_transit_micro, sent_micro
    FROM unnest(CAST(:lot_id AS text[]), CAST(:sku AS text[]), CAST(:site_id AS text[]), CAST(:vendor_lot AS text[]),
                CAST(:status AS text[]), CAST(:on_hand_micro AS bigint[]), CAST(:in_transit_micro AS bigint[]),
                CAST(:sent_micro AS bigint[]))
         AS told(lot_id, sku, site_id, vendor_lot, status, on_hand_micro, in_transit_micro, sent_micro)
    ORDER BY lot_id
    ON CONFLICT (recall_id, lot_id) DO UPDATE SET status = excluded.status, on_hand_micro = excluded.on_hand_micro,
        in_transit_micro = excluded.in_transit_micro, sent_micro = excluded.sent_micro
    """
)
ADD_RUNS: Final = text(
    """
    INSERT INTO recall_runs (recall_id, run_id, stopped_at)
    SELECT :recall_id, run_id, :at FROM unnest(CAST(:run_ids AS text[])) AS stopped(run_id)
    ORDER BY run_id ON CONFLICT DO NOTHING
    """
)
SAVE_TICKETS: Final = text(
    """
    INSERT INTO recall_tickets (recall_id, ticket_id, customer_id, order_id, deliveries, how)
    SELECT :recall_id, ticket_id, customer_id, order_id, CAST(deliveries AS jsonb), NULL
    FROM unnest(CAST(:ticket_id AS text[]), CAST(:customer_id AS text[]), CAST(:order_id AS text[]),
                CAST(:deliveries AS text[])) AS told(ticket_id, customer_id, order_id, deliveries)
    ORDER BY ticket_id ON CONFLICT (recall_id, ticket_id) DO UPDATE SET deliveries = excluded.deliveries, how = NULL
    """
)
ADD_NOTICES: Final = text(
    """
    INSERT INTO recall_notices (recall_id, lot_id) SELECT :recall_id, lot_id
    FROM unnest(CAST(:lot_ids AS text[])) AS told(lot_id) ORDER BY lot_id ON CONFLICT DO NOTHING
    """
)
NOT_NOTICED: Final = text(
    """
    SELECT lot_id FROM recall_lots WHERE recall_id = :recall_id
      AND lot_id NOT IN (SELECT lot_id FROM recall_notices WHERE recall_id = :recall_id) ORDER BY lot_id LIMIT :limit
    """
)
ANSWER_TICKET: Final = text(
    "UPDATE recall_tickets SET how = :how WHERE recall_id = :recall_id AND ticket_id = :ticket_id"
)
# Runs that are not over and have one of these lots staged or took some of it.
RUNS_WITH: Final = text(
    """
    SELECT run_id FROM runs WHERE state IN ('scheduled', 'allowed', 'running', 'held') AND EXISTS (
        SELECT FROM jsonb_array_elements(floor -> 'staged' || (floor -> 'consumed')) AS part
        WHERE part ->> 'lot_id' = ANY(:lot_ids)
    ) ORDER BY run_id
    """
)
LOTS_OF_RUN: Final = text("SELECT lot_id FROM lots WHERE run_id = :run_id ORDER BY lot_id")
RECALLS_OF_RUN: Final = text("SELECT recall_id FROM recall_runs WHERE run_id = :run_id ORDER BY recall_id")
# What is made of a lot that somebody has released, or by the rework that was decided for it, is not called back.
UNTRACED: Final = text(
    """
    SELECT lot_id FROM lots
    WHERE parents && ARRAY(SELECT lot_id FROM recall_lots WHERE recall_id = :recall_id)
      AND lot_id NOT IN (SELECT lot_id FROM recall_lots WHERE recall_id = :recall_id)
      AND EXISTS (
          SELECT FROM recall_lots AS reached LEFT JOIN lots AS parent ON parent.lot_id = reached.lot_id
          WHERE reached.recall_id = :recall_id AND reached.lot_id = ANY(lots.parents)
            AND coalesce(parent.state NOT IN ('released', 'used-as-is'), true)
            AND NOT EXISTS (
                SELECT FROM runs WHERE runs.run_id = lots.run_id AND runs.rework_lot_id = reached.lot_id
            )
      )
    ORDER BY lot_id LIMIT :limit
    """
)
OPEN_LOTS: Final = text(
    """
    SELECT lot_id FROM recall_lots JOIN lots USING (lot_id)
    WHERE recall_id = :recall_id AND lots.state = ANY(:undecided) ORDER BY lot_id LIMIT :limit
    """
)
OPEN_TICKETS: Final = text(
    """
    SELECT ticket_id FROM recall_tickets WHERE recall_id = :recall_id AND how IS NULL ORDER BY ticket_id LIMIT :limit
    """
)
# So many of what a recall waits for are named at once.
NAMED_COUNT: Final = 10
WIDENED_COUNT_MAX: Final = 1_000


async def lock_recalls(tx: Tx, recall_ids: Iterable[str]) -> dict[str, Recall]:
    """The recalls of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(LOCK_RECALLS, {"recall_ids": sorted(set(recall_ids))})).all()
    tx.locked(RECALL, {row.recall_id: row.told for row in rows})
    return {
        row.recall_id: Recall(
            row.recall_id, row.reason, tuple(row.lot_ids), row.vendor_lot, row.sku, row.cause_run_id, row.opened_by,
            row.opened_at, row.state, tuple(row.unknown), row.closed_by, row.closed_at, row.summary, row.version,
        )
        for row in rows
    }  # fmt: skip


def add_recall_key(tx: Tx, recall_id: str) -> None:
    """A recall that will be inserted: facts may be told under its key."""
    tx.added(RECALL, [recall_id])


async def add_recall(tx: Tx, recall: Recall) -> None:
    """Insert a recall whose key was added."""
    await tx.sql.execute(ADD_RECALL, _row(tx, recall))


async def save_recall(tx: Tx, recall: Recall) -> None:
    """Write a locked recall back."""
    await tx.sql.execute(SAVE_RECALL, _row(tx, recall))


def _row(tx: Tx, recall: Recall) -> dict[str, object]:
    names = [name.strip() for name in _COLUMNS.split(",")]
    row: dict[str, object] = {name: getattr(recall, name) for name in names}
    told = tx.tells(RECALL, recall.recall_id)
    return {**row, "lot_ids": list(recall.lot_ids), "unknown": list(recall.unknown), "told": told}


async def save_recalled_lots(tx: Tx, recall_id: str, lots: Sequence[RecalledLot]) -> None:
    """Write down which lots a recall reaches, as materials told them."""
    values = {
        "lot_id": [lot.lot_id for lot in lots],
        "sku": [lot.sku for lot in lots],
        "site_id": [lot.site_id for lot in lots],
        "vendor_lot": [lot.vendor_lot for lot in lots],
        "status": [lot.status for lot in lots],
        "on_hand_micro": [lot.on_hand.micro for lot in lots],
        "in_transit_micro": [lot.in_transit.micro for lot in lots],
        "sent_micro": [sum(part.quantity.micro for part in lot.sent) for lot in lots],
    }
    await tx.sql.execute(SAVE_LOTS, {"recall_id": recall_id, **values})


async def add_recalled_runs(tx: Tx, recall_id: str, run_ids: Iterable[str]) -> None:
    """Write down which runs a recall has stopped."""
    values = {"recall_id": recall_id, "at": tx.now, "run_ids": sorted(set(run_ids))}
    await tx.sql.execute(ADD_RUNS, values)


async def save_recall_tickets(
    tx: Tx, recall_id: str, lot_ids: Sequence[str], tickets: Sequence[RecallTicket]
) -> None:
    """Write down which customers are asked about these lots; a ticket that is told again is open again."""
    await tx.sql.execute(ADD_NOTICES, {"recall_id": recall_id, "lot_ids": sorted(set(lot_ids))})
    values = {
        "ticket_id": [each.ticket_id for each in tickets],
        "customer_id": [each.customer_id for each in tickets],
        "order_id": [each.order_id for each in tickets],
        "deliveries": [document(each.deliveries) for each in tickets],
    }
    await tx.sql.execute(SAVE_TICKETS, {"recall_id": recall_id, **values})


async def save_recall_answer(tx: Tx, recall_id: str, ticket_id: str, how: str | None) -> None:
    """Write down what was agreed with a customer."""
    await tx.sql.execute(ANSWER_TICKET, {"recall_id": recall_id, "ticket_id": ticket_id, "how": how})


async def _ids(tx: Tx, statement: object, values: Mapping[str, object]) -> list[str]:
    return [row[0] for row in await tx.sql.execute(statement, values)]  # type: ignore[call-overload]


async def load_runs_with(tx: Tx, lot_ids: Iterable[str]) -> list[str]:
    """The runs that are not over and have to do with these lots (not locked)."""
    return await _ids(tx, RUNS_WITH, {"lot_ids": sorted(set(lot_ids))})


async def load_lots_of_run(tx: Tx, run_id: str) -> list[str]:
    """The lots that a run has made so far."""
    return await _ids(tx, LOTS_OF_RUN, {"run_id": run_id})


async def load_recalls_of_run(tx: Tx, run_id: str) -> list[str]:
    """The recalls that have stopped a run (not locked)."""
    return await _ids(tx, RECALLS_OF_RUN, {"run_id": run_id})


async def load_open(tx: Tx, recall_id: str) -> Open:
    """The first of what a (locked) recall still waits for."""
    asked = {"recall_id": recall_id, "limit": NAMED_COUNT}
    return Open(
        await _ids(tx, OPEN_LOTS, {**asked, "undecided": list(UNDECIDED)}),
        await _ids(tx, OPEN_TICKETS, asked),
        await load_untraced(tx, recall_id) + await _ids(tx, NOT_NOTICED, asked),
    )


async def load_untraced(tx: Tx, recall_id: str) -> list[str]:
    """Lots that were made of recalled ones and that materials has not told of."""
    return await _ids(tx, UNTRACED, {"recall_id": recall_id, "limit": WIDENED_COUNT_MAX})
