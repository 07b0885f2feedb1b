"""Machines report what they measure, in bulk."""

from __future__ import annotations

from collections import defaultdict

from backbone.service import Batch, Tx
from production import store
from production.commands import RecordReadings
from production.domain import record
from production.domain.act import Measure
from production.domain.readings import MachineReading, Taking, excursions, limits, refused
from production.domain.run import Run
from production.domain.scheduling.overrunning import GOING


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
            beyond = excursions(run, readings, known[run_id]) if run.state in GOING else ()
            if beyond:
                after, facts = run.recorded(contents[run_id], beyond, tx.now, command.by)
                act, content = Measure(beyond), contents[run_id]
                entry = record.acted(run, after, act, facts, content, at=tx.now, by=command.by)
                changed[run_id] = store.add_entry(after, entry, notes)
                tx.emit(*facts, because=command, correlation=run.root_id)
    await store.save_runs(tx, changed.values())
    await store.add_notes(tx, notes)
    return answers
