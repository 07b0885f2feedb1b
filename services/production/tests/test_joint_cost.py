"""Joint cost as the literature works it: Horngren, Datar, Rajan, Cost Accounting (14th edition), chapter 16."""

from __future__ import annotations

import pytest

from contracts.production import RecipeOutput
from contracts.shapes import Role
from contracts.values import CostVector, Quantity
from production.domain.costing import CostRule, FixedShare, allocate

# Farmland Dairy: 110,000 gallons of raw milk give 25,000 of cream (8 a gallon) and 75,000 of skim (4) for 400,000.
MILK = CostVector(40_000_000, 0, 0, 0, "USD")
# For the net realisable value skim is counted in cans of three gallons, whose prices are whole cents: buttercream
# 20,000 x 25 less 280,000 is 8.80 a gallon of cream, condensed milk 50,000 x 22 less 520,000 is 23.20 a can of skim.
CREAM_PRICE, CREAM_FINISHING = 2_000, 1_120
CAN_PRICE, CAN_FINISHING = 4_400, 2_080


def out(role: Role, sku: str, quantity: int, price: int = 0) -> tuple[RecipeOutput, Quantity]:
    return RecipeOutput(sku, Quantity(quantity), role, (), price), Quantity(quantity)


def dollars(parts: list[CostVector]) -> list[int]:
    assert all(part.total % 100 == 0 for part in parts)
    return [part.total // 100 for part in parts]


@pytest.mark.parametrize(
    ("rule", "shares", "expected"),
    [
        ("sales-value", (), [160_000, 240_000]),
        ("physical-measure", (), [100_000, 300_000]),
        ("equivalence", (FixedShare("cream", 3), FixedShare("skim", 1)), [200_000, 200_000]),
        ("fixed", (FixedShare("cream", 2_750), FixedShare("skim", 7_250)), [110_000, 290_000]),
    ],
)
def test_the_dairy_shares_its_milk_as_the_book_does(
    rule: CostRule, shares: tuple[FixedShare, ...], expected: list[int]
) -> None:
    products = [out("main", "cream", 25_000, 800), out("co-product", "skim", 75_000, 400)]
    assert dollars(allocate(MILK, products, rule, shares)) == expected


def test_the_dairy_shares_its_milk_by_net_realisable_value_as_the_book_does() -> None:
    products = [
        out("main", "cream", 25_000, CREAM_PRICE),
        out("co-product", "skim in cans", 25_000, CAN_PRICE),
    ]
    finishing = (FixedShare("cream", CREAM_FINISHING), FixedShare("skim in cans", CAN_FINISHING))
    assert dollars(allocate(MILK, products, "net-realisable-value", finishing)) == [110_000, 290_000]


def test_wood_chips_are_credited_before_the_lumber_bears_the_rest_as_in_the_book() -> None:
    # Westlake: 150,000 of material and 100,000 of conversion; 4,000 cubic feet of chips are worth 1.00 each.
    products = [out("main", "lumber", 50_000, 600), out("by-product", "chips", 4_000, 100)]
    parts = allocate(CostVector(15_000_000, 10_000_000, 0, 0, "USD"), products, "physical-measure")
    assert dollars(parts) == [246_000, 4_000]


@pytest.mark.parametrize("amount", [1, 2, 3, 100, 101, 40_000_001])
def test_thirds_of_a_cent_go_to_the_largest_remainder(amount: int) -> None:
    products = [out("main", "a", 1), out("co-product", "b", 1), out("co-product", "c", 1)]
    parts = [
        part.total for part in allocate(CostVector(amount, 0, 0, 0, "USD"), products, "physical-measure")
    ]
    assert sum(parts) == amount
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[2] <= 1
