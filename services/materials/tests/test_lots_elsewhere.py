"""Lots that lie at another site of ours than they came to, or are on their way, when quality decides about them."""

from __future__ import annotations

from contracts.materials import GoodsReady, RunRequested, StockMoved, TransferRequested
from contracts.production import LotDisposed
from contracts.recalls import RecallOpened
from contracts.service_desk import DeliveredLine, GoodsDispatched, HandOverRefused, VisitMissed
from materials import commands
from services.materials.tests.made import ask, line, part, placed, recipe, terms
from services.materials.tests.stage import Stage

RECALLED = RecallOpened("r", "sharp edges", "quinn", other_lot_ids=("G",))
SCRAPPED = LotDisposed("G", "gear", "plant-2", "scrap", "sharp edges", "quinn")


async def sent(stage: Stage) -> str:
    """Ten gears for an order have left for the site that sells them; the answer is their transfer."""
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    await stage.planned_by("gear", source="transfer", from_site_id="plant-2")
    await stage.stock("G", "gear", "10", site_id="plant-2")
    asked = ask("p", line("gear", "10", days=5))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=4)
    (wanted,) = await stage.told(TransferRequested)
    await stage.do(commands.DispatchTransfer(wanted.planned_order_id))
    return wanted.planned_order_id


async def status_of(stage: Stage) -> str:
    """Of the gears."""
    ((status,),) = await stage.rows("SELECT status FROM lots WHERE lot_id = 'G'")
    return str(status)


async def test_a_lot_that_was_moved_is_put_right_where_it_lies(stage: Stage) -> None:
    await stage.do(commands.ReceiveTransfer(await sent(stage)))
    await stage.hear(recipe("mend", {"gear": "1"}, {"gear": "1"}, "modification", lead_days=1), RECALLED)
    await stage.pass_time(hours=1)
    await stage.hear(LotDisposed("G", "gear", "plant-1", "rework", "sharp", "quinn", None, "mend"))
    (run,) = await stage.told(RunRequested)
    assert (run.site_id, run.rework_lot_id) == ("plant-1", "G")
    assert await stage.parked() == []


async def test_what_was_scrapped_on_its_way_to_another_site_of_ours_comes_anew(stage: Stage) -> None:
    key = await sent(stage)
    await stage.hear(RECALLED)
    await stage.pass_time(hours=1)
    await stage.hear(SCRAPPED)
    await stage.stock("H", "gear", "10", site_id="plant-2")
    await stage.do(commands.ReceiveTransfer(key))
    assert (await status_of(stage), await stage.balances()) == ("scrapped", {("H", "main"): ("10", "10")})
    assert [fact.reason for fact in await stage.told(StockMoved) if fact.lot_id == "G"][-1] == "scrapped"
    (_, again) = await stage.told(TransferRequested)
    await stage.do(commands.DispatchTransfer(again.planned_order_id))
    await stage.do(commands.ReceiveTransfer(again.planned_order_id))
    assert [lot.lot_id for lot in (await stage.last(GoodsReady)).lots] == ["H"]


async def test_what_was_scrapped_on_its_way_to_a_client_is_not_there_again_when_it_comes_back(
    stage: Stage,
) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear"))
    await stage.stock("G", "gear", "20")
    first, second = ask("first", line("gear", "10")), ask("second", line("gear", "10"))
    await stage.hear(first, placed(first), second, placed(second))
    lines = (DeliveredLine("l1", (part("G", "gear", "10"),)),)
    for visit_id, order_id in (("v", "order-first"), ("w", "order-second")):
        await stage.hear(GoodsDispatched(visit_id, order_id, "plant-1", lines))
    await stage.hear(RECALLED)
    await stage.pass_time(hours=1)
    await stage.hear(SCRAPPED)
    await stage.hear(HandOverRefused("v", "order-first", "plant-1", lines, "sharp"))
    missed = VisitMissed("w", "hand-over", "order-second", ("l1",), lines[0].lots, 1, "plant-1")
    await stage.hear(missed)
    assert (await status_of(stage), await stage.balances()) == ("scrapped", {})
    assert sum(int(quantity) for *_, quantity in await stage.planned()) == 20


async def test_what_is_found_of_a_lot_that_was_scrapped_may_be_used(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("G", "gear", "10")
    await stage.hear(RECALLED)
    await stage.pass_time(hours=1)
    await stage.hear(SCRAPPED)
    await stage.stock("G", "gear", "3")
    assert (await status_of(stage), await stage.balances()) == ("released", {("G", "main"): ("3", "0")})
