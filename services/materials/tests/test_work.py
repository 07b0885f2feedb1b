"""What the work of runs costs, and where nobody knows it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from contracts.production import WorkCentreDefined
from contracts.values import MICRO, Money
from materials.domain.capacity.room import WorkCentre
from materials.domain.recipe import Ratio, Recipe, Step
from materials.domain.work import runs_of, unrated, work_cost
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import DAY, NOW, recipe, terms
from services.materials.tests.plans import planned_anew
from services.materials.tests.test_lot_periods import ordered

SAW = WorkCentre("saw", "plant-1", "week", 1, 3_000, 6_000, 100_000, "EUR")
FREE = WorkCentre("oven", "plant-1", "week", 1)


def cutting(*steps: Step) -> Recipe:
    return replace(Recipe.of(recipe("cut", {"blank": "1"}, {"gear": "4"})), steps=steps)


@pytest.mark.parametrize(
    ("setup", "run", "people", "runs", "minor"),
    [
        # 60 minutes set up and 10 for runs: 70 min x (3,000 + 6,000) / 60 x 1.1.
        (60, 1, 1, 10, 11_550),
        (0, 1, 0, 1, 110),
        (0, 1, 2, 1, 220),
        # Half of a minor unit goes to the even one: 0.5 min x 9,000 / 60 x 1.1 = 82.5.
        (0, "0.5", 1, 1, 82),
    ],
)
def test_work_costs_its_minutes_at_the_rates_of_its_work_centre(
    setup: int, run: int | str, people: int, runs: int, minor: int
) -> None:
    step = Step("saw", setup * MICRO, int(Decimal(run) * MICRO), people)
    assert work_cost(cutting(step), runs * MICRO, {"saw": SAW}) == Money(minor, "EUR")


def test_work_whose_rate_nobody_knows_costs_nothing_that_is_known() -> None:
    step = Step("oven", MICRO, MICRO, 1)
    for centres in ({}, {"oven": FREE}):
        assert work_cost(cutting(step), MICRO, centres) is None
        assert unrated(cutting(step), MICRO, centres)
    dollars = SAW._replace(work_centre_id="oven", currency="USD")
    both = cutting(step, Step("saw", 0, MICRO, 1))
    assert work_cost(both, MICRO, {"saw": SAW, "oven": dollars}) is None
    assert not unrated(cutting(), MICRO, {}), "where nothing is done, nothing has to be known"
    assert runs_of(cutting(), "gear", 8 * MICRO) == 2 * MICRO
    assert cutting().kept == Ratio(MICRO, MICRO)


SAW_DEFINED = WorkCentreDefined("wc-1", "plant-1", "Saw", "week", 1, 3_000, 6_000, Decimal("0.1"), "EUR")


async def test_a_supposition_counts_what_is_bought_and_what_is_worked(door: Door) -> None:
    await door.stage.opened("gear", "blank")
    wanted = {"site_id": "plant-1", "sku": "gear", "quantity": "5", "wanted_at": (NOW + 40 * DAY).isoformat()}
    await door.stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank", prices=()))
    found = await door.post(PLANNER, "/v1/what-if", {"more": [wanted]}, status=200)
    assert (found["costs"], found["work"], found["unpriced"]) == ([], [], ["blank", "gear"])
    await door.stage.hear(SAW_DEFINED)
    found = await door.post(PLANNER, "/v1/what-if", {"more": [wanted]}, status=200)
    # Ten minutes set up and one for each of five.
    worked = [{"currency": "EUR", "was_minor": 0, "now_minor": 2_475}]
    assert (found["costs"], found["work"], found["unpriced"]) == (worked, worked, ["blank"])
    assert {each["sku"]: each["unpriced"] for each in found["orders"]} == {"gear": False, "blank": True}


async def test_two_versions_differ_by_the_work_of_what_they_make(door: Door) -> None:
    stage = door.stage
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank", 5), SAW_DEFINED)
    await ordered(stage, "p", "5", 40)
    first = (await planned_anew(stage)).plan_id
    await ordered(stage, "q", "5", 40)
    second = (await planned_anew(stage)).plan_id
    rows = await door.page(PLANNER, f"/v1/plans/{first}/difference/{second}")
    (gear,) = [each for each in rows if each["sku"] == "gear"]
    assert (gear["kind"], gear["was_cost"], gear["cost"]) == (
        "more", {"minor": 2_475, "currency": "EUR"}, {"minor": 3_300, "currency": "EUR"},
    )  # fmt: skip
    assert [each["unpriced"] for each in rows] == [False] * len(rows)
