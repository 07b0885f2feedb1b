"""Runs over HTTP: seen, started, measured, reported on, held, ended, given up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Ask, Asked, Response, acts, done, found, lists, shows
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import Nothing, ReasonBody, Taken
from production.api.pages import asked, asked_page, page
from production.domain.act import (
    Abort,
    Act,
    Denied,
    End,
    Hold,
    Measure,
    Outcome,
    Reading,
    Report,
    Resume,
    Scrap,
    Start,
    check_count,
)
from production.domain.material import Take
from production.domain.run import Run

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ParametersBody:
    """What was measured at operations of the run."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class ReportBody:
    """What the run took and made; what is absent is as planned for `runs` of it (all that are left at the end)."""

    runs: Quantity | None = None
    consumed: tuple[Take, ...] = ()
    backflush: bool = True
    outcomes: tuple[Outcome, ...] = ()
    scraps: tuple[Scrap, ...] = ()

    def report(self) -> Report:
        """The report that the body is."""
        return Report(self.runs, self.consumed, self.backflush, self.outcomes, self.scraps)


@dataclass(frozen=True, slots=True)
class EndBody:
    """The last report, and whether the rest of the run was completed by it or is not done."""

    report: ReportBody = ReportBody()
    rest: Literal["complete", "nothing"] = "complete"


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act at one run: start it, or end it as planned or as reported."""

    run_id: str
    act: Literal["start", "end"]
    report: ReportBody = ReportBody()


@dataclass(frozen=True, slots=True)
class BulkBody:
    """Acts at runs, each taken or refused by itself."""

    acts: tuple[BulkAct, ...]


@dataclass(frozen=True, slots=True)
class ActView:
    """The answer to one act: the run's state, or the refusal's code and words."""

    run_id: str
    status: int
    state: str | None = None
    type: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class BulkView:
    """The answers, in the order of the acts."""

    answers: tuple[ActView, ...]


@router.get("/v1/runs", **lists(queries.RunView))
async def list_runs(ask: Asked) -> Response:
    """Runs, the oldest first; narrowed by `state` and `site_id`."""
    after, limit = asked_page(ask)
    wanted = {"state": asked(ask, "state"), "site_id": asked(ask, "site_id")}
    async with ask.read() as sql:
        return page(ask, await queries.page_runs(sql, after=after, limit=limit, **wanted), limit)


@router.get("/v1/runs/{run_id}", **shows(queries.RunView))
async def show_run(ask: Asked, run_id: str) -> Response:
    """A run, with all that has happened at it."""
    async with ask.read() as sql:
        run = await queries.find_run(sql, run_id)
    return found(run, version=run.version)


async def _act(ask: Ask, run_id: str, act: Act) -> Response:
    command = commands.ActOnRun(run_id, act, ask.principal.subject)
    return await ask.act(handlers.act_on_run, command, reply=_acted)


def _acted(run: Run) -> Reply:
    return done(Taken(run.run_id, run.state), version=run.version)


@router.post("/v1/runs/{run_id}/start", **acts(Taken, body=Nothing))
async def start_run(ask: Asked, run_id: str) -> Response:
    """Begin a run whose material lies ready."""
    return await _act(ask, run_id, Start())


@router.post("/v1/runs/{run_id}/hold", **acts(Taken, body=ReasonBody))
async def hold_run(ask: Asked, run_id: str) -> Response:
    """Let a run stand still, and say why."""
    return await _act(ask, run_id, Hold((await ask.body(ReasonBody)).reason))


@router.post("/v1/runs/{run_id}/resume", **acts(Taken, body=Nothing))
async def resume_run(ask: Asked, run_id: str) -> Response:
    """Go on with a run that stood still."""
    return await _act(ask, run_id, Resume())


@router.post("/v1/runs/{run_id}/abort", **acts(Taken, body=ReasonBody))
async def abort_run(ask: Asked, run_id: str) -> Response:
    """Give a run up; what it did not make is planned anew."""
    return await _act(ask, run_id, Abort((await ask.body(ReasonBody)).reason))


@router.post("/v1/runs/{run_id}/parameters", **acts(Taken, body=ParametersBody))
async def record_parameters(ask: Asked, run_id: str) -> Response:
    """Note what was measured; out of its limits, what the run makes is blocked."""
    return await _act(ask, run_id, Measure((await ask.body(ParametersBody)).readings))


@router.post("/v1/runs/{run_id}/report", **acts(Taken, body=ReportBody))
async def report_run(ask: Asked, run_id: str) -> Response:
    """Report what a run took and made so far."""
    return await _act(ask, run_id, (await ask.body(ReportBody)).report())


@router.post("/v1/runs/{run_id}/end", **acts(Taken, body=EndBody))
async def end_run(ask: Asked, run_id: str) -> Response:
    """End a run: the rest is made as planned, or as reported."""
    body = await ask.body(EndBody)
    return await _act(ask, run_id, End(body.report.report(), body.rest))


@router.post("/v1/run-acts/batch", **acts(BulkView, body=BulkBody))
async def act_on_runs(ask: Asked) -> Response:
    """Start or end up to 100 runs, an answer for each; what is refused for one changes nothing for the others."""
    body = await ask.body(BulkBody)
    check_count(body.acts)
    by = ask.principal.subject
    wanted = tuple(
        commands.ActOnRun(each.run_id, Start() if each.act == "start" else End(each.report.report()), by)
        for each in body.acts
    )

    def reply(answers: list[Run | Denied]) -> Reply:
        views = [_answer(act.run_id, each) for act, each in zip(wanted, answers, strict=True)]
        return done(BulkView(tuple(views)))

    return await ask.act(handlers.act_on_runs, commands.ActOnRuns(wanted), reply=reply)


def _answer(run_id: str, each: Run | Denied) -> ActView:
    if isinstance(each, Denied):
        return ActView(run_id, each.status, type=f"/problems/{each.code}", detail=each.detail)
    return ActView(run_id, 200, each.state)
