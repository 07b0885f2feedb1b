"""Runs over HTTP: seen, started, measured, reported on, held, ended, given up; alone or up to 100 at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import (
    Ask,
    Asked,
    Response,
    acts,
    done,
    filters_asked,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    shows,
)
from backbone.web.bulk import ActView, BulkView, many, one_by_one
from contracts.values import PropertyValue, Quantity
from production import commands, handlers, queries
from production.api.forms import Nothing, ReasonBody, Taken, first_asked
from production.domain.act import (
    Abort,
    Act,
    End,
    Hold,
    Measure,
    Outcome,
    Override,
    Reading,
    Report,
    Resume,
    Scrap,
    Start,
    Time,
)
from production.domain.form import PARTS_COUNT_MAX, SERIALS_COUNT_MAX, counted, mark, said
from production.domain.material import Take
from production.domain.run import Run

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ParametersBody:
    """What was measured at operations of the run."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class ReportBody:
    """What the run took and made; what is absent is as planned for `runs` of it (all that are left at the end).

    With `operation_no` these runs went through that operation and no further: what comes there is made now.
    """

    runs: Quantity | None = None
    consumed: tuple[Take, ...] = ()
    backflush: bool = True
    outcomes: tuple[Outcome, ...] = ()
    scraps: tuple[Scrap, ...] = ()
    times: tuple[Time, ...] = ()
    operation_no: int | None = None

    def report(self, at: str = "") -> Report:
        """The report that the body, lying at `at`, is."""
        for name, parts in (
            ("consumed", self.consumed),
            ("outcomes", self.outcomes),
            ("scraps", self.scraps),
            ("times", self.times),
        ):
            counted(parts, f"{at}/{name}", PARTS_COUNT_MAX, least=0)
        for place, each in enumerate(self.outcomes):
            where = f"{at}/outcomes/{place}"
            counted(each.properties, f"{where}/properties", PARTS_COUNT_MAX, least=0)
            counted(each.serials, f"{where}/serials", SERIALS_COUNT_MAX, least=0)
            for serial in each.serials:
                mark(serial, f"{where}/serials")
        for place, take in enumerate(self.consumed):
            counted(take.serials, f"{at}/consumed/{place}/serials", SERIALS_COUNT_MAX, least=0)
        for place, scrap in enumerate(self.scraps):
            said(scrap.reason, f"{at}/scraps/{place}/reason")
        return Report(
            self.runs,
            self.consumed,
            self.backflush,
            self.outcomes,
            self.scraps,
            self.times,
            self.operation_no,
        )


@dataclass(frozen=True, slots=True)
class EndBody:
    """The last report, and whether the rest of the run was completed by it or is not done; why so little came."""

    report: ReportBody = ReportBody()
    rest: Literal["complete", "nothing"] = "complete"
    reason: str = ""

    def end(self) -> End:
        """The end that the body is."""
        report = self.report.report("/report")
        return End(report, self.rest, said(self.reason, "/reason") if self.reason else "")


@dataclass(frozen=True, slots=True)
class BulkAct:
    """An act at one run, with what this kind of act needs: readings, a report, a reason."""

    run_id: str
    act: Literal["start", "parameters", "report", "hold", "resume", "abort", "end"]
    readings: tuple[Reading, ...] = ()
    report: ReportBody = ReportBody()
    rest: Literal["complete", "nothing"] = "complete"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BulkBody:
    """Acts at runs, one after the other, each taken or refused by itself."""

    acts: tuple[BulkAct, ...]


HOT: Final = ParametersBody((Reading(10, "temperature", Quantity(851)),))
PART: Final = ReportBody(
    Quantity(100),
    (Take("a lot", Quantity(101)),),
    outcomes=(Outcome("shaft", Quantity(98), (PropertyValue("hardness", Quantity("60.5"), "HRC"),)),),
    scraps=(Scrap("shaft", Quantity(2), "bent"),),
    times=(Time(10, Quantity(115), Quantity(112)),),
)
REST: Final = EndBody(ReportBody(scraps=(Scrap("shaft", Quantity(1), "cracked"),)))
WHY: Final = ReasonBody("no power")
LATE: Final = ReasonBody("the furnace is heated while the shafts come")
SHIFT: Final = BulkBody((BulkAct("a run", "start"), BulkAct("another run", "end")))


@router.get(
    "/v1/runs",
    **lists(queries.RunView, "state", "site_id", "recipe_id", "late_cause", first=one_of(*queries.ENDS)),
)
async def list_runs(ask: Asked) -> Response:
    """Runs, the oldest first unless `first` says newest; narrowed by `state`, `site_id`, `recipe_id`, `late_cause`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "state", "site_id", "recipe_id", "late_cause")
    end = first_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_runs(sql, end=end, after=after, limit=limit, **wanted), limit)


@router.get("/v1/runs/{run_id}", **shows(queries.RunView))
async def show_run(ask: Asked, run_id: str) -> Response:
    """A run, with all that has happened at it."""
    async with ask.read() as sql:
        run = await queries.find_run(sql, run_id)
    return found(run, version=run.version)


async def _act(ask: Ask, run_id: str, act: Act) -> Response:
    command = commands.ActOnRun(run_id, act, ask.principal.subject, _is_machine(ask))
    return await ask.act(handlers.act_on_run, command, reply=_acted)


def _is_machine(ask: Ask) -> bool:
    return ask.principal.role == "system"


def _acted(run: Run) -> Reply:
    return done(Taken(run.run_id, run.state), version=run.version)


@router.post("/v1/runs/{run_id}/start", **acts(Taken, body=Nothing, example=Nothing()))
async def start_run(ask: Asked, run_id: str) -> Response:
    """Begin a run whose material lies ready."""
    await ask.body(Nothing)
    return await _act(ask, run_id, Start())


@router.post("/v1/runs/{run_id}/override", **acts(Taken, body=ReasonBody, example=LATE))
async def override_staging(ask: Asked, run_id: str) -> Response:
    """Begin a run although its material does not lie ready, and say why; it is reported when there is something."""
    return await _act(ask, run_id, Override(said((await ask.body(ReasonBody)).reason, "/reason")))


@router.post("/v1/runs/{run_id}/hold", **acts(Taken, body=ReasonBody, example=WHY))
async def hold_run(ask: Asked, run_id: str) -> Response:
    """Let a run stand still, and say why."""
    return await _act(ask, run_id, Hold(said((await ask.body(ReasonBody)).reason, "/reason")))


@router.post("/v1/runs/{run_id}/resume", **acts(Taken, body=Nothing, example=Nothing()))
async def resume_run(ask: Asked, run_id: str) -> Response:
    """Go on with a run that stood still."""
    await ask.body(Nothing)
    return await _act(ask, run_id, Resume())


@router.post("/v1/runs/{run_id}/abort", **acts(Taken, body=ReasonBody, example=WHY))
async def abort_run(ask: Asked, run_id: str) -> Response:
    """Give a run up; what it did not make is planned anew."""
    return await _act(ask, run_id, Abort(said((await ask.body(ReasonBody)).reason, "/reason")))


@router.post("/v1/runs/{run_id}/parameters", **acts(Taken, body=ParametersBody, example=HOT))
async def record_parameters(ask: Asked, run_id: str) -> Response:
    """Note what was measured; out of its limits, what the run makes is blocked."""
    body = await ask.body(ParametersBody)
    counted(body.readings, "/readings", PARTS_COUNT_MAX)
    return await _act(ask, run_id, Measure(body.readings))


@router.post("/v1/runs/{run_id}/report", **acts(Taken, body=ReportBody, example=PART))
async def report_run(ask: Asked, run_id: str) -> Response:
    """Report what a run took and made so far."""
    return await _act(ask, run_id, (await ask.body(ReportBody)).report())


@router.post("/v1/runs/{run_id}/end", **acts(Taken, body=EndBody, example=REST))
async def end_run(ask: Asked, run_id: str) -> Response:
    """End a run: the rest is made as planned, or as reported."""
    body = await ask.body(EndBody)
    return await _act(ask, run_id, body.end())


@router.post("/v1/run-acts/batch", **acts(BulkView, body=BulkBody, example=SHIFT))
async def act_on_runs(ask: Asked) -> Response:
    """Act on up to 100 runs, an answer for each; what is refused for one changes nothing for the others."""
    body = await ask.body(BulkBody)
    by = ask.principal.subject
    wanted = tuple(
        commands.ActOnRun(each.run_id, _act_of(each, f"/acts/{place}"), by, _is_machine(ask))
        for place, each in enumerate(many(body.acts))
    )
    return await ask.act(handlers.act_on_runs, commands.ActOnRuns(wanted), reply=one_by_one(_done))


def _done(run: Run) -> ActView:
    return ActView(200, run.run_id, run.state)


def _act_of(each: BulkAct, at: str) -> Act:
    if each.act == "start":
        return Start()
    if each.act == "resume":
        return Resume()
    if each.act == "hold":
        return Hold(said(each.reason, f"{at}/reason"))
    if each.act == "abort":
        return Abort(said(each.reason, f"{at}/reason"))
    if each.act == "parameters":
        counted(each.readings, f"{at}/readings", PARTS_COUNT_MAX)
        return Measure(each.readings)
    report = each.report.report(f"{at}/report")
    if each.act == "report":
        return report
    return End(report, each.rest, said(each.reason, f"{at}/reason") if each.reason else "")
