"""Inspection plans, and what inspections found, in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from production.domain.act import Decide
from production.domain.inspection import Inspection, RunInspection
from production.domain.points import InspectionPoint
from production.domain.quality import InspectionPlan

SAVE_PLAN: Final = text(
    """
    INSERT INTO inspection_plans (sku, plan, version) VALUES (:sku, CAST(:plan AS jsonb), 1)
    ON CONFLICT (sku) DO UPDATE SET plan = excluded.plan, version = inspection_plans.version + 1
    RETURNING version
    """
)
LOAD_PLANS: Final = text(
    "SELECT sku, CAST(plan AS text) AS plan, version FROM inspection_plans WHERE sku = ANY(:skus)"
)
ADD_INSPECTIONS: Final = text(
    """
    INSERT INTO inspections (inspection_id, lot_id, sku, plan_version, inspected_at, inspected_by, passed,
                             characteristics)
    SELECT inspection_id, lot_id, sku, plan_version, :at, inspected_by, passed, CAST(characteristics AS jsonb)
    FROM unnest(CAST(:inspection_id AS text[]), CAST(:lot_id AS text[]), CAST(:sku AS text[]),
                CAST(:plan_version AS bigint[]), CAST(:inspected_by AS text[]), CAST(:passed AS boolean[]),
                CAST(:characteristics AS text[]))
         AS added(inspection_id, lot_id, sku, plan_version, inspected_by, passed, characteristics)
    """
)

SAVE_POINT: Final = text(
    """
    INSERT INTO inspection_points (recipe_id, operation_no, sku, point, version)
    VALUES (:recipe_id, :operation_no, :sku, CAST(:point AS jsonb), 1)
    ON CONFLICT (recipe_id, operation_no, sku) DO UPDATE
    SET point = excluded.point, version = inspection_points.version + 1
    RETURNING version
    """
)
LOAD_POINTS: Final = text(
    "SELECT CAST(point AS text) AS point, version FROM inspection_points WHERE recipe_id = ANY(:recipe_ids)"
)
ADD_RUN_INSPECTIONS: Final = text(
    """
    INSERT INTO inspections (inspection_id, run_id, recipe_id, operation_no, sku, runs_micro, plan_version,
                             inspected_at, inspected_by, passed, characteristics)
    SELECT inspection_id, run_id, recipe_id, operation_no, sku, runs_micro, plan_version, :at, inspected_by, passed,
           CAST(characteristics AS jsonb)
    FROM unnest(CAST(:inspection_id AS text[]), CAST(:run_id AS text[]), CAST(:recipe_id AS text[]),
                CAST(:operation_no AS int[]), CAST(:sku AS text[]), CAST(:runs_micro AS bigint[]),
                CAST(:plan_version AS bigint[]), CAST(:inspected_by AS text[]), CAST(:passed AS boolean[]),
                CAST(:characteristics AS text[]))
         AS added(inspection_id, run_id, recipe_id, operation_no, sku, runs_micro, plan_version, inspected_by, passed,
                  characteristics)
    """
)
SAVE_VERDICTS: Final = text(
    """
    UPDATE inspections SET verdict = decided.verdict, reason = decided.reason
    FROM unnest(CAST(:inspection_id AS text[]), CAST(:verdict AS text[]), CAST(:reason AS text[]))
         AS decided(inspection_id, verdict, reason)
    WHERE inspections.inspection_id = decided.inspection_id
    """
)

_point: Reads[InspectionPoint] = reader(InspectionPoint)
_plan: Reads[InspectionPlan] = reader(InspectionPlan)


async def save_inspection_plan(tx: Tx, plan: InspectionPlan) -> InspectionPlan:
    """Keep a plan; the answer is the plan at its new version."""
    values = {"sku": plan.sku, "plan": document(plan)}
    return replace(plan, version=(await tx.sql.execute(SAVE_PLAN, values)).scalar_one())


async def load_inspection_plans(tx: Tx, skus: Iterable[str]) -> dict[str, InspectionPlan]:
    """How lots of these items are inspected, as far as somebody has said so."""
    rows = await tx.sql.execute(LOAD_PLANS, {"skus": sorted(set(skus))})
    return {row.sku: replace(_plan(row.plan), version=row.version) for row in rows}


async def add_inspections(tx: Tx, inspections: Sequence[Inspection]) -> None:
    """Keep what inspections found, one statement for all."""
    await tx.sql.execute(
        ADD_INSPECTIONS,
        {
            "at": tx.now,
            "inspection_id": [each.inspection_id for each in inspections],
            "lot_id": [each.lot.lot_id for each in inspections],
            "sku": [each.lot.sku for each in inspections],
            "plan_version": [each.plan_version for each in inspections],
            "inspected_by": [each.by for each in inspections],
            "passed": [each.passed for each in inspections],
            "characteristics": [document(each.characteristics) for each in inspections],
        },
    )


async def save_inspection_point(tx: Tx, point: InspectionPoint) -> InspectionPoint:
    """Keep how an operation is inspected; the answer is the point at its new version."""
    values = {
        "recipe_id": point.recipe_id,
        "operation_no": point.operation_no,
        "sku": point.sku,
        "point": document(point),
    }
    return replace(point, version=(await tx.sql.execute(SAVE_POINT, values)).scalar_one())


async def load_inspection_points(tx: Tx, recipe_ids: Iterable[str]) -> list[InspectionPoint]:
    """Where runs by these recipes are inspected, as far as somebody has said so."""
    rows = await tx.sql.execute(LOAD_POINTS, {"recipe_ids": sorted(set(recipe_ids))})
    return [replace(_point(row.point), version=row.version) for row in rows]


async def add_run_inspections(tx: Tx, inspections: Sequence[RunInspection]) -> None:
    """Keep what inspections of runs found, one statement for all."""
    await tx.sql.execute(
        ADD_RUN_INSPECTIONS,
        {
            "at": tx.now,
            "inspection_id": [each.inspection_id for each in inspections],
            "run_id": [each.run_id for each in inspections],
            "recipe_id": [each.recipe_id for each in inspections],
            "operation_no": [each.operation_no for each in inspections],
            "sku": [each.sku for each in inspections],
            "runs_micro": [each.runs.micro for each in inspections],
            "plan_version": [each.plan_version for each in inspections],
            "inspected_by": [each.by for each in inspections],
            "passed": [each.passed for each in inspections],
            "characteristics": [document(each.characteristics) for each in inspections],
        },
    )


async def save_verdicts(tx: Tx, verdicts: Mapping[str, Decide]) -> None:
    """Note what became of inspections that failed, by inspection."""
    await tx.sql.execute(
        SAVE_VERDICTS,
        {
            "inspection_id": list(verdicts),
            "verdict": [each.verdict for each in verdicts.values()],
            "reason": [each.reason for each in verdicts.values()],
        },
    )
