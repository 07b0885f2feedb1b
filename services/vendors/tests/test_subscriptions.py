"""Facts of others: sites of ours under the same contract, early, late and doubled facts, scores by deadline."""

from __future__ import annotations

from datetime import timedelta

from contracts.materials import (
    InternalGoodsReady,
    InternalSupplyPromised,
    InternalSupplyRefused,
    ItemDefined,
    SiteDefined,
)
from contracts.production import CalendarChanged, LotInspected
from contracts.shapes import LotPart
from contracts.values import CostVector, Quantity
from contracts.vendors import (
    GoodsReceived,
    OrderAcknowledged,
    PurchaseOrderIssued,
    PurchaseOrderRefused,
    ShipmentNotified,
    SupplierScored,
)
from services.vendors.tests.made import DAY, NOW, lot, request
from services.vendors.tests.stage import Stage, record
from vendors import commands
from vendors.subscriptions import on_lot_inspected


def ready(order_id: str, line_id: str, *lots: LotPart) -> InternalGoodsReady:
    return InternalGoodsReady(order_id, line_id, lots)


async def test_a_site_of_ours_answers_ships_and_is_received_under_the_same_contract(stage: Stage) -> None:
    await stage.opened("our-boards")
    await stage.hear(SiteDefined("plant-2", "Boards", "ours", 3))
    await stage.requested()
    (issued,) = await stage.told(PurchaseOrderIssued)
    assert (issued.vendor_kind, issued.supplying_site_id) == ("internal", "plant-2")
    order_id, line_id = await stage.order()
    promise = InternalSupplyPromised(order_id, line_id, "shaft", Quantity(20), NOW + 12 * DAY)
    await stage.hear(promise)
    (acknowledged,) = await stage.told(OrderAcknowledged)
    assert not acknowledged.lines[0].as_asked
    await stage.hear(ready(order_id, line_id, lot("L1", "12", 100, 50, 25, 10), lot("L2", "8", 80, 0, 0, 1)))
    (shipped,) = await stage.told(ShipmentNotified)
    assert shipped.expected_at == NOW + 3 * DAY
    assert [part.lot_id for part in shipped.lines[0].lots] == ["L1", "L2"]
    await stage.receive((("L1", "12"), ("L2", "8")))
    (received,) = await stage.told(GoodsReceived)
    assert [part.cost for part in received.lines[0].lots] == [
        CostVector(100, 50, 25, 10, "EUR"),
        CostVector(80, 0, 0, 1, "EUR"),
    ]
    await stage.hear(promise, InternalSupplyRefused(order_id, line_id, "too late to say so"))
    assert await stage.states() == [("our-boards", "received")]


async def test_a_plan_of_our_site_that_moves_is_told_again_and_the_same_one_is_not(stage: Stage) -> None:
    await stage.opened("our-boards")
    await stage.requested()
    order_id, line_id = await stage.order()
    for days, quantity in ((5, "20"), (5, "20"), (9, "25")):
        at = NOW + timedelta(days=days)
        await stage.hear(InternalSupplyPromised(order_id, line_id, "shaft", Quantity(quantity), at))
    told = await stage.told(OrderAcknowledged)
    assert [(each.lines[0].at - NOW).days for each in told] == [5, 9]
    assert told[-1].lines[0].quantity == Quantity(20)


async def test_a_site_of_ours_that_refuses_is_followed_by_the_next_source(stage: Stage) -> None:
    await stage.opened("our-boards", "steel-ltd")
    await stage.requested()
    order_id, line_id = await stage.order()
    refused = InternalSupplyRefused(order_id, line_id, "no capacity")
    await stage.hear(refused, refused)
    assert await stage.states() == [("our-boards", "cancelled"), ("steel-ltd", "ordered")]
    assert len(await stage.told(PurchaseOrderRefused)) == 1
    await stage.hear(
        InternalSupplyPromised(order_id, line_id, "shaft", Quantity(20), NOW),
        ready(order_id, line_id, lot("L1", "20", 1, 0, 0, 0)),
    )
    assert await stage.told(ShipmentNotified) == []


async def test_goods_on_their_way_are_not_refused_any_more(stage: Stage) -> None:
    await stage.opened("our-boards")
    await stage.requested()
    order_id, line_id = await stage.order()
    await stage.hear(ready(order_id, line_id, lot("L1", "20", 1, 0, 0, 0)))
    await stage.hear(InternalSupplyRefused(order_id, line_id, "changed our mind"))
    assert await stage.states() == [("our-boards", "shipped")]


async def test_an_answer_to_an_order_that_is_not_here_waits_for_it(stage: Stage) -> None:
    early = [
        InternalSupplyPromised("later", "l", "shaft", Quantity(1), NOW),
        InternalSupplyRefused("later", "m", "no"),
        ready("later", "n"),
    ]
    await stage.hear(*early)
    assert [(kind, subject) for _, kind, subject in await stage.parked()] == [("not yet", "later")] * 3


async def test_the_same_request_in_one_batch_and_in_later_ones_gives_one_order(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    again = [record(request()) for _ in range(5)]
    await stage.host.hear(again)
    await stage.hear(request())
    assert len(await stage.told(PurchaseOrderIssued)) == 1
    assert await stage.parked() == []


async def test_copies_of_masters_follow_the_last_word(stage: Stage) -> None:
    await stage.hear(
        ItemDefined("shaft", "Shaft", "piece", Quantity(1)),
        ItemDefined("shaft", "Steel shaft", "piece", Quantity("0.5")),
        SiteDefined("plant-1", "Main", "ours", 1),
        CalendarChanged("office", (0, 1), 8, 16, ("2026-12-25",)),
        CalendarChanged("office", (0, 1, 2, 3, 4), 8, 16, ()),
    )
    assert await stage.rows("SELECT title, quantum_micro FROM items") == [("Steel shaft", 500_000)]
    assert await stage.rows("SELECT site_id, transit_days FROM sites") == [("plant-1", 1)]
    assert await stage.rows("SELECT weekdays, days_off FROM calendars") == [([0, 1, 2, 3, 4], [])]


async def test_a_vendor_is_scored_each_week_and_what_inspection_found_counts(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested("p1", "p2")
    for planned in ("p1", "p2"):
        await stage.acknowledge(planned=planned, at=NOW + 2 * DAY)
    stage.clock.advance(NOW + DAY)
    await stage.receive(planned="p1")
    bad = await stage.receive(planned="p2")
    await stage.hear(
        LotInspected(bad.parts[0].lots[0].lot_id, "shaft", None, False, ()),
        LotInspected("lot of a run", "shaft", "run-1", False, ()),
    )
    await stage.pass_time(days=7)
    (scored,) = await stage.told(SupplierScored)
    assert (scored.otif_percent, scored.quality_ppm, scored.lines) == (Quantity(50), 500_000, 2)
    assert scored.observed_lead_days == Quantity(1)
    await stage.pass_time(days=7)
    assert len(await stage.told(SupplierScored)) == 2
    assert len(await stage.rows("SELECT band FROM scores")) == 2


async def test_a_vendor_without_lines_is_not_scored_and_is_asked_again_next_week(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.pass_time(days=8)
    assert await stage.told(SupplierScored) == []
    assert await stage.rows("SELECT at FROM due WHERE kind = 'score'") == [(NOW.replace(day=16, hour=0),)]


def test_only_incoming_inspections_concern_vendors() -> None:
    fact = LotInspected("L", "shaft", None, True, ())
    assert on_lot_inspected(fact) == commands.TakeInspection("L", True)
    assert on_lot_inspected(LotInspected("L", "shaft", "run-1", True, ())) is None
