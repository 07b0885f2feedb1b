"""Calendars, ways and planning parameters that change: what is planned already moves with them, but what is firm."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from contracts.answers import ActionMessageOpened
from contracts.materials import PurchaseRequested, RunRequested, SupplyLate
from contracts.orders import CancellationRequested, ChangeWithdrawn
from contracts.production import CalendarChanged
from contracts.shapes import LineQuantity
from contracts.values import Quantity
from materials import commands
from materials.domain.item import Site
from materials.handlers import leads
from services.materials.tests.made import DAY, NOW, ask, line, placed, recipe, terms
from services.materials.tests.stage import Stage
from services.materials.tests.test_promise_capacity import SHIFT, centre, gears, loads

EVERY_DAY = CalendarChanged("week", tuple(range(7)), 8, 16)
WEEKDAYS = replace(EVERY_DAY, weekdays=(0, 1, 2, 3, 4))
THREE_DAYS = replace(EVERY_DAY, weekdays=(0, 1, 2))


async def ordered(stage: Stage, sku: str, *names: str, days: float = 30) -> None:
    for name in names:
        asked = ask(name, line(sku, "10", days=days))
        await stage.hear(asked, placed(asked))


async def at_plant(stage: Stage, **changes: Any) -> None:
    """Plant-1 as it is from now on, and what follows from it."""
    await stage.do(commands.DefineSite(Site("plant-1", "plant-1", "ours", 1, "week")._replace(**changes)))
    await stage.pass_time(minutes=1)


async def said(stage: Stage, fact: Any) -> None:
    await stage.hear(fact)
    await stage.pass_time(minutes=1)


async def starts(stage: Stage, sku: str) -> list[datetime]:
    found = await stage.rows("SELECT starts_at FROM planned_orders WHERE sku = :sku ORDER BY 1", sku=sku)
    return [at for (at,) in found]


async def made(stage: Stage) -> None:
    """Ten frames in thirty days, made in six days of plates that are bought in five."""
    await stage.opened("frame", "plate")
    await stage.hear(EVERY_DAY)
    await at_plant(stage)
    await stage.hear(terms("plate", 5), recipe("weld", {"plate": "2"}, {"frame": "1"}, lead_days=6))
    await ordered(stage, "frame", "p")


async def test_a_run_and_what_it_takes_begin_earlier_by_a_calendar_with_fewer_days(stage: Stage) -> None:
    await made(stage)
    assert await starts(stage, "frame") == [NOW + 24 * DAY]
    await said(stage, THREE_DAYS)
    (frame,) = await starts(stage, "frame")
    assert frame == datetime.fromisoformat("2026-03-18T08:00Z"), (
        "three days a week: six of them are two weeks"
    )
    assert await starts(stage, "plate") == [frame - 5 * DAY]
    await stage.pass_time(days=16)
    assert len(await stage.told(RunRequested)) == 1
    assert not await stage.told(SupplyLate)


async def test_days_off_that_a_run_cannot_come_round_make_it_late_at_once_and_say_why(stage: Stage) -> None:
    await made(stage)
    await said(stage, replace(EVERY_DAY, days_off=tuple(f"2026-03-{day:02}" for day in range(3, 31))))
    late = await stage.last(SupplyLate)
    assert late.cause == "working days of calendar week changed"


async def test_the_calendar_of_a_vendor_moves_its_purchases(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(EVERY_DAY, replace(terms("bolt", 5), calendar_id="week"))
    await ordered(stage, "bolt", "p")
    await said(stage, WEEKDAYS)
    assert await starts(stage, "bolt") == [datetime.fromisoformat("2026-03-25T08:00Z")]


async def test_what_is_firm_stays_where_it_is_whatever_its_calendar_says(stage: Stage) -> None:
    await made(stage)
    await stage.do(commands.FirmOrder(await stage.order_of("frame"), firm=True))
    await said(stage, THREE_DAYS)
    assert await starts(stage, "frame") == [NOW + 24 * DAY]


async def test_what_a_person_has_let_go_inside_its_fence_stays_so(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(EVERY_DAY)
    await at_plant(stage)
    await stage.hear(terms("bolt", 5))
    await stage.planned_by("bolt", source="buy", planning_fence_days=26)
    await ordered(stage, "bolt", "p")
    order = await stage.order_of("bolt")
    await stage.do(commands.FirmOrder(order, firm=False))
    await said(stage, WEEKDAYS)
    assert await stage.rows("SELECT firm_at FROM planned_orders") == [(None,)]
    await stage.planned_by("bolt", source="buy", planning_fence_days=5)
    await stage.pass_time(minutes=1)
    ((firm_at,),) = await stage.rows("SELECT firm_at FROM planned_orders")
    assert firm_at == datetime.fromisoformat("2026-03-20T08:00Z"), (
        "five weekdays before it begins, as before any other"
    )


async def test_a_fence_that_widens_asks_at_once_for_what_lies_inside_it_now(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt", 5))
    await ordered(stage, "bolt", "p")
    await stage.planned_by("bolt", source="buy", fence_days=25)
    await stage.pass_time(minutes=1)
    assert len(await stage.told(PurchaseRequested)) == 1


async def test_what_is_not_to_be_released_by_itself_any_more_asks_a_planner(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt", 5))
    await ordered(stage, "bolt", "p")
    await stage.planned_by("bolt", source="buy", automatic=False)
    await stage.pass_time(days=25)
    assert not await stage.told(PurchaseRequested)
    assert [each.kind for each in await stage.told(ActionMessageOpened)] == ["release"]


async def test_the_lead_time_of_what_is_bought_without_terms_moves_what_is_planned(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.planned_by("bolt", source="buy", lead_days=5)
    await ordered(stage, "bolt", "p")
    await stage.planned_by("bolt", source="buy", lead_days=9)
    await stage.pass_time(minutes=1)
    assert await starts(stage, "bolt") == [NOW + 21 * DAY]


async def test_a_longer_way_between_two_sites_moves_transfers_and_what_they_take(stage: Stage) -> None:
    await stage.opened("bolt", sites=("plant-1", "store"))
    await stage.hear(replace(terms("bolt", 5), site_id="store"))
    await stage.planned_by("bolt", source="transfer", from_site_id="store")
    await ordered(stage, "bolt", "p")
    assert await starts(stage, "bolt") == [NOW + 24 * DAY, NOW + 29 * DAY]
    await stage.do(commands.DefineSite(Site("store", "store", "ours", 4, None)))
    await stage.pass_time(minutes=1)
    assert await starts(stage, "bolt") == [NOW + 21 * DAY, NOW + 26 * DAY]


async def test_a_run_whose_day_is_off_now_takes_the_last_free_one_before_it(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(SHIFT, centre())
    await stage.hear(gears())
    await ordered(stage, "gear", "p", days=30)
    await stage.hear(ask("q", line("gear", "1", days=4)))
    before = await loads(stage)
    assert len(before) == 11
    last, kept = before[-1][0], before[0]
    await said(stage, replace(SHIFT, days_off=(last,)))
    after = await loads(stage)
    assert last not in dict(after)
    assert len(after) == 11
    assert kept in after


async def test_a_run_that_has_its_room_all_the_same_stays(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(SHIFT, centre())
    await stage.hear(gears())
    await ordered(stage, "gear", "p", days=30)
    before, began = await loads(stage), await starts(stage, "gear")
    await said(stage, replace(SHIFT, closes_at_hour=20, days_off=("2026-06-01",)))
    assert (await loads(stage), await starts(stage, "gear")) == (before, began)


async def test_what_a_change_of_an_order_holds_back_is_held_back_still(stage: Stage) -> None:
    await stage.opened("bolt")
    await stage.hear(terms("bolt", 5))
    await ordered(stage, "bolt", "p")
    await stage.pass_time(days=24)
    now = stage.clock.now()
    await stage.hear(
        CancellationRequested("order-p", "c", (LineQuantity("l1", Quantity(0)),), "no", now + 3 * DAY)
    )
    await stage.planned_by("bolt", source="buy", fence_days=25)
    await stage.pass_time(minutes=1)
    assert not await stage.told(PurchaseRequested)
    await stage.hear(ChangeWithdrawn("order-p", "c", "let be"))
    await stage.pass_time(minutes=1)
    assert len(await stage.told(PurchaseRequested)) == 1


async def test_more_than_a_step_holds_is_moved_in_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leads, "STEP_ORDERS_COUNT", 1)
    await made(stage)
    await ordered(stage, "frame", "q")
    await said(stage, THREE_DAYS)
    for _ in range(3):
        await stage.pass_time(minutes=1)
    assert len(set(await starts(stage, "frame"))) == 1
    assert await starts(stage, "frame") != [NOW + 24 * DAY] * 2
