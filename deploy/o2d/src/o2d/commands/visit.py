"""`o2d visit`: visits and hand-overs: dates agreed, goods sent, work begun and reported, the client's word."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from o2d.desk import (
    MOMENTS,
    SERVICE_DESK,
    Body,
    Desk,
    OfSite,
    Party,
    Subject,
    Ways,
    Why,
    Yes,
    act_on,
    moment,
    read_bodies,
    read_body,
    tell,
)
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Visits and hand-overs, from the date to the client's word.")

VISITS: Final = "/v1/visits"
VISIT: Final = "/v1/visits/{id}"
CONFIRM: Final = "/v1/visits/{id}/confirmation"
MOVE: Final = "/v1/visits/{id}/move"
DECLINE: Final = "/v1/visits/{id}/decline"
RESCHEDULE: Final = "/v1/visits/{id}/reschedule"
CANCEL: Final = "/v1/visits/{id}/cancellation"
DISPATCH: Final = "/v1/visits/{id}/dispatch"
START: Final = "/v1/visits/{id}/start"
REPORT: Final = "/v1/visits/{id}/report"
MISS: Final = "/v1/visits/{id}/no-show"
ACCEPT: Final = "/v1/visits/{id}/acceptance"
REFUSE: Final = "/v1/visits/{id}/refusal"
ID: Final = "visit_id"
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
    tell([Desk.of(SERVICE_DESK, "dispatcher").get(VISIT.format(id=visit))], output)


@words.command()
def contact(visit: Visit, output: OutputOption = Output.TABLE) -> None:
    """Show where to go and whom to ask for."""
    tell([Desk.of(SERVICE_DESK, "dispatcher").get(f"{VISIT}/contact".format(id=visit))], output)


@words.command()
def link(visit: Visit, output: OutputOption = Output.TABLE) -> None:
    """Make the link by which a client answers without signing in."""
    tell([Desk.of(SERVICE_DESK, "dispatcher").get(f"{VISIT}/link".format(id=visit))], output)


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
    desk = Desk.of(SERVICE_DESK, "customer", party=party)
    act_on(desk, "confirm", Ways(CONFIRM, ID, ALL_CONFIRMED), acts, yes, output)


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
    act_on(Desk.of(SERVICE_DESK, "customer", party=party), "move", Ways(MOVE, ID), acts, yes, output)


@words.command()
def decline(
    visit: Visit, reason: Why, party: Party, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say as the client that a visit is not wanted."""
    acts = [{"visit_id": visit, "reason": reason}]
    act_on(Desk.of(SERVICE_DESK, "customer", party=party), "decline", Ways(DECLINE, ID), acts, yes, output)


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
    desk = Desk.of(SERVICE_DESK, "dispatcher", subject)
    act_on(desk, "reschedule", Ways(RESCHEDULE, ID), acts, yes, output)


@words.command()
def cancel(
    visit: Visit, reason: Why, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Let a visit go that nobody has begun; its people are free."""
    acts = [{"visit_id": visit, "reason": reason}]
    act_on(Desk.of(SERVICE_DESK, "dispatcher", subject), "cancel", Ways(CANCEL, ID), acts, yes, output)


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
    act_on(desk, "dispatch", Ways(DISPATCH, ID, ALL_DISPATCHED), acts, yes, output)


@words.command()
def start(
    visits: Visits, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Begin visits that their clients have confirmed."""
    acts = [{"visit_id": visit} for visit in visits]
    desk = Desk.of(SERVICE_DESK, "technician", subject)
    act_on(desk, "start", Ways(START, ID, ALL_STARTED), acts, yes, output)


@words.command()
def report(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Report the work done, by a JSON object a line that names its visit_id; the client's word is awaited."""
    acts = read_bodies(file, "visit_id")
    desk = Desk.of(SERVICE_DESK, "technician", subject)
    act_on(desk, "report", Ways(REPORT, ID, ALL_REPORTED), acts, yes, output)


@words.command()
def miss(
    visit: Visit, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Record that nobody was there; another time is offered."""
    acts = [{"visit_id": visit}]
    act_on(Desk.of(SERVICE_DESK, "technician", subject), "miss", Ways(MISS, ID), acts, yes, output)


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
    desk = Desk.of(SERVICE_DESK, "technician", subject)
    act_on(desk, "accept", Ways(ACCEPT, ID, ALL_ACCEPTED), acts, yes, output)


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
    act_on(Desk.of(SERVICE_DESK, "technician", subject), "refuse", Ways(REFUSE, ID), acts, yes, output)
