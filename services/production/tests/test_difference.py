"""Versions of a recipe beside each other, and yields as runs had them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.recipes import RecipeInput
from contracts.values import PropertyWindow, Quantity
from production.domain.act import End, Report, Scrap
from production.domain.balance import MoreMassThanTaken, demand_balance
from production.domain.difference import Change, difference
from production.domain.ending import end
from production.domain.learned import PROPOSED_RUNS_MIN, learned
from production.domain.recipe import Content
from production.domain.run import Run
from services.production.tests.made import DAY, HEAT, NOW, cracking, hardening
from services.production.tests.test_run import running, shop


def sending(ahead: Quantity) -> Content:
    """Hardening that sends so many runs ahead."""
    (step,) = hardening().operations
    return hardening(operations=(replace(step, send_ahead=ahead),))


def heated(**changes: object) -> Content:
    """Hardening with a temperature that is said otherwise."""
    (step,) = hardening().operations
    return hardening(operations=(replace(step, parameters=(replace(HEAT, **changes),)),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "changes"),
    [
        (hardening(), []),
        (hardening(lead_days=3), [Change("recipe", "", "lead_days", "2", "3")]),
        (sending(Quantity(5)), [Change("operation", "10", "send_ahead", "", "5")]),
        (
            hardening(effective_to=NOW + DAY),
            [Change("recipe", "", "effective_to", "", "2026-03-03T08:00:00+00:00")],
        ),
        (
            heated(target=Quantity(845)),
            [Change("parameter", "10/temperature", "target", "850", "845")],
        ),
        (
            hardening(inputs=(RecipeInput("shaft", Quantity("1.25"), 10),)),
            [Change("input", "shaft@10", "quantity", "1", "1.25")],
        ),
    ],
)
def test_what_is_said_differently_is_named_with_before_and_after(now: Content, changes: list[Change]) -> None:
    assert list(difference(hardening(), now)) == changes


def test_a_part_that_only_one_version_has_is_absent_in_the_other() -> None:
    window = (PropertyWindow("hardness", "HB", None, Quantity(200)),)
    more = hardening(inputs=(*hardening().inputs, RecipeInput("oil", Quantity(1), 10, window)))
    added = [(each.key, each.field, each.was, each.now) for each in difference(hardening(), more)]
    assert ("oil@10", "quantity", None, "1") in added
    assert ("oil@10", "window", None, "hardness  to 200 HB") in added
    assert all(each.now is None and each.key == "oil@10" for each in difference(more, hardening()))


def test_the_same_item_taken_twice_at_an_operation_is_told_apart() -> None:
    twice = hardening(inputs=hardening().inputs * 2)
    changed = replace(twice, inputs=(twice.inputs[0], replace(twice.inputs[1], quantity=Quantity(2))))
    assert difference(twice, changed) == (Change("input", "shaft@10#2", "quantity", "1", "2"),)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 3))
def test_back_again_is_the_same_difference_turned_round(first: int, second: int, days: int) -> None:
    one = hardening(inputs=(RecipeInput("shaft", Quantity(first), 10),), lead_days=days)
    other = hardening(inputs=(RecipeInput("shaft", Quantity(second), 10),), title="Other")
    there = {(each.part, each.key, each.field, each.was, each.now) for each in difference(one, other)}
    back = {(each.part, each.key, each.field, each.now, each.was) for each in difference(other, one)}
    assert there == back


@pytest.mark.parametrize(
    ("units", "fits"),
    [
        ({"crude": "kg", "diesel": "kg", "petrol": "kg", "gas": "kg"}, True),
        ({"crude": "kg", "diesel": "t", "petrol": "kg", "gas": "kg"}, False),
        ({"crude": "kg", "gas": "t"}, False),
        ({"crude": "t", "diesel": "kg"}, True),
        ({"crude": "l", "diesel": "t"}, True),
        ({"diesel": "t"}, True),
    ],
)
def test_no_more_mass_comes_out_than_goes_in_where_it_is_weighed(units: dict[str, str], fits: bool) -> None:
    if fits:
        demand_balance(cracking(), units)
        return
    with pytest.raises(MoreMassThanTaken) as refused:
        demand_balance(cracking(), units)
    assert refused.value.pointers[0][0] == "/outputs"


def test_what_is_lost_on_the_way_weighs_nothing_at_the_end() -> None:
    (step,) = cracking().operations
    lossy = replace(
        cracking(),
        outputs=(replace(cracking().outputs[0], quantity=Quantity(120)),),
        operations=(replace(step, operation_yield=Quantity("0.8")),),
    )
    units = {"crude": "kg", "diesel": "kg"}
    demand_balance(lossy, units)
    with pytest.raises(MoreMassThanTaken):
        demand_balance(replace(lossy, operations=(step,)), units)


def closed(bad: int) -> Run:
    said = Report(scraps=(Scrap("shaft", Quantity(bad), "bent"),) if bad else ())
    return end(running("10"), End(said), shop(), NOW)[0]


def test_five_runs_that_lose_more_than_stated_make_a_proposal() -> None:
    few = learned(hardening(), [closed(1)] * (PROPOSED_RUNS_MIN - 1))
    assert (few[0].learned, few[0].proposed) == (Quantity("0.9"), None)
    (many,) = learned(hardening(), [closed(1)] * PROPOSED_RUNS_MIN)
    assert (many.runs, many.stated, many.proposed) == (5, Quantity(1), Quantity("0.9"))


def test_scatter_is_no_drift_and_no_run_has_learned_nothing() -> None:
    (fine,) = learned(hardening(), [closed(0)] * 9 + [closed(1)])
    assert (fine.learned, fine.proposed) == (Quantity("0.99"), None)
    (none,) = learned(hardening(), [])
    assert (none.runs, none.learned, none.proposed) == (0, None, None)
