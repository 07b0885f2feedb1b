"""Publishing a plan that takes the place of what is only planned: what goes, what stays, what is refused."""

from __future__ import annotations

import pytest

from contracts.materials import SupplyLate
from contracts.plans import PlanPublished
from contracts.shapes import LineDate
from contracts.values import Quantity
from materials.commands import FirmOrder, PublishPlan
from materials.domain.version import PlanMakesLater, PlanReplacesNothing, PlanReplacesTooMuch
from services.materials.tests.made import (
    DAY,
    NOW,
    acknowledged,
    ask,
    cancelled,
    issued,
    line,
    placed,
    recipe,
    terms,
)
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage

ORDERS = "SELECT sku, state, quantity_micro / 1000000 FROM planned_orders WHERE state <> 'cancelled' ORDER BY 1, 2, 3"


async def ordered(stage: Stage, promise_id: str, item: str, quantity: str, days: float) -> None:
    asked = ask(promise_id, line(item, quantity, days))
    await stage.hear(asked, placed(asked))


async def gears(stage: Stage) -> None:
    """Two lines want gears on one day, each has its order; a gear is cut of steel that comes by the ten."""
    await stage.opened("gear", "steel")
    await stage.hear(
        recipe("cut", {"steel": "3"}, {"gear": "1"}, operation_yield="0.8"),
        terms("steel", 5, multiple=Quantity(10)),
    )
    await ordered(stage, "p", "gear", "3", days=60)
    await ordered(stage, "q", "gear", "3", days=60)


async def test_what_lines_want_on_one_day_becomes_one_order(stage: Stage) -> None:
    await gears(stage)
    assert await stage.rows(ORDERS) == [
        ("gear", "planned", 4), ("gear", "planned", 4), ("steel", "planned", 10), ("steel", "planned", 20),
    ]  # fmt: skip
    plan = await planned_anew(stage)
    await stage.do(PublishPlan(plan.plan_id, accepts_later=False, replaces=True))
    assert await stage.rows(ORDERS) == [("gear", "planned", 8), ("steel", "planned", 30)]
    told = await stage.last(PlanPublished)
    assert (told.dropped, told.planned) == (4, 2)
    await stage.books_are_whole()


async def test_what_is_asked_for_firm_or_held_stays(stage: Stage) -> None:
    await stage.opened("now", "held", "firm", "free")
    await stage.hear(*(terms(sku, 5) for sku in ("now", "held", "firm", "free")))
    await ordered(stage, "n", "now", "2", days=10)
    await stage.pass_time(days=5)
    await stage.hear(ask("h", line("held", "2", 60), hold_until=NOW + 20 * DAY))
    await ordered(stage, "f", "firm", "2", days=60)
    await stage.do(FirmOrder(await stage.order_of("firm"), firm=True))
    await ordered(stage, "w", "free", "2", days=60)
    before = {sku: await stage.order_of(sku) for sku in ("now", "held", "firm", "free")}
    plan = await planned_anew(stage)
    await stage.do(PublishPlan(plan.plan_id, accepts_later=False, replaces=True))
    after = {sku: await stage.order_of(sku) for sku in ("now", "held", "firm", "free")}
    assert {sku for sku in before if before[sku] != after[sku]} == {"free"}
    await stage.books_are_whole()


async def test_a_line_that_came_after_the_plan_was_made_is_planned_with_the_others(stage: Stage) -> None:
    await gears(stage)
    plan = await planned_anew(stage)
    await ordered(stage, "r", "gear", "1", days=60)
    await stage.do(PublishPlan(plan.plan_id, accepts_later=False, replaces=True))
    assert await stage.rows(ORDERS) == [("gear", "planned", 9), ("steel", "planned", 30)]
    await stage.books_are_whole()


async def test_what_would_come_later_than_it_does_now_waits_for_a_planner(stage: Stage) -> None:
    """Goods that are late became free after the plan was made; who has a planned order of their own would get them."""
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await ordered(stage, "q", "gear", "10", days=10)
    await stage.pass_time(days=5)
    bought = await stage.order_of("gear")
    await stage.hear(issued(bought, "gear", "10"), acknowledged(bought, "gear", "10", NOW + 40 * DAY))
    await ordered(stage, "p", "gear", "10", days=30)
    plan = await planned_anew(stage)
    await stage.hear(cancelled(placed(ask("q", line("gear", "10", 10)))))
    before = await stage.rows(ORDERS)
    with pytest.raises(PlanMakesLater) as refused:
        await stage.do(PublishPlan(plan.plan_id, accepts_later=False, replaces=True))
    assert refused.value.pointers == (("/demands/p/l1/1/gear", "2026-04-01 becomes 2026-04-11"),)
    assert await stage.rows(ORDERS) == before
    assert await stage.rows("SELECT state FROM plan_versions") == [("ready",)]
    await stage.do(PublishPlan(plan.plan_id, accepts_later=True, replaces=True))
    assert (await stage.last(SupplyLate)).lines == (LineDate("l1", NOW + 30 * DAY, NOW + 40 * DAY),)
    await stage.books_are_whole()


async def test_a_plan_that_keeps_all_that_is_planned_replaces_nothing(stage: Stage) -> None:
    await gears(stage)
    plan = await planned_anew(stage, keeps="planned")
    with pytest.raises(PlanReplacesNothing):
        await stage.do(PublishPlan(plan.plan_id, accepts_later=False, replaces=True))


async def test_more_than_one_act_can_plan_is_refused_and_nothing_has_changed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("domain.version", "store.plans"):
        monkeypatch.setattr(f"materials.{module}.REPLACED_COUNT_MAX", 3)
    await gears(stage)
    before = await stage.rows(ORDERS)
    plan = await planned_anew(stage)
    with pytest.raises(PlanReplacesTooMuch):
        await stage.do(PublishPlan(plan.plan_id, accepts_later=False, replaces=True))
    assert await stage.rows(ORDERS) == before


async def test_who_needs_it_before_the_one_who_has_reserved_it_is_ordered_for_in_time(stage: Stage) -> None:
    """It was ordered for the one who has it, and the other was told to be late, so that nobody could publish."""
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.stock("L", "gear", "4")
    await ordered(stage, "first", "gear", "4", days=60)
    await ordered(stage, "sooner", "gear", "4", days=30)
    plan = await planned_anew(stage)
    assert await orders_of(stage, plan) == [("gear", "buy", "4", "03-27", "04-01")]
    assert plan.late == 0
    await stage.do(PublishPlan(plan.plan_id, accepts_later=False))
