"""Standard prices, roll-ups and the cost of runs over HTTP."""

from __future__ import annotations

from services.production.tests.door import OPERATOR, PLANNER, Door
from services.production.tests.test_api import allowed, opened

PRICES = {"site_id": "plant-1", "prices": [{"sku": "shaft", "minor": "90.5"}]}
SITE = {"site_id": "plant-1"}


async def test_prices_are_rolled_up_and_a_run_is_compared_with_them(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(PLANNER, "/v1/standard-prices", PRICES, status=200)
    assert await door.page(PLANNER, "/v1/standard-prices?site_id=plant-1") == PRICES["prices"]
    rolled = await door.post(PLANNER, "/v1/roll-ups", SITE, status=201)
    assert (rolled["items"], rolled["missing"], rolled["reckoned_by"]) == (2, [], "a-planner")
    place = f"/v1/roll-ups/{rolled['roll_up_id']}"
    assert await door.get(PLANNER, place) == rolled
    assert await door.page(PLANNER, "/v1/roll-ups?site_id=plant-1") == [rolled]
    soft, hard = sorted(await door.page(PLANNER, f"{place}/costs?sku=shaft"), key=lambda each: each["level"])
    assert (soft["cost"]["bought_in"], hard["level"], hard["recipe_id"]) == (90_500_000, 1, "harden")
    assert (soft["intensity"], hard["intensity"]) == ("even", "capital")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start", status=200)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {"report": {}}, status=200)
    cost = await door.get(PLANNER, f"/v1/runs/{run_id}/cost")
    # 500 shafts for 500.00 that should have cost 452.50.
    assert cost["variances"]["price"] == 50_000 - 45_250
    assert [cost["variances"][name] for name in ("usage", "rate", "efficiency", "yielded")] == [0, 0, 0, 0]
    assert [each["operation_no"] for each in cost["steps"]] == [10]


async def test_a_later_roll_up_changes_no_run_that_began_before(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(PLANNER, "/v1/standard-prices", PRICES)
    await door.post(PLANNER, "/v1/roll-ups", SITE)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {"report": {}})
    before = await door.get(PLANNER, f"/v1/runs/{run_id}/cost")
    door.stage.clock.advance(door.stage.clock.now().replace(year=2027))
    dearer = {**PRICES, "prices": [{"sku": "shaft", "minor": "500"}]}
    await door.post(PLANNER, "/v1/standard-prices", dearer)
    await door.post(PLANNER, "/v1/roll-ups", SITE)
    assert await door.get(PLANNER, f"/v1/runs/{run_id}/cost") == before


async def test_what_cannot_be_rolled_up_is_named(door: Door) -> None:
    await opened(door)
    rolled = await door.post(PLANNER, "/v1/roll-ups", SITE)
    assert (rolled["items"], rolled["missing"]) == (0, ["shaft"])
    await door.post(PLANNER, "/v1/roll-ups", {**SITE, "currency": "USD"}, status=409)


async def test_a_price_or_a_currency_that_cannot_be_is_refused(door: Door) -> None:
    below = {**PRICES, "prices": [{"sku": "shaft", "minor": "-1"}]}
    refused = await door.post(PLANNER, "/v1/standard-prices", below, status=422)
    assert refused["errors"][0]["pointer"] == "/prices/0/minor"
    await door.post(PLANNER, "/v1/standard-prices", {**PRICES, "prices": []}, status=422)
    await door.post(PLANNER, "/v1/roll-ups", {**SITE, "currency": "euro"}, status=422)
    await door.post(OPERATOR, "/v1/roll-ups", SITE, status=403)
    await door.get(PLANNER, "/v1/roll-ups/none", status=404)
    await door.get(PLANNER, "/v1/roll-ups/none/costs", status=404)
    await door.get(PLANNER, "/v1/runs/none/cost", status=404)
