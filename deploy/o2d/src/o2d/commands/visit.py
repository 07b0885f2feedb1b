"""`o2d visit`: visits and hand-overs: dates agreed, goods sent, work begun and reported, the client's word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from o2d.desk import (
    MOMENTS,
    SERVICE_DESK,
    Body,
    Desk,
    OfSite,
    Party,
    Subject,
    Why,
    Yes,
    moment,
    read_bodies,
    read_body,
    sure,
    tell,
    tell_answers,
)
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Visits and hand-overs, from the date to the client's word.")

VISITS: Final = "/v1/visits"
VISIT: Final = "/v1/visits/{visit}"
CONFIRM: Final = "/v1/visits/{visit}/confirmation"
MOVE: Final = "/v1/visits/{visit}/move"
DECLINE: Final = "/v1/visits/{visit}/decline"
RESCHEDULE: Final = "/v1/visits/{visit}/reschedule"
CANCEL: Final = "/v1/visits/{visit}/cancellation"
DISPATCH: Final = "/v1/visits/{visit}/dispatch"
START: Final = "/v1/visits/{visit}/start"
REPORT: Final = "/v1/visits/{visit}/report"
MISS: Final = "/v1/visits/{visit}/no-show"
ACCEPT: Final = "/v1/visits/{visit}/acceptance"
REFUSE: Final = "/v1/visits/{visit}/refusal"
ALL_CONFIRMED: Final = "/v1/visits/confirmations/batch"
ALL_DISPATCHED: Final = "/v1/visits/dispatches/batch"
ALL_STARTED: Final = "/v1/visits/starts/batch"
ALL_REPORTED: Final = "/v1/visits/reports/batch"
ALL_ACCEPTED: Final = "/v1/visits/acceptances/batch"

Visit = Annotated[str, typer.Argument(help="The visit or hand-over.")]
Visits = Annotated[list[str], typer.Argument(help="The visits; each is taken or refused by itself.")]
Signed = Annotated[str, typer.Option("--signed-by", help="The client's person whose word it is.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of this kind alone.")] = None,
    order: Annotated[str | None, typer.Option(help="Of this order alone.")] = None,
    site: OfSite = None,
    technician: Annotated[str | None, typer.Option(help="Of this technician alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List visits and hand-overs, the oldest first."""
    narrowed = {
        "state": state, "kind": kind, "order_id": order, "site_id": site, "technician_id": technician
    }  # fmt: skip
    tell(Desk.of(SERVICE_DESK, "dispatcher").rows(VISITS, **narrowed), output)


@words.command()
def show(visit: Visit, output: OutputOption = Output.TABLE) -> None:
    """Show a visit or a hand-over."""
    tell([Desk.of(SERVICE_DESK, "dispatcher").get(VISIT.format(visit=visit))], output)


@words.command()
def contact(visit: Visit, output: OutputOption = Output.TABLE) -> None:
    """Show where to go and whom to ask for."""
    tell([Desk.of(SERVICE_DESK, "dispatcher").get(f"{VISIT}/contact".format(visit=visit))], output)


@words.command()
def link(visit: Visit, output: OutputOption = Output.TABLE) -> None:
    """Make the link by which a client answers without signing in."""
    tell([Desk.of(SERVICE_DESK, "dispatcher").get(f"{VISIT}/link".format(visit=visit))], output)


@words.command()
def confirm(
    visits: Visits,
    party: Party,
    offer: Annotated[int | None, typer.Option(min=1, help="The offer that was seen; of one visit.")] = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say as their client that the times that are offered suit."""
    if offer is not None and len(visits) > 1:
        raise typer.BadParameter("--offer is that of one visit")
    acts = [{"visit_id": visit, "offer_no": offer} for visit in visits]
    _act(
        "confirm", (CONFIRM, ALL_CONFIRMED), Desk.of(SERVICE_DESK, "customer", party=party), acts, yes, output
    )


@words.command()
def move(
    visit: Visit,
    at: Annotated[datetime, typer.Argument(formats=MOMENTS, help="The time that suits better (UTC).")],
    party: Party,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Ask as the client for another time."""
    acts = [{"visit_id": visit, "starts_at": moment(at)}]
    _act("move", (MOVE, ""), Desk.of(SERVICE_DESK, "customer", party=party), acts, yes, output)


@words.command()
def decline(
    visit: Visit, reason: Why, party: Party, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say as the client that a visit is not wanted."""
    acts = [{"visit_id": visit, "reason": reason}]
    _act("decline", (DECLINE, ""), Desk.of(SERVICE_DESK, "customer", party=party), acts, yes, output)


@words.command()
def reschedule(
    visit: Visit,
    at: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, help="At this time (UTC); the next possible one.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Offer the client another time."""
    acts = [{"visit_id": visit, "starts_at": None if at is None else moment(at)}]
    _act("reschedule", (RESCHEDULE, ""), Desk.of(SERVICE_DESK, "dispatcher", subject), acts, yes, output)


@words.command()
def cancel(
    visit: Visit, reason: Why, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Let a visit go that nobody has begun; its people are free."""
    acts = [{"visit_id": visit, "reason": reason}]
    _act("cancel", (CANCEL, ""), Desk.of(SERVICE_DESK, "dispatcher", subject), acts, yes, output)


@words.command()
def dispatch(
    visits: Visits,
    freight: Annotated[int, typer.Option(min=0, help="What the way costs each, in minor units.")] = 0,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Send the goods of hand-overs that their clients have confirmed."""
    acts = [{"visit_id": visit, "freight_minor": freight} for visit in visits]
    desk = Desk.of(SERVICE_DESK, "warehouse", subject)
    _act("dispatch", (DISPATCH, ALL_DISPATCHED), desk, acts, yes, output)


@words.command()
def start(
    visits: Visits, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Begin visits that their clients have confirmed."""
    acts = [{"visit_id": visit} for visit in visits]
    _act("start", (START, ALL_STARTED), Desk.of(SERVICE_DESK, "technician", subject), acts, yes, output)


@words.command()
def report(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Report the work done, by a JSON object a line that names its visit_id; the client's word is awaited."""
    acts = read_bodies(file, "visit_id")
    _act("report", (REPORT, ALL_REPORTED), Desk.of(SERVICE_DESK, "technician", subject), acts, yes, output)


@words.command()
def miss(
    visit: Visit, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Record that nobody was there; another time is offered."""
    acts = [{"visit_id": visit}]
    _act("miss", (MISS, ""), Desk.of(SERVICE_DESK, "technician", subject), acts, yes, output)


@words.command()
def accept(
    visits: Visits,
    signed_by: Signed,
    file: Annotated[
        Path | None, typer.Option("--but", help="What is refused of the goods, by a JSON file; of one visit.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Record that clients take the work, or the goods but for what is refused."""
    if file is not None and len(visits) > 1:
        raise typer.BadParameter("--but is of one visit")
    but = {} if file is None else read_body(file)
    acts = [{**but, "visit_id": visit, "signed_by": signed_by} for visit in visits]
    _act("accept", (ACCEPT, ALL_ACCEPTED), Desk.of(SERVICE_DESK, "technician", subject), acts, yes, output)


@words.command()
def refuse(
    visit: Visit,
    reason: Why,
    signed_by: Signed,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Record that a client does not take the work, or any of the goods."""
    acts = [{"visit_id": visit, "reason": reason, "signed_by": signed_by}]
    _act("refuse", (REFUSE, ""), Desk.of(SERVICE_DESK, "technician", subject), acts, yes, output)


def _act(
    act: str, ways: tuple[str, str], desk: Desk, acts: list[dict[str, Any]], yes: bool, output: Output
) -> None:
    """Act on a visit, or on many, each taken or refused by itself."""
    visits = [each["visit_id"] for each in acts]
    sure(f"{act} {', '.join(visits)}?", yes)
    one, many = ways
    if len(acts) == 1:
        tell([desk.post(one.format(visit=visits[0]), _body(acts[0]))], output)
    else:
        tell_answers(desk.post(many, {"acts": acts})["answers"], output)


def _body(act: Mapping[str, Any]) -> dict[str, Any]:
    """What the address of a visit does not say already."""
    return {name: value for name, value in act.items() if name != "visit_id"}
