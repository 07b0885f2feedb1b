"""Inspections, control charts, non-conformances and certificates as callers see them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound, Refusal
from contracts.values import Quantity
from production.domain.chart import POINTS_COUNT_MAX, Chart, charted
from production.domain.points import InspectionPoint
from production.domain.quality import InspectionPlan, Judged
from production.queries.ends import End, page_from_either_end
from production.queries.masters import Page
from production.queries.runs import LotView, find_lot

FIND_PLAN: Final = text("SELECT CAST(plan AS text) AS plan, version FROM inspection_plans WHERE sku = :sku")
PAGE_PLANS: Final = text(
    """
    SELECT sku, CAST(plan AS text) AS plan, version FROM inspection_plans WHERE sku > :after ORDER BY sku LIMIT :limit
    """
)
PAGE_POINTS: Final = text(
    """
    SELECT recipe_id || '/' || lpad(CAST(operation_no AS text), 9, '0') || '/' || sku AS key,
           CAST(point AS text) AS point, version
    FROM inspection_points
    WHERE recipe_id || '/' || lpad(CAST(operation_no AS text), 9, '0') || '/' || sku > :after
      AND (CAST(:recipe_id AS text) IS NULL OR recipe_id = :recipe_id)
    ORDER BY key LIMIT :limit
    """
)
POINTS_OF_RECIPES: Final = text(
    "SELECT CAST(point AS text) AS point, version FROM inspection_points WHERE recipe_id = ANY(:recipe_ids)"
)
FIND_POINT: Final = text(
    """
    SELECT CAST(point AS text) AS point, version FROM inspection_points
    WHERE recipe_id = :recipe_id AND operation_no = :operation_no AND sku = :sku
    """
)
# What became of a lot is the lot's word; of runs that failed it is the verdict on their inspection.
_INSPECTIONS: Final = """
    SELECT inspection_id, inspections.lot_id, inspections.sku, plan_version, inspected_at, inspected_by, passed,
           CAST(characteristics AS text) AS characteristics, inspections.run_id, recipe_id, operation_no, runs_micro,
           coalesce(state, verdict, CASE WHEN passed THEN 'passed' ELSE 'undecided' END) AS state,
           coalesce(lots.reason, inspections.reason) AS reason
    FROM inspections LEFT JOIN lots USING (lot_id)
"""
PAGE_INSPECTIONS: Final = page_from_either_end(
    _INSPECTIONS,
    "inspection_id",
    """
    (CAST(:lot_id AS text) IS NULL OR lot_id = :lot_id) AND (CAST(:sku AS text) IS NULL OR inspections.sku = :sku)
    AND (CAST(:run_id AS text) IS NULL OR inspections.run_id = :run_id)
    AND (CAST(:passed AS boolean) IS NULL OR passed = :passed)
    """,
)
OF_RUN: Final = text(
    _INSPECTIONS
    + "WHERE lots.run_id = :run_id OR inspections.run_id = :run_id ORDER BY inspection_id LIMIT :limit"
)
AT_POINTS_OF_RUN: Final = text(
    _INSPECTIONS + "WHERE inspections.run_id = :run_id ORDER BY inspection_id LIMIT :limit"
)
NEWEST_OF_LOT: Final = text(_INSPECTIONS + "WHERE lot_id = :lot_id ORDER BY inspection_id DESC LIMIT 1")
NEWEST_OF_ITEM: Final = text(
    _INSPECTIONS
    + "WHERE inspections.sku = :sku AND lot_id IS NOT NULL ORDER BY inspection_id DESC LIMIT :limit"
)
NEWEST_AT_POINT: Final = text(
    _INSPECTIONS
    + """
    WHERE inspections.run_id IS NOT NULL AND recipe_id = :recipe_id AND operation_no = :operation_no
      AND inspections.sku = :sku ORDER BY inspection_id DESC LIMIT :limit
    """
)
# As many as a certificate names.
POINTS_COUNT_OF_RUN: Final = 1_000
# What may be used or sold: good as it came, or released, or used as it is by two people's word.
CERTIFIED: Final = frozenset({"good", "released", "used-as-is"})

_point: Reads[InspectionPoint] = reader(InspectionPoint)
_plan: Reads[InspectionPlan] = reader(InspectionPlan)
_judged: Reads[tuple[Judged, ...]] = reader(tuple[Judged, ...])


class NothingToCertify(Refusal):
    """A certificate says what was found of a lot that may be used; this one was not inspected, or may not."""


@dataclass(frozen=True, slots=True)
class InspectionView:
    """What an inspection found of a lot, or of `runs` of a run behind an operation.

    `state` and `reason` are the lot's today, or the verdict on the runs, so a failed one shows what became of it.
    """

    inspection_id: str
    lot_id: str | None
    sku: str
    plan_version: int
    inspected_at: datetime
    inspected_by: str
    passed: bool
    characteristics: tuple[Judged, ...]
    state: str
    reason: str | None
    run_id: str | None = None
    recipe_id: str | None = None
    operation_no: int | None = None
    runs: Quantity | None = None


@dataclass(frozen=True, slots=True)
class PointView:
    """A point of a control chart: the mean of a sample of a lot or of a run, and the rules that it breaks."""

    inspection_id: str
    lot_id: str | None
    at: datetime
    mean: Quantity
    rules: tuple[int, ...]
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class ChartView:
    """A control chart of the newest lots or runs, the oldest first; without a chart where there are fewer than two."""

    sku: str
    characteristic: str
    scale: str
    chart: Chart | None
    points: tuple[PointView, ...]


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate of analysis: a lot that may be used, what its newest inspection found, and those of its run."""

    lot: LotView
    inspection: InspectionView
    in_process: tuple[InspectionView, ...] = ()


async def find_inspection_plan(sql: AsyncConnection, sku: str) -> InspectionPlan:
    """How lots of an item are inspected; raises `NotFound`."""
    row = (await sql.execute(FIND_PLAN, {"sku": sku})).one_or_none()
    if row is None:
        raise NotFound(f"nobody has said how {sku} is inspected")
    return replace(_plan(row.plan), version=row.version)


async def page_inspection_plans(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """How lots are inspected, by item, each with its key."""
    rows = await sql.execute(PAGE_PLANS, {"after": after, "limit": limit})
    return [(row.sku, replace(_plan(row.plan), version=row.version)) for row in rows]


def _inspection(row: Any) -> InspectionView:
    return InspectionView(
        row.inspection_id, row.lot_id, row.sku, row.plan_version, row.inspected_at, row.inspected_by, row.passed,
        _judged(row.characteristics), row.state, row.reason, row.run_id, row.recipe_id, row.operation_no,
        None if row.runs_micro is None else Quantity.of_micro(row.runs_micro),
    )  # fmt: skip


async def page_inspections(
    sql: AsyncConnection,
    *,
    lot_id: str | None,
    sku: str | None,
    run_id: str | None,
    passed: bool | None,
    end: End,
    after: str,
    limit: int,
) -> Page:
    """Inspections from one end of time, each with its key."""
    values = {
        "lot_id": lot_id, "sku": sku, "run_id": run_id, "passed": passed, "after": after, "limit": limit
    }  # fmt: skip
    return [(row.inspection_id, _inspection(row)) for row in await sql.execute(PAGE_INSPECTIONS[end], values)]


async def page_inspections_of_run(sql: AsyncConnection, run_id: str, limit: int) -> list[InspectionView]:
    """The first inspections of a run: at its points, and of all lots that it made."""
    rows = await sql.execute(OF_RUN, {"run_id": run_id, "limit": limit})
    return [_inspection(row) for row in rows]


async def find_inspection_point(
    sql: AsyncConnection, recipe_id: str, operation_no: int, sku: str
) -> InspectionPoint:
    """How the work of an operation is inspected; raises `NotFound`."""
    values = {"recipe_id": recipe_id, "operation_no": operation_no, "sku": sku}
    row = (await sql.execute(FIND_POINT, values)).one_or_none()
    if row is None:
        raise NotFound(f"operation {operation_no} of {recipe_id} is not inspected by {sku}")
    return replace(_point(row.point), version=row.version)


async def page_inspection_points(
    sql: AsyncConnection, *, recipe_id: str | None, after: str, limit: int
) -> Page:
    """How the work of operations is inspected, by recipe and operation, each with its key."""
    rows = await sql.execute(PAGE_POINTS, {"recipe_id": recipe_id, "after": after, "limit": limit})
    return [(row.key, replace(_point(row.point), version=row.version)) for row in rows]


async def list_inspection_points(
    sql: AsyncConnection, recipe_ids: Iterable[str]
) -> dict[str, list[InspectionPoint]]:
    """How the work of the operations of these recipes is inspected, by recipe."""
    found: dict[str, list[InspectionPoint]] = {}
    for row in await sql.execute(POINTS_OF_RECIPES, {"recipe_ids": sorted(set(recipe_ids))}):
        point = replace(_point(row.point), version=row.version)
        found.setdefault(point.recipe_id, []).append(point)
    return found


async def find_point_chart(
    sql: AsyncConnection, recipe_id: str, operation_no: int, sku: str, name: str, baseline: int | None
) -> ChartView:
    """The control chart of a characteristic over the newest runs; raises `NotFound` for one that no plan has."""
    point = await find_inspection_point(sql, recipe_id, operation_no, sku)
    values = {"recipe_id": recipe_id, "operation_no": operation_no, "sku": sku, "limit": POINTS_COUNT_MAX}
    return _charted(point.plan, name, list(await sql.execute(NEWEST_AT_POINT, values)), baseline)


async def find_chart(sql: AsyncConnection, sku: str, name: str, baseline: int | None) -> ChartView:
    """The control chart of a characteristic over the newest lots; raises `NotFound` for one that no plan has."""
    plan = await find_inspection_plan(sql, sku)
    rows = await sql.execute(NEWEST_OF_ITEM, {"sku": sku, "limit": POINTS_COUNT_MAX})
    return _charted(plan, name, list(rows), baseline)


def _charted(plan: InspectionPlan, name: str, rows: list[Any], baseline: int | None) -> ChartView:
    """The chart of what rows of inspections, the newest in front, say of a characteristic."""
    scale = next((each.scale for each in plan.characteristics if each.name == name), None)
    if scale is None:
        raise NotFound(f"{plan.sku} is not inspected for {name}")
    found = [
        (row, each.mean)
        for row in reversed([_inspection(row) for row in rows])
        for each in row.characteristics
        if each.name == name and each.mean is not None and each.scale == scale
    ]
    chart = charted([mean for _, mean in found], baseline)
    signals = () if chart is None else chart.signals
    points = tuple(
        PointView(
            row.inspection_id,
            row.lot_id,
            row.inspected_at,
            mean,
            tuple(signal.rule for signal in signals if signal.point == place),
            row.run_id,
        )
        for place, (row, mean) in enumerate(found)
    )
    return ChartView(plan.sku, name, scale, chart, points)


async def find_certificate(sql: AsyncConnection, lot_id: str) -> CertificateView:
    """The certificate of a lot; raises `NotFound`, `NothingToCertify`."""
    lot = await find_lot(sql, lot_id)
    row = (await sql.execute(NEWEST_OF_LOT, {"lot_id": lot_id})).one_or_none()
    if row is None:
        raise NothingToCertify(f"lot {lot_id} was not inspected by a plan")
    if lot.state not in CERTIFIED:
        raise NothingToCertify(f"lot {lot_id} is {lot.state}")
    values = {"run_id": lot.run_id, "limit": POINTS_COUNT_OF_RUN}
    points = tuple(_inspection(each) for each in await sql.execute(AT_POINTS_OF_RUN, values))
    return CertificateView(lot, _inspection(row), points)
