"""Joint cost: published examples that say where they stand, and one dairy worked by hand for every method."""

from __future__ import annotations

import pytest

from contracts.recipes import RecipeOutput
from contracts.shapes import Role
from contracts.values import CostVector, Quantity
from production.domain.costing import CostRule, FixedShare, allocate

# 110,000 gallons of raw milk give 25,000 of cream (8 a gallon) and 75,000 of skim (4) for 400,000; after the pattern
# of Horngren, Datar, Rajan: Cost Accounting, chapter 16. By hand: sales values 200,000 and 300,000 are 2 to 3, gallons
# 1 to 3, three gallons of skim for one of cream in equivalents 75,000 to 75,000; 500,000 - 280,000 and
# 1,100,000 - 520,000 can be realised, 220 to 580, so that cream bears 400,000 x 220 / 800 = 110,000.
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
def test_the_dairy_shares_its_milk_as_worked_by_hand(
    rule: CostRule, shares: tuple[FixedShare, ...], expected: list[int]
) -> None:
    products = [out("main", "cream", 25_000, 800), out("co-product", "skim", 75_000, 400)]
    assert dollars(allocate(MILK, products, rule, shares)) == expected


def test_the_dairy_shares_its_milk_by_net_realisable_value_as_worked_by_hand() -> None:
    products = [
        out("main", "cream", 25_000, CREAM_PRICE),
        out("co-product", "skim in cans", 25_000, CAN_PRICE),
    ]
    finishing = (FixedShare("cream", CREAM_FINISHING), FixedShare("skim in cans", CAN_FINISHING))
    assert dollars(allocate(MILK, products, "net-realisable-value", finishing)) == [110_000, 290_000]


def test_a_refinery_shares_its_cost_by_the_barrel_as_published() -> None:
    # Cost Allocation, Joint Products and Byproducts (scribd.com/document/389133615): 1,000 barrels for 100,000.
    barrels = {"asphalt": 300, "fuel oil": 300, "diesel": 200, "kerosene": 100, "gasoline": 100}
    products = [out("main" if sku == "diesel" else "co-product", sku, each) for sku, each in barrels.items()]
    parts = allocate(CostVector(10_000_000, 0, 0, 0, "USD"), products, "physical-measure")
    assert dollars(parts) == [30_000, 30_000, 20_000, 10_000, 10_000]


def test_three_kinds_of_milk_share_their_cost_by_what_they_sell_for_at_split_off() -> None:
    # The exercise of "Hal, Dal & Stal Dairy Farmers, Inc.": 3,500 gallons of whole milk at 2.00, 1,500 of 2 % milk at
    # 1.00 and 500 of cream at 3.00 for 4,000. By hand: 7,000, 1,500 and 1,500 of 10,000.
    products = [
        out("main", "whole", 3_500, 200),
        out("co-product", "2 %", 1_500, 100),
        out("co-product", "cream", 500, 300),
    ]
    parts = allocate(CostVector(400_000, 0, 0, 0, "USD"), products, "sales-value")
    assert dollars(parts) == [2_800, 600, 600]


def test_wood_chips_are_credited_before_the_lumber_bears_the_rest_as_worked_by_hand() -> None:
    # 150,000 of material and 100,000 of conversion, less 4,000 cubic feet of chips at 1.00 each, leave 246,000.
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
