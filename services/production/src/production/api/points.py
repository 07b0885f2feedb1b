"""Inspection points over HTTP: how operations are inspected, what was found of runs there, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    TEXT,
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    filter_asked,
    found,
    lists,
    page_asked,
    paged,
    placed,
    shows,
    whole,
)
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import Taken
from production.domain.act import Decide, Verdict
from production.domain.chart import POINTS_COUNT_MAX
from production.domain.form import counted, named, numbered, said
from production.domain.points import InspectionPoint
from production.domain.quality import CHARACTERISTICS_COUNT_MAX, Characteristic, Sample, Sampling

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PointBody:
    """What is looked at behind an operation of a recipe, by an item that it takes or makes; or nothing any more."""

    recipe_id: str
    operation_no: int
    sku: str
    characteristics: tuple[Characteristic, ...]
    sampling: tuple[Sampling, ...]
    in_force: bool = True


@dataclass(frozen=True, slots=True)
class RunSamplesBody:
    """What was found behind an operation, of `runs` of the run: of all that have not passed there if absent."""

    operation_no: int
    sku: str
    samples: tuple[Sample, ...]
    runs: Quantity | None = None


@dataclass(frozen=True, slots=True)
class RunInspectedView:
    """An inspection, and whether the run goes on."""

    inspection_id: str
    run_id: str
    passed: bool


@dataclass(frozen=True, slots=True)
class DecisionBody:
    """What becomes of runs that wait behind an operation; `runs` of them are scrapped, all that failed if absent."""

    operation_no: int
    sku: str
    verdict: Verdict
    reason: str
    runs: Quantity | None = None


TURNED: Final = PointBody(
    "turn-shaft",
    10,
    "shaft",
    (
        Characteristic("diameter", "variable", "mm", Quantity("24.95"), Quantity("25.05")),
        Characteristic("burr", "attribute"),
    ),
    (Sampling(Quantity(0), 3, 0), Sampling(Quantity(501), 13, 1)),
)
MEASURED: Final = RunSamplesBody(
    10,
    "shaft",
    (
        Sample("diameter", (Quantity("25.01"), Quantity("24.99"), Quantity("25"))),
        Sample("burr", (), 3, 0),
    ),
)
SORTED: Final = DecisionBody(10, "shaft", "scrap", "chatter marks; the others were looked at", Quantity(4))


@router.post("/v1/inspection-points", **creates(InspectionPoint, body=PointBody, example=TURNED))
async def plan_point(ask: Asked) -> Response:
    """Say how the work of an operation is inspected, from now on; a run that begins waits there until it has passed."""
    body = await ask.body(PointBody)
    point = InspectionPoint(
        placed(named(body.recipe_id, "/recipe_id"), "/recipe_id"), body.operation_no,
        placed(named(body.sku, "/sku"), "/sku"), body.characteristics, body.sampling, body.in_force,
    )  # fmt: skip
    return await ask.act(
        handlers.plan_point,
        commands.PlanPoint(point),
        reply=lambda kept: created(
            f"/v1/inspection-points/{kept.recipe_id}/{kept.operation_no}/{kept.sku}",
            kept,
            version=kept.version,
        ),
    )


@router.get("/v1/inspection-points", **lists(InspectionPoint, "recipe_id"))
async def list_inspection_points(ask: Asked) -> Response:
    """How the work of operations is inspected, by recipe and operation; of one `recipe_id`."""
    after, limit = page_asked(ask)
    recipe_id = filter_asked(ask, "recipe_id")
    async with ask.read() as sql:
        rows = await queries.page_inspection_points(sql, recipe_id=recipe_id, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get("/v1/inspection-points/{recipe_id}/{operation_no}/{sku}", **shows(InspectionPoint))
async def show_inspection_point(ask: Asked, recipe_id: str, operation_no: str, sku: str) -> Response:
    """How the work of an operation is inspected by an item."""
    async with ask.read() as sql:
        point = await queries.find_inspection_point(sql, recipe_id, numbered(operation_no), sku)
    return found(point, version=point.version)


@router.get(
    "/v1/inspection-points/{recipe_id}/{operation_no}/{sku}/chart",
    **shows(queries.ChartView, characteristic=TEXT, baseline=whole(POINTS_COUNT_MAX)),
)
async def show_point_chart(ask: Asked, recipe_id: str, operation_no: str, sku: str) -> Response:
    """The control chart of a `characteristic` over the newest runs; limits by the first `baseline` points."""
    name = filter_asked(ask, "characteristic") or ""
    given = filter_asked(ask, "baseline")
    baseline = ask.number("baseline", usual=POINTS_COUNT_MAX, maximum=POINTS_COUNT_MAX) if given else None
    number = numbered(operation_no)
    async with ask.read() as sql:
        return found(await queries.find_point_chart(sql, recipe_id, number, sku, name, baseline))


@router.post("/v1/runs/{run_id}/samples", **acts(RunInspectedView, body=RunSamplesBody, example=MEASURED))
async def inspect_run(ask: Asked, run_id: str) -> Response:
    """Say what was found behind an operation; the run goes on beyond it, or stands still until somebody decides."""
    body = await ask.body(RunSamplesBody)
    counted(body.samples, "/samples", CHARACTERISTICS_COUNT_MAX)
    return await ask.act(
        handlers.inspect_run,
        commands.InspectRun(
            run_id, body.operation_no, body.sku, body.samples, body.runs, ask.principal.subject
        ),
        reply=lambda made: done(RunInspectedView(made.inspection_id, made.run_id, made.passed)),
    )


@router.post("/v1/runs/{run_id}/decision", **acts(Taken, body=DecisionBody, example=SORTED))
async def decide_run(ask: Asked, run_id: str) -> Response:
    """Decide on runs that wait behind an operation: as they are (two people), once more, scrapped, or the run's end."""
    body = await ask.body(DecisionBody)
    decision = Decide(body.operation_no, body.sku, body.verdict, said(body.reason, "/reason"), body.runs)
    return await ask.act(
        handlers.decide_run,
        commands.DecideRun(run_id, decision, ask.principal.subject),
        reply=lambda run: done(Taken(run.run_id, run.state), version=run.version),
    )
