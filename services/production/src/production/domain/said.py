"""Recipes as they are said, in any unit of their items, and as they are kept, in the items' own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backbone.errors import Invalid, said_at
from contracts.units import Counted
from contracts.values import Quantity
from production.domain.recipe import Content


@dataclass(frozen=True, slots=True)
class SaidUnits:
    """The units in which the inputs and outputs of a recipe are said, in their order; absent is the item's own."""

    inputs: tuple[str | None, ...] = ()
    outputs: tuple[str | None, ...] = ()


ALL_OWN = SaidUnits()


def in_own_units(content: Content, said: SaidUnits, known: Mapping[str, Counted]) -> Content:
    """The recipe in the units in which its items are counted, nothing rounded; raises `Invalid` with the place.

    A price at split-off is for one of the unit in which its output is said.
    """
    inputs, outputs = list(content.inputs), list(content.outputs)
    for place, unit in enumerate(said.inputs):
        if unit is not None:
            part, where = inputs[place], f"/inputs/{place}"
            inputs[place] = replace(part, quantity=_own(part.sku, part.quantity, unit, known, where))
    for place, unit in enumerate(said.outputs):
        if unit is not None:
            out, where = outputs[place], f"/outputs/{place}"
            quantity = _own(out.sku, out.quantity, unit, known, where)
            with said_at(f"{where}/split_off_price_minor"):
                minor = known[out.sku].own_price(out.split_off_price_minor, unit)
            outputs[place] = replace(out, quantity=quantity, split_off_price_minor=minor)
    return replace(content, inputs=tuple(inputs), outputs=tuple(outputs))


def _own(sku: str, quantity: Quantity, unit: str, known: Mapping[str, Counted], where: str) -> Quantity:
    if sku not in known:
        raise Invalid(f"nobody knows in what {sku} is counted", [(f"{where}/unit", "no such item")])
    with said_at(where):
        return known[sku].own(quantity, unit)
