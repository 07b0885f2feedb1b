"""`o2d item`: items: defined, shown with their balance to come, and how they are planned at sites."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from o2d.desk import MATERIALS, Body, Desk, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Items: define them, see their balance, say how they are planned."
)

ITEMS: Final = "/v1/items"
PARAMETERS: Final = "/v1/planning-parameters"
SHORT: Final = (
    "sku", "site_id", "source", "minimum", "multiple", "maximum", "safety_stock", "lead_days", "fence_days",
    "strategy", "reorder_point",
)  # fmt: skip


@words.command("list")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List items."""
    tell(Desk.of(MATERIALS, "planner").rows(ITEMS), output)


@words.command()
def show(sku: Annotated[str, typer.Argument(help="The item.")], output: OutputOption = Output.TABLE) -> None:
    """Show what is there of an item at each site, what comes and what goes, and the balance after each step."""
    whole = Desk.of(MATERIALS, "planner").get(f"{ITEMS}/{sku}")
    tell(whole["balance"] or [whole["item"]], output, whole)


@words.command()
def define(
    file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Define an item, or define it anew; its unit and quantum stay."""
    body = read_body(file)
    sure(f"define item {body.get('sku')}?", yes)
    tell([Desk.of(MATERIALS, "planner", subject).post(ITEMS, body)], output)


@words.command()
def parameters(
    file: Annotated[
        str | None, typer.Option("--set", help="Say how an item is planned, by a JSON file; - for input.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """List how items are planned at sites, or say so of one; as JSON all of it."""
    desk = Desk.of(MATERIALS, "planner", subject)
    if file is None:
        rows = desk.rows(PARAMETERS)
        tell(
            [{name: row[name] for name in SHORT} for row in rows] if output is Output.TABLE else rows, output
        )
        return
    body = read_body(Path(file))
    sure(f"plan {body.get('sku')} at {body.get('site_id')} so from now on?", yes)
    tell([desk.post(PARAMETERS, body)], output)
