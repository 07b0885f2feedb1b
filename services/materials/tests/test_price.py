"""What bought supply costs: price breaks, rounding, and items whose price nobody knows."""

from __future__ import annotations

import pytest

from contracts.values import MICRO, MONEY_MINOR_MAX, Money, Quantity
from contracts.vendors import PriceBreak
from materials.domain.price import Bought, bought, cost_of
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import DAY, NOW, terms

BREAKS = (PriceBreak(Quantity(100), 80), PriceBreak(Quantity(1), 100), PriceBreak(Quantity(1_000), 55))


@pytest.mark.parametrize(
    ("quantity", "minor"),
    [("0.5", 50), ("1", 100), ("99", 9_900), ("100", 8_000), ("1000", 55_000), ("2500", 137_500)],
)
def test_the_price_is_that_of_the_largest_quantity_reached(quantity: str, minor: int) -> None:
    assert cost_of("EUR", BREAKS, Quantity(quantity).micro) == Money(minor, "EUR")


def test_half_a_cent_goes_to_the_even_one_and_what_has_no_price_costs_nothing_that_is_known() -> None:
    half = (PriceBreak(Quantity(1), 1),)
    assert cost_of("EUR", half, MICRO // 2) == Money(0, "EUR")
    assert cost_of("EUR", half, MICRO * 3 // 2) == Money(2, "EUR")
    assert cost_of("EUR", (), MICRO) is None
    assert cost_of("EUR", (PriceBreak(Quantity(1), MONEY_MINOR_MAX),), 2 * MICRO) is None


def test_costs_are_added_up_by_currency() -> None:
    euro, dollar = Money(100, "EUR"), Money(70, "USD")
    assert bought([(euro, euro), (None, dollar), (euro, None)]) == (
        Bought("EUR", 200, 100), Bought("USD", 0, 70),
    )  # fmt: skip


async def test_a_supposition_says_what_more_would_cost_and_of_which_items_nobody_knows_it(door: Door) -> None:
    await door.stage.opened("gear", "nut")
    await door.stage.hear(terms("gear", prices=BREAKS), terms("nut", prices=()))
    wanted = (NOW + 40 * DAY).isoformat()
    more = [
        {"site_id": "plant-1", "sku": sku, "quantity": quantity, "wanted_at": wanted}
        for sku, quantity in (("gear", "120"), ("nut", "7"))
    ]
    found = await door.post(PLANNER, "/v1/what-if", {"more": more}, status=200)
    assert found["costs"] == [{"currency": "EUR", "was_minor": 0, "now_minor": 9_600}]
    assert found["unpriced"] == ["nut"]
    assert {each["sku"]: each["now_cost"] for each in found["orders"]} == {
        "gear": {"minor": 9_600, "currency": "EUR"}, "nut": None,
    }  # fmt: skip
