"""`o2d lot`: lots as quality sees them: inspected, sampled by plan, disposed of; and their certificates."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from o2d.desk import PRODUCTION, Body, Desk, Subject, Why, Yes, read_body, sure, tell
from o2d.reports import properties_of
from o2d.show import Output, OutputOption

words = typer.Typer(no_args_is_help=True, help="Lots: inspect them, and decide on those that are blocked.")

INSPECT: Final = "/v1/lots/{lot}/inspection"
SAMPLES: Final = "/v1/lots/{lot}/samples"
DISPOSE: Final = "/v1/lots/{lot}/disposition"


class Disposition(StrEnum):
    """What may become of a blocked lot."""

    RELEASE = "release"
    REWORK = "rework"
    USE_AS_IS = "use-as-is"
    SCRAP = "scrap"


class Verdict(StrEnum):
    """Whether a lot may be used."""

    PASSED = "passed"
    FAILED = "failed"


Lot = Annotated[str, typer.Argument(help="The lot.")]


@words.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="In this state alone.")] = None,
    run: Annotated[str | None, typer.Option(help="That this run made.")] = None,
    parent: Annotated[str | None, typer.Option(help="That were made of this lot.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List lots that were made or are to be inspected."""
    tell(Desk.of(PRODUCTION, "quality").rows("/v1/lots", state=state, run_id=run, parent=parent), output)


@words.command()
def show(lot: Lot, output: OutputOption = Output.TABLE) -> None:
    """Show a lot, and what quality says of it."""
    tell([Desk.of(PRODUCTION, "quality").get(f"/v1/lots/{lot}")], output)


@words.command()
def inspect(
    lot: Lot,
    verdict: Annotated[Verdict, typer.Argument(help="Whether it may be used.")],
    measured: Annotated[
        list[str] | None, typer.Argument(help="What was measured, like hardness=60:HRC.")
    ] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say what was measured of a lot whose item has no plan."""
    body = {"passed": verdict is Verdict.PASSED, "properties": properties_of(measured or ())}
    sure(f"lot {lot} {verdict.value}?", yes)
    tell([Desk.of(PRODUCTION, "quality", subject).post(INSPECT.format(lot=lot), body)], output)


@words.command()
def sample(
    lot: Lot, file: Body, subject: Subject = None, yes: Yes = False, output: OutputOption = Output.TABLE
) -> None:
    """Say what was found of a lot; by the plan of its item it passes or is blocked."""
    body = read_body(file)
    sure(f"record what was found of lot {lot}?", yes)
    tell([Desk.of(PRODUCTION, "quality", subject).post(SAMPLES.format(lot=lot), body)], output)


@words.command()
def dispose(
    lot: Lot,
    disposition: Annotated[Disposition, typer.Argument(help="What becomes of it.")],
    reason: Why,
    recipe: Annotated[str | None, typer.Option(help="rework: the recipe that puts it right.")] = None,
    subject: Subject = None,
    yes: Yes = False,
    output: OutputOption = Output.TABLE,
) -> None:
    """Decide on a blocked lot; to use it as it is, a second person says the same."""
    if (disposition is Disposition.REWORK) != (recipe is not None):
        raise typer.BadParameter("rework takes a --recipe, and nothing else does")
    sure(f"{disposition.value} lot {lot}?", yes)
    body = {"disposition": disposition.value, "reason": reason, "recipe_id": recipe}
    tell([Desk.of(PRODUCTION, "quality", subject).post(DISPOSE.format(lot=lot), body)], output)


@words.command()
def inspections(
    lot: Annotated[str | None, typer.Option(help="Of this lot alone.")] = None,
    sku: Annotated[str | None, typer.Option(help="Of this item alone.")] = None,
    verdict: Annotated[Verdict | None, typer.Option(help="failed: non-conformances alone.")] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """List inspections, the newest first; those that failed are non-conformances."""
    wanted = None if verdict is None else verdict.value
    rows = Desk.of(PRODUCTION, "quality").rows(
        "/v1/inspections", lot_id=lot, sku=sku, verdict=wanted, first="newest"
    )
    tell(rows, output)


@words.command()
def certificate(lot: Lot, output: OutputOption = Output.TABLE) -> None:
    """Show the certificate of analysis of a lot: what was found, beside the limits."""
    whole = Desk.of(PRODUCTION, "quality").get(f"/v1/lots/{lot}/certificate")
    tell([_found(each) for each in whole["inspection"]["characteristics"]], output, whole)


def _found(each: Mapping[str, Any]) -> dict[str, Any]:
    """A characteristic as a terminal shows it."""
    return {**each, "values": " ".join(each["values"])}
