"""`o2d terms`: what vendors sell for how much, in which lots and how soon: put into force, withdrawn."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import VENDORS, Body, Desk, OfSite, OfSku, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Terms of vendors: put them into force, end them.")

TERMS: Final = "/v1/terms"
DRIFTS: Final = "/v1/lead-drifts"
TAKE_LEAD: Final = "/v1/terms/{terms}/observed-lead"
WITHDRAW: Final = "/v1/terms/{terms}/withdrawal"

Terms = Annotated[str, typer.Argument(help="The terms.")]


@words.command("list")
def list_(
    vendor: Annotated[str | None, typer.Option(help="Of this vendor alone.")] = None,
    sku: OfSku = None,
    site: OfSite = None,
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List terms, the lead that is declared beside the one that was seen."""
    narrowed = {"vendor_id": vendor, "sku": sku, "site_id": site, "state": state}
    tell(Desk.of(VENDORS, "buyer").rows(TERMS, **narrowed), output)


@words.command()
def show(terms: Terms, output: OutputOption = Output.TABLE) -> None:
    """Show terms; as JSON with their prices."""
    tell([Desk.of(VENDORS, "buyer").get(f"{TERMS}/{terms}")], output)


@words.command()
def publish(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Put terms into force; earlier ones of the vendor for the same item and site end when they begin."""
    body = read_body(file)
    sure(f"put terms {body.get('terms_id')} of {body.get('vendor_id')} into force?", yes)
    tell([Desk.of(VENDORS, "buyer", subject).post(TERMS, body)], output)


@words.command()
def drifts(output: OutputOption = Output.TABLE) -> None:
    """List terms whose vendors take another time than is declared; as JSON with the deliveries that say so."""
    tell(Desk.of(VENDORS, "buyer").rows(DRIFTS), output)


@words.command()
def follow(
    terms: Terms, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Plan with the lead that was seen, and not with what terms declare."""
    sure(f"plan by terms {terms} with the lead that was seen?", yes)
    tell([Desk.of(VENDORS, "buyer", subject).post(TAKE_LEAD.format(terms=terms), {})], output)


@words.command()
def withdraw(
    terms: Terms, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """End terms now."""
    sure(f"withdraw terms {terms}?", yes)
    tell([Desk.of(VENDORS, "buyer", subject).post(WITHDRAW.format(terms=terms), {})], output)
