"""Inspection plans, and what inspections found, in rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from production.domain.quality import Inspection, InspectionPlan

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
