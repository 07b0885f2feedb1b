"""A recall is traced through all that was made; what it reaches is blocked, and who had it gets other lots or hears."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from contracts.materials import GoodsReady, LotStatusChanged, MaterialsStaged, RunRequested, SupplyLate
from contracts.recalls import RecallClosed, RecalledLot, RecallOpened, RecallTraced, RecallWidened, SentPart
from contracts.service_desk import DeliveredLine, GoodsDispatched, HandOverRefused
from contracts.values import Quantity
from materials import commands
from services.materials.tests.made import (
    DAY,
    HARD,
    HARD_WINDOW,
    NOW,
    SOFT,
    ask,
    consumed,
    hardening,
    line,
    part,
    placed,
    produced,
    received,
    scheduled,
)
from services.materials.tests.stage import Stage

OPENED = RecallOpened("r1", "brittle", "quinn", vendor_lot="heat-1")


async def stocked(
    stage: Stage, lot_id: str, quantity: str = "4", vendor_lot: str | None = None, **more: Any
) -> None:
    lot = replace(
        part(lot_id, more.get("sku", "pump"), quantity, 1_000, *more.get("properties", ())),
        vendor_lot=vendor_lot,
    )
    await stage.do(commands.BookLot("plant-1", lot))


async def ordered(stage: Stage, quantity: str = "4") -> None:
    asked = ask("p", line("pump", quantity))
    await stage.hear(asked)
    await stage.hear(placed(asked))


async def recalled(stage: Stage, opened: RecallOpened = OPENED) -> list[RecalledLot]:
    """The recall is heard, and all its steps are taken; what materials told of its lots."""
    await stage.hear(opened)
    await stage.pass_time()
    traced = await stage.told(RecallTraced)
    assert [each.complete for each in traced] == [False] * (len(traced) - 1) + [True]
    return [lot for each in traced for lot in each.lots]


async def test_a_lot_that_lay_ready_for_an_order_is_blocked_and_another_one_takes_its_place(
    stage: Stage,
) -> None:
    await stage.opened("pump")
    await stocked(stage, "bad", vendor_lot="heat-1")
    await stocked(stage, "good")
    await ordered(stage)
    assert [lot.lot_id for lot in (await stage.last(GoodsReady)).lots] == ["bad"]
    (lot,) = await recalled(stage)
    assert (lot.lot_id, lot.status, lot.on_hand, lot.vendor_lot) == ("bad", "blocked", Quantity(4), "heat-1")
    assert (lot.sent, lot.kept_for) == ((), ("order-p",))
    assert [each.lot_id for each in (await stage.last(GoodsReady)).lots] == ["good"]
    assert not await stage.told(SupplyLate)
    await stage.books_are_whole()
    assert await stage.parked() == []


async def test_who_gets_no_other_lot_hears_that_it_is_late_and_why(stage: Stage) -> None:
    await stage.opened("pump")
    await stocked(stage, "bad", vendor_lot="heat-1")
    await ordered(stage)
    await recalled(stage)
    (late,) = await stage.told(SupplyLate)
    assert (late.order_id, late.cause) == ("order-p", "lot bad is blocked: recall r1: brittle")
    assert len(await stage.told(GoodsReady)) == 1
    await stage.books_are_whole()


async def test_a_recall_goes_forward_through_runs_and_what_was_used_up_is_not_blocked(stage: Stage) -> None:
    await stage.opened("shaft")
    await stage.planned_by("shaft", source="make")
    await stage.hear(hardening())
    await stocked(stage, "bar", "10", "heat-1", sku="shaft", properties=(SOFT,))
    asked = ask("p", line("shaft", "10", window=HARD_WINDOW))
    await stage.hear(asked)
    await stage.hear(placed(asked))
    await stage.pass_time(days=28)
    (run,) = await stage.told(RunRequested)
    order_id = run.planned_order_id
    await stage.hear(scheduled(order_id, NOW + 28 * DAY, NOW + 29 * DAY))
    staged = await stage.last(MaterialsStaged)
    await stage.hear(consumed(order_id, *staged.lots))
    await stage.hear(produced(order_id, part("hard", "shaft", "10", 1_000, HARD), parents=("bar",)))
    lots = {lot.lot_id: (lot.status, lot.on_hand) for lot in await recalled(stage)}
    assert lots == {"bar": ("consumed", Quantity(0)), "hard": ("blocked", Quantity(10))}
    assert [fact.lot_id for fact in await stage.told(LotStatusChanged) if fact.status == "blocked"] == [
        "hard"
    ]


async def test_a_run_whose_material_is_called_back_gets_other_material(stage: Stage) -> None:
    await stage.opened("shaft")
    await stage.planned_by("shaft", source="make")
    await stage.hear(hardening())
    await stocked(stage, "bar", "10", "heat-1", sku="shaft", properties=(SOFT,))
    asked = ask("p", line("shaft", "10", window=HARD_WINDOW))
    await stage.hear(asked)
    await stage.hear(placed(asked))
    await stage.pass_time(days=28)
    order_id = (await stage.last(RunRequested)).planned_order_id
    await stage.hear(scheduled(order_id, NOW + 28 * DAY, NOW + 29 * DAY))
    await stocked(stage, "other", "10", sku="shaft", properties=(SOFT,))
    await recalled(stage)
    first, second = await stage.told(MaterialsStaged)
    assert [lot.lot_id for lot in first.lots] == ["bar"]
    assert ([lot.lot_id for lot in second.lots], second.runs) == (["other"], first.runs)
    await stage.books_are_whole()


async def test_what_left_for_clients_is_told_by_order_and_what_comes_back_stays_blocked(stage: Stage) -> None:
    await stage.opened("pump")
    await stocked(stage, "bad", "6", vendor_lot="heat-1")
    await ordered(stage)
    lines = (DeliveredLine("l1", (await stage.last(GoodsReady)).lots),)
    await stage.hear(GoodsDispatched("visit", "order-p", "plant-1", lines))
    (lot,) = await recalled(stage)
    assert (lot.sent, lot.on_hand, lot.in_transit) == (
        (SentPart("order-p", Quantity(4)),), Quantity(2), Quantity(4)
    )  # fmt: skip
    await stage.hear(HandOverRefused("visit", "order-p", "plant-1", lines, "recalled"))
    assert (await stage.balances())["bad", "main"] == ("6", "0")
    assert await stage.rows("SELECT status FROM lots") == [("blocked",)]


async def test_many_lots_are_blocked_in_steps(stage: Stage) -> None:
    await stage.opened("pump")
    for number in range(103):
        await stocked(stage, f"lot-{number:03d}", "1", "heat-1")
    await stage.hear(OPENED)
    await stage.pass_time()
    assert [(len(each.lots), each.complete) for each in await stage.told(RecallTraced)] == [
        (100, False),
        (3, True),
    ]
    assert await stage.rows("SELECT DISTINCT status FROM lots") == [("blocked",)]


async def test_a_recall_of_one_item_leaves_the_same_number_of_another_vendor_alone(stage: Stage) -> None:
    await stage.opened("pump", "motor")
    await stocked(stage, "pump-1", vendor_lot="heat-1")
    await stocked(stage, "motor-1", vendor_lot="heat-1", sku="motor")
    lots = await recalled(stage, replace(OPENED, sku="motor"))
    assert [lot.lot_id for lot in lots] == ["motor-1"]


async def test_what_arrives_of_a_vendors_lot_while_it_is_called_back_is_blocked(stage: Stage) -> None:
    await stage.opened("pump")
    await recalled(stage)
    await stage.hear(received("planned", replace(part("late", "pump", "4"), vendor_lot="heat-1")))
    await stage.pass_time()
    assert [lot.lot_id for lot in (await stage.last(RecallTraced)).lots] == ["late"]
    await stage.hear(RecallClosed("r1", "quinn", "done"))
    await stage.hear(received("planned", replace(part("later", "pump", "4"), vendor_lot="heat-1")))
    await stage.pass_time()
    assert await stage.rows("SELECT lot_id, status FROM lots ORDER BY lot_id") == [
        ("late", "blocked"), ("later", "released")
    ]  # fmt: skip


async def test_names_of_no_lot_are_told_and_lots_that_production_knows_are_waited_for(stage: Stage) -> None:
    await stage.opened("pump")
    await recalled(stage, RecallOpened("r2", "brittle", "quinn", other_lot_ids=("nothing",)))
    assert (await stage.last(RecallTraced)).unknown == ("nothing",)
    await stage.hear(RecallWidened("r2", ("new",)))
    assert [wait for *_, wait in await stage.parked()] == ["new"]
