"""What is planned anew in the stead of what is lost has a date at once: its own, not the one it is wanted by."""

from __future__ import annotations

from datetime import datetime

from contracts.answers import ActionMessageOpened
from contracts.materials import SupplyLate
from contracts.production import CalendarChanged, LotDisposed, RunAborted
from services.materials.tests.made import (
    DAY,
    NOW,
    acknowledged,
    closed,
    consumed,
    issued,
    part,
    produced,
    received,
    recipe,
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage
from services.materials.tests.test_lot_periods import gears, ordered, quantities


async def late(stage: Stage) -> list[tuple[str, datetime | None, datetime | None]]:
    """The order, promised and expected moment of each line that was told as late."""
    lines = [(fact.order_id, line) for fact in await stage.told(SupplyLate) for line in fact.lines]
    return [(order_id, line.was_at, line.at) for order_id, line in sorted(lines, key=lambda each: each[0])]


async def running(stage: Stage, quantity: str = "10", blanks: str = "10") -> str:
    """A run of gears that takes ten days and is under way, all of it wanted in twelve days; its planned order."""
    await stage.opened("gear", "blank")
    await stage.stock("B", "blank", blanks)
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}, lead_days=10), terms("blank", 5))
    await stage.planned_by("gear", fence_days=60)
    await ordered(stage, "p", quantity, 12)
    order = await stage.order_of("gear")
    await stage.hear(scheduled(order, NOW + 2 * DAY, NOW + 12 * DAY))
    await stage.hear(consumed(order, part("B", "blank", quantity, 1_000)))
    return order


async def expedited(stage: Stage, sku: str) -> tuple[datetime | None, datetime | None]:
    """When the newest supply of an item comes and is wanted, as planners are asked to hurry it."""
    order = await stage.order_of(sku)
    (message,) = [
        each
        for each in await stage.told(ActionMessageOpened)
        if each.kind == "expedite" and each.planned_order_id == order
    ]
    return message.was_at, message.wanted_at


async def test_what_a_run_did_not_make_is_late_by_all_that_has_to_be_bought_and_made_for_it(
    stage: Stage,
) -> None:
    order = await running(stage)
    await stage.pass_time(days=11)
    await stage.hear(produced(order, part("G", "gear", "6")), closed(order, "6"))
    there = NOW + (11 + 5 + 10) * DAY
    assert await late(stage) == [("order-p", NOW + 12 * DAY, there)]
    assert await expedited(stage, "gear") == (there, NOW + 12 * DAY)
    assert await expedited(stage, "blank") == (NOW + 16 * DAY, NOW + 2 * DAY)


async def test_a_run_that_is_given_up_is_late_at_once(stage: Stage) -> None:
    order = await running(stage)
    await stage.pass_time(days=11)
    await stage.hear(RunAborted(f"run-{order}", order, "the spindle broke"))
    assert await late(stage) == [("order-p", NOW + 12 * DAY, NOW + 26 * DAY)]


async def test_a_scrapped_lot_is_late_by_the_lead_time_of_the_one_that_is_bought_instead(
    stage: Stage,
) -> None:
    await stage.hear(CalendarChanged("week", (0, 1, 2, 3, 4), 8, 16))
    await stage.opened("gear")
    await stage.hear(terms("gear", 5, calendar_id="week"))
    await stage.planned_by("gear", source="buy", fence_days=60)
    await stage.stock("A", "gear", "10")
    await ordered(stage, "p", "10", 3)
    await stage.hear(LotDisposed("A", "gear", "plant-1", "scrap", "cracked", "quinn"))
    monday = NOW + 7 * DAY
    assert await late(stage) == [("order-p", NOW + 3 * DAY, monday)]
    assert await expedited(stage, "gear") == (monday, NOW + 3 * DAY)


async def test_one_replacement_for_a_batch_window_is_late_for_whom_it_is_late(stage: Stage) -> None:
    await gears(stage, batch_days=7)
    await ordered(stage, "p", "10", 7)
    await ordered(stage, "q", "5", 10)
    await stage.pass_time(days=6)
    order = await stage.order_of("gear")
    await stage.hear(issued(order, "gear", "15"), acknowledged(order, "gear", "15", NOW + 7 * DAY))
    assert await quantities(stage) == [("03-09", 15)]
    await stage.pass_time(days=1)
    await stage.hear(received(order, part("G", "gear", "1", 1_000)))
    assert await quantities(stage) == [("03-09", 14), ("03-09", 15)]
    there = NOW + 12 * DAY
    assert await late(stage) == [
        ("order-p", NOW + 7 * DAY, there),
        ("order-q", NOW + 10 * DAY, there),
    ]


async def test_a_replacement_that_comes_in_time_says_nothing(stage: Stage) -> None:
    order = await running(stage)
    await ordered(stage, "q", "4", 60)
    await stage.hear(RunAborted(f"run-{order}", order, "the spindle broke"))
    assert [name for name, _, _ in await late(stage)] == ["order-p"]
