"""Purchases that come in parts: each is supply at its own moment, and whom it serves waits for no other part."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from contracts.answers import ActionMessageOpened
from contracts.changes import PurchaseReduced
from contracts.materials import PromiseOffered, SupplyLate, SupplyRecovered
from contracts.shapes import ScheduleLine
from contracts.values import Quantity
from contracts.vendors import (
    GoodsRejected,
    GoodsReturned,
    OrderAcknowledged,
    PurchaseOrderRefused,
    ShipmentNotified,
    ShippedLine,
)
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import (
    DAY,
    NOW,
    acknowledged,
    ask,
    issued,
    line,
    part,
    placed,
    received,
    terms,
)
from services.materials.tests.stage import Stage


def day(number: float) -> datetime:
    return NOW + number * DAY


async def bought(stage: Stage, *orders: tuple[str, str, float], urgent: str = "") -> str:
    """Orders of gears, so many within so many days, for which one lot of gears is bought; its planned order."""
    await stage.opened("gear")
    await stage.hear(terms("gear", 2))
    await stage.planned_by("gear", source="buy", minimum_micro=100_000_000, fence_days=60)
    for promise_id, quantity, days in orders:
        asked = ask(promise_id, line("gear", quantity, days))
        await stage.hear(asked, replace(placed(asked), priority=1 if promise_id == urgent else 2))
    key = await stage.order_of("gear")
    await stage.hear(issued(key, "gear", "100"))
    return key


def scheduled(key: str, *parts: tuple[str, float]) -> OrderAcknowledged:
    """The vendor's promise of gears: so many by that day."""
    schedule = tuple(ScheduleLine(Quantity(quantity), day(days)) for quantity, days in parts)
    whole = str(sum(int(quantity) for quantity, _ in parts))
    whole_of = acknowledged(key, "gear", whole, schedule[-1].at)
    return replace(whole_of, lines=(replace(whole_of.lines[0], schedule=schedule),))


def sent(key: str, quantity: str, days: float, shipment: str = "s1") -> ShipmentNotified:
    shipped = ShippedLine(f"line-{key}", key, "gear", Quantity(quantity))
    return ShipmentNotified(f"po-{key}", "steel-ltd", "external", shipment, None, (shipped,), day(days))


async def parts(stage: Stage) -> list[tuple[int, int, str | None]]:
    """What came and what is still to come of each part, and the day on which that is there."""
    rows = await stage.rows(
        "SELECT received_micro / 1000000, greatest(r.quantity_micro - received_micro, 0) / 1000000, "
        "coalesce(r.comes_at, expected_at) FROM receipts r JOIN planned_orders USING (planned_order_id) "
        "ORDER BY receipt_id"
    )
    return [(came, left, at and f"{(at - NOW).days}") for came, left, at in rows]


async def served(stage: Stage, key: str) -> dict[str, dict[str, int]]:
    """What each order has of which part."""
    rows = await stage.rows(
        "SELECT d.order_id, p.supply_id, p.quantity_micro / 1000000 FROM pegs p JOIN demands d USING (demand_id) "
        "WHERE p.planned_order_id = :key ORDER BY 1, 2",
        key=key,
    )
    found: dict[str, dict[str, int]] = {}
    for order_id, supply_id, quantity in rows:
        found.setdefault(order_id, {})[supply_id.removeprefix(key)] = quantity
    return found


async def late(stage: Stage) -> list[tuple[str, datetime | None]]:
    """The orders that were told as late, and when each is there, the last told last."""
    return [(fact.order_id, fact.lines[0].at) for fact in await stage.told(SupplyLate)]


async def test_an_order_that_the_first_part_covers_is_not_late_because_the_last_one_is(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 8))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)))
    assert await parts(stage) == [(0, 60, "5"), (0, 40, "12")]
    assert await late(stage) == [("order-b", day(12))]
    (hurry,) = [each for each in await stage.told(ActionMessageOpened) if each.kind == "expedite"]
    assert hurry.wanted_at is not None
    assert hurry.wanted_at.date() == day(8).date()


async def test_who_is_served_first_leaves_the_first_part_to_whom_cannot_wait(stage: Stage) -> None:
    key = await bought(stage, ("b", "40", 6), ("a", "60", 30), urgent="a")
    await stage.hear(scheduled(key, ("40", 5), ("60", 12)))
    assert await late(stage) == []
    assert await served(stage, key) == {"order-a": {"#1": 60}, "order-b": {"#0": 40}}


async def test_what_is_sent_comes_when_the_notice_says_and_the_rest_when_it_was_promised(
    stage: Stage,
) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(acknowledged(key, "gear", "100", day(12)))
    assert await late(stage) == [("order-a", day(12))]
    await stage.hear(sent(key, "60", 5))
    assert await parts(stage) == [(0, 60, "5"), (0, 40, "12")]
    assert [fact.order_id for fact in await stage.told(SupplyRecovered)] == ["order-a"]
    await stage.hear(sent(key, "40", 14, "s2"))
    assert await parts(stage) == [(0, 60, "5"), (0, 40, "14")]
    assert await late(stage) == [("order-a", day(12)), ("order-b", day(14))]


async def test_what_should_have_been_sent_comes_no_sooner_than_what_was(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(acknowledged(key, "gear", "100", day(5)))
    await stage.pass_time(days=7)
    await stage.hear(sent(key, "60", 8))
    assert await parts(stage) == [(0, 60, "8"), (0, 40, "8")]


async def test_what_arrives_settles_what_was_sent_and_then_the_parts_by_their_moments(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)), sent(key, "50", 6))
    assert await parts(stage) == [(0, 10, "5"), (0, 50, "6"), (0, 40, "12")]
    await stage.hear(received(key, part("L1", "gear", "55", 55_000), complete=False))
    assert await parts(stage) == [(5, 5, "5"), (50, 0, "6"), (0, 40, "12")]
    await stage.hear(scheduled(key, ("55", 5), ("25", 9), ("20", 20)))
    assert await parts(stage) == [(55, 25, "9"), (0, 20, "20")]
    assert sorted(await late(stage)) == [("order-a", day(9)), ("order-b", day(20))]
    await stage.hear(received(key, part("L2", "gear", "45", 45_000)))
    assert await stage.rows("SELECT state FROM planned_orders WHERE planned_order_id = :key", key=key) == [
        ("closed",)
    ]
    assert (await stage.balances())["L2", "main"] == ("45", "45")


async def test_more_than_was_promised_serves_as_what_came(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)))
    await stage.hear(received(key, part("L1", "gear", "105", 105_000)))
    assert (await stage.balances())["L1", "main"] == ("105", "100")


async def test_what_was_turned_away_has_to_be_sent_again(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    away = GoodsRejected(f"po-{key}", f"line-{key}", key, "steel-ltd", Quantity(10), "bent")
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)), sent(key, "60", 5))
    await stage.hear(received(key, part("L1", "gear", "50", 50_000), complete=False), away)
    assert {order_id for order_id, at in await late(stage) if at is None} == {"order-a", "order-b"}
    await stage.hear(scheduled(key, ("60", 8), ("40", 12)))
    assert await parts(stage) == [(50, 10, "8"), (0, 40, "12")]
    await stage.hear(sent(key, "10", 7, "s2"))
    assert await parts(stage) == [(50, 10, "7"), (0, 40, "12")]


async def test_what_goes_back_to_be_replaced_is_to_come_again(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    lot = part("L1", "gear", "60", 60_000)
    back = replace(lot, quantity=Quantity(10))
    returned = GoodsReturned(
        f"po-{key}", f"line-{key}", key, "steel-ltd", "plant-1", "ret", (back,), True, "porous"
    )
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)), sent(key, "60", 5))
    await stage.hear(received(key, lot, complete=False), returned, scheduled(key, ("60", 9), ("40", 12)))
    assert await parts(stage) == [(50, 10, "9"), (0, 40, "12")]
    assert (await served(stage, key))["order-a"] == {"#0": 10}


async def test_another_vendor_is_asked_for_all_of_it_at_once(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)))
    await stage.hear(PurchaseOrderRefused(f"po-{key}", "steel-ltd", (key,), "sold out"))
    await stage.hear(issued(key, "gear", "100", vendor_id="other-ltd"))
    ((came, left, _),) = await parts(stage)
    assert (came, left) == (0, 100)


async def test_less_is_given_up_of_the_last_part_and_whom_it_served_is_covered_anew(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)))
    less = PurchaseReduced(
        f"po-{key}",
        "steel-ltd",
        "external",
        f"line-{key}",
        key,
        Quantity(100),
        Quantity(70),
        "less",
        None,
        None,
    )
    await stage.hear(less)
    assert (await parts(stage))[:2] == [(0, 60, "5"), (0, 10, "12")]
    assert await served(stage, key) == {"order-a": {"#0": 60}, "order-b": {"#1": 10}}


async def test_a_promise_of_less_in_parts_leaves_the_rest_to_be_planned(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(scheduled(key, ("60", 5), ("20", 12)))
    assert await served(stage, key) == {"order-a": {"#0": 60}, "order-b": {"#1": 20}}
    assert await stage.planned() == [("gear", "buy", "confirmed", "100"), ("gear", "buy", "released", "100")]


async def test_a_new_order_is_promised_by_the_part_that_is_free(stage: Stage) -> None:
    key = await bought(stage, ("a", "50", 6))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)))
    await stage.hear(ask("c", line("gear", "10", 6)), ask("d", line("gear", "40", 13)))
    assert [
        [(str(step.quantity), step.at.date()) for step in fact.steps]
        for fact in await stage.told(PromiseOffered)
        if fact.promise_id in {"c", "d"}
    ] == [[("10", day(6).date())], [("40", day(13).date())]]
    assert await served(stage, key) != {}
    assert [micro for _, micro in (await stage.rows("SELECT 1, count(*) FROM planned_orders"))] == [1]


async def test_what_may_be_promised_and_the_balance_follow_the_parts(door: Door) -> None:
    stage = door.stage
    key = await bought(stage, ("a", "50", 6))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)))
    (site,) = (await door.get(PLANNER, "/v1/items/gear/atp"))["sites"]
    assert [(step["at"][:10], step["quantity"]) for step in site["steps"]] == [
        (f"{day(5):%Y-%m-%d}", "10"),
        (f"{day(12):%Y-%m-%d}", "50"),
    ]
    (peg,) = (await door.get(PLANNER, "/v1/orders/order-a/pegs"))["items"]
    assert (peg["expected_at"][:10], peg["quantity"]) == (f"{day(5):%Y-%m-%d}", "50")
