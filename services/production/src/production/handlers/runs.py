"""Runs find their place in time, are allowed, and people act on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backbone.errors import NotFound, NotYet, Refusal
from backbone.service import Batch, Tx
from contracts.materials import RunRequested
from contracts.production import ProducedLot
from production import store
from production.commands import ActOnRun, ActOnRuns, AllowRun, PlanRun
from production.domain.act import Abort, Act, Denied, End, Hold, Measure, Report, Resume, Start
from production.domain.lots import MadeLot
from production.domain.plant import Calendar, WorkCentre
from production.domain.recipe import Recipe
from production.domain.reporting import Shop, end, report
from production.domain.run import Facts, Run
from production.domain.scheduling import CannotBeScheduled, schedule

Recipes = Mapping[tuple[str, int], Recipe]
Moved = tuple[Run, Facts, tuple[ProducedLot, ...]]


async def plan_run(commands: Batch[PlanRun], tx: Tx) -> list[Run]:
    """Find a place for each run that is asked for; asked again, the same answer is given again."""
    asked = [command.asked for command in commands]
    known = await store.lock_runs_of_orders(tx, (each.planned_order_id for each in asked))
    recipes = await store.load_recipes(tx, ((each.recipe_id, each.recipe_version) for each in asked))
    centres, calendars = await _plant(tx, recipes.values())
    added: dict[str, Run] = {}
    for command in commands:
        key = command.asked.planned_order_id
        run = known.get(key) or added.get(key)
        if run is None:
            run = _planned(tx, command.asked, recipes, centres, calendars)
            added[key] = run
            store.add_run_keys(tx, [run])
        tx.emit(run.answer(), because=command, correlation=run.root_id)
    await store.save_runs(tx, known.values())
    await store.add_runs(tx, list(added.values()))
    return [known.get(each.planned_order_id) or added[each.planned_order_id] for each in asked]


def _planned(
    tx: Tx,
    asked: RunRequested,
    recipes: Recipes,
    centres: dict[str, WorkCentre],
    calendars: dict[str, Calendar],
) -> Run:
    recipe = recipes.get((asked.recipe_id, asked.recipe_version))
    root_id = next((share.correlation_id for share in asked.serves if share.correlation_id), None)
    run = Run(
        tx.new_id(), asked.planned_order_id, asked.recipe_id, asked.recipe_version, asked.site_id, asked.runs,
        asked.inputs, asked.outputs, asked.due_at, asked.priority, "refused", root_id, asked.rework_lot_id,
    )  # fmt: skip
    if recipe is None or recipe.approver is None:
        return run.refused(f"no approved version {asked.recipe_version} of recipe {asked.recipe_id}")
    try:
        operations = schedule(
            recipe.content.operations, asked.runs, centres, calendars, earliest=tx.now, due=asked.due_at
        )
    except CannotBeScheduled as why:
        return run.refused(why.detail)
    return run.placed(operations)


async def _plant(tx: Tx, recipes: Iterable[Recipe]) -> tuple[dict[str, WorkCentre], dict[str, Calendar]]:
    named = {operation.work_centre_id for recipe in recipes for operation in recipe.content.operations}
    centres = await store.load_work_centres(tx, named)
    return centres, await store.load_calendars(tx, (centre.calendar_id for centre in centres.values()))


async def allow_run(commands: Batch[AllowRun], tx: Tx) -> list[Run]:
    """Material lies ready: runs may start. Raises `NotYet` for a run that is not here yet."""
    runs = await store.lock_runs_of_orders(tx, (command.planned_order_id for command in commands))
    for command in commands:
        run = runs.get(command.planned_order_id)
        if run is None:
            raise NotYet(command.planned_order_id)
        runs[command.planned_order_id] = run.staged(command.runs, command.lots)
    await store.save_runs(tx, runs.values())
    return [runs[command.planned_order_id] for command in commands]


async def act_on_run(commands: Batch[ActOnRun], tx: Tx) -> list[Run]:
    """People or machines act on a run."""
    runs = await store.lock_runs(tx, (command.run_id for command in commands))
    desk = await _desk(tx, runs)
    for command in commands:
        run = runs.get(command.run_id)
        if run is None:
            raise NotFound(f"no run {command.run_id}")
        runs[command.run_id] = await _act(tx, run, command, desk, because=command)
    await store.save_runs(tx, runs.values())
    return [runs[command.run_id] for command in commands]


async def act_on_runs(commands: Batch[ActOnRuns], tx: Tx) -> list[list[Run | Denied]]:
    """Act on many runs; an act that is refused leaves its run as it was, and its answer says why."""
    runs = await store.lock_runs(tx, (act.run_id for command in commands for act in command.acts))
    desk = await _desk(tx, runs)
    answers: list[list[Run | Denied]] = []
    for command in commands:
        answers.append([])
        for act in command.acts:
            run = runs.get(act.run_id)
            try:
                if run is None:
                    raise NotFound(f"no run {act.run_id}")
                runs[act.run_id] = await _act(tx, run, act, desk, because=command)
                answers[-1].append(runs[act.run_id])
            except Refusal as refused:
                answers[-1].append(Denied.of(refused))
    await store.save_runs(tx, runs.values())
    return answers


Desk = tuple[Recipes, dict[str, WorkCentre]]


async def _desk(tx: Tx, runs: Mapping[str, Run]) -> Desk:
    recipes = await store.load_recipes(tx, ((run.recipe_id, run.recipe_version) for run in runs.values()))
    centres, _ = await _plant(tx, recipes.values())
    return recipes, centres


async def _act(tx: Tx, run: Run, command: ActOnRun, desk: Desk, *, because: object) -> Run:
    recipes, centres = desk
    content = recipes[run.recipe_id, run.recipe_version].content
    named = {operation.work_centre_id for operation in content.operations}
    shop = Shop(content, {name: centre for name, centre in centres.items() if name in named}, tx.new_id)
    run, facts, lots = _decided(tx, run, command.act, shop, command.by)
    tx.emit(*facts, because=because, correlation=run.root_id)
    await store.add_lots(tx, [MadeLot.of(lot, run.run_id, run.site_id, run.root_id) for lot in lots])
    return run


def _decided(tx: Tx, run: Run, act: Act, shop: Shop, by: str) -> Moved:
    if isinstance(act, Report):
        return report(run, act, shop)
    if isinstance(act, End):
        return end(run, act, shop, tx.now)
    if isinstance(act, Start):
        return (*run.started(tx.now), ())
    if isinstance(act, Hold):
        return (*run.held(act.reason, tx.now), ())
    if isinstance(act, Resume):
        return (*run.resumed(tx.now), ())
    if isinstance(act, Abort):
        return (*run.aborted(act.reason, tx.now), ())
    assert isinstance(act, Measure)
    return (*run.measured(shop.content, act.readings, tx.now, by), ())
