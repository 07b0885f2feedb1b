"""Netting on real rows: yields, lot sizes, separations, supply that serves many, changes that keep what is planned."""

from __future__ import annotations

from contracts.answers import ActionMessageOpened
from contracts.materials import RunRequested, SupplyLate, SupplyRecovered
from contracts.values import Quantity
from contracts.vendors import AcknowledgementOverdue, PurchaseRefused
from materials.commands import ReleaseOrder
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
from services.materials.tests.stage import Stage


async def ordered(stage: Stage, promise_id: str, item: str, quantity: str, days: float = 30) -> None:
    asked = ask(promise_id, line(item, quantity, days))
    await stage.hear(asked, placed(asked))


async def test_a_hundred_good_at_four_fifths_are_a_hundred_and_twenty_five_started(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}, operation_yield="0.8"), terms("blank"))
    await ordered(stage, "p", "gear", "100")
    assert await stage.planned() == [("blank", "buy", "planned", "125"), ("gear", "make", "planned", "125")]


async def test_fractions_and_crude_oil_give_the_largest_need_and_the_surplus_is_supply(stage: Stage) -> None:
    names = ("residue", "diesel", "kerosene", "petrol")
    await stage.opened("crude", *names)
    crack = recipe(
        "crack",
        {"crude": "100"},
        dict(zip(names, ("45", "30", "15", "10"), strict=True)),
        "separation",
    )
    await stage.hear(crack, terms("crude"))
    asked = ask("p", line("residue", "450"), line("kerosene", "300", line_id="l2"))
    await stage.hear(asked, placed(asked))
    made = await stage.rows("SELECT sku, quantity_micro - pegged_micro FROM receipts ORDER BY sku")
    surplus = {sku: micro // 1_000_000 for sku, micro in made}
    assert surplus == {"crude": 0, "diesel": 600, "kerosene": 0, "petrol": 200, "residue": 450}
    await ordered(stage, "q", "diesel", "600")
    assert len(await stage.planned()) == 2, "the surplus serves it: nothing new is planned"


async def test_what_is_more_than_needed_of_a_lot_size_serves_the_next_order(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear"))
    await stage.planned_by("gear", source="buy", minimum_micro=100_000_000, multiple_micro=50_000_000)
    await ordered(stage, "p", "gear", "60")
    await ordered(stage, "q", "gear", "30")
    assert await stage.planned() == [("gear", "buy", "planned", "100")]
    await ordered(stage, "r", "gear", "30")
    assert await stage.planned() == [("gear", "buy", "planned", "100"), ("gear", "buy", "planned", "100")]


async def test_a_cancelled_order_shrinks_what_is_planned_and_leaves_what_was_asked_for(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    for promise_id in ("p", "q"):
        await ordered(stage, promise_id, "gear", "10", days=10)
    await stage.pass_time(days=5)
    asked = ask("p", line("gear", "10", 10))
    await stage.hear(cancelled(placed(asked)))
    states = [state for _, _, state, _ in await stage.planned()]
    assert states == ["released", "released"]
    (message,) = await stage.told(ActionMessageOpened)
    assert (message.kind, message.quantity) == ("cancel", Quantity(10))


async def test_safety_stock_is_kept_once_and_gives_way_to_nobody_who_can_wait(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.stock("L", "gear", "10")
    await stage.planned_by("gear", source="buy", safety_micro=8_000_000)
    assert await stage.balances() == {("L", "main"): ("10", "8")}
    await ordered(stage, "p", "gear", "5", days=20)
    assert await stage.planned() == [("gear", "buy", "planned", "3")]
    await stage.planned_by("gear", source="buy", safety_micro=2_000_000)
    await ordered(stage, "q", "gear", "6", days=20)
    assert await stage.planned() == [("gear", "buy", "planned", "3")]


async def test_a_planner_releases_by_hand_what_is_not_automatic(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank"))
    await stage.planned_by("gear", automatic=False)
    await ordered(stage, "p", "gear", "10", days=20)
    await stage.pass_time(days=18)
    assert not await stage.told(RunRequested)
    (message,) = [each for each in await stage.told(ActionMessageOpened) if each.kind == "release"]
    await stage.do(ReleaseOrder(message.planned_order_id, by_hand=True))
    (asked,) = await stage.told(RunRequested)
    assert asked.planned_order_id == message.planned_order_id


async def test_silence_makes_an_order_late_and_a_late_answer_makes_it_good(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await ordered(stage, "p", "gear", "10", days=10)
    await stage.pass_time(days=5)
    purchase = await stage.order_of("gear")
    await stage.hear(issued(purchase, "gear", "10"))
    await stage.hear(AcknowledgementOverdue(f"po-{purchase}", "steel-ltd", (purchase,)))
    (late,) = await stage.told(SupplyLate)
    assert (late.cause, late.lines[0].at) == ("the vendor has not answered", None)
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 10 * DAY))
    (back,) = await stage.told(SupplyRecovered)
    assert back.lines[0].at == NOW + 10 * DAY
    assert not await stage.rows("SELECT 1 FROM demands WHERE late")


async def test_a_purchase_that_nobody_can_supply_is_late_and_recovers_by_another_vendor(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await ordered(stage, "p", "gear", "10", days=10)
    await stage.pass_time(days=5)
    purchase = await stage.order_of("gear")
    await stage.hear(PurchaseRefused(purchase, "no terms"))
    assert [each.cause for each in await stage.told(SupplyLate)] == ["nobody supplies it: no terms"]
    await stage.hear(issued(purchase, "gear", "10"))
    assert len(await stage.told(SupplyRecovered)) == 1


async def test_a_short_answer_is_planned_again_for_the_rest(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await ordered(stage, "p", "gear", "10", days=12)
    await stage.pass_time(days=7)
    purchase = await stage.order_of("gear")
    await stage.hear(issued(purchase, "gear", "10"), acknowledged(purchase, "gear", "6", NOW + 12 * DAY))
    assert sorted(quantity for *_, quantity in await stage.planned()) == ["10", "4"]
    pegged = await stage.rows("SELECT quantity_micro FROM pegs ORDER BY 1")
    assert [micro // 1_000_000 for (micro,) in pegged] == [4, 6]


async def test_a_recipe_that_comes_later_plans_what_nothing_could_supply(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await ordered(stage, "p", "gear", "10")
    assert await stage.planned() == []
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank"))
    assert ("gear", "make", "planned", "10") in await stage.planned()
    assert await stage.rows("SELECT covered_micro FROM demands WHERE order_id = 'order-p'") == [(10_000_000,)]
