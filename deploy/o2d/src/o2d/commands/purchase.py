"""`o2d purchase`: purchase orders: decided on, answered, let go; what of them is sent, arrives and goes back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from o2d.desk import (
    MOMENTS,
    VENDORS,
    Body,
    Desk,
    OfSite,
    OfSku,
    Subject,
    Ways,
    Why,
    Yes,
    act_on,
    moment,
    read_bodies,
    read_body,
    sure,
    tell,
)
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Purchase orders: decide on them, answer them, send and receive goods."
)

PURCHASES: Final = "/v1/purchase-orders"
PURCHASE: Final = "/v1/purchase-orders/{id}"
APPROVAL: Final = "/v1/purchase-orders/{id}/approval"
ACKNOWLEDGE: Final = "/v1/purchase-orders/{id}/acknowledgement"
REFUSE: Final = "/v1/purchase-orders/{id}/refusal"
PRICE: Final = "/v1/purchase-orders/{id}/price-decision"
CANCEL: Final = "/v1/purchase-orders/{id}/cancellation"
CLOSE: Final = "/v1/purchase-orders/{id}/closure"
REDATE: Final = "/v1/purchase-orders/{id}/re-dating"
SHIP: Final = "/v1/purchase-orders/{id}/shipments"
RECEIVE: Final = "/v1/purchase-orders/{id}/receipts"
RETURN: Final = "/v1/purchase-orders/{id}/returns"
ID: Final = "purchase_order_id"
ALL_ACKNOWLEDGED: Final = "/v1/purchase-orders/acknowledgements/batch"
ALL_SHIPPED: Final = "/v1/purchase-orders/shipments/batch"
ALL_RECEIVED: Final = "/v1/purchase-orders/receipts/batch"

Purchase = Annotated[str, typer.Argument(help="The purchase order.")]
Purchases = Annotated[
    list[str], typer.Argument(help="The purchase orders; each is taken or refused by itself.")
]
No = Annotated[bool, typer.Option("--no", help="Say no.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    vendor: Annotated[str | None, typer.Option(help="Of this vendor alone.")] = None,
    sku: OfSku = None,
    site: OfSite = None,
    supply: Annotated[str | None, typer.Option("--for", help="For this planned order alone.")] = None,
    run: Annotated[str | None, typer.Option(help="The work of this run alone.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Not answered in time alone.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List purchase orders, the oldest first; as a table a row for each line."""
    narrowed = {
        "state": state, "vendor_id": vendor, "sku": sku, "site_id": site, "planned_order_id": supply,
        "run_id": run, "overdue": "true" if overdue else None,
    }  # fmt: skip
    rows = Desk.of(VENDORS, "buyer").rows(PURCHASES, **narrowed)
    tell([line for row in rows for line in _lines(row)] if output is Output.TABLE else rows, output)


@words.command()
def show(purchase: Purchase, output: OutputOption = Output.TABLE) -> None:
    """Show the lines of a purchase order; as JSON with what was sent and what arrived.

    Of work that a vendor does: for which run, and what we provide.
    """
    whole = Desk.of(VENDORS, "buyer").get(PURCHASE.format(id=purchase))
    tell(_lines(whole["order"]), output, whole)


@words.command()
def approve(
    purchase: Purchase,
    reason: Why,
    no: No = False,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Agree to an order above the limit as a second person, or let nothing be bought."""
    sure(f"{'do not approve' if no else 'approve'} {purchase}?", yes)
    _act(APPROVAL, "approver", purchase, {"accepted": not no, "reason": reason}, subject, output)


@words.command()
def acknowledge(
    purchases: Purchases,
    file: Annotated[
        Path | None, typer.Option("--lines", help="Other than asked, by a JSON file; of one order.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Promise orders as they were asked, or one of them with what differs."""
    if file is not None and len(purchases) > 1:
        raise typer.BadParameter("--lines are those of one order")
    other = {} if file is None else read_body(file)
    bodies = [{**other, ID: purchase} for purchase in purchases]
    desk = Desk.of(VENDORS, "buyer", subject)
    act_on(desk, "acknowledge", Ways(ACKNOWLEDGE, ID, ALL_ACKNOWLEDGED), bodies, yes, output)


@words.command()
def refuse(
    purchase: Purchase,
    reason: Why,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Refuse to supply; the next source is asked."""
    sure(f"refuse {purchase}?", yes)
    _act(REFUSE, "buyer", purchase, {"reason": reason}, subject, output)


@words.command()
def price(
    purchase: Purchase,
    reason: Why,
    no: No = False,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Take a dearer price, or not."""
    sure(f"{'do not take' if no else 'take'} the price of {purchase}?", yes)
    _act(PRICE, "buyer", purchase, {"accepted": not no, "reason": reason}, subject, output)


@words.command()
def cancel(
    purchase: Purchase,
    reason: Why,
    ask_next: Annotated[bool, typer.Option("--ask-next", help="Ask the next source.")] = False,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let an order go of which nothing is on its way."""
    sure(f"cancel {purchase}?", yes)
    _act(CANCEL, "buyer", purchase, {"reason": reason, "ask_next": ask_next}, subject, output)


@words.command()
def close(
    purchase: Purchase,
    reason: Why,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let the rest of an order go."""
    sure(f"close {purchase}?", yes)
    _act(CLOSE, "buyer", purchase, {"reason": reason}, subject, output)


@words.command()
def redate(
    purchase: Purchase,
    line: Annotated[str, typer.Argument(help="Its line.")],
    at: Annotated[datetime, typer.Argument(formats=MOMENTS, help="When it is wanted (UTC).")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Ask for another date."""
    sure(f"ask for line {line} of {purchase} by {at:%Y-%m-%d %H:%M}?", yes)
    body = {"purchase_line_id": line, "wanted_at": moment(at)}
    _act(REDATE, "buyer", purchase, body, subject, output)


@words.command()
def ship(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Say what was sent, by a JSON object a line that names its purchase_order_id."""
    desk = Desk.of(VENDORS, "buyer", subject)
    act_on(desk, "ship", Ways(SHIP, ID, ALL_SHIPPED), read_bodies(file, ID), yes, output)


@words.command()
def receive(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Take goods in or turn them away, by a JSON object a line that names its purchase_order_id."""
    desk = Desk.of(VENDORS, "warehouse", subject)
    act_on(desk, "receive", Ways(RECEIVE, ID, ALL_RECEIVED), read_bodies(file, ID), yes, output)


@words.command("return")
def return_(
    purchase: Purchase,
    file: Body,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Send accepted goods back to their vendor."""
    body = read_body(file)
    sure(f"return goods of {purchase}?", yes)
    _act(RETURN, "warehouse", purchase, body, subject, output)


def _act(
    path: str, role: str, purchase: str, body: Mapping[str, Any], subject: str | None, output: Output
) -> None:
    tell([Desk.of(VENDORS, role, subject).post(path.format(id=purchase), body)], output)


def _lines(order: Mapping[str, Any]) -> list[dict[str, Any]]:
    """An order as a terminal shows it: a row for each of its lines."""
    head = {
        name: order[name] for name in ("purchase_order_id", "vendor_id", "answer_by", "overdue", "run_id")
    }
    head["provided"] = ", ".join(f"{part['quantity']} {part['sku']}" for part in order["provided"])
    said = ("purchase_line_id", "sku", "quantity", "unit", "state", "wanted_at", "shipped", "accepted")
    return [{**head, **{name: line[name] for name in said}} for line in order["lines"]] or [head]
