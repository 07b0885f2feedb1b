"""Lots that runs made, or that are to be inspected, in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.topics import INSPECTION
from contracts.values import Quantity
from production.domain.lots import BAD, MadeLot

ADD_LOTS: Final = text(
    """
    INSERT INTO lots (lot_id, run_id, sku, site_id, quantity_micro, state, root_id, reason, parents, version, told)
    SELECT lot_id, run_id, sku, site_id, quantity_micro, state, root_id, reason,
           ARRAY(SELECT jsonb_array_elements_text(CAST(parents AS jsonb))), 1, told
    FROM unnest(CAST(:lot_id AS text[]), CAST(:run_id AS text[]), CAST(:sku AS text[]), CAST(:site_id AS text[]),
                CAST(:quantity_micro AS bigint[]), CAST(:state AS text[]), CAST(:root_id AS text[]),
                CAST(:reason AS text[]), CAST(:parents AS text[]), CAST(:told AS bigint[]))
         AS added(lot_id, run_id, sku, site_id, quantity_micro, state, root_id, reason, parents, told)
    ORDER BY lot_id ON CONFLICT DO NOTHING
    """
)
LOCK_LOTS: Final = text(
    """
    SELECT lot_id, run_id, sku, site_id, quantity_micro, state, root_id, proposed_by, reason,
           CAST(array_to_json(parents) AS text) AS parents, version, told
    FROM lots WHERE lot_id = ANY(:lot_ids) ORDER BY lot_id FOR UPDATE
    """
)
# Whoever blocks a lot waits until those have committed who have seen that it is none of these.
HOLD_BAD: Final = text(
    """
    SELECT lot_id, state = ANY(:bad) AS bad FROM lots WHERE lot_id = ANY(:lot_ids) ORDER BY lot_id FOR KEY SHARE
    """
)
SAVE_LOTS: Final = text(
    """
    UPDATE lots SET state = saved.state, site_id = saved.site_id, quantity_micro = saved.quantity_micro,
        proposed_by = saved.proposed_by, reason = saved.reason, version = saved.version, told = saved.told
    FROM unnest(CAST(:lot_id AS text[]), CAST(:state AS text[]), CAST(:site_id AS text[]),
                CAST(:quantity_micro AS bigint[]), CAST(:proposed_by AS text[]), CAST(:reason AS text[]),
                CAST(:version AS bigint[]), CAST(:told AS bigint[]))
         AS saved(lot_id, state, site_id, quantity_micro, proposed_by, reason, version, told)
    WHERE lots.lot_id = saved.lot_id
    """
)

_names: Reads[tuple[str, ...]] = reader(tuple[str, ...])


def add_lot_keys(tx: Tx, lots: Iterable[MadeLot]) -> None:
    """Lots that will be inserted: facts may be told under their keys."""
    tx.added(INSPECTION, (lot.lot_id for lot in lots))


async def add_lots(tx: Tx, lots: Sequence[MadeLot]) -> None:
    """Insert lots, one statement for all; one that is known already stays as it is."""
    if not lots:
        return
    add_lot_keys(tx, lots)
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
            "reason": [lot.reason for lot in lots],
            "parents": [document(lot.parents) for lot in lots],
            "told": [tx.tells(INSPECTION, lot.lot_id) for lot in lots],
        },
    )


async def lock_lots(tx: Tx, lot_ids: Iterable[str]) -> dict[str, MadeLot]:
    """The lots of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(LOCK_LOTS, {"lot_ids": sorted(set(lot_ids))})).all()
    tx.locked(INSPECTION, {row.lot_id: row.told for row in rows})
    return {
        row.lot_id: MadeLot(
            row.lot_id,
            row.run_id,
            row.sku,
            row.site_id,
            Quantity.of_micro(row.quantity_micro),
            row.state,
            row.root_id,
            row.proposed_by,
            row.reason,
            _names(row.parents),
            row.version,
        )
        for row in rows
    }


async def load_bad(tx: Tx, lot_ids: Iterable[str]) -> set[str]:
    """Those of these lots that no run may take; none of the others is blocked before this transaction is over."""
    rows = await tx.sql.execute(HOLD_BAD, {"lot_ids": sorted(set(lot_ids)), "bad": sorted(BAD)})
    return {row.lot_id for row in rows if row.bad}


async def save_lots(tx: Tx, lots: Iterable[MadeLot]) -> None:
    """Write locked lots back."""
    changed = list(lots)
    if not changed:
        return
    await tx.sql.execute(
        SAVE_LOTS,
        {
            "lot_id": [lot.lot_id for lot in changed],
            "state": [lot.state for lot in changed],
            "site_id": [lot.site_id for lot in changed],
            "quantity_micro": [lot.quantity.micro for lot in changed],
            "proposed_by": [lot.proposed_by for lot in changed],
            "reason": [lot.reason for lot in changed],
            "version": [lot.version for lot in changed],
            "told": [tx.tells(INSPECTION, lot.lot_id) for lot in changed],
        },
    )
