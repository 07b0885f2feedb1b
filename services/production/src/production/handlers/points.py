"""Operations are inspected while a run is at work; what fails stands still until quality has decided."""

from __future__ import annotations

from backbone.errors import Invalid, NotFound
from backbone.service import Batch, Tx
from production import store
from production.commands import ActOnRun, DecideRun, InspectRun, PlanPoint
from production.domain.act import Decide, Inspect
from production.domain.inspecting import demand_place, looked_at
from production.domain.inspection import RunInspection
from production.domain.points import InspectionPoint
from production.domain.quality import judged
from production.domain.run import Run
from production.handlers.desk import desk_for
from production.handlers.quality import NoInspectionPlan


async def plan_point(commands: Batch[PlanPoint], tx: Tx) -> list[InspectionPoint]:
    """Keep how operations are inspected; runs that have begun keep the points that they had.

    Raises `Invalid` for a plan that cannot be followed, or at a place that its recipe does not have.
    """
    recipes = await store.load_newest(tx, (command.point.recipe_id for command in commands))
    answers = []
    for command in commands:
        point, recipe = command.point, recipes.get(command.point.recipe_id)
        demand_place(point, None if recipe is None else recipe.content)
        wrong = point.plan.wrong()
        if wrong:
            raise Invalid("nobody can inspect by this plan", wrong)
        answers.append(await store.save_inspection_point(tx, point))
    return answers


async def inspect_run(commands: Batch[InspectRun], tx: Tx) -> list[RunInspection]:
    """Judge samples of the work of operations; a run of which one fails stands still.

    Raises `NotFound`, `NoInspectionPlan`, `NotInspectedYet`, `Invalid`, `WrongState`.
    """
    desk = await desk_for(tx, (command.run_id for command in commands))
    planned = await store.load_inspection_points(tx, (run.recipe_id for run in desk.runs.values()))
    known = {(each.recipe_id, each.operation_no, each.sku): each for each in planned if each.in_force}
    found: list[RunInspection] = []
    for command in commands:
        run = _there(desk.runs.get(command.run_id), command.run_id)
        runs, quantity = looked_at(run, command.operation_no, command.sku, command.runs)
        point = known.get((run.recipe_id, command.operation_no, command.sku))
        if point is None:
            raise NoInspectionPlan(f"nobody says any more how operation {command.operation_no} is inspected")
        seen = judged(point.plan, quantity, command.samples, desk.quanta.get(command.sku))
        act = Inspect(command.operation_no, command.sku, seen, tx.new_id(), runs)
        desk.act(tx, command, ActOnRun(run.run_id, act, command.by))
        found.append(
            RunInspection(
                act.inspection_id, run.run_id, run.recipe_id, act.operation_no, act.sku, runs, point.version,
                command.by, seen,
            )
        )  # fmt: skip
    await desk.save(tx)
    await store.add_run_inspections(tx, found)
    return found


async def decide_run(commands: Batch[DecideRun], tx: Tx) -> list[Run]:
    """Quality decides what becomes of runs that wait at an inspection point.

    Raises `NotFound`, `Invalid`, `WrongState`, `SecondPersonNeeded`.
    """
    desk = await desk_for(tx, (command.run_id for command in commands))
    verdicts: dict[str, Decide] = {}
    for command in commands:
        run, said = _there(desk.runs.get(command.run_id), command.run_id), command.decision
        failed = {
            point.waiting.inspection_id
            for point in run.floor.points
            if (point.operation_no, point.sku) == (said.operation_no, said.sku) and point.waiting is not None
        }
        after = desk.act(tx, command, ActOnRun(command.run_id, said, command.by))
        waits = {point.waiting.inspection_id for point in after.floor.points if point.waiting is not None}
        verdicts |= {each: said for each in failed - waits if each is not None}
    await desk.save(tx)
    await store.save_verdicts(tx, verdicts)
    return [desk.runs[command.run_id] for command in commands]


def _there(run: Run | None, run_id: str) -> Run:
    if run is None:
        raise NotFound(f"no run {run_id}")
    return run
