"""Machines report what they measure, in bulk."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from backbone.service import Batch, Tx
from production import store
from production.commands import BlockLate, RecordReadings
from production.domain import record
from production.domain.act import Measure
from production.domain.readings import MachineReading, Taking, excursions, limits, out_since, refused
from production.domain.run import Run
from production.domain.scheduling.overrunning import GOING
from production.handlers.blocking import looked_at, save_looked_at

# What is heard of a run that is over may still be of the time when it made what it made.
MADE = GOING | {"closed"}
LATE = "its run was out of its limits before it was made"


async def record_readings(commands: Batch[RecordReadings], tx: Tx) -> list[Taking]:
    """Keep each reading once; the first one out of its limits is told of a run that is begun, and blocks its lots."""
    runs = await store.lock_runs(tx, {each.run_id for command in commands for each in command.readings})
    recipes = await store.load_recipes(tx, {(run.recipe_id, run.recipe_version) for run in runs.values()})
    contents = {
        key: recipes[run.recipe_id, run.recipe_version].content
        for key, run in runs.items()
        if (run.recipe_id, run.recipe_version) in recipes
    }
    # A run whose recipe is not here was refused: it has no parameters.
    known = {key: limits(contents[key]) if key in contents else {} for key in runs}
    answers, changed, notes = [], dict[str, Run](), list[record.Note]()
    for command in commands:
        wrong = refused(command.readings, known, tx.now)
        out = {each.place for each in wrong}
        fit = {each.key: each for place, each in enumerate(command.readings) if place not in out}
        new = await store.add_readings(tx, list(fit.values()), command.by)
        answers.append(Taking(len(new), len(command.readings) - len(wrong) - len(new), wrong))
        of_run: dict[str, list[MachineReading]] = defaultdict(list)
        for key in new:
            of_run[key[0]].append(fit[key])
        for run_id, readings in of_run.items():
            run = changed.get(run_id, runs[run_id])
            beyond = excursions(run, readings, known[run_id]) if run.state in MADE else ()
            if beyond and run.floor.made:
                tx.due("late-excursion", run_id, tx.now)
            if beyond:
                after, facts = run.recorded(contents[run_id], beyond, tx.now, command.by)
                act, content = Measure(beyond), contents[run_id]
                entry = record.acted(run, after, act, facts, content, at=tx.now, by=command.by)
                changed[run_id] = store.add_entry(after, entry, notes)
                tx.emit(*facts, because=command, correlation=run.root_id)
    await store.save_runs(tx, changed.values())
    await store.add_notes(tx, notes)
    return answers


async def block_late(commands: Batch[BlockLate], tx: Tx) -> list[None]:
    """Block what runs had made since they were out of their limits, as far as it is still thought good."""
    for command in commands:
        await _block_late(command, tx)
    return [None] * len(commands)


async def _block_late(command: BlockLate, tx: Tx) -> None:
    run = (await store.load_runs(tx, [command.run_id])).get(command.run_id)
    if run is None:
        return
    key = (run.recipe_id, run.recipe_version)
    content = (await store.load_recipes(tx, [key]))[key].content
    since = out_since(run, await store.load_out_of_limits(tx, run.run_id, limits(content)))
    made = [] if since is None else await store.load_made_since(tx, run.run_id, since)
    if not made:
        return
    looked = await looked_at(tx, made, made)
    for lot in list(looked.lots.values()):
        if lot.state == "good":
            bad, fact = lot.inspected((), passed=False)
            tx.emit(fact, because=command, correlation=lot.root_id)
            looked.lots[lot.lot_id] = replace(bad, reason=LATE)
    await save_looked_at(tx, looked)
