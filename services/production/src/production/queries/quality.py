"""Inspections, control charts, non-conformances and certificates as callers see them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound, Refusal
from contracts.values import Quantity
from production.domain.chart import POINTS_COUNT_MAX, Chart, charted
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
_INSPECTIONS: Final = """
    SELECT inspection_id, inspections.lot_id, inspections.sku, plan_version, inspected_at, inspected_by, passed,
           CAST(characteristics AS text) AS characteristics, state, reason
    FROM inspections JOIN lots USING (lot_id)
"""
PAGE_INSPECTIONS: Final = page_from_either_end(
    _INSPECTIONS,
    "inspection_id",
    """
    (CAST(:lot_id AS text) IS NULL OR lot_id = :lot_id) AND (CAST(:sku AS text) IS NULL OR inspections.sku = :sku)
    AND (CAST(:passed AS boolean) IS NULL OR passed = :passed)
    """,
)
OF_RUN: Final = text(_INSPECTIONS + "WHERE run_id = :run_id ORDER BY inspection_id LIMIT :limit")
NEWEST_OF_LOT: Final = text(_INSPECTIONS + "WHERE lot_id = :lot_id ORDER BY inspection_id DESC LIMIT 1")
NEWEST_OF_ITEM: Final = text(
    _INSPECTIONS + "WHERE inspections.sku = :sku ORDER BY inspection_id DESC LIMIT :limit"
)
# What may be used or sold: good as it came, or released, or used as it is by two people's word.
CERTIFIED: Final = frozenset({"good", "released", "used-as-is"})

_plan: Reads[InspectionPlan] = reader(InspectionPlan)
_judged: Reads[tuple[Judged, ...]] = reader(tuple[Judged, ...])


class NothingToCertify(Refusal):
    """A certificate says what was found of a lot that may be used; this one was not inspected, or may not."""


@dataclass(frozen=True, slots=True)
class InspectionView:
    """What an inspection found; `state` and `reason` are the lot's today, so a failed one shows what became of it."""

    inspection_id: str
    lot_id: str
    sku: str
    plan_version: int
    inspected_at: datetime
    inspected_by: str
    passed: bool
    characteristics: tuple[Judged, ...]
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class PointView:
    """A point of a control chart: the mean of a lot's sample, and the rules that it breaks."""

    inspection_id: str
    lot_id: str
    at: datetime
    mean: Quantity
    rules: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ChartView:
    """A control chart of the newest lots, the oldest first; without a chart where there are fewer than two."""

    sku: str
    characteristic: str
    scale: str
    chart: Chart | None
    points: tuple[PointView, ...]


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate of analysis: a lot that may be used, and what its newest inspection found."""

    lot: LotView
    inspection: InspectionView


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
        _judged(row.characteristics), row.state, row.reason,
    )  # fmt: skip


async def page_inspections(
    sql: AsyncConnection,
    *,
    lot_id: str | None,
    sku: str | None,
    passed: bool | None,
    end: End,
    after: str,
    limit: int,
) -> Page:
    """Inspections from one end of time, each with its key."""
    values = {"lot_id": lot_id, "sku": sku, "passed": passed, "after": after, "limit": limit}
    return [(row.inspection_id, _inspection(row)) for row in await sql.execute(PAGE_INSPECTIONS[end], values)]


async def page_inspections_of_run(sql: AsyncConnection, run_id: str, limit: int) -> list[InspectionView]:
    """The first inspections of all lots that a run made."""
    rows = await sql.execute(OF_RUN, {"run_id": run_id, "limit": limit})
    return [_inspection(row) for row in rows]


async def find_chart(sql: AsyncConnection, sku: str, name: str, baseline: int | None) -> ChartView:
    """The control chart of a characteristic over the newest lots; raises `NotFound` for one that no plan has."""
    plan = await find_inspection_plan(sql, sku)
    scale = next((each.scale for each in plan.characteristics if each.name == name), None)
    if scale is None:
        raise NotFound(f"{sku} is not inspected for {name}")
    rows = await sql.execute(NEWEST_OF_ITEM, {"sku": sku, "limit": POINTS_COUNT_MAX})
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
        )
        for place, (row, mean) in enumerate(found)
    )
    return ChartView(sku, name, scale, chart, points)


async def find_certificate(sql: AsyncConnection, lot_id: str) -> CertificateView:
    """The certificate of a lot; raises `NotFound`, `NothingToCertify`."""
    lot = await find_lot(sql, lot_id)
    row = (await sql.execute(NEWEST_OF_LOT, {"lot_id": lot_id})).one_or_none()
    if row is None:
        raise NothingToCertify(f"lot {lot_id} was not inspected by a plan")
    if lot.state not in CERTIFIED:
        raise NothingToCertify(f"lot {lot_id} is {lot.state}")
    return CertificateView(lot, _inspection(row))
