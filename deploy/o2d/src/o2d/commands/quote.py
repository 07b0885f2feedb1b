"""`o2d quote`: quotes: seen, taken or left, and the links by which customers answer them."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import ORDERS, Desk, Subject, Ways, Yes, act_on, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Quotes: see them, take, change or leave them for their customers."
)

QUOTES: Final = "/v1/quotes"
ACCEPT: Final = "/v1/quotes/{id}/accept"
DECLINE: Final = "/v1/quotes/{id}/decline"
SUBSTITUTE: Final = "/v1/quotes/{id}/substitution"
MANY: Final = "/v1/quotes/acceptances/batch"

Quote = Annotated[str, typer.Argument(help="The quote.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List quotes, the oldest first."""
    tell(Desk.of(ORDERS, "sales").rows(QUOTES, state=state), output)


@words.command()
def show(quote: Quote, output: OutputOption = Output.TABLE) -> None:
    """Show the lines of a quote; as JSON all of it."""
    whole = Desk.of(ORDERS, "sales").get(f"{QUOTES}/{quote}")
    tell(whole["lines"] or [whole], output, whole)


@words.command()
def accept(
    quotes: Annotated[list[str], typer.Argument(help="The quotes; each is taken or refused by itself.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Order what quotes offer; the answers name the orders."""
    bodies = [{"quote_id": quote} for quote in quotes]
    desk = Desk.of(ORDERS, "sales", subject)
    act_on(desk, "accept", Ways(ACCEPT, "quote_id", MANY), bodies, yes, output)


@words.command()
def decline(
    quote: Quote, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Leave a quote; what it held is free again."""
    sure(f"decline {quote}?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(DECLINE.format(id=quote), {})], output)


@words.command()
def substitute(
    quote: Quote,
    sku: Annotated[str, typer.Argument(help="The item that comes late, as the quote shows it.")],
    other: Annotated[str, typer.Argument(help="What stands in for it.")],
    also: Annotated[
        list[str] | None, typer.Option(help="What stands in together with it: SKU=OTHER, once for each.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let items stand in for others, to have goods sooner; the quote has new dates when these are promised."""
    more = [_pair(each) for each in also or ()]
    said = " and ".join(
        f"{one['substitute']} stand in for {one['sku']}" for one in [_named(sku, other), *more]
    )
    sure(f"let {said} in {quote}?", yes)
    body = {**_named(sku, other), "also": more}
    tell([Desk.of(ORDERS, "sales", subject).post(SUBSTITUTE.format(id=quote), body)], output)


def _named(sku: str, other: str) -> dict[str, str]:
    return {"sku": sku, "substitute": other}


def _pair(text: str) -> dict[str, str]:
    sku, found, other = text.partition("=")
    if not (sku and found and other):
        raise typer.BadParameter(f"{text} is not SKU=OTHER")
    return _named(sku, other)


@words.command()
def link(quote: Quote, output: OutputOption = Output.TABLE) -> None:
    """Make the link by which a customer answers a quote without signing in."""
    tell([Desk.of(ORDERS, "sales").get(f"{QUOTES}/{quote}/link")], output)
