"""What is kept possible of runs while customers think, and runs that became less, in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.shapes import ItemPart
from contracts.values import Quantity
from production.domain.changing import Probe
from production.domain.run import Run

LOCK_PROBES: Final = text(
    """
    SELECT change_id, planned_order_id, state, runs_micro, CAST(inputs AS text) AS inputs,
           CAST(outputs AS text) AS outputs, hold_until_at, refused
    FROM probes WHERE change_id = ANY(:change_ids) ORDER BY change_id, planned_order_id FOR UPDATE
    """
)
PUT_PROBES: Final = text(
    """
    INSERT INTO probes (change_id, planned_order_id, state, runs_micro, inputs, outputs, hold_until_at, refused)
    SELECT change_id, planned_order_id, state, runs_micro, CAST(inputs AS jsonb), CAST(outputs AS jsonb), hold_until_at,
           refused
    FROM unnest(CAST(:change_id AS text[]), CAST(:planned_order_id AS text[]), CAST(:state AS text[]),
                CAST(:runs_micro AS bigint[]), CAST(:inputs AS text[]), CAST(:outputs AS text[]),
                CAST(:hold_until_at AS timestamptz[]), CAST(:refused AS text[]))
         AS put(change_id, planned_order_id, state, runs_micro, inputs, outputs, hold_until_at, refused)
    ON CONFLICT (change_id, planned_order_id) DO UPDATE SET state = excluded.state
    """
)
HELD_UNTIL: Final = text(
    """
    SELECT planned_order_id, max(hold_until_at) AS held_until FROM probes
    WHERE planned_order_id = ANY(:planned_order_ids) AND state = 'held' GROUP BY planned_order_id
    """
)
RESIZE_RUNS: Final = text(
    """
    UPDATE runs SET runs_micro = less.runs_micro, inputs = CAST(less.inputs AS jsonb),
        outputs = CAST(less.outputs AS jsonb), due_at = less.due_at, priority = less.priority
    FROM unnest(CAST(:run_id AS text[]), CAST(:runs_micro AS bigint[]), CAST(:inputs AS text[]),
                CAST(:outputs AS text[]), CAST(:due_at AS timestamptz[]), CAST(:priority AS int[]))
         AS less(run_id, runs_micro, inputs, outputs, due_at, priority)
    WHERE runs.run_id = less.run_id
    """
)

_parts: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])


async def lock_probes(tx: Tx, change_ids: Iterable[str]) -> dict[str, dict[str, Probe]]:
    """What is kept for these changes, by change and planned order, locked."""
    found: dict[str, dict[str, Probe]] = {}
    for row in await tx.sql.execute(LOCK_PROBES, {"change_ids": sorted(set(change_ids))}):
        found.setdefault(row.change_id, {})[row.planned_order_id] = _probe_of(row)
    return found


def _probe_of(row: Any) -> Probe:
    return Probe(
        row.change_id,
        row.planned_order_id,
        row.state,
        Quantity.of_micro(row.runs_micro),
        _parts(row.inputs),
        _parts(row.outputs),
        row.hold_until_at,
        row.refused,
    )


async def load_held(tx: Tx, planned_order_ids: Iterable[str]) -> dict[str, datetime]:
    """Until when runs of these planned orders wait for customers, of those that do."""
    wanted = {"planned_order_ids": sorted(set(planned_order_ids))}
    return {row.planned_order_id: row.held_until for row in await tx.sql.execute(HELD_UNTIL, wanted)}


async def save_probes(tx: Tx, probes: Sequence[Probe]) -> None:
    """Write what is kept, new or known; of a known one only its state changes."""
    if not probes:
        return
    await tx.sql.execute(
        PUT_PROBES,
        {
            "change_id": [each.change_id for each in probes],
            "planned_order_id": [each.planned_order_id for each in probes],
            "state": [each.state for each in probes],
            "runs_micro": [each.runs.micro for each in probes],
            "inputs": [document(each.inputs) for each in probes],
            "outputs": [document(each.outputs) for each in probes],
            "hold_until_at": [each.hold_until for each in probes],
            "refused": [each.refused for each in probes],
        },
    )


async def save_asked(tx: Tx, runs: Sequence[Run]) -> None:
    """Write what saved runs were asked for anew: how much, of what, by when."""
    if not runs:
        return
    await tx.sql.execute(
        RESIZE_RUNS,
        {
            "run_id": [run.run_id for run in runs],
            "runs_micro": [run.runs.micro for run in runs],
            "inputs": [document(run.inputs) for run in runs],
            "outputs": [document(run.outputs) for run in runs],
            "due_at": [run.due_at for run in runs],
            "priority": [run.priority for run in runs],
        },
    )
