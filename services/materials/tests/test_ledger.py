"""The ledger through its side roads: quality, rework, returns, counts, transfers, other sites, visits."""

from __future__ import annotations

from dataclasses import replace

from contracts.materials import (
    GoodsReady,
    InternalGoodsReady,
    InternalSupplyPromised,
    LotStatusChanged,
    MaterialsStaged,
    RunRequested,
    StockMoved,
    SupplyLate,
    SupplyRecovered,
    SurplusOffered,
    TransferDispatched,
    TransferReceived,
    TransferRequested,
)
from contracts.production import LotDisposed, LotInspected
from contracts.service_desk import (
    DeliveredLine,
    GoodsDispatched,
    HandOverCompleted,
    HandOverRefused,
    PartUsed,
    ServiceDefined,
    VisitCompleted,
    VisitMissed,
)
from contracts.shapes import ItemPart
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, GoodsReturned, ReceivedLine, ShipmentNotified, ShippedLine
from materials.commands import CountLot, DecideCount, DefineSite, DispatchTransfer, ReceiveTransfer
from materials.domain.correcting import Counted
from materials.domain.item import Site
from services.materials.tests.made import (
    DAY,
    NOW,
    ask,
    closed,
    consumed,
    cost,
    issued,
    line,
    part,
    placed,
    produced,
    received,
    recipe,
    scheduled,
    terms,
)
from services.materials.tests.stage import Stage


async def running(stage: Stage, quantity: str = "10") -> str:
    """An order for gears whose run has all its blanks: the id of the run's planned order."""
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank"))
    await stage.stock("B", "blank", quantity, bought_in=1_003)
    asked = ask("p", line("gear", quantity, days=3))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=1)
    made = await stage.order_of("gear")
    await stage.hear(scheduled(made, NOW + DAY, NOW + 3 * DAY))
    return made


async def test_a_run_in_two_parts_takes_every_cent_and_the_rest_of_it_is_made_good(stage: Stage) -> None:
    made = await running(stage)
    await stage.hear(
        consumed(made, part("B", "blank", "4", 401)), consumed(made, part("B", "blank", "6", 602))
    )
    await stage.hear(produced(made, part("G", "gear", "7", 1_003), parents=("B",)))
    taken = [move.cost.bought_in for move in await stage.told(StockMoved) if move.reason == "consumed"]
    assert taken == [401, 602]
    await stage.hear(closed(made, "7"))
    assert await stage.planned() == [
        ("blank", "buy", "released", "3"),
        ("gear", "make", "closed", "10"),
        ("gear", "make", "planned", "3"),
    ]
    assert await stage.rows("SELECT child_id, parent_id FROM lot_links") == [("G", "B")]


async def test_a_run_that_yields_more_offers_the_surplus(stage: Stage) -> None:
    made = await running(stage)
    await stage.hear(
        consumed(made, part("B", "blank", "10", 1_003)), produced(made, part("G", "gear", "12", 1_003))
    )
    assert [(each.lot_id, each.quantity) for each in await stage.told(SurplusOffered)] == [("G", Quantity(2))]
    assert len(await stage.told(GoodsReady)) == 1


async def test_a_blocked_lot_is_reworked_by_the_only_run_that_may_take_it(stage: Stage) -> None:
    made = await running(stage)
    await stage.hear(consumed(made, part("B", "blank", "10", 1_003)))
    await stage.hear(produced(made, part("bad", "gear", "10", 1_003), blocked=True), closed(made, "10"))
    assert not await stage.told(GoodsReady)
    await stage.hear(recipe("mend", {"gear": "1"}, {"gear": "1"}, "modification", lead_days=1))
    await stage.hear(LotDisposed("bad", "gear", "plant-1", "rework", "soft spot", "quinn", None, "mend"))
    rework = await stage.last(RunRequested)
    assert (rework.recipe_id, rework.rework_lot_id, rework.runs) == ("mend", "bad", Quantity(10))
    staged = await stage.last(MaterialsStaged)
    assert (staged.planned_order_id, staged.lots[0].lot_id) == (rework.planned_order_id, "bad")
    again = rework.planned_order_id
    await stage.hear(scheduled(again, NOW + DAY, NOW + 2 * DAY), consumed(again, *staged.lots, rework=True))
    await stage.hear(
        produced(again, part("good", "gear", "10", 1_003), parents=("bad",)), closed(again, "10")
    )
    ready = await stage.last(GoodsReady)
    assert [lot.lot_id for lot in ready.lots] == ["good"]


async def test_a_reserved_lot_that_is_blocked_is_re_allotted_or_the_order_is_late(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("A", "gear", "10")
    await stage.stock("C", "gear", "4")
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    await stage.hear(LotInspected("A", "gear", None, passed=False, properties=()))
    assert await stage.balances() == {("A", "main"): ("10", "0"), ("C", "main"): ("4", "4")}
    assert [each.order_id for each in await stage.told(SupplyLate)] == ["order-p"]
    await stage.hear(LotDisposed("A", "gear", "plant-1", "release", "measured again", "quinn"))
    assert await stage.balances() == {("A", "main"): ("10", "6"), ("C", "main"): ("4", "4")}
    assert len(await stage.told(SupplyRecovered)) == 1


async def test_a_scrapped_lot_leaves_the_books_and_is_made_anew(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear"))
    await stage.stock("A", "gear", "10")
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    await stage.hear(LotDisposed("A", "gear", "plant-1", "scrap", "cracked", "quinn"))
    assert await stage.balances() == {}
    assert await stage.planned() == [("gear", "buy", "planned", "10")]
    assert [each.status for each in await stage.told(LotStatusChanged)] == ["blocked", "scrapped"]


async def test_goods_to_be_inspected_are_reserved_and_not_ready_before(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    asked = ask("p", line("gear", "10", days=6))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=1)
    purchase = await stage.order_of("gear")
    await stage.hear(
        issued(purchase, "gear", "10"), received(purchase, part("G", "gear", "10"), inspect=True)
    )
    assert not await stage.told(GoodsReady)
    await stage.hear(LotInspected("G", "gear", None, passed=True, properties=()))
    assert len(await stage.told(GoodsReady)) == 1


async def test_goods_that_go_back_to_the_vendor_leave_and_their_replacement_is_awaited(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    asked = ask("p", line("gear", "10", days=6))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=1)
    purchase = await stage.order_of("gear")
    await stage.hear(issued(purchase, "gear", "10"), received(purchase, part("G", "gear", "10", 999)))
    back = GoodsReturned(
        f"po-{purchase}", f"line-{purchase}", purchase, "steel-ltd", "plant-1", "r1",
        (part("G", "gear", "10", 999),), replacement=True, reason="rust",
    )  # fmt: skip
    await stage.hear(back)
    assert await stage.balances() == {}
    late = await stage.last(SupplyLate)
    assert late.order_id == "order-p"


async def test_a_count_that_finds_less_takes_it_from_the_weakest_reservation(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.stock("L", "gear", "10")
    first = replace(ask("first", line("gear", "5", days=20)), priority=1)
    second = replace(ask("second", line("gear", "5", days=20)), priority=3)
    await stage.hear(first, placed(first), second, replace(placed(second), priority=3))
    await stage.do(CountLot(Counted("count", "plant-1", "L", Quantity(8).micro, "ann")))
    await stage.do(DecideCount("count", "bob", approved=True))
    pegs = await stage.rows("SELECT demand_id, quantity_micro FROM pegs WHERE supply_id = 'L' ORDER BY 1")
    assert [(key.split("/")[0], micro // 1_000_000) for key, micro in pegs] == [("first", 5), ("second", 3)]
    assert await stage.planned() == [("gear", "buy", "planned", "2")]


async def test_a_transfer_inside_a_company_is_dispatched_and_received(stage: Stage) -> None:
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    await stage.planned_by("gear", source="transfer", from_site_id="plant-2")
    await stage.stock("L", "gear", "10", site_id="plant-2", bought_in=777)
    asked = ask("p", line("gear", "10", days=5))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=4)
    (wanted,) = await stage.told(TransferRequested)
    assert (wanted.from_site_id, wanted.to_site_id, wanted.quantity) == ("plant-2", "plant-1", Quantity(10))
    await stage.do(DispatchTransfer(wanted.planned_order_id))
    assert await stage.balances() == {("L", "transit"): ("10", "0")}
    (sent,) = await stage.told(TransferDispatched)
    assert sent.lots[0].cost == cost(777)
    await stage.do(ReceiveTransfer(wanted.planned_order_id))
    assert len(await stage.told(TransferReceived)) == 1
    ready = await stage.last(GoodsReady)
    assert (ready.site_id, ready.lots[0].cost) == ("plant-1", cost(777))


async def test_a_site_supplies_another_company_of_ours_with_lots_and_cost_that_stay_the_same(
    stage: Stage,
) -> None:
    await stage.opened("board", sites=("plant-1",))
    await stage.do(DefineSite(Site("plant-2", "boards", "boards-ltd", 2, None)))
    await stage.hear(terms("board", 5, "internal"))
    await stage.stock("B", "board", "10", site_id="plant-2", bought_in=5_001)
    asked = ask("p", line("board", "10", days=8))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=3)
    purchase = await stage.order_of("board")
    order = issued(purchase, "board", "10", vendor_kind="internal", supplying_site_id="plant-2")
    await stage.hear(order)
    promised = await stage.last(InternalSupplyPromised)
    assert promised.quantity == Quantity(10)
    (ready,) = await stage.told(InternalGoodsReady)
    await stage.hear(order)
    assert len(await stage.told(InternalGoodsReady)) == 1
    shipped = ShippedLine(f"line-{purchase}", purchase, "board", Quantity(10), ready.lots)
    notice = ShipmentNotified(
        f"po-{purchase}", "our-boards", "internal", "ship-1", "plant-2", (shipped,), NOW + 7 * DAY
    )
    arrived = ReceivedLine(f"line-{purchase}", purchase, "plant-1", ready.lots, complete=True)
    receipt = GoodsReceived(f"po-{purchase}", "our-boards", "internal", "r1", (arrived,))
    await stage.hear(notice)
    await stage.hear(receipt)
    out = await stage.last(GoodsReady)
    assert (out.site_id, out.lots[0].lot_id, out.lots[0].cost) == ("plant-1", "B", cost(5_001))


async def dispatched(stage: Stage) -> GoodsReady:
    """Ten gears of an order are on their way to the client."""
    await stage.opened("gear")
    await stage.stock("L", "gear", "10", bought_in=1_001)
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    ready = await stage.last(GoodsReady)
    await stage.hear(GoodsDispatched("v", "order-p", "plant-1", (DeliveredLine("l1", ready.lots),)))
    return ready


async def test_what_the_client_refuses_comes_back_into_quality_check(stage: Stage) -> None:
    ready = await dispatched(stage)
    line_back = (DeliveredLine("l1", ready.lots),)
    await stage.hear(HandOverRefused("v", "order-p", "plant-1", line_back, "scratched"))
    assert await stage.balances() == {("L", "main"): ("10", "0")}
    assert await stage.rows("SELECT status FROM lots") == [("in-quality-check",)]
    await stage.hear(LotInspected("L", "gear", None, passed=True, properties=()))
    assert len(await stage.told(GoodsReady)) == 2


async def test_what_nobody_took_comes_back_and_stays_reserved_for_the_same_line(stage: Stage) -> None:
    ready = await dispatched(stage)
    await stage.hear(VisitMissed("v", "hand-over", "order-p", ("l1",), ready.lots, 1, "plant-1"))
    assert await stage.balances() == {("L", "main"): ("10", "10")}
    assert len(await stage.told(GoodsReady)) == 2
    line_out = (DeliveredLine("l1", ready.lots),)
    await stage.hear(GoodsDispatched("v2", "order-p", "plant-1", line_out))
    await stage.hear(HandOverCompleted("v2", "order-p", "plant-1", line_out, cost(), "client"))
    shipped = [move for move in await stage.told(StockMoved) if move.reason == "shipped"]
    assert [(move.quantity, move.cost) for move in shipped] == [(Quantity(10), cost(1_001))]


async def test_a_hand_over_that_is_heard_before_its_dispatch_waits_for_it(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    asked = ask("p", line("gear", "10"))
    await stage.hear(asked, placed(asked))
    lots = (await stage.last(GoodsReady)).lots
    out = (DeliveredLine("l1", lots),)
    await stage.hear(HandOverCompleted("v", "order-p", "plant-1", out, cost(), "client"))
    assert [wait for *_, wait in await stage.parked()] == ["v"]


async def test_parts_that_a_visit_uses_are_shipped_to_its_line_and_the_rest_is_free(stage: Stage) -> None:
    await stage.opened("cable")
    await stage.stock("C", "cable", "100", bought_in=10_000)
    parts = (ItemPart("cable", Quantity(2)),)
    await stage.hear(ServiceDefined("install", "Installation", 60, 1, ("it",), parts, "plant-1"))
    asked = ask("p", line("install", "40", kind="service", unit="visit"))
    await stage.hear(asked, placed(asked))
    assert await stage.balances() == {("C", "main"): ("100", "80")}
    assert (await stage.last(GoodsReady)).quantity == Quantity(80)
    used = (PartUsed("cable", Quantity(70), "plant-1"),)
    await stage.hear(VisitCompleted("v", "order-p", "l1", Quantity(40), 600, used, cost(), "client"))
    assert await stage.balances() == {("C", "main"): ("30", "0")}
    (shipped,) = [move for move in await stage.told(StockMoved) if move.reason == "shipped"]
    assert (shipped.order_id, shipped.line_id, shipped.cost) == ("order-p", "l1", cost(7_000))
