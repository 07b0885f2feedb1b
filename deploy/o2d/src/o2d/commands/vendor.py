"""`o2d vendor`: vendors: taken up, changed, and how well they keep what they say."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import VENDORS, Body, Desk, OfSku, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Vendors: take them up, change them, see their scorecards.")

HOUSES: Final = "/v1/vendors"
HOUSE: Final = "/v1/vendors/{vendor}"

Vendor = Annotated[str, typer.Argument(help="The vendor.")]


@words.command("list")
def list_(
    kind: Annotated[str | None, typer.Option(help="external or internal alone.")] = None,
    sku: OfSku = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List vendors, or those that may be asked to quote an item."""
    tell(Desk.of(VENDORS, "buyer").rows(HOUSES, kind=kind, sku=sku), output)


@words.command()
def show(vendor: Vendor, output: OutputOption = Output.TABLE) -> None:
    """Show a vendor."""
    tell([Desk.of(VENDORS, "buyer").get(HOUSE.format(vendor=vendor))], output)


@words.command()
def register(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Take up a vendor: another company, or a site of ours under the same contract."""
    body = read_body(file)
    sure(f"take up vendor {body.get('vendor_id')}?", yes)
    tell([Desk.of(VENDORS, "buyer", subject).post(HOUSES, body)], output)


@words.command()
def change(
    vendor: Vendor, file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Change what is said of a vendor to what a file says; refused when it changed while that was asked."""
    body = read_body(file)
    desk, path = Desk.of(VENDORS, "buyer", subject), HOUSE.format(vendor=vendor)
    seen = desk.get(path)["version"]
    sure(f"change vendor {vendor}?", yes)
    tell([desk.put(path, body, seen)], output)


@words.command()
def scorecard(vendor: Vendor, output: OutputOption = Output.TABLE) -> None:
    """Show the figures of a vendor as of now; as JSON with those of each week."""
    tell([Desk.of(VENDORS, "buyer").get(f"{HOUSE}/scorecard".format(vendor=vendor))], output)


@words.command()
def figure(
    vendor: Vendor,
    name: Annotated[str, typer.Argument(help="otif, requested, quality, price, response or lead.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """List the lines behind a figure of a vendor; as JSON with what happened."""
    path = f"{HOUSE}/scorecard/{{figure}}".format(vendor=vendor, figure=name)
    tell(Desk.of(VENDORS, "buyer").rows(path), output)
