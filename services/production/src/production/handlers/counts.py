"""Machines report what they count, in bulk."""

from __future__ import annotations

from backbone.service import Batch, Tx
from production import store
from production.commands import RecordCounts
from production.domain.counts import refused_counts
from production.domain.readings import Taking


async def record_counts(commands: Batch[RecordCounts], tx: Tx) -> list[Taking]:
    """Keep each count once; those that cannot be are named, the others taken."""
    runs = await store.load_runs(tx, {each.run_id for command in commands for each in command.counts})
    recipes = await store.load_recipes(tx, {(run.recipe_id, run.recipe_version) for run in runs.values()})
    # A run whose recipe is not here was refused: it has no operations.
    known = {
        key: {step.operation_no for step in recipes[recipe].content.operations}
        if recipe in recipes
        else set()
        for key, run in runs.items()
        for recipe in ((run.recipe_id, run.recipe_version),)
    }
    answers = []
    for command in commands:
        wrong = refused_counts(command.counts, known, tx.now)
        out = {each.place for each in wrong}
        fit = {each.key: each for place, each in enumerate(command.counts) if place not in out}
        new = await store.add_counts(tx, list(fit.values()), command.by)
        answers.append(Taking(new, len(command.counts) - len(wrong) - new, wrong))
    return answers
