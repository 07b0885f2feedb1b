"""`o2d schedule`: sites scheduled anew: proposed, listed, shown beside what is, decided on, or stopped."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Final

import typer

from o2d.desk import MOMENTS, PRODUCTION, Desk, OfSite, Subject, Yes, moment, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Schedules: propose where the open runs of a site go, see what moves, decide."
)

SCHEDULES: Final = "/v1/schedules"
ACCEPT: Final = "/v1/schedules/{schedule}/acceptance"
REJECT: Final = "/v1/schedules/{schedule}/rejection"
CANCEL: Final = "/v1/operations/{schedule}/cancel"
SHORT: Final = (
    "schedule_id", "site_id", "state", "runs", "moved", "late_before", "late_after", "tardy_minutes_before",
    "tardy_minutes_after",
)  # fmt: skip
CAUSES: Final = ("material", "capacity", "quality", "lead-time")
LATE: Final = ("run_id", "site_id", "state", "starts_at", "ends_at", "due_at", "material_at", "late_cause")
BAR: Final = (
    "work_centre_id", "machine_no", "starts_at", "ends_at", "run_id", "operation_no", "state", "due_at", "late"
)  # fmt: skip
# Why they were late is kept of runs that are over, too, and of these there are ever more.
OPEN: Final = ("scheduled", "allowed", "running", "held")

Schedule = Annotated[str, typer.Argument(help="The schedule.")]


@words.command()
def run(
    site: Annotated[str, typer.Option(help="The site.")],
    frozen_hours: Annotated[
        int | None, typer.Option(min=0, help="Hours from now in which nothing moves.")
    ] = None,
    damping_minutes: Annotated[
        int | None, typer.Option(min=0, help="Minutes that a run moves without being told of.")
    ] = None,
    subject: Subject = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Propose where the open runs of a site go."""
    spans = {"frozen_hours": frozen_hours, "damping_minutes": damping_minutes}
    body = {"site_id": site, **{name: span for name, span in spans.items() if span is not None}}
    desk = Desk.of(PRODUCTION, "planner", subject)
    schedule = desk.work(SCHEDULES, body, "schedule", "rounds")
    _tell([desk.get(f"{SCHEDULES}/{schedule}")], output)


@words.command("list")
def list_(site: OfSite = None, output: OutputOption = Output.TABLE) -> None:
    """List schedules."""
    _tell(Desk.of(PRODUCTION, "planner").rows(SCHEDULES, site_id=site), output)


@words.command()
def late(site: OfSite = None, output: OutputOption = Output.TABLE) -> None:
    """List open runs that end late where they are, by cause."""
    desk = Desk.of(PRODUCTION, "planner")
    found = [
        row
        for cause in CAUSES
        for state in OPEN
        for row in desk.rows("/v1/runs", site_id=site, late_cause=cause, state=state)
    ]
    tell([{name: row[name] for name in LATE} for row in found], output)


@words.command()
def show(schedule: Schedule, output: OutputOption = Output.TABLE) -> None:
    """List what a schedule moves."""
    tell(Desk.of(PRODUCTION, "planner").rows(f"{SCHEDULES}/{schedule}/moves"), output)


@words.command()
def board(
    site: OfSite = None,
    since: Annotated[
        datetime | None, typer.Option("--from", formats=MOMENTS, help="From then on (UTC); from now.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=MOMENTS, help="Until then (UTC); for two weeks.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what machines are kept for and when they stand still; as JSON with the work centres."""
    span = {"from": None if since is None else moment(since), "to": None if until is None else moment(until)}
    whole = Desk.of(PRODUCTION, "planner").get("/v1/board", site_id=site, **span)
    if output is not Output.TABLE:
        tell([whole], output)
        return
    tell([{name: bar[name] for name in BAR} for bar in whole["bars"]], output)
    tell(whole["stops"], output)


@words.command()
def accept(
    schedule: Schedule, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Let runs go where a schedule puts them."""
    _decide("accept", ACCEPT, schedule, subject, yes, output)


@words.command()
def reject(
    schedule: Schedule, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Leave runs where they are."""
    _decide("reject", REJECT, schedule, subject, yes, output)


@words.command()
def cancel(
    schedule: Schedule, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Stop reckoning a schedule."""
    sure(f"cancel schedule {schedule}?", yes)
    tell([Desk.of(PRODUCTION, "planner", subject).post(CANCEL.format(schedule=schedule), {})], output)


def _decide(act: str, path: str, schedule: str, subject: str | None, yes: bool, output: Output) -> None:
    sure(f"{act} schedule {schedule}?", yes)
    desk = Desk.of(PRODUCTION, "planner", subject)
    desk.post(path.format(schedule=schedule), {})
    _tell([desk.get(f"{SCHEDULES}/{schedule}")], output)


def _tell(schedules: list[dict[str, Any]], output: Output) -> None:
    short = (
        [{name: row[name] for name in SHORT} for row in schedules] if output is Output.TABLE else schedules
    )
    tell(short, output)
