"""Lots that somebody has to look at before they are used, and what lies free for those who wait."""

from __future__ import annotations

from contracts.instead import GoodsWithdrawn
from contracts.materials import GoodsReady
from contracts.production import LotInspected
from contracts.recalls import RecallOpened
from contracts.service_desk import DeliveredLine, GoodsDispatched, HandOverRefused
from materials import commands
from materials.domain.item import Item
from services.materials.tests.made import ask, issued, line, part, placed, received, terms
from services.materials.tests.stage import Stage


async def pumps_to_look_at(stage: Stage, shelf_life_days: int = 0) -> None:
    """Two pumps have come, without the numbers that they should have, and are to be inspected."""
    await stage.opened()
    pump = Item("pump", "pump", "piece", 1_000_000, shelf_life_days=shelf_life_days, serialised=True)
    await stage.do(commands.DefineItem(pump))
    await stage.hear(terms("pump", 5))
    asked = ask("p", line("pump", "2", days=6))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=1)
    purchase = await stage.order_of("pump")
    await stage.hear(issued(purchase, "pump", "2"), received(purchase, part("G", "pump", "2"), inspect=True))


async def usable(stage: Stage) -> bool:
    """Whether the lot may be used, and was told as ready."""
    ((status,),) = await stage.rows("SELECT status FROM lots WHERE lot_id = 'G'")
    assert (status == "released") == bool(await stage.told(GoodsReady))
    return bool(status == "released")


async def test_numbers_do_not_stand_for_an_inspection(stage: Stage) -> None:
    await pumps_to_look_at(stage)
    await stage.do(commands.NameSerials("G", ("S1", "S2")))
    assert not await usable(stage)
    await stage.hear(LotInspected("G", "pump", None, passed=True, properties=()))
    assert await usable(stage)


async def test_an_inspection_does_not_stand_for_numbers(stage: Stage) -> None:
    await pumps_to_look_at(stage)
    await stage.hear(LotInspected("G", "pump", None, passed=True, properties=()))
    assert not await usable(stage)
    await stage.do(commands.NameSerials("G", ("S1", "S2")))
    assert await usable(stage)


async def test_what_was_called_back_while_somebody_looked_at_it_stays_blocked(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("G", "gear", "10")
    await stage.hear(RecallOpened("r", "sharp edges", "quinn", other_lot_ids=("G",)))
    await stage.pass_time(hours=1)
    await stage.hear(LotInspected("G", "gear", None, passed=True, properties=()))
    assert await stage.rows("SELECT status FROM lots") == [("blocked",)]


async def test_an_inspection_is_no_longer_shelf_life(stage: Stage) -> None:
    await pumps_to_look_at(stage, shelf_life_days=3)
    await stage.do(commands.NameSerials("G", ("S1", "S2")))
    await stage.pass_time(days=4)
    await stage.hear(LotInspected("G", "pump", None, passed=True, properties=()))
    assert await stage.rows("SELECT status FROM lots") == [("expired",)]


async def test_a_lot_that_one_client_refuses_is_ready_for_no_other_before_somebody_has_looked_at_it(
    stage: Stage,
) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "20")
    first, second = ask("first", line("gear", "10")), ask("second", line("gear", "10"))
    await stage.hear(first, placed(first), second, placed(second))
    sent = (DeliveredLine("l1", (await stage.told(GoodsReady))[0].lots),)
    await stage.hear(GoodsDispatched("v", "order-first", "plant-1", sent))
    await stage.hear(HandOverRefused("v", "order-first", "plant-1", sent, "cracked"))
    (gone,) = await stage.told(GoodsWithdrawn)
    assert (gone.order_id, gone.reason) == ("order-second", "lot L is in quality check: cracked")
    assert await stage.balances() == {("L", "main"): ("20", "10")}, "it stays reserved meanwhile"
    before = len(await stage.told(GoodsReady))
    await stage.hear(LotInspected("L", "gear", None, passed=True, properties=()))
    ready = (await stage.told(GoodsReady))[before:]
    assert sorted(each.order_id for each in ready) == ["order-first", "order-second"]


async def test_what_comes_beyond_what_it_was_ordered_for_goes_to_whoever_waits(stage: Stage) -> None:
    await stage.opened("gear")
    asked = ask("p", line("gear", "10"))
    await stage.hear(placed(asked))
    await stage.hear(received("of-old-books", part("G", "gear", "10")))
    assert await stage.balances() == {("G", "main"): ("10", "10")}
    assert len(await stage.told(GoodsReady)) == 1
