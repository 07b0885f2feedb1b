"""`o2d forecast`: what is expected of items at sites: forecasts and the master schedule that goes before them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

import typer

from o2d.desk import DAYS, MATERIALS, Desk, OfSite, OfSku, Subject, Yes, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Forecasts and master schedules: list them, set them.")

FORECASTS: Final = "/v1/forecasts"


@words.command("list")
def list_(sku: OfSku = None, site: OfSite = None, output: OutputOption = Output.TABLE) -> None:
    """List what is expected, and what of it orders have not used up."""
    tell(Desk.of(MATERIALS, "planner").rows(FORECASTS, sku=sku, site_id=site), output)


@words.command("set")
def set_(
    sku: Annotated[str, typer.Argument(help="The item.")],
    site: Annotated[str, typer.Argument(help="The site.")],
    first: Annotated[datetime, typer.Argument(formats=DAYS, help="The first day.")],
    last: Annotated[datetime, typer.Argument(formats=DAYS, help="The last day.")],
    quantity: Annotated[str, typer.Argument(help="How much is expected in all; 0 takes it back.")],
    unit: Annotated[str | None, typer.Option(help="In this unit of the item; its own.")] = None,
    schedule: Annotated[
        bool, typer.Option("--schedule", help="Of the master schedule, which goes before forecasts.")
    ] = False,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say what is expected from a day to another; what begins on the same day is replaced."""
    kind = "schedule" if schedule else "forecast"
    body = {
        "sku": sku, "site_id": site, "starts_on": f"{first:%Y-%m-%d}", "ends_on": f"{last:%Y-%m-%d}",
        "quantity": quantity, "kind": kind, "unit": unit,
    }  # fmt: skip
    sure(f"{kind} {quantity} of {sku} at {site} from {first:%Y-%m-%d} to {last:%Y-%m-%d}?", yes)
    tell([Desk.of(MATERIALS, "planner", subject).post(FORECASTS, body)], output)
