"""What the work of a run costs: the minutes of its operations at the rates of their work centres."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from contracts.values import MICRO, MONEY_MINOR_MAX, Money
from materials.domain.capacity.room import WorkCentre
from materials.domain.recipe import Recipe

_HOUR_MINUTES: Final = 60


def work_cost(recipe: Recipe, runs_micro: int, centres: Mapping[str, WorkCentre]) -> Money | None:
    """What so many runs (in millionths) cost beyond what they take, set up once; None where a rate is not known.

    Labour = minutes x people x labour rate, capital = minutes x machine rate, overhead = its part of both: as
    production reckons the work of its standards. Rounded once to whole minor units, half of one to the even one.
    """
    whole, currencies = Fraction(0), set()
    for step in recipe.steps:
        centre = centres.get(step.work_centre_id)
        if centre is None or not centre.currency:
            return None
        currencies.add(centre.currency)
        minutes = Fraction(step.setup_micro * MICRO + step.run_micro * runs_micro, MICRO * MICRO)
        hour_minor = step.people * centre.labour_rate_minor + centre.machine_rate_minor
        whole += minutes * hour_minor / _HOUR_MINUTES * Fraction(MICRO + centre.overhead_micro, MICRO)
    minor = round(whole)
    if len(currencies) != 1 or minor > MONEY_MINOR_MAX:
        return None
    return Money(minor, currencies.pop())


def unrated(recipe: Recipe | None, runs_micro: int, centres: Mapping[str, WorkCentre]) -> bool:
    """Whether work is done in a run of which nobody knows what it costs."""
    if recipe is None:
        return True
    return bool(recipe.steps) and work_cost(recipe, runs_micro, centres) is None


def runs_of(recipe: Recipe, sku: str, micro: int) -> int:
    """The runs, in millionths, that start so much of an item."""
    per = next((each.per_micro for each in recipe.outputs if each.sku == sku and each.drives), MICRO)
    return -(-micro * MICRO // per)
