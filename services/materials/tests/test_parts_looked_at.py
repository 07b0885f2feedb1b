"""A part of a lot arrives elsewhere and has to be looked at: it waits there, and the rest of its lot does not."""

from __future__ import annotations

from dataclasses import replace

from contracts.instead import GoodsWithdrawn
from contracts.materials import GoodsReady, InternalGoodsReady, LotStatusChanged, SurplusOffered
from contracts.production import LotInspected
from contracts.values import Quantity
from contracts.vendors import GoodsReceived, ReceivedLine, ShipmentNotified, ShippedLine
from materials import commands
from materials.domain.correcting import Counted
from materials.domain.item import Site
from services.materials.tests.door import PLANNER, Door
from services.materials.tests.made import DAY, NOW, ask, issued, line, part, placed, terms
from services.materials.tests.stage import Stage


async def arrived(stage: Stage, there: str = "") -> None:
    """Ten of twenty boards have come from plant-2 to plant-1, where they are to be inspected; some may be there."""
    await stage.opened("board")
    await stage.do(commands.DefineSite(Site("plant-2", "boards", "boards-ltd", 2, None)))
    await stage.hear(terms("board", 5, "internal"))
    await stage.stock("B", "board", "20", site_id="plant-2", bought_in=5_001)
    if there:
        await stage.stock("B", "board", there)
        before = ask("r", line("board", there))
        await stage.hear(before, placed(before))
    asked = ask("p", line("board", "10", days=8))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=3)
    purchase = await stage.order_of("board")
    await stage.hear(issued(purchase, "board", "10", vendor_kind="internal", supplying_site_id="plant-2"))
    (ready,) = await stage.told(InternalGoodsReady)
    key = f"line-{purchase}"
    shipped = ShippedLine(key, purchase, "board", Quantity(10), ready.lots)
    await stage.hear(
        ShipmentNotified(
            f"po-{purchase}", "our-boards", "internal", "s", "plant-2", (shipped,), NOW + 7 * DAY
        )
    )
    come = ReceivedLine(key, purchase, "plant-1", ready.lots, complete=True, inspect=True)
    await stage.hear(GoodsReceived(f"po-{purchase}", "our-boards", "internal", "r", (come,)))


async def test_who_needs_the_rest_where_it_lies_has_it_and_who_waits_gets_his_when_it_was_looked_at(
    stage: Stage,
) -> None:
    await arrived(stage)
    assert not await stage.told(LotStatusChanged), "the lot itself is as it was"
    assert not await stage.told(GoodsReady)
    other = ask("q", replace(line("board", "10"), site_id="plant-2"))
    await stage.hear(other, placed(other))
    assert [(each.order_id, each.site_id) for each in await stage.told(GoodsReady)] == [
        ("order-q", "plant-2")
    ]
    await stage.hear(LotInspected("B", "board", None, passed=True, properties=()))
    out = await stage.last(GoodsReady)
    assert (out.order_id, out.site_id, out.lots[0].quantity) == ("order-p", "plant-1", Quantity(10))
    assert not await stage.told(GoodsWithdrawn)
    assert not await stage.told(SurplusOffered)


async def test_who_has_some_of_it_ready_where_more_arrives_waits_with_it(stage: Stage) -> None:
    await arrived(stage, there="5")
    assert [each.order_id for each in await stage.told(GoodsReady)] == ["order-r"]
    assert [each.order_id for each in await stage.told(GoodsWithdrawn)] == ["order-r"]
    await stage.hear(LotInspected("B", "board", None, passed=True, properties=()))
    ready = (await stage.told(GoodsReady))[1:]
    assert sorted(each.order_id for each in ready) == ["order-p", "order-r"]


async def test_what_failed_where_it_arrived_is_used_nowhere(stage: Stage) -> None:
    await arrived(stage)
    other = ask("q", replace(line("board", "10"), site_id="plant-2"))
    await stage.hear(other, placed(other))
    await stage.hear(LotInspected("B", "board", None, passed=False, properties=()))
    assert [each.status for each in await stage.told(LotStatusChanged)] == ["blocked"]
    assert [each.order_id for each in await stage.told(GoodsWithdrawn)] == ["order-q"]


async def test_what_waits_is_free_for_nobody_and_shown_so(door: Door) -> None:
    await arrived(door.stage)
    shown = await door.get(PLANNER, "/v1/lots/B")
    places = {each["site_id"]: each["status"] for each in shown["stock"] if each["on_hand"] != "0"}
    assert (shown["status"], places) == ("released", {"plant-1": "in-quality-check", "plant-2": "released"})
    assert [each["site_id"] for each in await door.page(PLANNER, "/v1/lots?status=in-quality-check")] == [
        "plant-1"
    ]


async def test_where_nothing_of_it_lies_any_more_nothing_waits(stage: Stage) -> None:
    await arrived(stage)
    await stage.do(commands.CountLot(Counted("c", "plant-1", "B", 0, "ann")))
    await stage.do(commands.DecideCount("c", "bob", approved=True))
    await stage.do(commands.BookLot("plant-1", part("B", "board", "3")))
    rows = await stage.rows(
        "SELECT site_id, awaits_inspection FROM stocks WHERE on_hand_micro > 0 ORDER BY 1"
    )
    assert rows == [("plant-1", False), ("plant-2", False)]
