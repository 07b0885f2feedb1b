"""`o2d recall`: lots called back with all that was made of them: opened, listed, shown, closed."""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from o2d.desk import PRODUCTION, Desk, Subject, Yes, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True,
    help="Recalls: call lots back, see how far that is, close it when nothing waits any more.",
)

RECALLS: Final = "/v1/recalls"
CLOSE: Final = "/v1/recalls/{recall}/close"
SHORT: Final = ("recall_id", "state", "lots", "open_lots", "runs", "tickets", "open_tickets", "reason")

Recall = Annotated[str, typer.Argument(help="The recall.")]


@words.command("list")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List recalls, the newest first."""
    _tell(Desk.of(PRODUCTION, "quality").rows(RECALLS, first="newest"), output)


@words.command()
def show(
    recall: Recall,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="The lots that wait for a decision alone.")
    ] = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show the lots that a recall reaches, and the tickets of those who had them."""
    desk = Desk.of(PRODUCTION, "quality")
    lots = desk.rows(f"{RECALLS}/{recall}/lots", waiting="yes" if waiting else None)
    tickets = [] if waiting else desk.rows(f"{RECALLS}/{recall}/tickets")
    if output is Output.TABLE:
        tell(lots, output)
        tell(tickets, output)
    else:
        tell(lots + tickets, output)


@words.command()
def runs(recall: Recall, output: OutputOption = Output.TABLE) -> None:
    """List the runs that a recall has stopped, and how they are now."""
    tell(Desk.of(PRODUCTION, "quality").rows(f"{RECALLS}/{recall}/runs"), output)


@words.command("open")
def open_(
    reason: Annotated[str, typer.Option(help="Why.")],
    vendor_lot: Annotated[str | None, typer.Option(help="The number that the vendor gave.")] = None,
    sku: Annotated[str | None, typer.Option(help="Of this item alone.")] = None,
    lot: Annotated[list[str] | None, typer.Option(help="A lot; may be given again.")] = None,
    run: Annotated[str | None, typer.Option(help="All that this run has made.")] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Call lots back with all that was made of them."""
    if not (lot or vendor_lot or run):
        raise typer.BadParameter("it takes a --vendor-lot, a --lot or a --run")
    body = {"reason": reason, "lot_ids": lot or [], "vendor_lot": vendor_lot, "sku": sku, "run_id": run}
    said = " ".join(filter(None, (*(lot or ()), vendor_lot, sku, run)))
    sure(f"call {said} back?", yes)
    desk = Desk.of(PRODUCTION, "quality", subject)
    opened = desk.post(RECALLS, body)
    _tell([desk.get(f"{RECALLS}/{opened['id']}")], output)


@words.command()
def close(
    recall: Recall,
    reason: Annotated[str, typer.Option(help="What was found and done.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Close a recall when nothing waits any more."""
    sure(f"close recall {recall}?", yes)
    desk = Desk.of(PRODUCTION, "quality", subject)
    desk.post(CLOSE.format(recall=recall), {"summary": reason})
    _tell([desk.get(f"{RECALLS}/{recall}")], output)


def _tell(recalls: list[dict[str, Any]], output: Output) -> None:
    short = [{name: row[name] for name in SHORT} for row in recalls] if output is Output.TABLE else recalls
    tell(short, output)
