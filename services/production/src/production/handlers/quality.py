"""Lots are inspected by the plans of their items; who fails is blocked."""

from __future__ import annotations

from backbone.errors import Invalid, NotFound, Refusal
from backbone.service import Batch, Tx
from contracts.values import Quantity
from production import store
from production.commands import PlanInspection, RecordInspection
from production.domain.inspection import Inspection
from production.domain.lots import MadeLot
from production.domain.quality import InspectionPlan, judged
from production.handlers.blocking import looked_at, save_looked_at


class NoInspectionPlan(Refusal):
    """Nobody has said how lots of this item are inspected."""


async def plan_inspection(commands: Batch[PlanInspection], tx: Tx) -> list[InspectionPlan]:
    """Keep how lots are inspected from now on; raises `Invalid` for a plan that cannot be followed."""
    answers = []
    for command in commands:
        wrong = command.plan.wrong()
        if wrong:
            raise Invalid("nobody can inspect by this plan", wrong)
        answers.append(await store.save_inspection_plan(tx, command.plan))
    return answers


async def record_inspection(commands: Batch[RecordInspection], tx: Tx) -> list[Inspection]:
    """Judge samples of lots; a lot that fails is blocked until somebody decides on it.

    Raises `NotFound`, `NoInspectionPlan`, `Invalid`, `WrongState`.
    """
    lot_ids = [command.lot_id for command in commands]
    looked = await looked_at(tx, lot_ids, lot_ids)
    here = looked.lots
    plans = await store.load_inspection_plans(tx, (lot.sku for lot in here.values()))
    quanta = await store.load_quanta(tx, (lot.sku for lot in here.values()))
    inspections = []
    for command in commands:
        lot = here.get(command.lot_id)
        if lot is None:
            raise NotFound(f"no lot {command.lot_id}")
        found = _inspected(tx.new_id(), lot, plans.get(lot.sku), command, quanta.get(lot.sku))
        lot, fact = lot.inspected(found.properties, passed=found.passed)
        tx.emit(fact, because=command, correlation=lot.root_id)
        here[lot.lot_id] = lot
        inspections.append(found)
    await save_looked_at(tx, looked)
    await store.add_inspections(tx, inspections)
    return inspections


def _inspected(
    inspection_id: str,
    lot: MadeLot,
    plan: InspectionPlan | None,
    command: RecordInspection,
    quantum: Quantity | None,
) -> Inspection:
    if plan is None:
        raise NoInspectionPlan(f"nobody has said how {lot.sku} is inspected")
    found = judged(plan, lot.quantity, command.samples, quantum)
    return Inspection(inspection_id, lot, plan.version, command.by, found)
