"""Runs are split, and put together: their material, their machines and their records go along."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from backbone.errors import NotFound
from backbone.service import Batch, Tx
from production import store
from production.commands import MergeRuns, SplitRun
from production.domain import parting, record
from production.domain.changing import free_to_begin
from production.domain.recipe import Recipe
from production.domain.routing import centres_of
from production.domain.run import Run
from production.domain.scheduling import Board, Booking, schedule, told
from production.domain.scheduling.resizing import shortened
from production.handlers.boards import locked_board


@dataclass(frozen=True, slots=True)
class Parted:
    """The run as it is now, and those that came of it or went into it."""

    run: Run
    others: tuple[Run, ...]


@dataclass(slots=True)
class _Ground:
    """Runs, locked after the work centres that they may need; what all other runs keep is on the board."""

    runs: Mapping[str, Run]
    recipe: Recipe
    board: Board
    bookings: Mapping[str, tuple[Booking, ...]]


async def split_run(commands: Batch[SplitRun], tx: Tx) -> list[Parted]:
    """Make parts of runs runs of their own.

    Raises `NotFound`, `CannotBeSplit`, `WaitsForAChange`, `CannotBeScheduled`.
    """
    return [await _split(command, tx) for command in commands]


async def _split(command: SplitRun, tx: Tx) -> Parted:
    ground = await _ground(tx, [command.run_id])
    was, content = ground.runs[command.run_id], ground.recipe.content
    quanta = await store.load_quanta(tx, {part.sku for part in (*was.inputs, *was.outputs)})
    rest, part, split = parting.split(was, command.runs, tx.new_id(), tx.new_id(), content, quanta)
    kept = shortened(ground.bookings.get(was.run_id, ()), content.operations, rest.runs, ground.board)
    ground.board.book(kept)
    rest = replace(rest, operations=told(kept, content.operations, rest.runs)).blamed("capacity", was)
    begin = was.starts_at if was.material_at is None or part.staged_runs else was.material_at
    bookings = schedule(content.operations, part.runs, ground.board, now=tx.now, begin=begin, due=was.due_at)
    part = replace(part, operations=told(bookings, content.operations, part.runs)).blamed("capacity", was)
    notes: list[record.Note] = []
    rest = store.add_entry(
        rest, record.parted(f"{part.runs} runs went to run {part.run_id}", tx.now, command.by), notes
    )
    entry = record.parted(f"split from run {rest.run_id}", tx.now, command.by, part.floor.staged, part.runs)
    part = store.add_entry(part, entry, notes)
    store.add_run_keys(tx, [part])
    tx.emit(split, rest.answer(), because=command, correlation=rest.root_id)
    tx.emit(part.answer(), because=command, correlation=part.root_id)
    await store.add_runs(tx, [part])
    await store.save_runs(tx, [rest, part])
    await store.save_asked(tx, [rest])
    await store.save_bookings(tx, {rest.run_id: kept, part.run_id: bookings})
    await store.add_notes(tx, notes)
    return Parted(rest, (part,))


async def merge_runs(commands: Batch[MergeRuns], tx: Tx) -> list[Parted]:
    """Let runs make what others were asked for, too; these others are over.

    Raises `NotFound`, `CannotBeMerged`, `WaitsForAChange`, `CannotBeScheduled`.
    """
    return [await _merge(command, tx) for command in commands]


async def _merge(command: MergeRuns, tx: Tx) -> Parted:
    ground = await _ground(tx, [command.run_id, *command.others])
    others = [ground.runs[run_id] for run_id in command.others]
    whole, gone, merged = parting.merge(ground.runs[command.run_id], others)
    operations = ground.recipe.content.operations
    ready = tx.now if whole.staged_runs or whole.material_at is None else whole.material_at
    bookings = schedule(operations, whole.runs, ground.board, now=tx.now, begin=ready, due=whole.due_at)
    whole = replace(whole, operations=told(bookings, operations, whole.runs)).blamed("capacity", whole)
    notes: list[record.Note] = []
    names = ", ".join(f"run {each.run_id}" for each in gone)
    entry = record.parted(f"put together with {names}", tx.now, command.by, whole.floor.staged, whole.runs)
    whole = store.add_entry(whole, entry, notes)
    into = record.parted(f"put together with run {whole.run_id}", tx.now, command.by)
    gone = [store.add_entry(each, into, notes) for each in gone]
    tx.emit(merged, whole.answer(), because=command, correlation=whole.root_id)
    await store.save_asked(tx, [whole])
    await store.save_runs(tx, [whole, *gone])
    await store.save_bookings(tx, {whole.run_id: bookings})
    await store.add_notes(tx, notes)
    return Parted(whole, tuple(gone))


async def _ground(tx: Tx, run_ids: Iterable[str]) -> _Ground:
    """Work centres are locked before runs, so these are looked up first; a run's recipe never changes."""
    wanted = list(run_ids)
    known = await store.load_runs(tx, wanted)
    for run_id in wanted:
        if run_id not in known:
            raise NotFound(f"no run {run_id}")
        known[run_id].demand_placed()
    keys = {(run.recipe_id, run.recipe_version) for run in known.values()}
    recipes = await store.load_recipes(tx, keys)
    named = {name for recipe in recipes.values() for name in centres_of(recipe.content.operations)}
    board = await locked_board(tx, named, recipes.values(), wanted)
    runs = await store.lock_runs(tx, wanted)
    held = await store.load_held(tx, (run.planned_order_id for run in runs.values()))
    for run in runs.values():
        free_to_begin(run, held.get(run.planned_order_id), tx.now)
    first = runs[wanted[0]]
    recipe = recipes[first.recipe_id, first.recipe_version]
    return _Ground(runs, recipe, board, await store.load_bookings_of_runs(tx, runs))
