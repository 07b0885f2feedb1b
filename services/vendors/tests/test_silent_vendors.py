"""A vendor that lets a promised day pass without a word: said once a promise, and seen by the vendor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from backbone.testing_pages import Visitor
from contracts.overdue import DeliveryOverdue
from contracts.shapes import ScheduleLine
from contracts.values import Quantity
from services.vendors.tests.door import Door
from services.vendors.tests.made import DAY, NOW
from services.vendors.tests.stage import Stage
from vendors import commands
from vendors.domain.answer import LineAnswer
from vendors.domain.receipt import TurnedAway


def day(number: float) -> datetime:
    return NOW + number * DAY


async def promised(stage: Stage, *parts: tuple[str, float]) -> None:
    """Twenty shafts are ordered, and promised in these parts."""
    await stage.opened("steel-ltd", "other-ltd")
    await stage.requested()
    await promise(stage, *parts)


async def promise(stage: Stage, *parts: tuple[str, float]) -> None:
    order_id, line_id = await stage.order()
    schedule = tuple(ScheduleLine(Quantity(quantity), day(days)) for quantity, days in parts)
    said = LineAnswer(line_id, schedule=schedule)
    await stage.do(commands.AcknowledgeOrder(order_id, (said,), None))


async def overdue(stage: Stage) -> list[tuple[str, datetime]]:
    return [
        (str(line.quantity), line.due_at) for fact in await stage.told(DeliveryOverdue) for line in fact.lines
    ]


async def test_what_was_promised_and_not_sent_is_overdue_when_its_day_is_over(stage: Stage) -> None:
    await promised(stage, ("20", 5))
    await stage.pass_time(days=5, hours=15)
    assert await overdue(stage) == []
    await stage.pass_time(hours=2)
    assert await overdue(stage) == [("20", day(5))]
    await stage.pass_time(days=30)
    assert len(await overdue(stage)) == 1
    (fact,) = await stage.told(DeliveryOverdue)
    assert [(line.planned_order_id, line.sku) for line in fact.lines] == [("p1", "shaft")]


async def test_each_part_is_overdue_by_itself_and_what_was_sent_is_not(stage: Stage) -> None:
    await promised(stage, ("12", 5), ("8", 12))
    await stage.ship("10")
    await stage.pass_time(days=6)
    assert await overdue(stage) == [("2", day(5))]
    await stage.pass_time(days=7)
    assert await overdue(stage) == [("2", day(5)), ("10", day(5))]


async def test_a_later_promise_is_awaited_anew(stage: Stage) -> None:
    await promised(stage, ("20", 5))
    await stage.pass_time(days=6)
    await promise(stage, ("20", 9))
    await stage.pass_time(days=2)
    assert len(await overdue(stage)) == 1
    await stage.pass_time(days=3)
    assert await overdue(stage) == [("20", day(5)), ("20", day(9))]


@pytest.mark.parametrize("how", ["sent", "received", "cancelled", "refused"])
async def test_nothing_is_overdue_of_what_came_or_is_not_wanted_any_more(stage: Stage, how: str) -> None:
    await promised(stage, ("20", 5))
    order_id, _ = await stage.order()
    acts: dict[str, Any] = {
        "cancelled": commands.CancelOrder(order_id, "not wanted", ask_next=False),
        "refused": commands.RefuseOrder(order_id, "sold out", None),
    }
    if how == "sent":
        await stage.ship()
    elif how == "received":
        await stage.receive()
    else:
        await stage.do(acts[how])
    await stage.pass_time(days=6)
    assert await overdue(stage) == []


async def test_what_was_turned_away_before_its_day_is_overdue_after_it(stage: Stage) -> None:
    await promised(stage, ("20", 5))
    await stage.ship()
    await stage.receive([("heat-1", "15")], rejected=[TurnedAway(Quantity(5), "bent")])
    await stage.pass_time(days=6)
    assert await overdue(stage) == [("5", day(5))]


async def test_an_order_that_nobody_has_promised_is_unanswered_and_not_undelivered(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.pass_time(days=40)
    assert await overdue(stage) == []


async def test_a_vendor_reads_what_it_should_have_sent_and_says_when_it_comes(door: Door) -> None:
    visitor = Visitor(door.client, door.issuer)
    await promised(door.stage, ("12", 5), ("8", 12))
    await door.stage.ship("10", "steel-ltd")
    order_id, line_id = await door.stage.order()
    place = f"/portal/purchase-orders/{order_id}"
    await visitor.sign_in("vendor", "steel-ltd")
    assert "should have been sent" not in await visitor.see(place)
    await door.stage.pass_time(days=6)
    shown = await visitor.see(place)
    assert "2 should have been sent for" in shown
    assert "Refuse the order" not in shown
    later = {f"quantity {line_id}": "20", f"moment {line_id}": "2026-03-16T08:00"}
    assert (await visitor.act(place, act="deltas", **later)).status_code == 303
    assert "should have been sent" not in await visitor.see(place)
