"""What a run costs and who bears it: every split adds up to the cent."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.recipes import Operation, RecipeOutput
from contracts.shapes import Role
from contracts.values import CostVector, Quantity
from production.domain.costing import (
    CostRule,
    CurrenciesMixed,
    FixedShare,
    added,
    allocate,
    effort,
    split,
)
from production.domain.plant import WorkCentre

OVEN = WorkCentre("oven", "plant-1", "Oven", "day", 1, 3_000, 6_000, Quantity("0.5"), "EUR")

costs = st.builds(CostVector, *(st.integers(0, 10**9) for _ in range(4)), st.just("EUR"))
outputs = st.lists(
    st.tuples(
        st.sampled_from(["co-product", "by-product", "waste"]), st.integers(1, 10**9), st.integers(0, 10**5)
    ),
    max_size=6,
)


def out(role: Role, sku: str, micro: int, price: int) -> tuple[RecipeOutput, Quantity]:
    quantity = Quantity.of_micro(micro)
    return RecipeOutput(sku, quantity, role, (), price), quantity


def summed(parts: list[CostVector]) -> CostVector:
    return sum(parts, start=CostVector(0, 0, 0, 0, "EUR"))


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_a_split_adds_up_and_no_part_is_a_cent_off(amount: int, weights: list[int]) -> None:
    parts = split(amount, weights)
    assert sum(parts) == amount
    if sum(weights):
        for part, weight in zip(parts, weights, strict=True):
            assert abs(Decimal(part) - Decimal(amount) * weight / sum(weights)) < 1


@given(
    costs,
    outputs,
    st.sampled_from(["physical-measure", "sales-value", "net-realisable-value", "equivalence", "fixed"]),
)
def test_every_kind_of_cost_adds_up_whatever_comes_out(
    cost: CostVector, more: list[tuple[Role, int, int]], rule: CostRule
) -> None:
    made = [out("main", "main", 1_000_000, 5)]
    made += [out(role, f"o{place}", micro, price) for place, (role, micro, price) in enumerate(more)]
    shares = [FixedShare(output.sku, 10) for output, _ in made]
    parts = allocate(cost, made, rule, shares)
    assert summed(parts) == cost
    assert all(min(p.bought_in, p.labour, p.capital, p.overhead) >= 0 for p in parts)
    assert all(p.total == 0 for p, (o, _) in zip(parts, made, strict=True) if o.role == "waste")


def test_physical_measure_is_by_quantity() -> None:
    parts = allocate(
        CostVector(100, 0, 0, 0, "EUR"),
        [out("main", "a", 45, 0), out("co-product", "b", 30, 0), out("co-product", "c", 25, 0)],
        "physical-measure",
    )
    assert [part.total for part in parts] == [45, 30, 25]


def test_sales_value_is_by_quantity_times_price() -> None:
    parts = allocate(
        CostVector(0, 100, 0, 0, "EUR"),
        [out("main", "a", 1_000_000, 300), out("co-product", "b", 1_000_000, 100)],
        "sales-value",
    )
    assert [part.labour for part in parts] == [75, 25]


def test_fixed_shares_are_as_they_are_said() -> None:
    parts = allocate(
        CostVector(0, 0, 100, 0, "EUR"),
        [out("main", "a", 1, 0), out("co-product", "b", 999, 0)],
        "fixed",
        [FixedShare("a", 9_000), FixedShare("b", 1_000)],
    )
    assert [part.capital for part in parts] == [90, 10]


def test_net_realisable_value_is_price_less_what_finishing_costs() -> None:
    parts = allocate(
        CostVector(100, 0, 0, 0, "EUR"),
        [
            out("main", "a", 1_000_000, 300),
            out("co-product", "b", 1_000_000, 200),
            out("co-product", "c", 1_000_000, 5),
        ],
        "net-realisable-value",
        [FixedShare("a", 0), FixedShare("b", 100), FixedShare("c", 9)],
    )
    assert [part.total for part in parts] == [75, 25, 0]


def test_equivalence_numbers_weigh_quantities() -> None:
    parts = allocate(
        CostVector(0, 110, 0, 0, "EUR"),
        [out("main", "a", 3_000_000, 0), out("co-product", "b", 5_000_000, 0)],
        "equivalence",
        [FixedShare("a", 20), FixedShare("b", 10)],
    )
    assert [part.labour for part in parts] == [60, 50]


def test_a_by_product_is_credited_with_its_stated_value_first() -> None:
    parts = allocate(
        CostVector(80, 20, 0, 0, "EUR"),
        [out("main", "a", 1_000_000, 0), out("by-product", "b", 2_000_000, 5), out("waste", "w", 1, 9)],
        "physical-measure",
    )
    assert [part.total for part in parts] == [90, 10, 0]
    assert (parts[1].bought_in, parts[1].labour) == (8, 2)


def test_a_by_product_worth_more_than_the_run_bears_no_more_than_all() -> None:
    parts = allocate(
        CostVector(7, 0, 0, 0, "EUR"),
        [out("main", "a", 1_000_000, 0), out("by-product", "b", 1_000_000, 50)],
        "physical-measure",
    )
    assert [part.total for part in parts] == [0, 7]


def test_work_costs_minutes_by_the_rates_of_its_work_centre() -> None:
    step = Operation(10, "Harden", "oven", Quantity(30), Quantity(15), 2, Quantity(1))
    work = effort([step], Quantity(2), {"oven": OVEN})
    assert (work.labour_minutes, work.machine_minutes) == (Quantity(120), Quantity(60))
    assert work.cost == CostVector(0, 6_000, 6_000, 6_000, "EUR")


def test_two_currencies_do_not_add_up() -> None:
    with pytest.raises(CurrenciesMixed):
        added([CostVector(1, 0, 0, 0, "USD")], CostVector(0, 1, 0, 0, "EUR"))
