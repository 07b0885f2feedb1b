"""`o2d ticket`: questions and complaints: opened, answered in time, and what was written with clients."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.desk import SERVICE_DESK, Desk, Subject, Yes, parted, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Tickets and conversations with clients.")

TICKETS: Final = "/v1/tickets"
PRIORITY: Final = "/v1/tickets/{ticket}/priority"
AWAIT: Final = "/v1/tickets/{ticket}/waiting"
RESOLVE: Final = "/v1/tickets/{ticket}/resolution"
DECIDE: Final = "/v1/tickets/{ticket}/credit-decision"
REOPEN: Final = "/v1/tickets/{ticket}/reopening"
MESSAGES: Final = "/v1/messages"
TALKS: Final = "/v1/conversations"


class Kind(StrEnum):
    """What a ticket is."""

    QUESTION = "question"
    COMPLAINT = "complaint"
    CALL = "call"


Ticket = Annotated[str, typer.Argument(help="The ticket.")]
Urgency = Annotated[int, typer.Option(min=1, max=4, help="How urgent, 1 the most.")]
Order = Annotated[str | None, typer.Option(help="About this order.")]
Customer = Annotated[str, typer.Argument(help="The customer.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    kind: Annotated[str | None, typer.Option(help="Of this kind alone.")] = None,
    order: Order = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Those whose credit waits for a second person.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List tickets with their clocks, the oldest first."""
    credit = "waiting" if waiting else None
    desk = Desk.of(SERVICE_DESK, "agent")
    tell(desk.rows(TICKETS, state=state, kind=kind, order_id=order, credit=credit), output)


@words.command()
def show(ticket: Ticket, output: OutputOption = Output.TABLE) -> None:
    """Show a ticket with its clocks."""
    tell([Desk.of(SERVICE_DESK, "agent").get(f"{TICKETS}/{ticket}")], output)


@words.command("open")
def open_(
    customer: Customer,
    about: Annotated[str, typer.Argument(help="What it is about.")],
    kind: Annotated[Kind, typer.Option(help="What it is.")] = Kind.QUESTION,
    priority: Urgency = 3,
    order: Order = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Open a ticket for a customer; its clocks run on the desk's working hours."""
    body = {
        "kind": kind.value, "subject": about, "priority": priority, "order_id": order, "customer_id": customer
    }  # fmt: skip
    sure(f"open a ticket of {customer}?", yes)
    tell([Desk.of(SERVICE_DESK, "agent", subject).post(TICKETS, body)], output)


@words.command()
def priority(
    ticket: Ticket,
    priority: Annotated[int, typer.Argument(min=1, max=4, help="How urgent, 1 the most.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Set another priority."""
    _act(f"priority {priority} of", PRIORITY, ticket, {"priority": priority}, subject, yes, output)


@words.command()
def wait(
    ticket: Ticket, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say that it is the client's turn; its clock pauses until they write."""
    _act("let the client answer in", AWAIT, ticket, {}, subject, yes, output)


@words.command()
def resolve(
    ticket: Ticket,
    how: Annotated[str, typer.Option(help="How it was answered.")],
    credit: Annotated[str | None, typer.Option(help="What the client gets back, like 5000:EUR.")] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Answer a ticket, with a credit in minor units if the client gets something back."""
    body = {"how": how, "credit": None if credit is None else _money(credit)}
    _act("resolve", RESOLVE, ticket, body, subject, yes, output)


@words.command()
def decide(
    ticket: Ticket,
    approve: Annotated[bool, typer.Option("--approve/--reject", help="Whether it is granted.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Agree as a second person to a credit above the limit, which answers the ticket, or do not."""
    sure(f"{'grant' if approve else 'refuse'} the credit of ticket {ticket}?", yes)
    body = {"approved": approve}
    tell([Desk.of(SERVICE_DESK, "approver", subject).post(DECIDE.format(ticket=ticket), body)], output)


@words.command()
def reopen(
    ticket: Ticket, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say that it was no answer; its clock goes on where it stood."""
    _act("reopen", REOPEN, ticket, {}, subject, yes, output)


@words.command()
def talks(order: Order = None, output: OutputOption = Output.TABLE) -> None:
    """List conversations."""
    tell(Desk.of(SERVICE_DESK, "agent").rows(TALKS, order_id=order), output)


@words.command()
def talk(
    conversation: Annotated[str, typer.Argument(help="The conversation.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """Show what was written in a conversation, the oldest first; as JSON the conversation, too."""
    desk = Desk.of(SERVICE_DESK, "agent")
    written = desk.rows(f"{TALKS}/{conversation}/messages")
    tell(written, output, {**desk.get(f"{TALKS}/{conversation}"), "messages": written})


@words.command()
def write(
    customer: Customer,
    text: Annotated[str, typer.Argument(help="The message.")],
    order: Order = None,
    ticket: Annotated[str | None, typer.Option(help="As the answer to this ticket.")] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Write to a customer, about an order or beside all orders."""
    body = {"text": text, "order_id": order, "customer_id": customer, "ticket_id": ticket}
    sure(f"write to {customer}?", yes)
    tell([Desk.of(SERVICE_DESK, "agent", subject).post(MESSAGES, body)], output)


def _act(
    act: str, path: str, ticket: str, body: Mapping[str, Any], subject: str | None, yes: bool, output: Output
) -> None:
    sure(f"{act} ticket {ticket}?", yes)
    tell([Desk.of(SERVICE_DESK, "agent", subject).post(path.format(ticket=ticket), body)], output)


def _money(said: str) -> dict[str, Any]:
    minor, currency = parted(said, ":", "5000:EUR")
    if not minor.isdecimal():
        raise typer.BadParameter(f"{minor} is no number of minor units")
    return {"minor": int(minor), "currency": currency}
