"""`o2d rfq`: what vendors are asked to quote: quotations typed in, the winner chosen, a second person's word."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import VENDORS, Body, Desk, OfSku, Subject, Why, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Requests for quotation: note what is quoted, choose who wins."
)

RFQS: Final = "/v1/rfqs"
QUOTE: Final = "/v1/rfqs/{rfq}/quotations"
AWARD: Final = "/v1/rfqs/{rfq}/award"
AGREE: Final = "/v1/rfqs/{rfq}/award-agreement"

Rfq = Annotated[str, typer.Argument(help="The request for quotation.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    sku: OfSku = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List requests for quotation, the oldest first."""
    tell(Desk.of(VENDORS, "buyer").rows(RFQS, state=state, sku=sku), output)


@words.command()
def show(rfq: Rfq, output: OutputOption = Output.TABLE) -> None:
    """Show the quotations of a request, the best first; as JSON all of it."""
    whole = Desk.of(VENDORS, "buyer").get(f"{RFQS}/{rfq}")
    tell(whole["quotations"] or [whole], output, whole)


@words.command()
def quote(
    rfq: Rfq, file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Type in what a vendor has quoted by mail; a late quotation is taken, too."""
    body = read_body(file)
    sure(f"note the quotation of {body.get('vendor_id')} for {rfq}?", yes)
    tell([Desk.of(VENDORS, "buyer", subject).post(QUOTE.format(rfq=rfq), body)], output)


@words.command()
def award(
    rfq: Rfq,
    quotation: Annotated[str, typer.Argument(help="The quotation that wins.")],
    reason: Why,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Choose who wins; above the limit a second person has to agree."""
    sure(f"award {rfq} to quotation {quotation}?", yes)
    body = {"quotation_id": quotation, "reason": reason}
    tell([Desk.of(VENDORS, "buyer", subject).post(AWARD.format(rfq=rfq), body)], output)


@words.command()
def agree(rfq: Rfq, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Agree to the award that somebody else proposed."""
    _decide(rfq, subject, yes, output, agreed=True)


@words.command()
def reopen(rfq: Rfq, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Do not agree to the award that somebody else proposed: the request is open again."""
    _decide(rfq, subject, yes, output, agreed=False)


def _decide(rfq: str, subject: str | None, yes: bool, output: Output, *, agreed: bool) -> None:
    sure(f"{'agree to the award of' if agreed else 'reopen'} {rfq}?", yes)
    tell([Desk.of(VENDORS, "approver", subject).post(AGREE.format(rfq=rfq), {"agreed": agreed})], output)
