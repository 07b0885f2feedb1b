"""The figures on an item's page: what may be promised of it, and how its balance goes on."""

from __future__ import annotations

from typing import Any

from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import DAY, NOW, ask, line, placed, terms

EXPECTED = {
    "sku": "gear",
    "site_id": "plant-1",
    "starts_on": "2026-04-01",
    "ends_on": "2026-04-30",
    "quantity": "100",
}


async def promised(door: Door, quantity: str) -> Any:
    """When so many gears could be there that are wanted tomorrow."""
    wanted = {"sku": "gear", "site_id": "plant-1", "quantity": quantity, "wanted_at": (NOW + DAY).isoformat()}
    (step,) = (await door.post(PLANNER, "/v1/promises", {"lines": [wanted]}))["steps"]
    return step["at"]


async def test_safety_stock_is_shown_as_promised_to_nobody_as_it_is(door: Door) -> None:
    await door.stage.opened("gear")
    await door.stage.hear(terms("gear", 5))
    await door.stage.stock("L", "gear", "15")
    await door.stage.planned_by("gear", source="buy", safety_micro=10_000_000)
    (site,) = (await door.get(PLANNER, "/v1/items/gear/atp"))["sites"]
    assert [step["quantity"] for step in site["steps"]] == ["5"]
    assert await promised(door, "5") == "2026-03-03T08:00:00Z"
    assert await promised(door, "6") == "2026-03-07T08:00:00Z"


async def test_the_balance_of_what_is_made_to_stock_goes_down_by_what_orders_leave_of_a_forecast(
    door: Door,
) -> None:
    await door.stage.opened("gear")
    await door.stage.hear(terms("gear", 5))
    await door.stage.planned_by("gear", source="buy", strategy="make-to-stock")
    await door.post(PLANNER, "/v1/forecasts", EXPECTED)
    asked = ask("p", line("gear", "30", days=40))
    await door.stage.hear(asked, placed(asked))
    balance = (await door.get(PLANNER, "/v1/items/gear"))["balance"]
    assert {(each["why"], each["change"]) for each in balance if each["change"].startswith("-")} == {
        ("forecast", "-70"),
        ("order", "-30"),
    }
    assert balance[-1]["balance"] == "0"
