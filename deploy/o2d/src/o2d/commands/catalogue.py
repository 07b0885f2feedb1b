"""`o2d catalogue`: what is offered for how much, the customers it is offered to, and who is reached for them."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import ORDERS, Body, Desk, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="The catalogue of offers, and the customers.")

OFFERS: Final = "/v1/offers"
CUSTOMERS: Final = "/v1/customers"
CONTACT: Final = "/v1/customers/{id}/contact"
ERASURE: Final = "/v1/customers/{id}/contact/erasure"

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help="The id of a customer.")]


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


@words.command()
def contact(
    customer_id: Customer,
    file: Body,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Speak to another person for a customer, or reach the same one otherwise: name, mail and address."""
    body = read_body(file)
    sure(f"change the contact of customer {customer_id}?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(CONTACT.format(id=customer_id), body)], output)


@words.command()
def forget(
    customer_id: Customer, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Erase name, mail and address of a customer's contact, for which nothing may be open; for good."""
    sure(f"erase the contact of customer {customer_id} for good?", yes)
    tell([Desk.of(ORDERS, "sales", subject).post(ERASURE.format(id=customer_id), {})], output)
