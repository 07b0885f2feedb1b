"""`o2d sale`: orders of customers: seen, changed, ended; `o2d order` tells the story of one."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import ORDERS, Body, Desk, Subject, Why, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Orders of customers: see them, change them, end them.")

SALES: Final = "/v1/orders"
SALE: Final = "/v1/orders/{sale}"
DATES: Final = "/v1/orders/{sale}/accept-dates"
CANCEL: Final = "/v1/orders/{sale}/cancel"
SHORT_CLOSE: Final = "/v1/orders/{sale}/lines/{line}/short-close"
AMEND: Final = "/v1/orders/{sale}/amendments"
REQUEST: Final = "/v1/orders/{sale}/cancellation-requests"
CHANGE: Final = "/v1/orders/{sale}/changes/{change}"
COMMIT: Final = "/v1/orders/{sale}/changes/{change}/commit"
WITHDRAW: Final = "/v1/orders/{sale}/changes/{change}/withdraw"
RATES: Final = "/v1/exchange-rates"
MISSING: Final = "/v1/missing-rates"
RATE: Final = "/v1/exchange-rates/{currency}/{into}/{day}"

Sale = Annotated[str, typer.Argument(help="The order.")]
Change = Annotated[str, typer.Argument(help="The change.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List orders, the oldest first."""
    tell(Desk.of(ORDERS, "sales").rows(SALES, state=state), output)


@words.command()
def show(sale: Sale, output: OutputOption = Output.TABLE) -> None:
    """Show the lines of an order; as JSON all of it."""
    whole = Desk.of(ORDERS, "sales").get(SALE.format(sale=sale))
    tell(whole["lines"] or [whole], output, whole)


@words.command()
def link(sale: Sale, output: OutputOption = Output.TABLE) -> None:
    """Make the link by which a customer sees and changes an order without signing in."""
    tell([Desk.of(ORDERS, "sales").get(f"{SALE}/link".format(sale=sale))], output)


@words.command("accept-dates")
def accept_dates(
    sale: Sale, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Take the later dates of an order at risk as its promise."""
    sure(f"accept the new dates of {sale}?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(DATES.format(sale=sale), {})], output)


@words.command()
def cancel(
    sale: Sale, reason: Why, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Leave an order that comes later than it was promised, free of charge."""
    sure(f"cancel {sale}?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(CANCEL.format(sale=sale), {"reason": reason})], output)


@words.command("short-close")
def short_close(
    sale: Sale,
    line: Annotated[str, typer.Argument(help="Its line.")],
    reason: Why,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Close a line of which no more will be delivered; what was accepted of it stays."""
    sure(f"deliver no more of line {line} of {sale}?", yes)
    path = SHORT_CLOSE.format(sale=sale, line=line)
    tell([Desk.of(ORDERS, "sales", subject).post(path, {"reason": reason})], output)


@words.command()
def amend(
    sale: Sale, file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Ask for less or more of lines, other moments or new lines; the answer names the change."""
    body = read_body(file)
    sure(f"ask for a change of {sale}?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(AMEND.format(sale=sale), body)], output)


@words.command("ask-to-end")
def ask_to_end(
    sale: Sale, reason: Why, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Ask whether a promised order may end, nothing of it delivered; the answer names the change."""
    sure(f"ask whether {sale} may end?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(REQUEST.format(sale=sale), {"reason": reason})], output)


@words.command()
def change(sale: Sale, change: Change, output: OutputOption = Output.TABLE) -> None:
    """Show a change, what each owner has answered, and until when it may be committed."""
    tell([Desk.of(ORDERS, "sales").get(CHANGE.format(sale=sale, change=change))], output)


@words.command()
def commit(
    sale: Sale, change: Change, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Take a change that every owner keeps possible."""
    sure(f"commit change {change} of {sale}?", yes)
    path = COMMIT.format(sale=sale, change=change)
    tell([Desk.of(ORDERS, "sales", subject).post(path, {})], output)


@words.command()
def withdraw(
    sale: Sale, change: Change, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Leave an order as it was."""
    sure(f"withdraw change {change} of {sale}?", yes)
    path = WITHDRAW.format(sale=sale, change=change)
    tell([Desk.of(ORDERS, "sales", subject).post(path, {})], output)


@words.command()
def rates(
    missing: Annotated[
        bool, typer.Option("--missing", help="Those that nobody has said: values of orders wait for them.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what currencies are worth in others, each from a day on."""
    tell(Desk.of(ORDERS, "sales").rows(MISSING if missing else RATES), output)


@words.command()
def rate(
    currency: Annotated[str, typer.Argument(help="The currency.")],
    into: Annotated[str, typer.Argument(help="The currency that it is said in.")],
    day: Annotated[str, typer.Argument(help="From which day on, as 2026-03-02.")],
    worth: Annotated[
        str, typer.Argument(help="What a minor unit of it is worth in minor units of the other.")
    ],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say what a currency is worth; orders whose value waits for it go on by themselves."""
    desk = Desk.of(ORDERS, "sales", subject)
    seen = {(row["currency"], row["into"], row["day"]): row["version"] for row in desk.rows(RATES)}
    sure(f"one {currency} is worth {worth} {into} from {day} on?", yes)
    path = RATE.format(currency=currency, into=into, day=day)
    tell([desk.put(path, {"rate": worth}, seen.get((currency, into, day), 0))], output)
