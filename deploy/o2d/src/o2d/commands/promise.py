"""`o2d promise`: by when how much could be promised, what promises say, and what of an item may be promised."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from o2d.desk import MATERIALS, MOMENTS, Desk, moment, parted, read_body, tell
from o2d.show import Output, OutputOption

words = typer.Typer(
    no_args_is_help=True, help="Promises: ask by when what could be there, and why not sooner."
)

SHAPE: Final = "shaft@plant-1=10:2026-07-01T12:00"


class Policy(StrEnum):
    """What must come together."""

    COMPLETE_LINE = "complete-line"
    COMPLETE_ORDER = "complete-order"
    PARTIAL = "partial"


@words.command()
def inquire(
    lines: Annotated[list[str] | None, typer.Argument(help=f"What is wanted, like {SHAPE} (UTC).")] = None,
    policy: Annotated[Policy, typer.Option(help="What must come together.")] = Policy.COMPLETE_LINE,
    hold_until: Annotated[
        datetime | None, typer.Option(formats=MOMENTS, help="As if it were held until then (UTC).")
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="The whole body as a JSON file instead; - for input.")
    ] = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Say by when lines could be promised, and what binds; nothing of it is kept."""
    if (file is None) == (not lines):
        raise typer.BadParameter("it takes lines or a --file")
    body = {
        "lines": [_line(each) for each in lines or ()],
        "delivery_policy": policy.value,
        "hold_until": None if hold_until is None else moment(hold_until),
    }
    answer = Desk.of(MATERIALS, "sales").post("/v1/promises", body if file is None else read_body(file))
    _tell(answer, output)


@words.command()
def show(
    promise: Annotated[str, typer.Argument(help="The promise.")], output: OutputOption = Output.TABLE
) -> None:
    """Show a promise: its state, its dates and how long it holds."""
    whole = Desk.of(MATERIALS, "sales").get(f"/v1/promises/{promise}")
    _tell(whole, output, {name: whole[name] for name in ("promise_id", "state", "hold_until_at")})


@words.command()
def atp(sku: Annotated[str, typer.Argument(help="The item.")], output: OutputOption = Output.TABLE) -> None:
    """Show how much of an item may be promised, from when on, at each site."""
    whole = Desk.of(MATERIALS, "sales").get(f"/v1/items/{sku}/atp")
    steps = [{"site_id": each["site_id"], **step} for each in whole["sites"] for step in each["steps"]]
    tell(steps, output, whole)


def _tell(answer: Mapping[str, Any], output: Output, head: Mapping[str, Any] | None = None) -> None:
    """Print by when how much can be there and why not sooner, or why not at all; as JSON all of it."""
    if output is not Output.TABLE:
        tell([answer], output)
        return
    never = {name: answer[name] for name in ("refused", "next_possible_at")}
    tell([{**(head or {}), **step} for step in answer["steps"] or [never]], output)
    tell([{"reason": each} for each in answer["reasons"]], output)


def _line(said: str) -> dict[str, Any]:
    sku, site, quantity, wanted = parted(said, "@=:", SHAPE)
    return {"sku": sku, "site_id": site, "quantity": quantity, "wanted_at": _when(wanted)}


def _when(said: str) -> str:
    try:
        return moment(datetime.fromisoformat(said))
    except ValueError as wrong:
        raise typer.BadParameter(f"{said} is no moment") from wrong
