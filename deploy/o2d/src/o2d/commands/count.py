"""`o2d count`: lots that were counted, and differences from the books that a second person decides on."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import MATERIALS, Desk, OfSite, Subject, Yes, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Counts: note what was counted, decide on differences.")

COUNTS: Final = "/v1/counts"
NOTE: Final = "/v1/lots/{lot}/count"
APPROVE: Final = "/v1/counts/{count}/approval"
REJECT: Final = "/v1/counts/{count}/rejection"

Count = Annotated[str, typer.Argument(help="The count.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    site: OfSite = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List counts, the oldest first."""
    tell(Desk.of(MATERIALS, "warehouse").rows(COUNTS, state=state, site_id=site), output)


@words.command()
def show(count: Count, output: OutputOption = Output.TABLE) -> None:
    """Show what was counted, what the books said, and who decided."""
    tell([Desk.of(MATERIALS, "warehouse").get(f"{COUNTS}/{count}")], output)


@words.command()
def note(
    lot: Annotated[str, typer.Argument(help="The lot.")],
    site: Annotated[str, typer.Argument(help="The site.")],
    quantity: Annotated[str, typer.Argument(help="How much was counted, in the item's own unit.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Note what was counted of a lot; where that differs from the books a second person has to approve it."""
    sure(f"note {quantity} of lot {lot} at {site}?", yes)
    desk = Desk.of(MATERIALS, "warehouse", subject)
    noted = desk.post(NOTE.format(lot=lot), {"site_id": site, "quantity": quantity})
    tell([desk.get(f"{COUNTS}/{noted['id']}")], output)


@words.command()
def approve(
    count: Count, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Put the books right by the difference that somebody else counted."""
    _decide("approve", APPROVE, count, subject, yes, output)


@words.command()
def reject(
    count: Count, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Leave the books as they are."""
    _decide("reject", REJECT, count, subject, yes, output)


def _decide(act: str, path: str, count: str, subject: str | None, yes: bool, output: Output) -> None:
    desk = Desk.of(MATERIALS, "approver", subject)
    seen = desk.get(f"{COUNTS}/{count}")
    sure(f"{act} {seen['counted']} of lot {seen['lot_id']}, where the books say {seen['booked']}?", yes)
    desk.post(path.format(count=count), {})
    tell([desk.get(f"{COUNTS}/{count}")], output)
