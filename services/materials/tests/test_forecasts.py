"""Forecasts and master schedules: orders use them up, and are never added to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.values import Quantity
from materials import commands
from materials.domain.forecast import Forecast, PeriodsOverlap, Portion, Want, counted, left_over
from materials.domain.item import Parameters
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import ask, cancelled, line, placed, terms
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage
from services.materials.tests.test_api_files import imported, why

FIRST = date(2026, 1, 1)
WEEK_DAYS = 7


def weeks(*quantities: int) -> list[Forecast]:
    """Weeks one after the other in which so much is expected."""
    return [
        Forecast(
            "gear",
            "plant-1",
            "forecast",
            (FIRST + timedelta(days=WEEK_DAYS * number)).isoformat(),
            (FIRST + timedelta(days=WEEK_DAYS * number + WEEK_DAYS - 1)).isoformat(),
            quantity,
        )
        for number, quantity in enumerate(quantities)
    ]


def whole(forecasts: Sequence[Forecast]) -> list[Portion]:
    return [Portion.whole(each) for each in forecasts]


def left_by_hand(
    forecasts: Sequence[Forecast], wants: Sequence[Want], back_days: int, ahead_days: int
) -> list[int]:
    """Piece by piece: each looks for the nearest week that has one left."""
    left = [each.quantity_micro for each in forecasts]
    for day, count in sorted(wants):
        for _ in range(count):
            found = []
            for number, each in enumerate(forecasts):
                before, after = (day - each.last).days, (each.first - day).days
                if not left[number]:
                    continue
                if before <= 0 and after <= 0:
                    found.append((0, 0, number))
                elif 0 < before <= back_days:
                    found.append((1, before, number))
                elif 0 < after <= ahead_days:
                    found.append((2, after, number))
            if found:
                left[min(found)[2]] -= 1
    return left


@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=6),
    st.lists(st.tuples(st.integers(-10, 50), st.integers(1, 12)), max_size=6),
    st.integers(0, 20),
    st.integers(0, 20),
)
def test_what_orders_leave_is_what_they_leave_piece_by_piece(
    quantities: list[int], wanted: list[tuple[int, int]], back_days: int, ahead_days: int
) -> None:
    forecasts = weeks(*quantities)
    wants = [(FIRST + timedelta(days=day), count) for day, count in wanted]
    left = left_over(whole(forecasts), wants, back_days, ahead_days)
    assert left == left_by_hand(forecasts, wants, back_days, ahead_days)
    assert sum(quantities) - sum(left) <= sum(count for _, count in wanted), "no piece uses up two"


def test_an_order_uses_up_its_own_week_then_earlier_ones_then_later_ones() -> None:
    wants = [(FIRST + timedelta(days=8), 22)]
    assert left_over(whole(weeks(5, 10, 9)), wants, 7, 7) == [0, 0, 2]
    assert left_over(whole(weeks(5, 10, 9)), wants, 0, 7) == [5, 0, 0]
    assert left_over(whole(weeks(5, 10, 9)), wants, 0, 0) == [5, 0, 9]


async def expected(stage: Stage, starts_on: str, ends_on: str, quantity: int, kind: Any = "forecast") -> None:
    micro = Quantity(quantity).micro
    told = Forecast("gear", "plant-1", kind, f"2026-{starts_on}", f"2026-{ends_on}", micro)
    await stage.do(commands.SetForecast(told))


async def made_to_stock(stage: Stage, **rules: Any) -> None:
    """Gears are bought to stock within five days."""
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.planned_by("gear", **{"source": "buy", "lead_days": 5, "strategy": "make-to-stock", **rules})


async def ordered(stage: Stage, promise_id: str, quantity: str, days: float) -> None:
    asked = ask(promise_id, line("gear", quantity, days))
    await stage.hear(asked, placed(asked))


async def bought(stage: Stage) -> int:
    """How many gears are planned to be bought."""
    rows = await stage.rows("SELECT sum(quantity_micro) FROM planned_orders WHERE state <> 'cancelled'")
    return int(rows[0][0] or 0) // 1_000_000


async def left(stage: Stage) -> dict[str, int]:
    """What is still planned for, by kind and first day."""
    rows = await stage.rows(
        "SELECT demand_id, quantity_micro FROM demands WHERE kind = 'forecast' ORDER BY 1"
    )
    return {"/".join(key.split("/")[3:]): micro // 1_000_000 for key, micro in rows}


async def test_an_order_inside_the_period_takes_what_was_planned_for_it(stage: Stage) -> None:
    await made_to_stock(stage)
    await expected(stage, "04-01", "04-30", 100)
    assert await bought(stage) == 100
    (before,) = await stage.rows("SELECT planned_order_id FROM planned_orders")
    await ordered(stage, "p", "30", 40)
    assert (await bought(stage), await left(stage)) == (100, {"forecast/2026-04-01": 70})
    assert await stage.rows("SELECT DISTINCT planned_order_id FROM planned_orders") == [before]
    await ordered(stage, "q", "90", 50)
    assert (await bought(stage), await left(stage)) == (120, {})
    await stage.books_are_whole()


async def test_what_an_order_gives_back_is_expected_again(stage: Stage) -> None:
    await made_to_stock(stage, backward_days=40, forward_days=40)
    await expected(stage, "04-01", "04-30", 100)
    await expected(stage, "05-01", "05-31", 50)
    await ordered(stage, "p", "120", 40)
    assert await left(stage) == {"forecast/2026-05-01": 30}
    await stage.hear(cancelled(placed(ask("p", line("gear", "120", 40)))))
    assert await left(stage) == {"forecast/2026-04-01": 100, "forecast/2026-05-01": 50}
    assert await bought(stage) == 150
    await stage.hear(ask("h", line("gear", "60", 40)))
    assert await left(stage) == {"forecast/2026-04-01": 40, "forecast/2026-05-01": 50}
    await stage.pass_time(days=3)
    assert await left(stage) == {"forecast/2026-04-01": 100, "forecast/2026-05-01": 50}
    await stage.books_are_whole()


async def test_orders_in_any_order_leave_the_same(stage: Stage) -> None:
    await made_to_stock(stage, backward_days=60, forward_days=60)
    await expected(stage, "04-01", "04-30", 10)
    await expected(stage, "05-01", "05-31", 10)
    await ordered(stage, "q", "7", 65)
    await ordered(stage, "p", "9", 35)
    assert await left(stage) == {"forecast/2026-04-01": 1, "forecast/2026-05-01": 3}


async def test_a_period_inside_the_demand_fence_counts_no_more(stage: Stage) -> None:
    await made_to_stock(stage, demand_fence_days=10)
    await expected(stage, "03-01", "03-10", 40)
    await expected(stage, "04-01", "04-30", 100)
    assert await left(stage) == {"forecast/2026-04-01": 100}, "within ten days orders count alone"
    await stage.pass_time(days=48)
    assert await left(stage) == {"forecast/2026-04-01": 100}
    await stage.pass_time(days=3)
    assert await left(stage) == {}


async def test_the_master_schedule_goes_before_what_is_forecast_for_its_days(stage: Stage) -> None:
    await made_to_stock(stage)
    await expected(stage, "04-01", "04-30", 100)
    await expected(stage, "05-01", "05-31", 50)
    await expected(stage, "04-06", "04-12", 80, "schedule")
    assert await left(stage) == {
        "forecast/2026-04-01": 77, "forecast/2026-05-01": 50, "schedule/2026-04-06": 80,
    }, "23 of its 30 days are left to April"  # fmt: skip
    await expected(stage, "04-06", "04-12", 0, "schedule")
    assert (await left(stage), await bought(stage)) == (
        {"forecast/2026-04-01": 100, "forecast/2026-05-01": 50},
        150,
    )


async def test_the_rest_of_a_forecast_begins_after_a_schedule_of_its_first_days(stage: Stage) -> None:
    await made_to_stock(stage)
    await expected(stage, "04-01", "04-30", 90)
    await expected(stage, "04-01", "04-10", 40, "schedule")
    assert await left(stage) == {"forecast/2026-04-01": 60, "schedule/2026-04-01": 40}
    rows = await stage.rows("SELECT DISTINCT CAST(needed_at AS date) FROM demands ORDER BY 1")
    assert [day.isoformat() for (day,) in rows] == ["2026-04-01", "2026-04-11"]
    await expected(stage, "04-01", "04-30", 40, "schedule")
    assert await left(stage) == {"schedule/2026-04-01": 40}, "all its days"


def test_an_order_on_a_scheduled_day_uses_up_the_schedule_and_then_what_lies_around_it() -> None:
    (month,) = weeks(70)
    month = month._replace(ends_on="2026-01-31", quantity_micro=93)
    week = month._replace(kind="schedule", starts_on="2026-01-11", ends_on="2026-01-20", quantity_micro=40)
    told = Parameters(
        "gear", "plant-1", "buy", 0, 0, 0, 0, 0, 0, None, automatic=True, strategy="make-to-stock"
    )
    here = counted([month, week], told, datetime(2025, 12, 1, tzinfo=UTC), date.min)
    assert [each.micro for each in here] == [63, 40], "21 of 31 days"
    wants = [(date(2026, 1, 15), 50)]
    assert left_over(here, wants, 0, 0) == [63, 0]
    assert left_over(here, wants, 5, 0) == [53, 0], "its last day before is five days away"
    assert left_over(here, wants, 4, 6) == [53, 0], "its next one six"
    assert left_over(here, [(date(2026, 1, 25), 50)], 0, 0) == [13, 40]


async def test_forecasts_count_for_what_is_made_to_stock_alone(stage: Stage) -> None:
    await made_to_stock(stage, strategy="make-to-order")
    await expected(stage, "04-01", "04-30", 100)
    assert (await left(stage), await bought(stage)) == ({}, 0)
    await stage.planned_by("gear", source="buy", lead_days=5, strategy="make-to-stock")
    assert await bought(stage) == 100
    await stage.planned_by("gear", source="buy", lead_days=5)
    assert (await left(stage), await bought(stage)) == ({}, 0)


async def test_below_its_reorder_point_an_item_is_ordered_by_its_lot_rule(stage: Stage) -> None:
    await made_to_stock(
        stage, strategy="reorder-point", reorder_point_micro=20_000_000, minimum_micro=50_000_000
    )
    assert await bought(stage) == 50
    await ordered(stage, "p", "25", 30)
    assert await bought(stage) == 50, "what was ordered beyond the point serves it"
    await ordered(stage, "q", "10", 30)
    assert await bought(stage) == 100
    await stage.books_are_whole()


async def test_a_plan_of_the_site_plans_for_what_orders_leave(stage: Stage) -> None:
    await made_to_stock(stage)
    await expected(stage, "04-01", "04-30", 100)
    await ordered(stage, "p", "30", 40)
    plan = await planned_anew(stage)
    assert sum(int(quantity) for _, _, quantity, _, _ in await orders_of(stage, plan)) == 100
    assert await orders_of(stage, await planned_anew(stage, keeps="planned")) == []


async def test_forecasts_come_over_http_and_by_the_file_and_say_what_is_left(door: Door) -> None:
    await made_to_stock(door.stage)
    body = {
        "sku": "gear",
        "site_id": "plant-1",
        "starts_on": "2026-04-01",
        "ends_on": "2026-04-30",
        "quantity": "100",
    }
    await door.post(PLANNER, "/v1/forecasts", body)
    await ordered(door.stage, "p", "30", 40)
    rows = b"sku,site_id,starts_on,ends_on,quantity,kind\n" + b"".join(
        f"{sku},plant-1,{first},{last},{quantity},forecast\n".encode()
        for sku, first, last, quantity in (
            ("gear", "2026-05-01", "2026-05-31", "50"),
            ("gear", "2026-05-15", "2026-06-15", "9"),
            ("gear", "2026-07-31", "2026-07-01", "9"),
            ("gear", "2026-08-01", "2026-08-31", "0.5"),
            ("rod", "2026-05-01", "2026-05-31", "50"),
        )
    )
    result, errors = await imported(door, PLANNER, "forecasts", rows)
    assert (result["taken"], result["refused"]) == (1, 4)
    assert why(errors) == [
        (3, "periods-overlap", "/starts_on"),
        (4, "period-is-impossible", "/ends_on"),
        (5, "quantity-is-not-whole", "/quantity"),
        (6, "not-found", ""),
    ]
    told = await door.page(PLANNER, "/v1/forecasts?sku=gear")
    assert [(each["starts_on"], each["quantity"], each["open"]) for each in told] == [
        ("2026-04-01", "100", "70"), ("2026-05-01", "50", "50"),
    ]  # fmt: skip
    with pytest.raises(PeriodsOverlap):
        await expected(door.stage, "04-30", "05-02", 1)


async def test_what_may_be_promised_is_not_less_for_what_is_forecast(door: Door) -> None:
    await made_to_stock(door.stage)
    await door.stage.stock("lot", "gear", "100")
    await expected(door.stage, "03-05", "04-30", 100)
    (here,) = (await door.get(PLANNER, "/v1/items/gear/atp"))["sites"]
    assert here["steps"][0]["quantity"] == "100"
    await door.stage.hear(ask("p", line("gear", "80", 10)))
    (offered,) = await door.stage.rows("SELECT state FROM holds")
    assert offered == ("held",)
    assert await bought(door.stage) == 0, "stock that was kept for the forecast goes to the order"
