"""`o2d substitute`: which item may stand in for another, and runs that take it because a supply is late."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer

from o2d.desk import MATERIALS, MOMENTS, Desk, OfSite, OfSku, Subject, Yes, moment, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Substitutes: say what may stand in for what, and let it.")

SUBSTITUTES: Final = "/v1/substitutes"
TAKE: Final = "/v1/planned-orders/{supply}/substitution"


@words.command("list")
def list_(sku: OfSku = None, site: OfSite = None, output: OutputOption = Output.TABLE) -> None:
    """List what may stand in for what."""
    tell(Desk.of(MATERIALS, "planner").rows(SUBSTITUTES, sku=sku, site_id=site), output)


@words.command("set")
def set_(
    sku: Annotated[str, typer.Argument(help="The item.")],
    site: Annotated[str, typer.Argument(help="The site.")],
    substitute: Annotated[str, typer.Argument(help="What may stand in for it.")],
    since: Annotated[datetime, typer.Option("--from", formats=MOMENTS, help="From then on (UTC).")],
    until: Annotated[datetime, typer.Option("--to", formats=MOMENTS, help="Until then (UTC).")],
    ratio: Annotated[str, typer.Option(help="So much of it stands in for one of the item.")] = "1",
    priority: Annotated[int, typer.Option(min=1, help="The least is asked first.")] = 1,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say which item may stand in for another at a site when that comes too late."""
    body = {
        "sku": sku, "site_id": site, "substitute": substitute, "valid_from": moment(since),
        "valid_to": moment(until), "ratio": ratio, "priority": priority,
    }  # fmt: skip
    sure(f"let {ratio} of {substitute} stand in for one {sku} at {site}?", yes)
    tell([Desk.of(MATERIALS, "planner", subject).post(SUBSTITUTES, body)], output)


@words.command()
def take(
    supply: Annotated[str, typer.Argument(help="The planned order that is late.")],
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Let the runs that wait for a late supply take the first substitute that is there before it."""
    sure(f"take substitutes instead of {supply}?", yes)
    tell([Desk.of(MATERIALS, "planner", subject).post(TAKE.format(supply=supply), {})], output)


@words.command()
def taken(
    supply: Annotated[str | None, typer.Option(help="Instead of this planned order alone.")] = None,
    run: Annotated[str | None, typer.Option("--for", help="By the run of this planned order alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what takes a substitute, and who let it."""
    rows = Desk.of(MATERIALS, "planner").rows("/v1/substitutions", supply_id=supply, planned_order_id=run)
    tell(rows, output)
