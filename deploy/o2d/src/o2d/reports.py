"""What people say of a run in words on a line, as the bodies that production takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from o2d.desk import parted

Takes = Annotated[list[str] | None, typer.Option("--take", help="Consumed, like LOT=40; may be repeated.")]
Goods = Annotated[
    list[str] | None, typer.Option("--good", help="Came out well, like shaft=98; may be repeated.")
]
Scraps = Annotated[
    list[str] | None, typer.Option("--scrap", help="No good, like shaft=2:bent; may be repeated.")
]
Whole = Annotated[Path | None, typer.Option("--file", help="The whole body as a JSON file instead.")]
Words = Sequence[str] | None


def report_of(
    runs: str | None = None,
    takes: Words = None,
    goods: Words = None,
    scraps: Words = None,
    *,
    named_only: bool = False,
) -> dict[str, Any]:
    """A report of so many of a run, with quantities as decimals; raises BadParameter for a word of another shape."""
    taken = [parted(each, "=", "LOT=40") for each in takes or ()]
    good = [parted(each, "=", "shaft=98") for each in goods or ()]
    scrapped = [parted(each, "=:", "shaft=2:bent") for each in scraps or ()]
    return {
        "runs": runs,
        "consumed": [{"lot_id": lot, "quantity": quantity} for lot, quantity in taken],
        "backflush": not named_only,
        "outcomes": [{"sku": sku, "quantity": quantity} for sku, quantity in good],
        "scraps": [{"sku": sku, "quantity": quantity, "reason": why} for sku, quantity, why in scrapped],
    }


def readings_of(said: Sequence[str]) -> list[dict[str, Any]]:
    """Readings like `10:temperature=851`; raises BadParameter for one of another shape."""
    parts = [parted(each, ":=", "10:temperature=851") for each in said]
    return [{"operation_no": _number(number), "name": name, "value": value} for number, name, value in parts]


def properties_of(said: Sequence[str]) -> list[dict[str, Any]]:
    """Properties like `hardness=60:HRC`; raises BadParameter for one of another shape."""
    parts = [parted(each, "=:", "hardness=60:HRC") for each in said]
    return [{"name": name, "value": value, "scale": scale} for name, value, scale in parts]


def _number(said: str) -> int:
    if not said.isdecimal():
        raise typer.BadParameter(f"{said} is no number of an operation")
    return int(said)
