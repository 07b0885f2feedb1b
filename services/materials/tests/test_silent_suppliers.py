"""What was promised and let pass: whom it serves is told that nobody knows, or when the next part comes."""

from __future__ import annotations

from datetime import datetime

from contracts.answers import ActionMessageOpened
from contracts.materials import SupplyLate, SupplyRecovered
from contracts.overdue import DeliveryOverdue, OverdueLine
from contracts.values import Quantity
from materials import commands
from materials.domain.item import Parameters
from services.materials.tests.made import NOW, acknowledged, ask, line, part, placed, received
from services.materials.tests.stage import Stage
from services.materials.tests.test_handlers_schedule import bought, day, late, parts, scheduled, sent


def overdue(key: str, quantity: str, days: float) -> DeliveryOverdue:
    owed = OverdueLine(f"line-{key}", key, "gear", Quantity(quantity), day(days))
    return DeliveryOverdue(f"po-{key}", "steel-ltd", (owed,))


async def test_nobody_knows_when_a_purchase_comes_that_was_not_sent_and_its_planner_is_asked(
    stage: Stage,
) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(acknowledged(key, "gear", "100", day(5)))
    await stage.pass_time(days=6)
    await stage.hear(overdue(key, "100", 5))
    assert sorted(await late(stage)) == [("order-a", None), ("order-b", None)]
    assert {fact.cause for fact in await stage.told(SupplyLate)} == {
        "the vendor has not sent what it promised"
    }
    assert [each.kind for each in await stage.told(ActionMessageOpened)] == ["expedite"]
    await stage.hear(sent(key, "100", 6))
    assert {fact.order_id for fact in await stage.told(SupplyRecovered)} == {"order-a", "order-b"}


async def test_a_part_that_was_not_sent_comes_with_the_next_as_far_as_anybody_knows(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)))
    await stage.pass_time(days=6)
    await stage.hear(overdue(key, "60", 5))
    assert await late(stage) == [("order-a", day(12))]
    assert await parts(stage) == [(0, 100, "12")]
    await stage.hear(sent(key, "60", 6))
    assert [fact.order_id for fact in await stage.told(SupplyRecovered)] == ["order-a"]
    assert await parts(stage) == [(0, 60, "6"), (0, 40, "12")]


async def test_what_is_on_its_way_stays_where_it_is(stage: Stage) -> None:
    key = await bought(stage, ("a", "60", 6), ("b", "40", 13))
    await stage.hear(scheduled(key, ("60", 5), ("40", 12)), sent(key, "60", 7))
    await stage.pass_time(days=13)
    await stage.hear(overdue(key, "40", 12))
    assert {order_id for order_id, at in await late(stage) if at is None} == {"order-a", "order-b"}
    await stage.hear(received(key, part("L1", "gear", "60", 60_000), complete=False))
    assert [fact.order_id for fact in await stage.told(SupplyRecovered)] == ["order-a"]


async def transferred(stage: Stage) -> str:
    """Ten gears that lie at another site are to be here in three days; the transfer."""
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    rules = Parameters("gear", "plant-1", "transfer", 0, 0, 0, 0, 2, 60, "plant-2", automatic=True)
    await stage.do(commands.SetParameters(rules))
    await stage.stock("L1", "gear", "10", site_id="plant-2")
    asked = ask("a", line("gear", "10", 3))
    await stage.hear(asked, placed(asked))
    return await stage.order_of("gear")


async def states(stage: Stage) -> list[tuple[str, datetime | None]]:
    return await stage.rows("SELECT state, expected_at FROM planned_orders")


async def test_a_transfer_that_was_not_sent_is_late_when_its_day_is_over_and_back_once_it_is(
    stage: Stage,
) -> None:
    key = await transferred(stage)
    ((_, starts_at),) = await stage.rows("SELECT state, starts_at FROM planned_orders")
    await stage.pass_time(seconds=(starts_at - NOW).total_seconds() + 3_600)
    assert await late(stage) == []
    await stage.pass_time(days=1)
    assert await late(stage) == [("order-a", None)]
    assert [fact.cause for fact in await stage.told(SupplyLate)] == ["the goods have not been sent"]
    await stage.do(commands.DispatchTransfer(key))
    ((state, at),) = await states(stage)
    assert (state, (await late(stage))[-1]) == ("confirmed", ("order-a", at))
    await stage.pass_time(days=3)
    assert (await stage.told(SupplyLate))[-1].cause == "the goods have not arrived"
    await stage.do(commands.ReceiveTransfer(key))
    assert [state for state, _ in await states(stage)] == ["closed"]


async def test_a_transfer_that_waits_for_its_goods_is_not_unsent(stage: Stage) -> None:
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    rules = Parameters("gear", "plant-1", "transfer", 0, 0, 0, 0, 2, 60, "plant-2", automatic=True)
    await stage.do(commands.SetParameters(rules))
    await stage.do(
        commands.SetParameters(Parameters("gear", "plant-2", "buy", 0, 0, 0, 0, 9, 60, None, automatic=True))
    )
    asked = ask("a", line("gear", "10", 3))
    await stage.hear(asked, placed(asked))
    told = len(await stage.told(SupplyLate))
    await stage.pass_time(days=5)
    assert [fact.cause for fact in (await stage.told(SupplyLate))[told:]] == []
