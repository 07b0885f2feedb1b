"""`o2d standard`: what items should cost: prices of bought ones, roll-ups through all levels, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final

import typer

from o2d.desk import PRODUCTION, Body, Desk, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Standard prices, and the costs that are rolled up of them.")

PRICES: Final = "/v1/standard-prices"
ROLL_UPS: Final = "/v1/roll-ups"

RollUp = Annotated[str, typer.Argument(help="The roll-up.")]
Site = Annotated[str, typer.Argument(help="The site.")]


@words.command()
def prices(site: Site, output: OutputOption = Output.TABLE) -> None:
    """List what bought items should cost at a site, in minor units."""
    tell(Desk.of(PRODUCTION, "planner").rows(PRICES, site_id=site), output)


@words.command("set")
def set_(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Say what bought items should cost, from the next roll-up on."""
    body = read_body(file)
    sure(f"set prices of {body.get('site_id')}?", yes)
    tell([Desk.of(PRODUCTION, "planner", subject).post(PRICES, body)], output)


@words.command("roll-up")
def roll_up(
    site: Site,
    currency: Annotated[str, typer.Option(help="The currency of its prices and rates.")] = "EUR",
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Reckon what all items of a site should cost."""
    sure(f"roll up the costs of {site}?", yes)
    tell(
        [Desk.of(PRODUCTION, "planner", subject).post(ROLL_UPS, {"site_id": site, "currency": currency})],
        output,
    )


@words.command("list")
def list_(
    site: Annotated[str | None, typer.Option(help="Of this site alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List roll-ups, the newest first."""
    tell(Desk.of(PRODUCTION, "planner").rows(ROLL_UPS, site_id=site, first="newest"), output)


@words.command()
def show(roll_up: RollUp, output: OutputOption = Output.TABLE) -> None:
    """Show a roll-up; as JSON with the first items that have neither price nor recipe."""
    tell([Desk.of(PRODUCTION, "planner").get(f"{ROLL_UPS}/{roll_up}")], output)


@words.command()
def costs(
    roll_up: RollUp,
    sku: Annotated[str | None, typer.Option(help="Of this item alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List what items should cost, in millionths of a minor unit."""
    rows = Desk.of(PRODUCTION, "planner").rows(f"{ROLL_UPS}/{roll_up}/costs", sku=sku)
    tell([_vector(row, "cost") for row in rows] if output is Output.TABLE else rows, output)


@words.command()
def steps(
    roll_up: RollUp,
    sku: Annotated[str, typer.Argument(help="The item.")],
    output: OutputOption = Output.TABLE,
) -> None:
    """Show why an item should cost what it does, step by step."""
    whole = Desk.of(PRODUCTION, "planner").get(f"{ROLL_UPS}/{roll_up}/costs/{sku}/steps")
    tell(whole["steps"], output, whole)


def _vector(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A row as a terminal shows it: the parts of its cost in columns."""
    return {**row, **row[name]}
