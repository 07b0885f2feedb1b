"""What goes into a recipe and comes out of it, as callers say it: in any unit of the item."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.recipes import RecipeInput, RecipeOutput
from contracts.shapes import Role
from contracts.values import PropertyValue, Quantity, Window
from production.domain.said import SaidUnits


@dataclass(frozen=True, slots=True)
class InputBody:
    """What one run takes at an operation, in a unit of the item (absent: its own)."""

    sku: str
    quantity: Quantity
    operation_no: int
    window: Window = ()
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class OutputBody:
    """What one run gives, in a unit of the item (absent: its own), and the price of one such unit at split-off.

    It comes at an operation, at the last one if absent.
    """

    sku: str
    quantity: Quantity
    role: Role
    properties: tuple[PropertyValue, ...] = ()
    split_off_price_minor: int = 0
    unit: str | None = None
    operation_no: int | None = None


def inputs_of(parts: Sequence[InputBody]) -> tuple[RecipeInput, ...]:
    """The inputs as they are said."""
    return tuple(RecipeInput(each.sku, each.quantity, each.operation_no, each.window) for each in parts)


def outputs_of(parts: Sequence[OutputBody]) -> tuple[RecipeOutput, ...]:
    """The outputs as they are said."""
    return tuple(
        RecipeOutput(
            each.sku,
            each.quantity,
            each.role,
            each.properties,
            each.split_off_price_minor,
            each.operation_no,
        )
        for each in parts
    )


def units_of(inputs: Sequence[InputBody], outputs: Sequence[OutputBody]) -> SaidUnits:
    """The units in which they are said."""
    return SaidUnits(tuple(each.unit for each in inputs), tuple(each.unit for each in outputs))
