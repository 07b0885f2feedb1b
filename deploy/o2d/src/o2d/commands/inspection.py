"""`o2d inspection`: how lots and operations are inspected, what is found of runs, and control charts of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final

import typer

from o2d.desk import PRODUCTION, Body, Desk, Subject, Why, Yes, read_body, sure, tell
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Inspection plans, points and control charts.")

PLANS: Final = "/v1/inspection-plans"
POINTS: Final = "/v1/inspection-points"
SAMPLES: Final = "/v1/runs/{id}/samples"
DECIDE: Final = "/v1/runs/{id}/decision"

Sku = Annotated[str, typer.Argument(help="The item.")]
Run = Annotated[str, typer.Argument(help="The run.")]
Recipe = Annotated[str | None, typer.Option(help="Of runs by this recipe, behind an operation.")]
Operation = Annotated[int | None, typer.Option(help="The operation.")]


class Verdict(StrEnum):
    """What becomes of runs that failed behind an operation."""

    REWORK = "rework"
    AS_IS = "use-as-is"
    SCRAP = "scrap"
    ABORT = "abort"


@words.command("list")
def list_(output: OutputOption = Output.TABLE) -> None:
    """List how lots are inspected, by item."""
    tell(Desk.of(PRODUCTION, "quality").rows(PLANS), output)


@words.command()
def show(
    sku: Sku, recipe: Recipe = None, operation: Operation = None, output: OutputOption = Output.TABLE
) -> None:
    """Show what is looked at of lots of an item, or of it behind an operation of a recipe."""
    _demand_both(recipe, operation)
    at = f"{PLANS}/{sku}" if recipe is None else f"{POINTS}/{recipe}/{operation}/{sku}"
    whole = Desk.of(PRODUCTION, "quality").get(at)
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
    recipe: Recipe = None,
    operation: Operation = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Show a control chart: the mean of each lot or run with the Western Electric rules that it breaks."""
    _demand_both(recipe, operation)
    at = f"{PLANS}/{sku}/chart" if recipe is None else f"{POINTS}/{recipe}/{operation}/{sku}/chart"
    whole = Desk.of(PRODUCTION, "quality").get(at, characteristic=characteristic, baseline=baseline)
    points = [{**each, "rules": " ".join(map(str, each["rules"]))} for each in whole["points"]]
    tell(points if output is Output.TABLE else whole["points"], output, whole)


def _demand_both(recipe: str | None, operation: int | None) -> None:
    if (recipe is None) != (operation is None):
        raise typer.BadParameter("name the recipe and the operation, or neither")


@words.command()
def points(
    recipe: Annotated[str | None, typer.Option(help="Of this recipe alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List how the work of operations is inspected, by recipe and operation."""
    tell(Desk.of(PRODUCTION, "quality").rows(POINTS, recipe_id=recipe), output)


@words.command()
def point(file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE) -> None:
    """Say how the work of an operation is inspected from now on: runs wait there until they have passed."""
    body = read_body(file)
    sure(f"inspect operation {body.get('operation_no')} of {body.get('recipe_id')} so from now on?", yes)
    tell([Desk.of(PRODUCTION, "quality", subject).post(POINTS, body)], output)


@words.command()
def sample(
    run: Run, file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say what a sample behind an operation of a run has shown; the run goes on, or stands still."""
    body = read_body(file)
    sure(f"note this sample at operation {body.get('operation_no')} of run {run}?", yes)
    tell([Desk.of(PRODUCTION, "operator", subject).post(SAMPLES.format(id=run), body)], output)


@words.command()
def decide(
    run: Run,
    operation: Annotated[int, typer.Argument(help="The operation behind which it waits.")],
    sku: Sku,
    verdict: Annotated[Verdict, typer.Argument(help="What becomes of it; as it is takes two people.")],
    reason: Why,
    runs: Annotated[str | None, typer.Option(help="So many are scrapped; all that failed if absent.")] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Decide what becomes of runs that failed their inspection behind an operation."""
    body = {
        "operation_no": operation, "sku": sku, "verdict": verdict.value, "reason": reason, "runs": runs
    }  # fmt: skip
    sure(f"{verdict.value} at operation {operation} of run {run}?", yes)
    tell([Desk.of(PRODUCTION, "quality", subject).post(DECIDE.format(id=run), body)], output)
