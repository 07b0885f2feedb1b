"""`o2d stock`: what lies where or lay there, the moves behind it, and lots with what they were made of."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer

from o2d.desk import (
    MATERIALS,
    MOMENTS,
    Body,
    Desk,
    OfSite,
    OfSku,
    Subject,
    Yes,
    moment,
    read_body,
    sure,
    tell,
)
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Stock: see it now or then, its moves and its lots; book it in, number it."
)

LOTS: Final = "/v1/lots"
NUMBER: Final = "/v1/lots/{lot}/serials"
REVERSE: Final = "/v1/moves/{move}/reversal"

Lot = Annotated[str, typer.Argument(help="The lot.")]


@words.command("list")
def list_(
    sku: OfSku = None,
    site: OfSite = None,
    store: Annotated[
        str | None,
        typer.Option(
            help="Of this store alone: main, transit (on its way) or vendor (at the vendor of a run)."
        ),
    ] = None,
    at: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, help="As it was then (UTC), by the ledger.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what lies where, and what of it is reserved; or what lay there at a moment that has passed."""
    then = None if at is None else moment(at)
    tell(
        Desk.of(MATERIALS, "warehouse").rows("/v1/stock", sku=sku, site_id=site, store=store, at=then), output
    )


@words.command()
def lots(
    sku: OfSku = None,
    site: OfSite = None,
    status: Annotated[str | None, typer.Option(help="Of this status alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List the lots in main stores with their status."""
    tell(Desk.of(MATERIALS, "warehouse").rows(LOTS, sku=sku, site_id=site, status=status), output)


@words.command()
def surplus(sku: OfSku = None, site: OfSite = None, output: OutputOption = Output.TABLE) -> None:
    """List what runs have made beyond what is asked for, and is still free to be sold."""
    tell(Desk.of(MATERIALS, "sales").rows("/v1/surplus", sku=sku, site_id=site), output)


@words.command()
def show(lot: Lot, output: OutputOption = Output.TABLE) -> None:
    """Show where a lot lies; as JSON all that is known of it."""
    whole = Desk.of(MATERIALS, "warehouse").get(f"{LOTS}/{lot}")
    head = {name: whole[name] for name in ("vendor_lot", "run_id", "received_at", "expires_at")}
    tell([{**place, **head} for place in whole["stock"]] or [whole], output, [whole])


@words.command()
def moves(lot: Lot, output: OutputOption = Output.TABLE) -> None:
    """List every move of a lot, the oldest first."""
    tell(Desk.of(MATERIALS, "warehouse").rows(f"{LOTS}/{lot}/moves"), output)


@words.command()
def related(
    lot: Lot,
    down: Annotated[bool, typer.Option("--down", help="What was made of it instead.")] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what a lot was made of, the nearest first, or what was made of it."""
    rows = Desk.of(MATERIALS, "quality").rows(f"{LOTS}/{lot}/graph", direction="down" if down else "up")
    tell(rows, output)


@words.command()
def genealogy(lot: Lot, output: OutputOption = Output.TABLE) -> None:
    """Show the lots around a lot in both directions; as JSON how much of which was taken for which."""
    whole = Desk.of(MATERIALS, "quality").get(f"{LOTS}/{lot}/genealogy")
    around = [{"direction": way, **each} for way in ("up", "down") for each in whole[way]]
    tell(around, output, whole)


@words.command()
def serial(
    serial: Annotated[str, typer.Argument(help="The serial number of a piece.")],
    sku: Annotated[str | None, typer.Option(help="The item; then the lot that it belongs to now.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Find the lots that a piece was in."""
    desk = Desk.of(MATERIALS, "warehouse")
    if sku is None:
        tell(desk.rows(f"/v1/serials/{serial}/lots"), output)
    else:
        tell([desk.get(f"/v1/items/{sku}/serials/{serial}")], output)


@words.command()
def book(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Book in a lot that no purchase and no run has brought, such as the opening stock."""
    body = read_body(file)
    sure(f"book {body.get('quantity')} of {body.get('sku')} in at {body.get('site_id')}?", yes)
    tell([Desk.of(MATERIALS, "warehouse", subject).post(LOTS, body)], output)


@words.command()
def number(
    lot: Lot,
    serials: Annotated[list[str], typer.Argument(help="The serial numbers, one for each piece.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Tell the serial numbers of a lot that came without them."""
    sure(f"give lot {lot} {len(serials)} serial numbers?", yes)
    body = {"serials": serials}
    tell([Desk.of(MATERIALS, "warehouse", subject).post(NUMBER.format(lot=lot), body)], output)


@words.command()
def reverse(
    move: Annotated[str, typer.Argument(help="The move, as `o2d stock moves` names it.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Undo a move that a person booked; the ledger keeps both."""
    sure(f"reverse move {move}?", yes)
    tell([Desk.of(MATERIALS, "approver", subject).post(REVERSE.format(move=move), {})], output)
