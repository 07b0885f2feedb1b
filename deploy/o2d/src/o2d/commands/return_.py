"""`o2d return`: goods that clients send back: allowed, seen, taken in."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import ORDERS, SERVICE_DESK, Desk, Subject, Why, Yes, parted, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="What clients send back: allow it, see it, take it in.")

ALLOW: Final = "/v1/orders/{sale}/lines/{line}/returns"
RETURNS: Final = "/v1/returns"
RECEIVE: Final = "/v1/returns/{back}/receipt"

Back = Annotated[str, typer.Argument(help="The return.")]


@words.command("list")
def list_(
    order: Annotated[str | None, typer.Option(help="Of this order alone.")] = None,
    state: Annotated[str | None, typer.Option(help="awaited or received.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what clients may send back, the oldest first."""
    tell(Desk.of(SERVICE_DESK, "warehouse").rows(RETURNS, order_id=order, state=state), output)


@words.command()
def show(back: Back, output: OutputOption = Output.TABLE) -> None:
    """Show what a client may send back, and what of it has come."""
    tell([Desk.of(SERVICE_DESK, "warehouse").get(f"{RETURNS}/{back}")], output)


@words.command()
def allow(
    sale: Annotated[str, typer.Argument(help="The order.")],
    line: Annotated[str, typer.Argument(help="Its line.")],
    quantity: Annotated[str, typer.Argument(help="How much may come back, in the line's unit.")],
    reason: Why,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let a client send goods back that were accepted; the answer names the return."""
    sure(f"take {quantity} of line {line} of {sale} back?", yes)
    body = {"quantity": quantity, "reason": reason}
    tell([Desk.of(ORDERS, "agent", subject).post(ALLOW.format(sale=sale, line=line), body)], output)


@words.command()
def receive(
    back: Back,
    lots: Annotated[list[str], typer.Argument(help="What has come of which lot, like LOT=2.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Take goods in; they lie where they were sent from, to be looked at, and their price is credited."""
    named = [parted(each, "=", "LOT=2") for each in lots]
    body = {"lots": [{"lot_id": lot, "quantity": quantity} for lot, quantity in named]}
    sure(f"take {', '.join(lots)} in by return {back}?", yes)
    tell([Desk.of(SERVICE_DESK, "warehouse", subject).post(RECEIVE.format(back=back), body)], output)
