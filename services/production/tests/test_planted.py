"""Ten defects planted in the rules of production, one at a time: each is caught by what the tests demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from production.domain import (
    balance,
    chart,
    costing,
    difference,
    learned,
    quality,
    readings,
    reporting,
    standard,
    variance,
)
from services.production.tests import (
    test_difference,
    test_ending,
    test_joint_cost,
    test_quality,
    test_standard,
    test_variance,
)
from services.production.tests.made import HEAT, NOW
from services.production.tests.test_run import running


@dataclass(frozen=True, slots=True)
class Defect:
    """A rule of a module as somebody might get it wrong, and the demand that notices."""

    name: str
    module: Any
    rule: str
    wrong: Callable[[Any], Any]
    demand: Callable[[], object]


def _excursion_is_found() -> None:
    hot = readings.MachineReading(
        "r", 10, "temperature", "furnace-1", NOW, HEAT.maximum + HEAT.maximum, "degC"
    )
    found = readings.excursions(running(), [hot], {(10, "temperature"): HEAT})
    assert [each.name for each in found] == ["temperature"]


def _from_the_future_is_refused() -> None:
    later = readings.MachineReading(
        "r", 10, "temperature", "furnace-1", NOW.replace(year=2027), HEAT.target, "degC"
    )
    assert len(readings.refused([later], {"r": {(10, "temperature"): HEAT}}, NOW)) == 1


DEFECTS = [
    Defect(
        "the last cent is dropped",
        costing,
        "split",
        lambda right: lambda amount, weights: [amount * each // (sum(weights) or 1) for each in weights],
        lambda: test_joint_cost.test_thirds_of_a_cent_go_to_the_largest_remainder(101),
    ),
    Defect(
        "a by-product is credited by nothing",
        costing,
        "_stated_value",
        lambda right: lambda *_: 0,
        test_joint_cost.test_wood_chips_are_credited_before_the_lumber_bears_the_rest_as_worked_by_hand,
    ),
    Defect(
        "finishing costs nothing",
        costing,
        "_weight",
        lambda right: lambda output, quantity, rule, shares: right(output, quantity, rule, {}),
        test_joint_cost.test_the_dairy_shares_its_milk_by_net_realisable_value_as_worked_by_hand,
    ),
    Defect(
        "losses cost nothing",
        standard,
        "kept",
        lambda right: lambda content, before=None: (1, 1),
        test_standard.test_losses_before_an_operation_make_what_it_takes_dearer,
    ),
    Defect(
        "what a recipe gives back is bought again",
        standard,
        "netted",
        lambda right: lambda content: (list(content.inputs), list(content.outputs)),
        test_standard.test_what_a_recipe_gives_back_to_itself_counts_net,
    ),
    Defect(
        "minutes beyond the recipe's are forgotten",
        variance,
        "minutes",
        lambda right: lambda times: {},
        test_variance.test_jackets_vary_as_in_webb_company_worked_by_hand,
    ),
    Defect(
        "what is no good counts as good",
        variance,
        "_good",
        lambda right: lambda run, content, done, whole: whole.total,
        test_variance.test_bent_shafts_are_a_loss_of_yield_alone,
    ),
    Defect(
        "a later report bears what an earlier one took",
        reporting,
        "_borne",
        lambda right: lambda run, runs: (run.floor.open, ()),
        test_ending.test_material_taken_ahead_is_borne_by_the_products_it_becomes,
    ),
    Defect(
        "one of three is enough",
        chart,
        "RULES",
        lambda right: tuple((rule, 1, window, sigmas) for rule, _, window, sigmas in right),
        lambda: test_quality.test_each_western_electric_rule_is_broken_where_it_is_broken(
            ("12.1", "10", "7.9"), []
        ),
    ),
    Defect(
        "a limit is no part of its range",
        quality,
        "_inside",
        lambda right: lambda each, value: each.minimum < value < each.maximum,
        test_quality.test_a_lot_passes_when_no_more_are_bad_than_its_size_allows,
    ),
    Defect(
        "a tonne is a kilogram",
        balance,
        "MASS_UNITS",
        lambda right: dict.fromkeys(right, 1),
        lambda: test_difference.test_no_more_mass_comes_out_than_goes_in_where_it_is_weighed(
            {"crude": "kg", "diesel": "t", "petrol": "kg", "gas": "kg"}, fits=False
        ),
    ),
    Defect(
        "two versions never differ",
        difference,
        "_fields",
        lambda right: lambda part, without=(): {},
        test_difference.test_a_part_that_only_one_version_has_is_absent_in_the_other,
    ),
    Defect(
        "every scatter is a drift",
        learned,
        "DRIFT_MIN",
        lambda right: 0,
        test_difference.test_scatter_is_no_drift_and_no_run_has_learned_nothing,
    ),
    Defect(
        "an excursion is told already",
        readings,
        "excursions",
        lambda right: lambda run, found, limits: (),
        _excursion_is_found,
    ),
    Defect(
        "a clock may be years ahead",
        readings,
        "AHEAD_SPAN_MAX",
        lambda right: right * 10**6,
        _from_the_future_is_refused,
    ),
]


@contextmanager
def planted(defect: Defect) -> Iterator[None]:
    """The defect, as long as it lasts."""
    right = getattr(defect.module, defect.rule)
    setattr(defect.module, defect.rule, defect.wrong(right))
    try:
        yield
    finally:
        setattr(defect.module, defect.rule, right)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_planted_defect_is_caught(defect: Defect) -> None:
    defect.demand()
    with planted(defect), pytest.raises((AssertionError, pytest.fail.Exception)):
        defect.demand()
