"""Mass: what comes out of a recipe weighs no more than what goes in, where items are counted by mass.

A volume may exceed its input (expansion, mixing), a mass may not.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from backbone.errors import Invalid
from contracts.shapes import MASS_UNITS
from contracts.values import Quantity
from production.domain.recipe import Content
from production.domain.standard import kept, kept_of


class MoreMassThanTaken(Invalid):
    """What comes out of a recipe weighs more than what goes in."""


def demand_balance(content: Content, units: Mapping[str, str]) -> None:
    """Raise `MoreMassThanTaken`; says nothing where an input is not counted by mass, or its unit is not known."""
    taken = Fraction(0)
    for part in content.inputs:
        scale = MASS_UNITS.get(units.get(part.sku, ""))
        if scale is None:
            return
        over, under = kept(content, part.operation_no)
        taken += Fraction(part.quantity.micro * scale * over, under)
    given = sum(
        (
            Fraction(part.quantity.micro * MASS_UNITS.get(units.get(part.sku, ""), 0) * over, under)
            for part in content.outputs
            for over, under in (kept_of(content, part),)
        ),
        start=Fraction(0),
    )
    if given > taken:
        rest = Quantity.of_micro(round((given - taken) / MASS_UNITS["kg"]))
        raise MoreMassThanTaken("mass comes from nowhere", [("/outputs", f"{rest} kg more than goes in")])
