"""Where people and machines act on runs: what a batch of acts needs, each decided in turn, all of it written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backbone.errors import NotFound
from backbone.service import Tx, changed
from contracts.values import Quantity
from production import store
from production.commands import ActOnRun
from production.domain import record
from production.domain.act import (
    Abort,
    Act,
    Decide,
    End,
    Hold,
    Inspect,
    Let,
    Override,
    Receive,
    Report,
    Resume,
    Start,
)
from production.domain.at_vendor import followed, received
from production.domain.changing import free_to_begin
from production.domain.crew import skills_asked
from production.domain.ending import end
from production.domain.inspecting import decided, inspected, points_of
from production.domain.lots import MadeLot
from production.domain.period import Booked, booked
from production.domain.plant import WorkCentre
from production.domain.points import InspectionPoint
from production.domain.qualification import Qualified, demand_qualified
from production.domain.recipe import Recipe
from production.domain.reporting import Moved, report
from production.domain.routing import centres_of
from production.domain.run import Run
from production.domain.scheduling.overrunning import overrun_at
from production.domain.shop import Shop
from production.handlers.blocking import settle_reworks

Recipes = Mapping[tuple[str, int], Recipe]


@dataclass(slots=True)
class Desk:
    """What a batch of acts needs: the runs, locked, with their recipes, work centres and items; and the new lots."""

    locked: Mapping[str, Run]
    runs: dict[str, Run]
    recipes: Recipes
    centres: dict[str, WorkCentre]
    quanta: dict[str, Quantity]
    held: Mapping[str, datetime]
    planned: Sequence[InspectionPoint]
    qualified: Qualified
    lots: list[MadeLot]
    notes: list[record.Note]
    booked: list[Booked]

    def act(self, tx: Tx, because: object, command: ActOnRun) -> Run:
        """The run after the act; a refusal tells nothing and leaves the run as it was."""
        run = self.runs.get(command.run_id)
        if run is None:
            raise NotFound(f"no run {command.run_id}")
        run.demand_placed()
        if isinstance(command.act, Start | Override):
            free_to_begin(run, self.held.get(run.planned_order_id), tx.now)
        content = self.recipes[run.recipe_id, run.recipe_version].content
        if self.qualified and not command.machine:
            demand_qualified(run, command.act, content.operations, command.by, self.qualified, tx.now)
        named = centres_of(content.operations)
        centres = {name: centre for name, centre in self.centres.items() if name in named}
        points = points_of(self.planned, run.recipe_id, content)
        shop = Shop(content, centres, tx.new_id, command.by, self.quanta, points)
        before = run
        run, facts, lots = _decided(run, command.act, shop, tx.now)
        entry = record.acted(
            before, run, command.act, facts, content, at=tx.now, by=command.by, quanta=self.quanta
        )
        # Facts about lots are told under the lots' own keys.
        store.add_lot_keys(tx, lots)
        run, more = followed(before, run)
        facts = (*facts, *more)
        if lots and run.floor.recalled:
            tx.due("recall-widening", run.run_id, tx.now)
        tx.emit(*facts, because=because, correlation=run.root_id)
        if run.over:
            tx.not_due("overrun", run.run_id)
        elif isinstance(command.act, Start | Override):
            tx.due("overrun", run.run_id, overrun_at(run))
        run = store.add_entry(run, entry, self.notes)
        cost = booked(before, command.act, run, facts, next(iter(centres.values())).currency)
        self.booked += [cost] if cost is not None else []
        self.runs[run.run_id] = run
        self.lots.extend(lots)
        return run

    async def save(self, tx: Tx) -> None:
        """Write changed runs, new lots, the entries of their records, and what they cost."""
        acted_on = changed(self.locked, self.runs)
        await store.save_runs(tx, acted_on)
        await settle_reworks(tx, acted_on)
        await store.add_lots(tx, self.lots)
        await store.add_notes(tx, self.notes)
        await store.add_booked(tx, self.booked)


def begun_by(acts: Iterable[ActOnRun]) -> set[str]:
    return {act.run_id for act in acts if isinstance(act.act, Start | Override)}


async def desk_for(tx: Tx, run_ids: Iterable[str], begun: Collection[str] = ()) -> Desk:
    """What acts at these runs need; some of them are `begun` by it."""
    runs = await store.lock_runs(tx, run_ids)
    begin = [runs[key] for key in begun if key in runs]
    held = await store.load_held(tx, (run.planned_order_id for run in begin)) if begin else {}
    points = await store.load_inspection_points(tx, (run.recipe_id for run in begin)) if begin else []
    recipes = await store.load_recipes(tx, ((run.recipe_id, run.recipe_version) for run in runs.values()))
    named = {name for recipe in recipes.values() for name in centres_of(recipe.content.operations)}
    centres = await store.load_work_centres(tx, named)
    skus = {part.sku for run in runs.values() for part in (*run.inputs, *run.outputs)}
    quanta = await store.load_quanta(tx, skus)
    qualified = await store.load_qualified(tx, skills_asked(recipes.values()))
    return Desk(runs, dict(runs), recipes, centres, quanta, held, points, qualified, [], [], [])


def _decided(run: Run, act: Act, shop: Shop, at: datetime) -> Moved:
    if isinstance(act, Report):
        return report(run, act, shop)
    if isinstance(act, End):
        return end(run, act, shop, at)
    if isinstance(act, Start):
        return (*run.started(at, shop.points), ())
    if isinstance(act, Hold):
        return (*run.held(act.reason, at), ())
    if isinstance(act, Override):
        return (*run.overridden(at, shop.points), ())
    if isinstance(act, Resume):
        return (*run.resumed(at), ())
    if isinstance(act, Abort):
        return (*run.aborted(act.reason, at), ())
    if isinstance(act, Let):
        return run.permitted(act.person), (), ()
    if isinstance(act, Receive):
        return received(run, act, shop, at)
    if isinstance(act, Inspect):
        return (*inspected(run, act, at), ())
    if isinstance(act, Decide):
        return decided(run, act, shop, at)
    return (*run.measured(shop.content, act.readings, at, shop.by), ())
