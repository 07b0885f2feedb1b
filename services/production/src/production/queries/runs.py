"""Runs and lots as callers see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.production import ScheduledOperation
from contracts.shapes import ItemPart
from contracts.values import Quantity
from production.domain.floor import Floor, judged
from production.domain.learned import LEARNED_RUNS_MAX, LearnedYield, learned
from production.domain.lots import NO_GOOD
from production.queries.ends import End, page_from_either_end
from production.queries.masters import Page, find_recipe

_RUNS: Final = """
    SELECT run_id, planned_order_id, recipe_id, recipe_version, site_id, runs_micro, CAST(inputs AS text) AS inputs,
           CAST(outputs AS text) AS outputs, starts_at, ends_at, due_at, priority, state, rework_lot_id,
           CAST(operations AS text) AS operations, reason, staged_runs_micro, done_runs_micro,
           CAST(floor AS text) AS floor, version, material_at, late_cause
    FROM runs
"""
FIND_RUN: Final = text(_RUNS + "WHERE run_id = :run_id")
PAGE_RUNS: Final = page_from_either_end(
    _RUNS,
    "run_id",
    """
    (CAST(:state AS text) IS NULL OR state = :state) AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
    AND (CAST(:recipe_id AS text) IS NULL OR recipe_id = :recipe_id)
    AND (CAST(:late_cause AS text) IS NULL OR late_cause = :late_cause)
    """,
)
CLOSED_OF_RECIPE: Final = text(
    _RUNS
    + """
    WHERE recipe_id = :recipe_id AND recipe_version = :recipe_version AND state = 'closed' AND rework_lot_id IS NULL
    ORDER BY run_id DESC LIMIT :limit
    """
)
# Quality goes on judging what a run has made, also when the run is over.
NO_GOOD_OF_RUNS: Final = text(
    """
    SELECT run_id, sku, CAST(sum(quantity_micro) AS bigint) AS micro FROM lots
    WHERE run_id = ANY(:run_ids) AND state = ANY(:states) GROUP BY run_id, sku
    """
)
PAGE_BOOKINGS: Final = text(
    """
    SELECT run_id, operation_no, machine_no, starts_at, ends_at, run_id || '/' || operation_no AS key FROM bookings
    WHERE work_centre_id = :work_centre_id AND ends_at > :since AND run_id || '/' || operation_no > :after
    ORDER BY key LIMIT :limit
    """
)
_LOTS: Final = """
    SELECT lot_id, run_id, sku, site_id, quantity_micro, state, proposed_by, reason, parents, version FROM lots
"""
FIND_LOT: Final = text(_LOTS + "WHERE lot_id = :lot_id")
PAGE_LOTS: Final = text(
    _LOTS
    + """
    WHERE lot_id > :after AND (CAST(:state AS text) IS NULL OR state = :state)
      AND (CAST(:run_id AS text) IS NULL OR run_id = :run_id)
      AND (CAST(:parent AS text) IS NULL OR parents @> ARRAY[CAST(:parent AS text)])
    ORDER BY lot_id LIMIT :limit
    """
)

_parts: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])
_operations: Reads[tuple[ScheduledOperation, ...]] = reader(tuple[ScheduledOperation, ...])
_floor: Reads[Floor] = reader(Floor)


@dataclass(frozen=True, slots=True)
class RunView:
    """A run: what is asked of it, its place in time, what has happened at it, and why it ends late if it does."""

    run_id: str
    planned_order_id: str
    recipe_id: str
    recipe_version: int
    site_id: str
    runs: Quantity
    staged_runs: Quantity
    done_runs: Quantity
    inputs: tuple[ItemPart, ...]
    outputs: tuple[ItemPart, ...]
    starts_at: datetime
    ends_at: datetime
    due_at: datetime
    priority: int
    state: str
    reason: str | None
    rework_lot_id: str | None
    operations: tuple[ScheduledOperation, ...]
    floor: Floor
    version: int
    material_at: datetime | None
    late_cause: str | None


@dataclass(frozen=True, slots=True)
class LotView:
    """A lot that was made, or is to be inspected, and what quality says of it."""

    lot_id: str
    run_id: str | None
    sku: str
    site_id: str
    quantity: Quantity
    state: str
    proposed_by: str | None
    reason: str | None
    parents: tuple[str, ...]
    version: int


@dataclass(frozen=True, slots=True)
class BookingView:
    """A machine of a work centre (numbered from 1) that is kept for an operation of a run."""

    run_id: str
    operation_no: int
    machine_no: int
    starts_at: datetime
    ends_at: datetime


def _run(row: Any) -> RunView:
    return RunView(
        row.run_id, row.planned_order_id, row.recipe_id, row.recipe_version, row.site_id,
        Quantity.of_micro(row.runs_micro), Quantity.of_micro(row.staged_runs_micro),
        Quantity.of_micro(row.done_runs_micro), _parts(row.inputs), _parts(row.outputs), row.starts_at, row.ends_at,
        row.due_at, row.priority, row.state, row.reason, row.rework_lot_id, _operations(row.operations),
        _floor(row.floor), row.version, row.material_at, row.late_cause,
    )  # fmt: skip


def _lot(row: Any) -> LotView:
    return LotView(
        row.lot_id, row.run_id, row.sku, row.site_id, Quantity.of_micro(row.quantity_micro), row.state,
        row.proposed_by, row.reason, tuple(row.parents), row.version,
    )  # fmt: skip


async def page_runs(
    sql: AsyncConnection,
    *,
    state: str | None,
    site_id: str | None,
    recipe_id: str | None,
    late_cause: str | None,
    end: End,
    after: str,
    limit: int,
) -> Page:
    """Runs from one end of time, each with its key."""
    narrowed = {"state": state, "site_id": site_id, "recipe_id": recipe_id, "late_cause": late_cause}
    values = {**narrowed, "after": after, "limit": limit}
    runs = await _judged(sql, [_run(row) for row in await sql.execute(PAGE_RUNS[end], values)])
    return [(run.run_id, run) for run in runs]


async def _judged(sql: AsyncConnection, runs: list[RunView]) -> list[RunView]:
    """The runs with what quality says today of what they have made."""
    blocked = await list_no_good(sql, (run.run_id for run in runs))
    return [
        replace(run, floor=replace(run.floor, made=judged(run.floor.made, blocked.get(run.run_id, {}))))
        for run in runs
    ]


async def list_no_good(sql: AsyncConnection, run_ids: Iterable[str]) -> dict[str, dict[str, Quantity]]:
    """How much of each item that runs have made is blocked or was decided to be no good, by run and item."""
    found: dict[str, dict[str, Quantity]] = {}
    values = {"run_ids": sorted(set(run_ids)), "states": sorted(NO_GOOD)}
    for row in await sql.execute(NO_GOOD_OF_RUNS, values):
        found.setdefault(row.run_id, {})[row.sku] = Quantity.of_micro(row.micro)
    return found


async def find_run(sql: AsyncConnection, run_id: str) -> RunView:
    """A run; raises `NotFound`."""
    row = (await sql.execute(FIND_RUN, {"run_id": run_id})).one_or_none()
    if row is None:
        raise NotFound(f"no run {run_id}")
    (run,) = await _judged(sql, [_run(row)])
    return run


async def page_lots(
    sql: AsyncConnection, *, state: str | None, run_id: str | None, parent: str | None, after: str, limit: int
) -> Page:
    """Lots by id, each with its key; `parent` is a lot that they were made of."""
    values = {"state": state, "run_id": run_id, "parent": parent, "after": after, "limit": limit}
    return [(row.lot_id, _lot(row)) for row in await sql.execute(PAGE_LOTS, values)]


async def find_lot(sql: AsyncConnection, lot_id: str) -> LotView:
    """A lot; raises `NotFound`."""
    row = (await sql.execute(FIND_LOT, {"lot_id": lot_id})).one_or_none()
    if row is None:
        raise NotFound(f"no lot {lot_id}")
    return _lot(row)


async def page_bookings(
    sql: AsyncConnection, work_centre_id: str, *, since: datetime, after: str, limit: int
) -> Page:
    """The bookings of a work centre that end after a moment, each with its key."""
    values = {"work_centre_id": work_centre_id, "since": since, "after": after, "limit": limit}
    return [
        (row.key, BookingView(row.run_id, row.operation_no, row.machine_no, row.starts_at, row.ends_at))
        for row in await sql.execute(PAGE_BOOKINGS, values)
    ]


async def find_learned_yields(
    sql: AsyncConnection, recipe_id: str, recipe_version: int
) -> tuple[LearnedYield, ...]:
    """The yields of a version's outputs as its last closed runs had them; raises `NotFound`."""
    content = (await find_recipe(sql, recipe_id, recipe_version)).content
    values = {"recipe_id": recipe_id, "recipe_version": recipe_version, "limit": LEARNED_RUNS_MAX}
    runs = [_run(row) for row in await sql.execute(CLOSED_OF_RECIPE, values)]
    return learned(content, await _judged(sql, runs))
