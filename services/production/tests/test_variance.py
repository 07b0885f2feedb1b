"""Variances of runs, as the literature works them and as they add up whatever happens."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.production import ScheduledOperation
from contracts.recipes import Operation, RecipeInput, RecipeOutput
from contracts.shapes import ItemPart
from contracts.values import MICRO, CostVector, Quantity
from production.domain.act import End, Report, Scrap, Time
from production.domain.ending import end
from production.domain.material import Take
from production.domain.plant import WorkCentre
from production.domain.recipe import Content
from production.domain.reporting import report
from production.domain.run import Run
from production.domain.shop import Shop
from production.domain.standard import StandardCost, Standards
from production.domain.variance import RunCost, reckoned
from services.production.tests.made import CENTRES, NOW, hardening, lot
from services.production.tests.test_run import running, shop

SEWING = WorkCentre("sewing", "plant-1", "Sewing", "week", 1, 2_000, 0, Quantity(0), "EUR")
JACKET = hardening(
    kind="congregation",
    inputs=(RecipeInput("cloth", Quantity(2), 10),),
    outputs=(RecipeOutput("jacket", Quantity(1), "main"),),
    operations=(Operation(10, "Sew", "sewing", Quantity(0), Quantity(48), 1, Quantity(1)),),
)


def standards(sku: str, minor: int, *centres: WorkCentre) -> Standards:
    cost = CostVector(minor * MICRO, 0, 0, 0, "EUR")
    standard = StandardCost(sku, (), cost, CostVector(0, 0, 0, 0, "EUR"), 0)
    return Standards("EUR", {(sku, ()): standard}, {centre.work_centre_id: centre for centre in centres})


def of_shafts(run: Run, content: Content | None = None, price: int = 100) -> RunCost:
    return reckoned(run, content or hardening(), CENTRES, standards("shaft", price, *CENTRES.values()))


def sewn() -> RunCost:
    """Webb Company, a tenth of its size: 1,000 jackets of 2,220 square yards at 28 and 900 hours at 22.

    Its budget, 60 of material and 16 of labour a jacket, as in Greusard: Flexible Budgets and Variances, Webb Company
    (Pearson; scribd.com/document/492829718), after Horngren.
    """
    dear = replace(SEWING, labour_rate_minor=2_200)
    run = Run(
        "r", "p", "sew", 1, "plant-1", Quantity(1_000), (ItemPart("cloth", Quantity(2_000)),),
        (ItemPart("jacket", Quantity(1_000)),), NOW, 2, "scheduled", None,
    )  # fmt: skip
    run = run.staged(Quantity(1_000), (lot("bale", "2220", 6_216_000, "cloth"),)).started(NOW)[0]
    times = (Time(10, Quantity(54_000), Quantity(54_000)),)
    takes = (Take("bale", Quantity(2_220)),)
    house = Shop(JACKET, {"sewing": dear}, iter("xyz").__next__)
    run, _, _ = end(run, End(Report(takes=takes, times=times)), house, NOW)
    return reckoned(run, JACKET, {"sewing": dear}, standards("cloth", 3_000, SEWING))


def test_jackets_vary_as_in_webb_company_worked_by_hand() -> None:
    found = sewn().variances
    assert found is not None
    # Cloth: 2,220 x (28 - 30) = -4,440 and (2,220 - 2,000) x 30 = 6,600. Work: 900 x (22 - 20) = 1,800 and
    # (900 - 800) x 20 = 2,000. At standard 1,000 jackets cost 60,000 + 16,000.
    assert (found.price, found.usage) == (-444_000, 660_000)
    assert (found.rate, found.efficiency) == (180_000, 200_000)
    assert (found.yielded, found.standard) == (0, 7_600_000)


def test_a_run_as_planned_at_standard_prices_varies_by_nothing() -> None:
    run, _, _ = end(running("10", 1_000), End(Report()), shop(), NOW)
    found = of_shafts(run).variances
    assert found is not None
    assert found.total == 0
    assert found.standard == 1_000 + 3_250 + 6_500 + 975


def test_bent_shafts_are_a_loss_of_yield_alone() -> None:
    run, _, _ = end(
        running("10", 1_000), End(Report(scraps=(Scrap("shaft", Quantity(2), "bent"),))), shop(), NOW
    )
    cost = of_shafts(run)
    found = cost.variances
    assert found is not None
    assert (found.price, found.usage, found.rate, found.efficiency) == (0, 0, 0, 0)
    assert found.yielded == 11_725 // 5
    assert cost.scrap == 11_725 // 5


def test_a_work_centre_that_became_dearer_is_a_loss_of_rate() -> None:
    dear = {"furnace": replace(CENTRES["furnace"], labour_rate_minor=6_000)}
    run, _, _ = end(running("10", 1_000), End(Report()), replace(shop(), centres=dear), NOW)
    found = of_shafts(run).variances
    assert found is not None
    assert (found.rate, found.efficiency) == (3_250 + 325, 0)


def test_work_at_a_dearer_alternate_is_a_loss_of_rate_and_its_minutes_one_of_efficiency() -> None:
    oven = WorkCentre("oven", "plant-1", "Oven", "week", 1, 6_000, 6_000, Quantity("0.1"), "EUR")
    both = {**CENTRES, "oven": oven}
    content = hardening(operations=(replace(hardening().operations[0], alternates=("oven",)),))
    place = ScheduledOperation(10, "oven", NOW, NOW, Quantity(65))
    here = replace(running("10", 1_000, content), operations=(place,))
    there = replace(here, operations=(replace(place, work_centre_id="furnace"),))
    house = replace(shop(content), centres=both)
    # Setup 60 and 10 runs of half a minute are 65 minutes; 95 were needed.
    needed = End(Report(times=(Time(10, Quantity(95), Quantity(95)),)))
    found = {}
    for name, run in (("oven", here), ("furnace", there)):
        cost = reckoned(
            end(run, needed, house, NOW)[0], content, both, standards("shaft", 100, *both.values())
        )
        assert cost.variances is not None
        assert [(each.work_centre_id, each.planned_at) for each in cost.steps] == [(name, "furnace")]
        found[name] = cost.variances
    # 95 minutes of people at 60 instead of 30 an hour, and a tenth of that as overhead.
    assert (found["furnace"].rate, found["oven"].rate) == (0, 4_750 + 475)
    # 30 minutes more than allowed, at the standard: people 30, machine 60 an hour, a tenth of both on top.
    assert found["oven"].efficiency == found["furnace"].efficiency == 1_500 + 3_000 + 450
    assert found["oven"].standard == found["furnace"].standard


def test_each_operation_says_what_it_added_and_together_they_are_the_work() -> None:
    steps = tuple(replace(hardening().operations[0], operation_no=number) for number in (10, 20, 30))
    content = hardening(operations=steps)
    run, _, _ = end(running("7", 1_000, content), End(Report()), shop(content), NOW)
    cost = of_shafts(run, content)
    assert sum((each.added for each in cost.steps), start=CostVector(0, 0, 0, 0, "EUR")) == cost.work
    assert [(each.operation_no, each.intensity) for each in cost.steps] == [
        (10, "capital"),
        (20, "capital"),
        (30, "capital"),
    ]


def test_what_has_no_standard_is_named_and_not_compared() -> None:
    run, _, _ = end(running(), End(Report()), shop(), NOW)
    cost = reckoned(run, hardening(), CENTRES, standards("other", 1, *CENTRES.values()))
    assert (cost.variances, cost.unpriced) == (None, ("shaft",))
    assert reckoned(run, hardening(), CENTRES, None).variances is None


@settings(max_examples=80)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 30), st.integers(0, 500)), min_size=1, max_size=5),
    st.integers(0, 10**6),
    st.integers(0, 10**4),
)
def test_five_variances_are_the_whole_difference_to_the_cent(
    reports: list[tuple[int, int, int]], bought_in: int, price: int
) -> None:
    run = running(str(sum(runs for runs, _, _ in reports)), bought_in)
    for runs, bad, minutes in reports:
        said = Report(
            Quantity(runs),
            scraps=(Scrap("shaft", Quantity(min(bad, runs)), "bent"),),
            times=(Time(10, Quantity(minutes), Quantity(minutes)),),
        )
        run, _, _ = report(run, said, shop())
    cost = of_shafts(run, price=price)
    assert cost.variances is not None
    assert cost.variances.total == cost.material.total + cost.work.total - cost.variances.standard
