"""`o2d run`: runs as their operators and planners act on them: begun, measured, reported on, parted, moved, ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from o2d.desk import MOMENTS, PRODUCTION, Desk, Subject, Ways, Why, Yes, act_on, moment, read_body, sure, tell
from o2d.reports import Goods, Scraps, Takes, Whole, readings_of, report_of
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Runs: see them, act on them, part and move them.")

RUN: Final = "/v1/runs/{id}"
START: Final = "/v1/runs/{id}/start"
OVERRIDE: Final = "/v1/runs/{id}/override"
LET: Final = "/v1/runs/{id}/permissions"
HOLD: Final = "/v1/runs/{id}/hold"
RESUME: Final = "/v1/runs/{id}/resume"
ABORT: Final = "/v1/runs/{id}/abort"
MEASURE: Final = "/v1/runs/{id}/parameters"
REPORT: Final = "/v1/runs/{id}/report"
END: Final = "/v1/runs/{id}/end"
MANY: Final = "/v1/run-acts/batch"
SPLIT: Final = "/v1/runs/{id}/split"
MERGE: Final = "/v1/runs/{id}/merge"
MOVE: Final = "/v1/runs/{id}/moves"
FROZEN_MOVE: Final = "/v1/runs/{id}/frozen-moves"
SHORT: Final = (
    "run_id", "recipe_id", "recipe_version", "site_id", "runs", "done_runs", "state", "starts_at", "ends_at",
    "due_at", "late_cause",
)  # fmt: skip

Run = Annotated[str, typer.Argument(help="The run.")]
Runs = Annotated[list[str], typer.Argument(help="The runs; each is taken or refused by itself.")]
Done = Annotated[
    str | None, typer.Option("--runs", help="How many of it are done; all that are left at the end.")
]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    site: Annotated[str | None, typer.Option(help="Of this site alone.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Of this recipe alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List runs, the newest first."""
    desk = Desk.of(PRODUCTION, "operator")
    rows = desk.rows("/v1/runs", state=state, site_id=site, recipe_id=recipe, first="newest")
    tell([_short(row) for row in rows] if output is Output.TABLE else rows, output)


@words.command()
def show(run: Run, output: OutputOption = Output.TABLE) -> None:
    """Show a run: as a table its head, as JSON all that happened at it."""
    row = Desk.of(PRODUCTION, "operator").get(RUN.format(id=run))
    tell([_short(row)] if output is Output.TABLE else [row], output)


@words.command()
def cost(run: Run, output: OutputOption = Output.TABLE) -> None:
    """Show what each step of a run has cost; as JSON with the variances."""
    whole = Desk.of(PRODUCTION, "planner").get(f"{RUN}/cost".format(id=run))
    steps = [{**step, **step["added"]} for step in whole["steps"]]
    tell(steps if output is Output.TABLE else [whole], output)


@words.command()
def start(runs: Runs, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Begin runs whose material lies ready."""
    _act("start", START, runs, {}, subject, yes, output)


@words.command()
def override(
    run: Run, reason: Why, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Begin a run although its material does not lie ready."""
    sure(f"begin run {run} without its material?", yes)
    tell([Desk.of(PRODUCTION, "approver", subject).post(OVERRIDE.format(id=run), {"reason": reason})], output)


@words.command()
def let(
    run: Run,
    person: Annotated[str, typer.Argument(help="Who, by the name of their token.")],
    reason: Why,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let a person begin a run and report on it without the skill that it asks for."""
    sure(f"let {person} do run {run} without the skill?", yes)
    body = {"person": person, "reason": reason}
    tell([Desk.of(PRODUCTION, "approver", subject).post(LET.format(id=run), body)], output)


@words.command()
def hold(
    runs: Runs, reason: Why, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Let runs stand still."""
    _act("hold", HOLD, runs, {"reason": reason}, subject, yes, output)


@words.command()
def resume(
    runs: Runs, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Go on with runs that stood still."""
    _act("resume", RESUME, runs, {}, subject, yes, output)


@words.command()
def abort(
    runs: Runs, reason: Why, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Give runs up; what they did not make is planned anew."""
    _act("abort", ABORT, runs, {"reason": reason}, subject, yes, output)


@words.command()
def measure(
    run: Run,
    readings: Annotated[list[str], typer.Argument(help="What was measured, like 10:temperature=851.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Note what was measured at operations; out of its limits, what the run makes is blocked."""
    body = {"readings": readings_of(readings)}
    sure(f"note {', '.join(readings)} at run {run}?", yes)
    tell([Desk.of(PRODUCTION, "operator", subject).post(MEASURE.format(id=run), body)], output)


@words.command()
def report(
    run: Run,
    runs: Done = None,
    take: Takes = None,
    good: Goods = None,
    scrap: Scraps = None,
    named_only: Annotated[
        bool, typer.Option("--named-only", help="Consume the lots that are named and no more.")
    ] = False,
    operation: Annotated[
        int | None, typer.Option(help="Through this operation and no further; what comes there is made.")
    ] = None,
    file: Whole = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Report what a run took and made so far: a part of it is complete, or went through an operation."""
    said = {**report_of(runs, take, good, scrap, named_only=named_only), "operation_no": operation}
    body = said if file is None else read_body(file)
    sure(f"report {json.dumps(body)} of run {run}?", yes)
    tell([Desk.of(PRODUCTION, "operator", subject).post(REPORT.format(id=run), body)], output)


@words.command()
def end(
    runs: Runs,
    nothing_more: Annotated[
        bool, typer.Option("--nothing-more", help="The rest was not made; it is planned anew.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why so little came.")] = "",
    scrap: Scraps = None,
    file: Whole = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """End runs: their rest is made as planned, or as reported."""
    rest = "nothing" if nothing_more else "complete"
    body = {"rest": rest, "reason": reason, "report": report_of(scraps=scrap)}
    _act("end", END, runs, body if file is None else read_body(file), subject, yes, output)


@words.command()
def split(
    run: Run,
    runs: Annotated[str, typer.Argument(help="How many of it become a run of their own.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Make a part of a run a run of its own."""
    sure(f"split {runs} off run {run}?", yes)
    _tell_with_others(
        Desk.of(PRODUCTION, "planner", subject).post(SPLIT.format(id=run), {"runs": runs}), output
    )


@words.command()
def merge(
    run: Run,
    others: Annotated[
        list[str], typer.Argument(help="The runs whose work it does, too; they are over then.")
    ],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let a run make what others were asked for, too."""
    sure(f"let run {run} do the work of {', '.join(others)}?", yes)
    _tell_with_others(
        Desk.of(PRODUCTION, "planner", subject).post(MERGE.format(id=run), {"run_ids": others}), output
    )


@words.command()
def move(
    run: Run,
    operation: Annotated[int, typer.Option(help="Its operation.")],
    centre: Annotated[str, typer.Option(help="The work centre.")],
    at: Annotated[datetime, typer.Option(formats=MOMENTS, help="When it begins (UTC).")],
    machine: Annotated[int, typer.Option(help="The machine, numbered from 1.")] = 1,
    frozen: Annotated[
        str, typer.Option("--frozen", help="Why it moves although it begins within a day; an approver's.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would move.")] = False,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Put an operation elsewhere; what that moves and makes late is shown before it is done."""
    body: dict[str, Any] = {
        "operation_no": operation, "work_centre_id": centre, "machine_no": machine, "starts_at": moment(at)
    }  # fmt: skip
    path, role = (FROZEN_MOVE, "approver") if frozen else (MOVE, "planner")
    if frozen:
        body["reason"] = frozen
    desk = Desk.of(PRODUCTION, role, subject)
    if dry_run or not yes:
        effects = desk.post(path.format(id=run), {**body, "dry_run": True})["effects"]
        if dry_run or output is Output.TABLE:
            tell(effects, output)
        if dry_run:
            return
        late = sum(each["late"] and not each["late_was"] for each in effects)
        sure(f"move {len(effects)} runs, {late} of them into lateness?", yes)
    tell(desk.post(path.format(id=run), {**body, "dry_run": False})["effects"], output)


def _act(
    act: str,
    path: str,
    runs: list[str],
    body: Mapping[str, Any],
    subject: str | None,
    yes: bool,
    output: Output,
) -> None:
    """Act on runs."""
    bodies = [{"run_id": run, **body} for run in runs]
    ways = Ways(path, "run_id", MANY, named=True)
    act_on(Desk.of(PRODUCTION, "operator", subject), act, ways, bodies, yes, output)


def _tell_with_others(answer: Mapping[str, Any], output: Output) -> None:
    tell([{**answer, "others": ", ".join(answer["others"])}] if output is Output.TABLE else [answer], output)


def _short(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in SHORT}
