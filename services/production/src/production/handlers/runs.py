"""Runs find their place in time, are allowed, and people act on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

from backbone.errors import NotYet, Refused
from backbone.service import Batch, Tx, answered, together
from contracts.materials import RunRequested
from contracts.units import Counted
from contracts.values import ZERO
from production import store
from production.commands import ActOnRun, ActOnRuns, AllowRun, PlanRun, UnstageRun
from production.domain import record
from production.domain.at_vendor import buying, followed
from production.domain.outside import outside_of
from production.domain.recipe import Recipe
from production.domain.routing import centres_of
from production.domain.run import Facts, Run
from production.domain.scheduling import Board, Booking, CannotBeScheduled, schedule, told
from production.handlers.blocking import settle_reworks
from production.handlers.boards import locked_board
from production.handlers.desk import begun_by, desk_for

Recipes = Mapping[tuple[str, int], Recipe]


async def plan_run(commands: Batch[PlanRun], tx: Tx) -> list[Run]:
    """Find a place for each run that is asked for; asked again, the same answer is given again."""
    asked = [command.asked for command in commands]
    recipes = await store.load_recipes(tx, ((each.recipe_id, each.recipe_version) for each in asked))
    board = await board_for(tx, recipes)
    runs = await store.lock_runs_of_orders(tx, (each.planned_order_id for each in asked))
    known = set(runs)
    works = await _works(tx, recipes)
    booked: dict[str, tuple[Booking, ...]] = {}
    for command, cause in zip(commands, commands.causes, strict=True):
        key, facts = command.asked.planned_order_id, Facts()
        if key not in runs:
            run = _asked(tx.new_id(), command.asked, cause.correlation_id)
            run, booked[run.run_id] = _placed(run, command.asked, recipes, works, board, tx.now)
            runs[key], facts = followed(None, run)
            store.add_run_keys(tx, [run])
        tx.emit(runs[key].answer(), *facts, because=command, correlation=runs[key].root_id)
    await store.save_runs(tx, [run for key, run in runs.items() if key in known])
    new = [run for key, run in runs.items() if key not in known]
    await store.add_runs(tx, new)
    await store.add_bookings(tx, booked)
    await settle_reworks(tx, new)
    return [runs[each.planned_order_id] for each in asked]


async def _works(tx: Tx, recipes: Recipes) -> dict[str, Counted]:
    """In what the work is counted that vendors do of recipes, by item."""
    works = [outside_of(each.content.operations) for each in recipes.values()]
    skus = {work.sku for work in works if work is not None}
    return await store.load_counted(tx, skus) if skus else {}


def _asked(run_id: str, asked: RunRequested, correlation_id: str | None) -> Run:
    root_id = correlation_id or next((s.correlation_id for s in asked.serves if s.correlation_id), None)
    return Run(
        run_id, asked.planned_order_id, asked.recipe_id, asked.recipe_version, asked.site_id, asked.runs,
        asked.inputs, asked.outputs, asked.due_at, asked.priority, "refused", root_id, asked.rework_lot_id,
        material_at=asked.starts_at,
    )  # fmt: skip


def _placed(
    run: Run,
    asked: RunRequested,
    recipes: Recipes,
    works: Mapping[str, Counted],
    board: Board,
    now: datetime,
) -> tuple[Run, tuple[Booking, ...]]:
    recipe = recipes.get((asked.recipe_id, asked.recipe_version))
    if recipe is None:
        return run.refused(f"no version {asked.recipe_version} of recipe {asked.recipe_id}"), ()
    why = recipe.unfit(asked.site_id, max(now, asked.starts_at))
    if why is not None:
        return run.refused(why), ()
    if asked.runs <= ZERO:
        return run.refused("a run is more than nothing"), ()
    operations = recipe.content.operations
    try:
        bookings = schedule(operations, asked.runs, board, now=now, begin=asked.starts_at, due=asked.due_at)
    except CannotBeScheduled as refusal:
        return run.refused(refusal.detail), ()
    placed = run.placed(told(bookings, operations, asked.runs))
    outside = outside_of(operations)
    if outside is not None:
        placed = buying(placed, outside, works)
        if placed.over:
            return placed, ()
    if placed.late:
        free = Board(board.centres, board.calendars, crews=board.crews)
        alone = schedule(operations, asked.runs, free, now=now, begin=asked.starts_at, due=asked.due_at)
        in_time = all(each.ends_at <= asked.due_at for each in alone)
        placed = placed.blamed("capacity" if in_time else "lead-time")
    board.book(bookings)
    return placed, bookings


def _named(recipes: Recipes) -> set[str]:
    return {name for recipe in recipes.values() for name in centres_of(recipe.content.operations)}


async def board_for(tx: Tx, recipes: Recipes, but: Iterable[str] = ()) -> Board:
    """The work centres of recipes, locked, so that no machine is booked twice; `but` for these runs' own bookings."""
    return await locked_board(tx, _named(recipes), recipes.values(), but)


async def allow_run(commands: Batch[AllowRun], tx: Tx) -> list[Run]:
    """Material lies ready: runs may start, and one whose place has gone by meanwhile gets the next free one.

    Raises `NotYet` for a run that is not here yet.
    """
    keys = [command.planned_order_id for command in commands]
    # Work centres are locked before runs, so who missed its place is looked up first; a lane has a run to itself.
    missed = {
        key: run for key, run in (await store.load_runs_of_orders(tx, keys)).items() if run.missed(tx.now)
    }
    recipes = await store.load_recipes(tx, ((run.recipe_id, run.recipe_version) for run in missed.values()))
    board = await board_for(tx, recipes, (run.run_id for run in missed.values()))
    runs = await store.lock_runs_of_orders(tx, keys)
    bad = await store.load_bad(tx, (part.lot_id for command in commands for part in command.lots))
    booked: dict[str, tuple[Booking, ...]] = {}
    notes: list[record.Note] = []
    for command in commands:
        key = command.planned_order_id
        if key not in runs:
            raise NotYet(key)
        if any(part.lot_id in bad for part in runs[key].not_to_rework(command.lots)):
            # It was blocked after this was said: materials hear so, too, and stage other lots.
            continue
        before, runs[key] = runs[key], runs[key].staged(command.runs, command.lots)
        if runs[key] is not before:
            entry = record.staged(command.lots, command.runs, tx.now)
            runs[key] = store.add_entry(runs[key], entry, notes)
        if key in missed and before.state == "scheduled" and runs[key].state == "allowed":
            runs[key], bookings = _again(runs[key], recipes, board, tx.now)
            if not bookings:
                continue
            booked[before.run_id] = bookings
            runs[key], facts = followed(before, runs[key])
            tx.emit(runs[key].answer(), *facts, because=command, correlation=before.root_id)
    await store.save_runs(tx, runs.values())
    await store.save_bookings(tx, booked)
    await store.add_notes(tx, notes)
    return [runs[key] for key in keys]


async def unstage_run(commands: Batch[UnstageRun], tx: Tx) -> list[Run]:
    """Material that lay ready is gone: runs wait for other. Raises `NotYet` for a run that is not here yet."""
    keys = [command.planned_order_id for command in commands]
    runs = await store.lock_runs_of_orders(tx, keys)
    notes: list[record.Note] = []
    for command in commands:
        run = runs.get(command.planned_order_id)
        if run is None:
            raise NotYet(command.planned_order_id)
        after = run.unstaged()
        if after is not run:
            entry = record.given_back(command.reason, after, tx.now, "materials")
            runs[command.planned_order_id] = store.add_entry(after, entry, notes)
    await store.save_runs(tx, runs.values())
    await store.add_notes(tx, notes)
    return [runs[key] for key in keys]


def _again(run: Run, recipes: Recipes, board: Board, now: datetime) -> tuple[Run, tuple[Booking, ...]]:
    """The run at the first place that is free from now on; as it is when a year has no place for it."""
    operations = recipes[run.recipe_id, run.recipe_version].content.operations
    try:
        bookings = schedule(operations, run.runs, board, now=now, begin=now, due=now)
    except CannotBeScheduled:
        return run, ()
    board.book(bookings)
    again = run.changed(run.state, operations=told(bookings, operations, run.runs))
    return again.blamed("material", run), bookings


@together
async def act_on_run(commands: Batch[ActOnRun], tx: Tx) -> list[Run | Refused]:
    """People or machines act on a run."""
    desk = await desk_for(tx, (command.run_id for command in commands), begun_by(commands))
    answers = [answered(partial(desk.act, tx, command, command)) for command in commands]
    await desk.save(tx)
    return answers


async def act_on_runs(commands: Batch[ActOnRuns], tx: Tx) -> list[list[Run | Refused]]:
    """Act on many runs; an act that is refused leaves its run as it was, and its answer says why."""
    acts = [act for command in commands for act in command.acts]
    desk = await desk_for(tx, (act.run_id for act in acts), begun_by(acts))
    answers = [
        [answered(partial(desk.act, tx, command, act)) for act in command.acts] for command in commands
    ]
    await desk.save(tx)
    return answers
