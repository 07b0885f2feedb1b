"""Runs are split and put together over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done
from contracts.values import Quantity
from production import commands, handlers
from production.domain.form import counted, mark
from production.domain.parting import MERGED_COUNT_MAX, demand_distinct, part_said

router = APIRouter()


@dataclass(frozen=True, slots=True)
class SplitBody:
    """How many of the runs that are not done become a run of their own."""

    runs: Quantity


@dataclass(frozen=True, slots=True)
class MergeBody:
    """The runs whose work this one does, too; they are over then."""

    run_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartedView:
    """The run that was acted on, and those that came of it or went into it."""

    run_id: str
    state: str
    runs: Quantity
    others: tuple[str, ...]


PART: Final = SplitBody(Quantity(200))
TOGETHER: Final = MergeBody(("another run",))


def _parted(parted: handlers.Parted) -> PartedView:
    run = parted.run
    return PartedView(run.run_id, run.state, run.runs, tuple(each.run_id for each in parted.others))


@router.post("/v1/runs/{run_id}/split", **acts(PartedView, body=SplitBody, example=PART))
async def split_run(ask: Asked, run_id: str) -> Response:
    """Make a part of a run a run of its own, which has its own place and its own share of what lies staged."""
    runs = part_said((await ask.body(SplitBody)).runs, "/runs")
    command = commands.SplitRun(run_id, runs, ask.principal.subject)
    return await ask.act(
        handlers.split_run, command, reply=lambda parted: done(_parted(parted), version=parted.run.version)
    )


@router.post("/v1/runs/{run_id}/merge", **acts(PartedView, body=MergeBody, example=TOGETHER))
async def merge_runs(ask: Asked, run_id: str) -> Response:
    """Let a run make what others were asked for, too, as long as none of them has begun; these are over then."""
    body = await ask.body(MergeBody)
    counted(body.run_ids, "/run_ids", MERGED_COUNT_MAX)
    for place, other in enumerate(body.run_ids):
        mark(other, f"/run_ids/{place}")
    demand_distinct(run_id, body.run_ids, "/run_ids")
    command = commands.MergeRuns(run_id, body.run_ids, ask.principal.subject)
    return await ask.act(
        handlers.merge_runs, command, reply=lambda parted: done(_parted(parted), version=parted.run.version)
    )
