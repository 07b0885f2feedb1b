"""Lots that runs made in their rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from backbone.errors import NotFound
from backbone.service import Tx
from contracts.topics import INSPECTION
from contracts.values import Quantity
from production.domain.lots import MadeLot

ADD_LOTS: Final = text(
    """
    INSERT INTO lots (lot_id, run_id, sku, site_id, quantity_micro, state, root_id, version, told)
    SELECT lot_id, run_id, sku, site_id, quantity_micro, state, root_id, 1, told
    FROM unnest(CAST(:lot_id AS text[]), CAST(:run_id AS text[]), CAST(:sku AS text[]), CAST(:site_id AS text[]),
                CAST(:quantity_micro AS bigint[]), CAST(:state AS text[]), CAST(:root_id AS text[]),
                CAST(:told AS bigint[]))
         AS added(lot_id, run_id, sku, site_id, quantity_micro, state, root_id, told)
    ORDER BY lot_id ON CONFLICT DO NOTHING
    """
)
LOCK_LOT: Final = text(
    """
    SELECT lot_id, run_id, sku, site_id, quantity_micro, state, root_id, proposed_by, reason, version, told
    FROM lots WHERE lot_id = :lot_id FOR UPDATE
    """
)
SAVE_LOT: Final = text(
    """
    UPDATE lots SET state = :state, proposed_by = :proposed_by, reason = :reason, version = :version, told = :told
    WHERE lot_id = :lot_id
    """
)


async def add_lots(tx: Tx, lots: Sequence[MadeLot]) -> None:
    """Insert lots, one statement for all; one that is known already stays as it is."""
    if not lots:
        return
    tx.added(INSPECTION, (lot.lot_id for lot in lots))
    await tx.sql.execute(
        ADD_LOTS,
        {
            "lot_id": [lot.lot_id for lot in lots],
            "run_id": [lot.run_id for lot in lots],
            "sku": [lot.sku for lot in lots],
            "site_id": [lot.site_id for lot in lots],
            "quantity_micro": [lot.quantity.micro for lot in lots],
            "state": [lot.state for lot in lots],
            "root_id": [lot.root_id for lot in lots],
            "told": [tx.tells(INSPECTION, lot.lot_id) for lot in lots],
        },
    )


async def lock_lot(tx: Tx, lot_id: str) -> MadeLot:
    """One lot, locked; raises `NotFound`."""
    row = (await tx.sql.execute(LOCK_LOT, {"lot_id": lot_id})).one_or_none()
    if row is None:
        raise NotFound(f"no lot {lot_id}")
    tx.locked(INSPECTION, {row.lot_id: row.told})
    return MadeLot(
        row.lot_id,
        row.run_id,
        row.sku,
        row.site_id,
        Quantity.of_micro(row.quantity_micro),
        row.state,
        row.root_id,
        row.proposed_by,
        row.reason,
        row.version,
    )


async def save_lot(tx: Tx, lot: MadeLot) -> None:
    """Write a locked lot back."""
    await tx.sql.execute(
        SAVE_LOT,
        {
            "lot_id": lot.lot_id,
            "state": lot.state,
            "proposed_by": lot.proposed_by,
            "reason": lot.reason,
            "version": lot.version,
            "told": tx.tells(INSPECTION, lot.lot_id),
        },
    )
