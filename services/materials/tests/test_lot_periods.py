"""Orders that collect what is short over days, and orders that only a person changes: fences and firm orders."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from contracts.answers import ActionMessageClosed, ActionMessageOpened
from contracts.materials import PurchaseRequested
from materials import commands
from materials.domain.firming import OrderIsHeld, OrderIsNotPlanned
from materials.domain.lot_rule import LotRule
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import DAY, ask, cancelled, line, placed, recipe, terms
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage

BOUGHT = {"source": "buy", "lead_days": 5}


async def ordered(stage: Stage, promise_id: str, quantity: str, days: float, item: str = "gear") -> None:
    asked = ask(promise_id, line(item, quantity, days))
    await stage.hear(asked, placed(asked))


async def gears(stage: Stage, **rules: Any) -> None:
    """Gears are bought within five days, by that rule."""
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.planned_by("gear", **BOUGHT, **rules)


async def quantities(stage: Stage) -> list[tuple[str, int]]:
    """The due day and whole quantity of each planned order."""
    rows = await stage.rows(
        "SELECT due_at, quantity_micro FROM planned_orders ORDER BY due_at, quantity_micro"
    )
    return [(f"{due_at:%m-%d}", micro // 1_000_000) for due_at, micro in rows]


@pytest.mark.parametrize(
    ("rule", "day", "last"),
    [
        (LotRule(), date(2026, 3, 4), date(2026, 3, 4)),
        (LotRule(period_days=1, batch_days=1), date(2026, 3, 4), date(2026, 3, 4)),
        (LotRule(period_days=7), date(2026, 3, 4), date(2026, 3, 10)),
        (LotRule(batch_days=7), date(2026, 3, 4), date(2026, 3, 8)),
        (LotRule(batch_days=7), date(2026, 3, 8), date(2026, 3, 8)),
        (LotRule(period_days=10, batch_days=7), date(2026, 3, 2), date(2026, 3, 11)),
    ],
)
def test_an_order_serves_its_period_and_its_window_of_the_calendar(
    rule: LotRule, day: date, last: date
) -> None:
    assert rule.until(day) == last


async def test_an_order_collects_what_is_short_in_its_period(stage: Stage) -> None:
    await gears(stage, period_days=7)
    asked = ask(
        "p", line("gear", "4", 30), line("gear", "5", 33, line_id="l2"), line("gear", "6", 38, line_id="l3")
    )
    await stage.hear(asked, placed(asked))
    assert await quantities(stage) == [("04-01", 9), ("04-09", 6)]
    await stage.books_are_whole()


async def test_what_is_short_later_in_the_period_is_added_to_the_order_that_is_planned(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "2"}, {"gear": "1"}), terms("blank", 5))
    await stage.planned_by("gear", batch_days=14)
    await ordered(stage, "p", "4", 31)
    await ordered(stage, "q", "5", 38)
    await ordered(stage, "r", "6", 45)
    made = [row for row in await stage.planned() if row[0] == "gear"]
    assert sorted(quantity for *_, quantity in made) == ["6", "9"]
    assert sum(int(quantity) for sku, *_, quantity in await stage.planned() if sku == "blank") == 30
    await stage.books_are_whole()
    assert await orders_of(stage, await planned_anew(stage, keeps="planned")) == []


async def test_a_plan_of_the_site_collects_by_the_same_period(stage: Stage) -> None:
    await gears(stage, period_days=7)
    for number, days in enumerate((30, 33, 38)):
        await ordered(stage, f"p{number}", "4", days)
    plan = await planned_anew(stage)
    told = [(quantity, due) for _, _, quantity, _, due in await orders_of(stage, plan)]
    assert told == [("8", "04-01"), ("4", "04-09")]


async def test_a_fixed_quantity_is_ordered_as_often_as_it_takes(door: Door) -> None:
    await door.stage.opened("gear")
    await door.stage.hear(terms("gear", 5))
    body = {"sku": "gear", "site_id": "plant-1", "source": "buy", "fixed": "25", "lead_days": 5}
    await door.post(PLANNER, "/v1/planning-parameters", body)
    await ordered(door.stage, "p", "60", 30)
    assert await quantities(door.stage) == [("04-01", 25)] * 3
    refused = await door.send(PLANNER, "POST", "/v1/planning-parameters", {**body, "maximum": "30"})
    named = refused.json()["type"].rpartition("/")[2]
    assert (refused.status_code, named) == (422, "lot-rule-is-impossible")
    assert refused.json()["errors"][0]["pointer"] == "/fixed"
    refused = await door.send(PLANNER, "POST", "/v1/planning-parameters", {**body, "period_days": 400})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/period_days")


async def test_what_is_planned_inside_the_fence_is_released_by_a_person_alone(stage: Stage) -> None:
    await gears(stage, planning_fence_days=20)
    await ordered(stage, "p", "10", 15)
    await ordered(stage, "q", "7", 40)
    await stage.pass_time(days=10)
    (message,) = await stage.told(ActionMessageOpened)
    assert (message.kind, message.reason) == ("release", "it was planned inside its planning fence")
    assert await stage.told(PurchaseRequested) == []
    await stage.do(commands.AnswerMessage(f"{message.planned_order_id}@release"))
    assert [str(fact.quantity) for fact in await stage.told(PurchaseRequested)] == ["10"]
    await stage.pass_time(days=25)
    assert [str(fact.quantity) for fact in await stage.told(PurchaseRequested)] == ["10", "7"], (
        "what was planned before it came inside the fence is released at its time"
    )


async def test_inside_the_fence_nothing_is_dropped_or_made_less_but_asked_about(stage: Stage) -> None:
    await gears(stage, planning_fence_days=20, multiple_micro=5_000_000)
    await ordered(stage, "p", "10", 30)
    await ordered(stage, "q", "10", 50)
    await stage.pass_time(days=6)
    for promise_id, days in (("p", 30), ("q", 50)):
        await stage.hear(cancelled(placed(ask(promise_id, line("gear", "10", days)))))
    assert await quantities(stage) == [("04-01", 10)]
    (message,) = await stage.told(ActionMessageOpened)
    assert (message.kind, message.reason) == ("cancel", "nothing needs it any more")
    await stage.do(commands.AnswerMessage(f"{message.planned_order_id}@cancel"))
    assert [state for _, _, state, _ in await stage.planned()] == ["cancelled"]
    await stage.books_are_whole()


async def test_a_firm_order_is_kept_until_a_planner_gives_it_back(stage: Stage) -> None:
    await gears(stage)
    for promise_id in ("p", "q"):
        asked = ask(promise_id, line("gear", "10", 40))
        await stage.hear(asked, placed(asked))
    first, second = [
        key for (key,) in await stage.rows("SELECT planned_order_id FROM planned_orders ORDER BY 1")
    ]
    await stage.do(commands.FirmOrder(first, firm=True))
    for promise_id in ("p", "q"):
        await stage.hear(cancelled(placed(ask(promise_id, line("gear", "10", 40)))))
    assert await stage.rows("SELECT planned_order_id FROM planned_orders") == [(first,)]
    plan = await planned_anew(stage)
    assert (plan.supplies, plan.orders) == (1, 0)
    await stage.do(commands.FirmOrder(first, firm=False))
    (closed, *_) = await stage.told(ActionMessageClosed)
    assert (closed.kind, closed.how) == ("cancel", "not firm any more")
    assert [state for _, _, state, _ in await stage.planned()] == ["cancelled"]
    with pytest.raises(OrderIsNotPlanned):
        await stage.do(commands.FirmOrder(first, firm=True))
    assert second != first


async def test_less_of_a_firm_order_is_asked_for_and_given_when_a_planner_accepts(stage: Stage) -> None:
    await gears(stage, minimum_micro=20_000_000)
    await ordered(stage, "p", "10", 40)
    await ordered(stage, "q", "15", 40)
    await stage.planned_by("gear", **BOUGHT)
    order = (await stage.rows("SELECT planned_order_id FROM planned_orders ORDER BY 1"))[0][0]
    await stage.do(commands.FirmOrder(order, firm=True))
    await stage.hear(cancelled(placed(ask("q", line("gear", "15", 40)))))
    (message,) = await stage.told(ActionMessageOpened)
    assert (message.kind, str(message.quantity)) == ("decrease", "10")
    await stage.do(commands.AnswerMessage(f"{order}@decrease"))
    assert await quantities(stage) == [("04-11", 10)]
    await stage.books_are_whole()


async def test_what_is_planned_for_a_hold_alone_is_never_firm(stage: Stage) -> None:
    await gears(stage, planning_fence_days=60)
    await stage.hear(ask("p", line("gear", "10", 40)))
    order = await stage.order_of("gear")
    with pytest.raises(OrderIsHeld):
        await stage.do(commands.FirmOrder(order, firm=True))
    await stage.pass_time(days=3)
    assert await stage.planned() == [], "the hold has ended, and what was planned for it with it"


async def test_parameters_take_effect_at_their_moment(door: Door) -> None:
    stage = door.stage
    await gears(stage)
    body = {"sku": "gear", "site_id": "plant-1", "source": "buy", "lead_days": 5, "minimum": "50"}
    at = (stage.clock.now() + 10 * DAY).isoformat()
    await door.post(PLANNER, "/v1/planning-parameters", {**body, "effective_at": at})
    refused = await door.send(
        PLANNER, "POST", "/v1/planning-parameters", {**body, "effective_at": at, "period_days": 400}
    )
    assert refused.status_code == 422, "what could never be planned by is refused when it is said"
    await ordered(stage, "p", "10", 40)
    await stage.pass_time(days=10)
    (told,) = await door.page(PLANNER, "/v1/planning-parameters")
    assert told["minimum"] == "50"
    await ordered(stage, "q", "10", 40)
    assert sorted(quantity for _, quantity in await quantities(stage)) == [10, 50]
