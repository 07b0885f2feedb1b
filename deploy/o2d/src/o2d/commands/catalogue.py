"""`o2d catalogue`: what is offered for how much, and the customers it is offered to."""

from __future__ import annotations

from typing import Final

import typer

from o2d.desk import ORDERS, Body, Desk, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="The catalogue of offers, and the customers.")

OFFERS: Final = "/v1/offers"
CUSTOMERS: Final = "/v1/customers"


@words.command("list")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List what is offered."""
    tell(Desk.of(ORDERS, "sales").rows(OFFERS), output)


@words.command()
def publish(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Put a good, a service or a bundle into the catalogue."""
    body = read_body(file)
    sure(f"publish offer {body.get('offer_id')}?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(OFFERS, body)], output)


@words.command()
def customer(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Take up a customer and the person to speak to."""
    body = read_body(file)
    sure(f"take up customer {body.get('customer_id')}?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(CUSTOMERS, body)], output)
