"""Inspection by plan over HTTP: plans, samples, control charts, certificates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    TEXT,
    Asked,
    Response,
    acts,
    choice_asked,
    created,
    creates,
    done,
    filter_asked,
    filters_asked,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    placed,
    shows,
    whole,
)
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import first_asked
from production.domain.chart import POINTS_COUNT_MAX
from production.domain.form import counted, named
from production.domain.quality import (
    CHARACTERISTICS_COUNT_MAX,
    Characteristic,
    InspectionPlan,
    Sample,
    Sampling,
)

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PlanBody:
    """What is looked at of lots of an item, and how many pieces by the size of the lot."""

    sku: str
    characteristics: tuple[Characteristic, ...]
    sampling: tuple[Sampling, ...]


@dataclass(frozen=True, slots=True)
class SamplesBody:
    """What was found of each characteristic of the plan."""

    samples: tuple[Sample, ...]


@dataclass(frozen=True, slots=True)
class RecordedView:
    """An inspection, and what it made of the lot."""

    inspection_id: str
    lot_id: str
    passed: bool


SHAFTS: Final = PlanBody(
    "shaft",
    (
        Characteristic("hardness", "variable", "HRC", Quantity(58), Quantity(62)),
        Characteristic("scratched", "attribute"),
    ),
    (Sampling(Quantity(0), 2, 0), Sampling(Quantity(281), 50, 1)),
)
FOUND: Final = SamplesBody(
    (Sample("hardness", (Quantity("60.5"), Quantity("59.8"))), Sample("scratched", (), 2, 0))
)


@router.post("/v1/inspection-plans", **creates(InspectionPlan, body=PlanBody, example=SHAFTS))
async def plan_inspection(ask: Asked) -> Response:
    """Say how lots of an item are inspected, from now on."""
    body = await ask.body(PlanBody)
    plan = InspectionPlan(placed(named(body.sku, "/sku"), "/sku"), body.characteristics, body.sampling)
    return await ask.act(
        handlers.plan_inspection,
        commands.PlanInspection(plan),
        reply=lambda kept: created(f"/v1/inspection-plans/{kept.sku}", kept, version=kept.version),
    )


@router.get("/v1/inspection-plans", **lists(InspectionPlan))
async def list_inspection_plans(ask: Asked) -> Response:
    """How lots are inspected, by item."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_inspection_plans(sql, after=after, limit=limit), limit)


@router.get("/v1/inspection-plans/{sku}", **shows(InspectionPlan))
async def show_inspection_plan(ask: Asked, sku: str) -> Response:
    """How lots of an item are inspected."""
    async with ask.read() as sql:
        plan = await queries.find_inspection_plan(sql, sku)
    return found(plan, version=plan.version)


@router.get(
    "/v1/inspection-plans/{sku}/chart",
    **shows(queries.ChartView, characteristic=TEXT, baseline=whole(POINTS_COUNT_MAX)),
)
async def show_chart(ask: Asked, sku: str) -> Response:
    """The control chart of a `characteristic` by the Western Electric rules; limits by the first `baseline` points."""
    name = filter_asked(ask, "characteristic") or ""
    given = filter_asked(ask, "baseline")
    baseline = ask.number("baseline", usual=POINTS_COUNT_MAX, maximum=POINTS_COUNT_MAX) if given else None
    async with ask.read() as sql:
        return found(await queries.find_chart(sql, sku, name, baseline))


@router.post("/v1/lots/{lot_id}/samples", **acts(RecordedView, body=SamplesBody, example=FOUND))
async def record_inspection(ask: Asked, lot_id: str) -> Response:
    """Say what was found of a lot; by the plan of its item it passes, or is blocked until somebody decides."""
    body = await ask.body(SamplesBody)
    counted(body.samples, "/samples", CHARACTERISTICS_COUNT_MAX)
    return await ask.act(
        handlers.record_inspection,
        commands.RecordInspection(lot_id, body.samples, ask.principal.subject),
        reply=lambda made: done(RecordedView(made.inspection_id, made.lot.lot_id, made.passed)),
    )


@router.get(
    "/v1/inspections",
    **lists(
        queries.InspectionView,
        "lot_id",
        "sku",
        "run_id",
        verdict=one_of("passed", "failed"),
        first=one_of(*queries.ENDS),
    ),
)
async def list_inspections(ask: Asked) -> Response:
    """Inspections by `lot_id`, `sku`, `run_id`, `verdict`; failed ones are non-conformances."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "lot_id", "sku", "run_id")
    verdict = choice_asked(ask, "verdict", "passed", "failed")
    passed = None if verdict is None else verdict == "passed"
    end = first_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_inspections(sql, passed=passed, end=end, after=after, limit=limit, **wanted)
    return paged(ask, rows, limit)


@router.get("/v1/lots/{lot_id}/certificate", **shows(queries.CertificateView))
async def show_certificate(ask: Asked, lot_id: str) -> Response:
    """The certificate of analysis of a lot that may be used: what its newest inspection found, beside the limits."""
    async with ask.read() as sql:
        return found(await queries.find_certificate(sql, lot_id))
