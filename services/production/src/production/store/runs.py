"""Runs in their rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import TextClause, text

from backbone.documents import Reads, document, reader
from backbone.errors import VersionMoved
from backbone.service import Tx
from contracts.production import ScheduledOperation
from contracts.shapes import ItemPart
from contracts.topics import RUN
from contracts.values import Quantity
from production.domain.floor import Floor
from production.domain.run import Run
from production.store.bookings import save_bookings

ADD_RUNS: Final = text(
    """
    INSERT INTO runs (run_id, planned_order_id, recipe_id, recipe_version, site_id, runs_micro, inputs, outputs,
                      starts_at, ends_at, due_at, priority, state, root_id, rework_lot_id, operations, reason,
                      staged_runs_micro, done_runs_micro, floor, material_at, late_cause, version, told)
    SELECT run_id, planned_order_id, recipe_id, recipe_version, site_id, runs_micro, CAST(inputs AS jsonb),
           CAST(outputs AS jsonb), starts_at, ends_at, due_at, priority, state, root_id, rework_lot_id,
           CAST(operations AS jsonb), reason, 0, 0, CAST(floor AS jsonb), material_at, late_cause, 1, told
    FROM unnest(CAST(:run_id AS text[]), CAST(:planned_order_id AS text[]), CAST(:recipe_id AS text[]),
                CAST(:recipe_version AS int[]), CAST(:site_id AS text[]), CAST(:runs_micro AS bigint[]),
                CAST(:inputs AS text[]), CAST(:outputs AS text[]), CAST(:starts_at AS timestamptz[]),
                CAST(:ends_at AS timestamptz[]), CAST(:due_at AS timestamptz[]), CAST(:priority AS int[]),
                CAST(:state AS text[]), CAST(:root_id AS text[]), CAST(:rework_lot_id AS text[]),
                CAST(:operations AS text[]), CAST(:reason AS text[]), CAST(:floor AS text[]),
                CAST(:material_at AS timestamptz[]), CAST(:late_cause AS text[]), CAST(:told AS bigint[]))
         AS added(run_id, planned_order_id, recipe_id, recipe_version, site_id, runs_micro, inputs, outputs, starts_at,
                  ends_at, due_at, priority, state, root_id, rework_lot_id, operations, reason, floor, material_at,
                  late_cause, told)
    ORDER BY planned_order_id ON CONFLICT (planned_order_id) DO NOTHING RETURNING run_id
    """
)
RUNS: Final = """
    SELECT run_id, planned_order_id, recipe_id, recipe_version, site_id, runs_micro, CAST(inputs AS text) AS inputs,
           CAST(outputs AS text) AS outputs, due_at, priority, state, root_id, rework_lot_id,
           CAST(operations AS text) AS operations, reason, staged_runs_micro, done_runs_micro,
           CAST(floor AS text) AS floor, version, material_at, late_cause, told
    FROM runs
"""
LOAD_RUNS: Final = text(RUNS + "WHERE run_id = ANY(:run_ids) ORDER BY run_id")
LOCK_RUNS: Final = text(RUNS + "WHERE run_id = ANY(:run_ids) ORDER BY run_id FOR UPDATE")
RUNS_OF_ORDERS: Final = RUNS + "WHERE planned_order_id = ANY(:planned_order_ids) ORDER BY run_id"
LOAD_RUNS_OF_ORDERS: Final = text(RUNS_OF_ORDERS)
LOCK_RUNS_OF_ORDERS: Final = text(RUNS_OF_ORDERS + " FOR UPDATE")
LOAD_REWORKING: Final = text(
    """
    SELECT DISTINCT rework_lot_id FROM runs
    WHERE rework_lot_id = ANY(:lot_ids) AND state IN ('scheduled', 'allowed', 'running', 'held')
    """
)
SAVE_RUNS: Final = text(
    """
    UPDATE runs SET state = saved.state, operations = CAST(saved.operations AS jsonb), starts_at = saved.starts_at,
        ends_at = saved.ends_at, reason = saved.reason, staged_runs_micro = saved.staged_runs_micro,
        done_runs_micro = saved.done_runs_micro, floor = CAST(saved.floor AS jsonb), version = saved.version,
        material_at = saved.material_at, late_cause = saved.late_cause, ended_at = saved.ended_at, told = saved.told
    FROM unnest(CAST(:run_id AS text[]), CAST(:state AS text[]), CAST(:operations AS text[]),
                CAST(:starts_at AS timestamptz[]), CAST(:ends_at AS timestamptz[]), CAST(:reason AS text[]),
                CAST(:staged_runs_micro AS bigint[]), CAST(:done_runs_micro AS bigint[]), CAST(:floor AS text[]),
                CAST(:version AS bigint[]), CAST(:material_at AS timestamptz[]), CAST(:late_cause AS text[]),
                CAST(:ended_at AS timestamptz[]), CAST(:told AS bigint[]))
         AS saved(run_id, state, operations, starts_at, ends_at, reason, staged_runs_micro, done_runs_micro, floor,
                  version, material_at, late_cause, ended_at, told)
    WHERE runs.run_id = saved.run_id
    """
)

_operations: Reads[tuple[ScheduledOperation, ...]] = reader(tuple[ScheduledOperation, ...])
_parts: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])
_floor: Reads[Floor] = reader(Floor)


def add_run_keys(tx: Tx, runs: Iterable[Run]) -> None:
    """Runs that will be inserted: facts may be told under their keys."""
    tx.added(RUN, (run.run_id for run in runs))


async def add_runs(tx: Tx, runs: Sequence[Run]) -> None:
    """Insert runs, one statement for all; raises `VersionMoved` when an order got its run just now."""
    if not runs:
        return
    add_run_keys(tx, runs)
    rows = await tx.sql.execute(
        ADD_RUNS,
        {
            "run_id": [run.run_id for run in runs],
            "planned_order_id": [run.planned_order_id for run in runs],
            "recipe_id": [run.recipe_id for run in runs],
            "recipe_version": [run.recipe_version for run in runs],
            "site_id": [run.site_id for run in runs],
            "runs_micro": [run.runs.micro for run in runs],
            "inputs": [document(run.inputs) for run in runs],
            "outputs": [document(run.outputs) for run in runs],
            "starts_at": [run.starts_at for run in runs],
            "ends_at": [run.ends_at for run in runs],
            "due_at": [run.due_at for run in runs],
            "priority": [run.priority for run in runs],
            "state": [run.state for run in runs],
            "root_id": [run.root_id for run in runs],
            "rework_lot_id": [run.rework_lot_id for run in runs],
            "operations": [document(run.operations) for run in runs],
            "reason": [run.reason for run in runs],
            "floor": [document(run.floor) for run in runs],
            "material_at": [run.material_at for run in runs],
            "late_cause": [run.late_cause for run in runs],
            "told": [tx.tells(RUN, run.run_id) for run in runs],
        },
    )
    if len(rows.all()) < len(runs):
        raise VersionMoved("a run of these orders was added meanwhile")


async def load_runs_found(tx: Tx, statement: TextClause, values: Mapping[str, Any]) -> list[Run]:
    """The runs that a statement over `RUNS` finds, as they are before any lock."""
    return [_run_of(row) for row in await tx.sql.execute(statement, values)]


async def load_runs(tx: Tx, run_ids: Iterable[str]) -> dict[str, Run]:
    """The runs of these ids that are here, as they are before any lock."""
    rows = await tx.sql.execute(LOAD_RUNS, {"run_ids": sorted(set(run_ids))})
    return {row.run_id: _run_of(row) for row in rows}


async def lock_runs(tx: Tx, run_ids: Iterable[str]) -> dict[str, Run]:
    """The runs of these ids that are here, locked in key order."""
    rows = (await tx.sql.execute(LOCK_RUNS, {"run_ids": sorted(set(run_ids))})).all()
    tx.locked(RUN, {row.run_id: row.told for row in rows})
    return {row.run_id: _run_of(row) for row in rows}


async def load_runs_of_orders(tx: Tx, planned_order_ids: Iterable[str]) -> dict[str, Run]:
    """The runs of these planned orders that are here, by planned order, as they are before any lock."""
    rows = await tx.sql.execute(LOAD_RUNS_OF_ORDERS, {"planned_order_ids": sorted(set(planned_order_ids))})
    return {row.planned_order_id: _run_of(row) for row in rows}


async def lock_runs_of_orders(tx: Tx, planned_order_ids: Iterable[str]) -> dict[str, Run]:
    """The runs of these planned orders that are here, by planned order, locked in key order."""
    wanted = sorted(set(planned_order_ids))
    rows = (await tx.sql.execute(LOCK_RUNS_OF_ORDERS, {"planned_order_ids": wanted})).all()
    tx.locked(RUN, {row.run_id: row.told for row in rows})
    return {row.planned_order_id: _run_of(row) for row in rows}


async def load_reworking(tx: Tx, lot_ids: Iterable[str]) -> set[str]:
    """Those of these lots that runs which are not over are to put right."""
    rows = await tx.sql.execute(LOAD_REWORKING, {"lot_ids": sorted(set(lot_ids))})
    return {row.rework_lot_id for row in rows}


def _run_of(row: Any) -> Run:
    """A row of `RUNS` as the run that it is."""
    return Run(
        row.run_id,
        row.planned_order_id,
        row.recipe_id,
        row.recipe_version,
        row.site_id,
        Quantity.of_micro(row.runs_micro),
        _parts(row.inputs),
        _parts(row.outputs),
        row.due_at,
        row.priority,
        row.state,
        row.root_id,
        row.rework_lot_id,
        _operations(row.operations),
        row.reason,
        Quantity.of_micro(row.staged_runs_micro),
        Quantity.of_micro(row.done_runs_micro),
        _floor(row.floor),
        row.version,
        row.material_at,
        row.late_cause,
    )


async def save_runs(tx: Tx, runs: Iterable[Run]) -> None:
    """Write locked runs back; those that are over keep no machine any more."""
    changed = list(runs)
    if not changed:
        return
    await tx.sql.execute(
        SAVE_RUNS,
        {
            "run_id": [run.run_id for run in changed],
            "state": [run.state for run in changed],
            "operations": [document(run.operations) for run in changed],
            "starts_at": [run.starts_at for run in changed],
            "ends_at": [run.ends_at for run in changed],
            "reason": [run.reason for run in changed],
            "staged_runs_micro": [run.staged_runs.micro for run in changed],
            "done_runs_micro": [run.done_runs.micro for run in changed],
            "floor": [document(run.floor) for run in changed],
            "version": [run.version for run in changed],
            "material_at": [run.material_at for run in changed],
            "late_cause": [run.late_cause for run in changed],
            "ended_at": [run.floor.ended_at for run in changed],
            "told": [tx.tells(RUN, run.run_id) for run in changed],
        },
    )
    await save_bookings(tx, {run.run_id: () for run in changed if run.over})
