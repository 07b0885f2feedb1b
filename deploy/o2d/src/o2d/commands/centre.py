"""`o2d centre`: work centres: defined, their queue, load, rates, when they stand still, setups, OEE."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer

from o2d.desk import MOMENTS, PRODUCTION, Body, Desk, Subject, Why, Yes, moment, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Work centres: define them, see their load and their downtime."
)

CENTRES: Final = "/v1/work-centres"
DOWNTIMES: Final = "/v1/work-centres/{centre}/downtimes"
WITHDRAW: Final = "/v1/work-centres/{centre}/downtimes/{downtime}/withdrawal"
RATES: Final = "/v1/work-centres/{centre}/rates"
WITHDRAW_RATES: Final = "/v1/work-centres/{centre}/rates/{number}/withdrawal"
CHANGEOVERS: Final = "/v1/work-centres/{centre}/changeovers"
CALENDARS: Final = "/v1/calendars"


class Grain(StrEnum):
    """By what load is summed."""

    DAY = "day"
    WEEK = "week"


Centre = Annotated[str, typer.Argument(help="The work centre.")]


@words.command("list")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List work centres."""
    tell(Desk.of(PRODUCTION, "planner").rows(CENTRES), output)


@words.command()
def define(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say where work is done and what an hour of it costs."""
    body = read_body(file)
    sure(f"define work centre {body.get('work_centre_id')}?", yes)
    tell([Desk.of(PRODUCTION, "planner", subject).post(CENTRES, body)], output)


@words.command()
def show(centre: Centre, output: OutputOption = Output.TABLE) -> None:
    """Show a work centre and what an hour of it costs."""
    tell([Desk.of(PRODUCTION, "planner").get(f"{CENTRES}/{centre}")], output)


@words.command()
def calendars(
    calendar: Annotated[str | None, typer.Argument(help="This one alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List calendars."""
    desk = Desk.of(PRODUCTION, "planner")
    rows = desk.rows(CALENDARS) if calendar is None else [desk.get(f"{CALENDARS}/{calendar}")]
    days = [
        {**row, "weekdays": " ".join(map(str, row["weekdays"])), "shifts": len(row["shifts"]) or ""}
        for row in rows
    ]
    tell(days if output is Output.TABLE else rows, output)


@words.command()
def calendar(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say when work is done: weekdays with the same hours, or shifts of weekdays with hours of their own."""
    body = read_body(file)
    sure(f"define calendar {body.get('calendar_id')}?", yes)
    tell([Desk.of(PRODUCTION, "planner", subject).post(CALENDARS, body)], output)


@words.command()
def queue(centre: Centre, output: OutputOption = Output.TABLE) -> None:
    """List the runs that wait at a work centre or are at work there."""
    tell(Desk.of(PRODUCTION, "operator").rows(f"{CENTRES}/{centre}/queue"), output)


@words.command()
def bookings(centre: Centre, output: OutputOption = Output.TABLE) -> None:
    """List when its machines are taken from now on."""
    tell(Desk.of(PRODUCTION, "planner").rows(f"{CENTRES}/{centre}/bookings"), output)


@words.command()
def load(
    centre: Centre,
    by: Annotated[Grain, typer.Option(help="By day or week.")] = Grain.DAY,
    buckets: Annotated[int | None, typer.Option(min=1, help="So many of them.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show load beside capacity."""
    whole = Desk.of(PRODUCTION, "planner").get(f"{CENTRES}/{centre}/load", by=by.value, buckets=buckets)
    tell(whole["buckets"], output, whole)


@words.command()
def oee(
    centre: Centre,
    since: Annotated[datetime | None, typer.Option(formats=MOMENTS, help="From then on (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(formats=MOMENTS, help="Until then (UTC).")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show availability, performance and quality of a week, or between two moments; as JSON what is behind them."""
    span = {
        "from": None if since is None else moment(since), "to": None if until is None else moment(until)
    }  # fmt: skip
    tell([Desk.of(PRODUCTION, "planner").get(f"{CENTRES}/{centre}/effectiveness", **span)], output)


@words.command()
def downtimes(centre: Centre, output: OutputOption = Output.TABLE) -> None:
    """List when its machines stand or stood still, and why."""
    tell(Desk.of(PRODUCTION, "planner").rows(DOWNTIMES.format(centre=centre)), output)


@words.command()
def down(
    centre: Centre,
    since: Annotated[datetime, typer.Option("--from", formats=MOMENTS, help="From then on (UTC).")],
    until: Annotated[datetime, typer.Option("--to", formats=MOMENTS, help="Until then (UTC).")],
    reason: Why,
    machine: Annotated[int, typer.Option(min=1, help="The machine, numbered from 1.")] = 1,
    recorded: Annotated[bool, typer.Option("--recorded", help="It happened; else it is planned.")] = False,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say when a machine stands or stood still; no run gets its place in that time."""
    kind = "recorded" if recorded else "planned"
    sure(f"{kind} downtime of machine {machine} of {centre} from {since} to {until}?", yes)
    body = {
        "machine_no": machine, "kind": kind, "reason": reason, "starts_at": moment(since), "ends_at": moment(until)
    }  # fmt: skip
    tell([Desk.of(PRODUCTION, "planner", subject).post(DOWNTIMES.format(centre=centre), body)], output)


@words.command()
def up(
    centre: Centre,
    downtime: Annotated[str, typer.Argument(help="Its id, as `downtimes` lists it.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Take back that a machine stands still; where it does already it ends now."""
    sure(f"take back downtime {downtime} of {centre}?", yes)
    path = WITHDRAW.format(centre=centre, downtime=downtime)
    tell([Desk.of(PRODUCTION, "planner", subject).post(path, {})], output)


@words.command()
def rates(centre: Centre, output: OutputOption = Output.TABLE) -> None:
    """List what an hour there costs, has cost and is to cost, the latest moment in front."""
    tell(Desk.of(PRODUCTION, "planner").rows(RATES.format(centre=centre)), output)


@words.command("rate")
def set_rates(
    centre: Centre,
    labour: Annotated[int, typer.Option(min=0, help="An hour of a person, in minor units.")],
    machine: Annotated[int, typer.Option(min=0, help="An hour of a machine, in minor units.")],
    overhead: Annotated[str, typer.Option(help="On top of both, as a part of them, like 0.12.")],
    since: Annotated[
        datetime | None, typer.Option("--from", formats=MOMENTS, help="From then on (UTC); else from now on.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say what an hour there costs from a moment on; what was reported before has cost what it has cost."""
    sure(f"an hour at {centre} costs {labour} and {machine} from {since or 'now'} on?", yes)
    body = {
        "labour_rate_minor": labour, "machine_rate_minor": machine, "overhead_rate": overhead,
        "holds_from": None if since is None else moment(since),
    }  # fmt: skip
    tell([Desk.of(PRODUCTION, "planner", subject).post(RATES.format(centre=centre), body)], output)


@words.command()
def unrate(
    centre: Centre,
    number: Annotated[int, typer.Argument(help="Their number, as `rates` lists it.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Take back rates that do not hold yet."""
    sure(f"take back rates {number} of {centre}?", yes)
    path = WITHDRAW_RATES.format(centre=centre, number=number)
    tell([Desk.of(PRODUCTION, "planner", subject).post(path, {})], output)


@words.command()
def changeovers(
    centre: Centre,
    file: Annotated[
        str | None, typer.Option("--set", help="Replace them by those of a JSON file; - for input.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what setups take after each other, or replace it."""
    path = CHANGEOVERS.format(centre=centre)
    if file is None:
        tell(Desk.of(PRODUCTION, "planner", subject).rows(path), output)
        return
    body = read_body(Path(file))
    sure(f"replace the changeovers of {centre}?", yes)
    tell([Desk.of(PRODUCTION, "planner", subject).post(path, body)], output)
