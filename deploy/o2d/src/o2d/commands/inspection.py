"""`o2d inspection`: how lots of items are inspected, and the control charts of what was found."""

from __future__ import annotations

from typing import Annotated, Final

import typer

from o2d.desk import PRODUCTION, Body, Desk, Subject, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Inspection plans and control charts.")

PLANS: Final = "/v1/inspection-plans"

Sku = Annotated[str, typer.Argument(help="The item.")]


@words.command("list")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List how lots are inspected, by item."""
    tell(Desk.of(PRODUCTION, "quality").rows(PLANS), output)


@words.command()
def show(sku: Sku, output: OutputOption = Output.TABLE) -> None:
    """Show what is looked at of lots of an item."""
    whole = Desk.of(PRODUCTION, "quality").get(f"{PLANS}/{sku}")
    tell(whole["characteristics"], output, whole)


@words.command()
def plan(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Say how lots of an item are inspected from now on."""
    body = read_body(file)
    sure(f"inspect {body.get('sku')} so from now on?", yes)
    tell([Desk.of(PRODUCTION, "quality", subject).post(PLANS, body)], output)


@words.command()
def chart(
    sku: Sku,
    characteristic: Annotated[str, typer.Argument(help="What was measured.")],
    baseline: Annotated[int | None, typer.Option(min=2, help="Limits by so many first lots.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show a control chart: the mean of each lot with the Western Electric rules that it breaks."""
    whole = Desk.of(PRODUCTION, "quality").get(
        f"{PLANS}/{sku}/chart", characteristic=characteristic, baseline=baseline
    )
    points = [{**each, "rules": " ".join(map(str, each["rules"]))} for each in whole["points"]]
    tell(points if output is Output.TABLE else whole["points"], output, whole)
