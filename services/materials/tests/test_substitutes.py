"""Substitutes: proposed where a supply turns late, taken when a planner says so, and found in what is made of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backbone.errors import NotFound
from contracts.answers import ActionMessageAccepted, ActionMessageOpened
from contracts.instead import GoodsWithdrawn, SupplySubstituted
from contracts.materials import GoodsReady, MaterialsStaged, PurchaseRequested, SupplyLate, SupplyRecovered
from contracts.production import LotDisposed, LotInspected
from contracts.values import Quantity
from materials import commands
from materials.domain.message import MessageIsNotOpen
from materials.domain.substitute import Substitute, SubstituteIsImpossible
from materials.domain.substitution import NoSubstituteHelps, NothingWaits
from services.materials.tests.made import DAY, NOW, acknowledged, ask, issued, line, placed, recipe, terms
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage

CARD = Substitute("card", "plant-1", "other", 1_000_000, 1, NOW - DAY, NOW + 300 * DAY)


async def ordered(stage: Stage, *known: Substitute, **stocked: str) -> str:
    """Ten boxes, each of one card, are ordered; the answer is the purchase of the cards, which is asked for."""
    await stage.opened("box", "card", "other", "third")
    await stage.hear(recipe("box", {"card": "1"}, {"box": "1"}), terms("card", 5), terms("other", 3))
    for sku, quantity in stocked.items():
        await stage.stock(f"{sku}-lot", sku, quantity)
    for each in known:
        await stage.do(commands.SetSubstitute(each))
    asked = ask("p", line("box", "10", days=20))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=14)
    purchase: str = (await stage.last(PurchaseRequested)).planned_order_id
    await stage.hear(issued(purchase, "card", "10"))
    return purchase


async def late(stage: Stage, purchase: str, days: float = 40) -> None:
    """The vendor says that the cards come so many days from the beginning."""
    await stage.hear(acknowledged(purchase, "card", "10", NOW + timedelta(days=days)))


async def proposals(stage: Stage) -> list[tuple[str, str]]:
    return [
        (each.planned_order_id, each.reason)
        for each in await stage.told(ActionMessageOpened)
        if each.kind == "substitute"
    ]


async def test_a_planner_is_asked_about_a_substitute_when_a_supply_turns_late_and_accepting_takes_it(
    stage: Stage,
) -> None:
    purchase = await ordered(stage, CARD, other="10")
    await late(stage, purchase)
    assert await proposals(stage) == [(purchase, "other lies in stock")]
    assert len(await stage.told(SupplyLate)) == 1
    await stage.do(commands.AnswerMessage(f"{purchase}@substitute", by="paula"))
    (taken,) = await stage.told(SupplySubstituted)
    assert (taken.sku, taken.quantity, taken.substitute_sku, taken.substitute_quantity, taken.decided_by) == (
        "card", Quantity(10), "other", Quantity(10), "paula",
    )  # fmt: skip
    assert [each.order_id for each in taken.serves] == ["order-p"]
    (back,) = await stage.told(SupplyRecovered)
    assert (back.order_id, back.how) == ("order-p", "substitute")
    accepted = [(each.kind, each.accepted_by) for each in await stage.told(ActionMessageAccepted)]
    assert accepted == [("substitute", "paula")]
    assert ("cancel", purchase) in [
        (each.kind, each.planned_order_id) for each in await stage.told(ActionMessageOpened)
    ]
    await stage.pass_time(days=10)
    staged = await stage.last(MaterialsStaged)
    assert [(lot.lot_id, lot.quantity) for lot in staged.lots] == [("other-lot", Quantity(10))]
    with pytest.raises(MessageIsNotOpen):
        await stage.do(commands.AnswerMessage(f"{purchase}@substitute", by="paula"))


async def test_what_was_substituted_is_written_down_with_who_decided_it(stage: Stage) -> None:
    purchase = await ordered(stage, CARD, other="10")
    await late(stage, purchase)
    await stage.do(commands.SubstituteSupply(purchase, "paula"))
    rows = await stage.rows("SELECT supply_id, sku, quantity_micro, decided_by FROM substitutions")
    assert rows == [(purchase, "card", 10_000_000, "paula")]
    demands = await stage.rows(
        "SELECT sku, quantity_micro, covered_micro FROM demands WHERE kind = 'dependent'"
    )
    assert demands == [("other", 10_000_000, 10_000_000)]
    with pytest.raises(NothingWaits):
        await stage.do(commands.SubstituteSupply(purchase, "paula"))


async def test_a_substitute_that_has_to_be_bought_is_bought_when_it_comes_before_the_late_supply(
    stage: Stage,
) -> None:
    purchase = await ordered(stage, CARD._replace(ratio_micro=1_500_000))
    await late(stage, purchase)
    await stage.do(commands.SubstituteSupply(purchase, "paula"))
    await stage.pass_time(days=3)
    bought = await stage.last(PurchaseRequested)
    assert (bought.sku, bought.quantity) == ("other", Quantity(15))
    assert [each.how for each in await stage.told(SupplyRecovered)] == ["substitute"]


async def test_the_first_substitute_that_helps_is_taken(stage: Stage) -> None:
    third = CARD._replace(substitute_sku="third", priority=2)
    purchase = await ordered(stage, CARD._replace(valid_to_at=NOW + DAY), third, other="10", third="10")
    await late(stage, purchase)
    assert await proposals(stage) == [(purchase, "third lies in stock")]
    await stage.do(commands.SubstituteSupply(purchase, "paula"))
    assert (await stage.last(SupplySubstituted)).substitute_sku == "third"


async def test_a_substitute_that_comes_no_sooner_is_neither_proposed_nor_taken_and_changes_nothing(
    stage: Stage,
) -> None:
    purchase = await ordered(stage, CARD._replace(substitute_sku="third"))
    await late(stage, purchase)
    before = await stage.rows("SELECT demand_id, sku, quantity_micro, covered_micro FROM demands ORDER BY 1")
    assert await proposals(stage) == []
    with pytest.raises(NoSubstituteHelps):
        await stage.do(commands.SubstituteSupply(purchase, "paula"))
    after = await stage.rows("SELECT demand_id, sku, quantity_micro, covered_micro FROM demands ORDER BY 1")
    assert (after, await stage.told(SupplySubstituted)) == (before, [])


async def test_a_supply_that_comes_in_time_is_not_substituted(stage: Stage) -> None:
    purchase = await ordered(stage, CARD, other="10")
    await late(stage, purchase, 16)
    assert await proposals(stage) == []
    with pytest.raises(NothingWaits):
        await stage.do(commands.SubstituteSupply(purchase, "paula"))


async def test_a_supply_that_is_in_time_again_needs_no_substitute(stage: Stage) -> None:
    purchase = await ordered(stage, CARD, other="10")
    await late(stage, purchase)
    await late(stage, purchase, 16)
    states = await stage.rows("SELECT state FROM action_messages WHERE kind = 'substitute'")
    assert states == [("closed",)]


async def test_nothing_stands_in_for_itself_for_nothing_or_never(stage: Stage) -> None:
    for wrong in (
        CARD._replace(substitute_sku="card"), CARD._replace(ratio_micro=0), CARD._replace(priority=0),
        CARD._replace(valid_to_at=NOW - 2 * DAY),
    ):  # fmt: skip
        with pytest.raises(SubstituteIsImpossible):
            wrong.checked()
    await stage.opened("card")
    with pytest.raises(NotFound, match="no item other"):
        await stage.do(commands.SetSubstitute(CARD))
    with pytest.raises(NotFound, match="no planned order"):
        await stage.do(commands.SubstituteSupply("none", "paula"))


async def test_goods_that_lay_ready_are_withdrawn_once_when_their_lot_is_blocked(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("A", "gear", "10")
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    assert len(await stage.told(GoodsReady)) == 1
    await stage.hear(LotInspected("A", "gear", None, passed=False, properties=()))
    (gone,) = await stage.told(GoodsWithdrawn)
    assert (gone.order_id, gone.line_id, gone.schedule_no) == ("order-p", asked.lines[0].line_id, 1)
    assert "lot A is blocked" in gone.reason
    await stage.hear(LotDisposed("A", "gear", "plant-1", "release", "measured again", "quinn"))
    assert len(await stage.told(GoodsReady)) == 2
    assert len(await stage.told(GoodsWithdrawn)) == 1


async def test_a_version_of_the_plan_keeps_what_takes_a_substitute_as_somebody_has_decided(
    stage: Stage,
) -> None:
    purchase = await ordered(stage, CARD, other="10")
    await late(stage, purchase)
    before = await planned_anew(stage)
    assert [(sku, source) for sku, source, *_ in await orders_of(stage, before)] == [("box", "make")]
    assert before.late == 1, "its cards come too late"
    await stage.do(commands.SubstituteSupply(purchase, "paula"))
    after = await planned_anew(stage)
    assert (await orders_of(stage, after), after.late, after.missing) == ([], 0, 0)
    wanted = await stage.rows(
        """
        SELECT sku, plan_demands.quantity_micro FROM plan_demands JOIN plan_nodes USING (plan_no, node_no)
        WHERE plan_no = :no AND sku <> 'box'
        """,
        no=after.plan_no,
    )
    assert wanted == [("other", 10_000_000)]
