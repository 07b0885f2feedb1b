"""What one site of ours sent another, and that one turned away: it is back, looked at, and as much is sent again."""

from __future__ import annotations

from dataclasses import replace

from contracts.materials import GoodsReady, InternalGoodsReady, LotStatusChanged
from contracts.production import LotInspected
from contracts.shapes import LotPart
from contracts.values import Quantity
from contracts.vendors import (
    GoodsReceived,
    GoodsRejected,
    GoodsReturned,
    ReceivedLine,
    ShipmentNotified,
    ShippedLine,
)
from materials import commands
from materials.domain.item import Site
from services.materials.tests.made import DAY, NOW, ask, cost, issued, line, placed, terms
from services.materials.tests.stage import Stage


async def shipped(stage: Stage) -> tuple[str, LotPart]:
    """Ten boards are on their way from plant-2 to plant-1: the planned order of the purchase, and the lot."""
    await stage.opened("board")
    await stage.do(commands.DefineSite(Site("plant-2", "boards", "boards-ltd", 2, None)))
    await stage.hear(terms("board", 5, "internal"))
    await stage.stock("B", "board", "10", site_id="plant-2", bought_in=5_000)
    asked = ask("p", line("board", "10", days=8))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=3)
    key = await stage.order_of("board")
    await stage.hear(issued(key, "board", "10", vendor_kind="internal", supplying_site_id="plant-2"))
    (ready,) = await stage.told(InternalGoodsReady)
    await sent(stage, key, "ship-1", *ready.lots)
    return key, ready.lots[0]


async def sent(stage: Stage, key: str, shipment_id: str, *lots: LotPart) -> None:
    quantity = Quantity.of_micro(sum(each.quantity.micro for each in lots))
    parts = (ShippedLine(f"line-{key}", key, "board", quantity, lots),)
    at = NOW + 7 * DAY
    await stage.hear(
        ShipmentNotified(f"po-{key}", "our-boards", "internal", shipment_id, "plant-2", parts, at)
    )


async def came(stage: Stage, key: str, part: LotPart, *, complete: bool) -> None:
    arrived = ReceivedLine(f"line-{key}", key, "plant-1", (part,), complete=complete)
    await stage.hear(GoodsReceived(f"po-{key}", "our-boards", "internal", f"r{part.quantity}", (arrived,)))


def some(part: LotPart, quantity: str) -> LotPart:
    return replace(part, quantity=Quantity(quantity), cost=cost(500 * int(quantity)))


def away(key: str, part: LotPart) -> GoodsRejected:
    return GoodsRejected(
        f"po-{key}", f"line-{key}", key, "our-boards", part.quantity, "scratched", (part,), "plant-2"
    )


def returned(key: str, part: LotPart, *, replacement: bool) -> GoodsReturned:
    return GoodsReturned(
        f"po-{key}",
        f"line-{key}",
        key,
        "our-boards",
        "plant-1",
        "b1",
        (part,),
        replacement,
        "warped",
        "plant-2",
    )


async def stocks(stage: Stage) -> list[tuple[str, str, int]]:
    rows = await stage.rows(
        "SELECT site_id, store, on_hand_micro / 1000000 FROM stocks WHERE on_hand_micro > 0 ORDER BY 1, 2"
    )
    return [(site_id, store, int(pieces)) for site_id, store, pieces in rows]


async def test_it_is_back_to_be_looked_at_and_sent_again_when_it_was_passed(stage: Stage) -> None:
    key, part = await shipped(stage)
    await came(stage, key, some(part, "7"), complete=False)
    await stage.hear(away(key, some(part, "3")))
    assert await stocks(stage) == [("plant-1", "main", 7), ("plant-2", "main", 3)]
    assert [each.reason for each in await stage.told(LotStatusChanged)] == ["scratched"]
    assert len(await stage.told(InternalGoodsReady)) == 1
    await stage.hear(LotInspected("B", "board", None, passed=True, properties=()))
    again = (await stage.told(InternalGoodsReady))[1:]
    assert [(lot.lot_id, str(lot.quantity)) for each in again for lot in each.lots] == [("B", "3")]
    await sent(stage, key, "ship-2", *again[0].lots)
    await came(stage, key, some(part, "3"), complete=True)
    (lot,) = (await stage.last(GoodsReady)).lots
    assert (str(lot.quantity), lot.cost) == ("10", cost(5_000))
    assert await stocks(stage) == [("plant-1", "main", 10)]
    await stage.books_are_whole()


async def test_others_that_lie_ready_are_sent_instead(stage: Stage) -> None:
    key, part = await shipped(stage)
    await stage.stock("C", "board", "10", site_id="plant-2")
    await stage.hear(away(key, part))
    assert await stocks(stage) == [("plant-2", "main", 10), ("plant-2", "main", 10)]
    again = (await stage.told(InternalGoodsReady))[1:]
    assert [(lot.lot_id, str(lot.quantity)) for each in again for lot in each.lots] == [("C", "10")]


async def test_what_is_owed_no_more_is_back_and_nothing_is_sent_again(stage: Stage) -> None:
    key, part = await shipped(stage)
    await came(stage, key, some(part, "9"), complete=True)
    await stage.hear(away(key, some(part, "1")))
    await stage.stock("C", "board", "10", site_id="plant-2")
    assert await stocks(stage) == [("plant-1", "main", 9), ("plant-2", "main", 1), ("plant-2", "main", 10)]
    assert len(await stage.told(InternalGoodsReady)) == 1


async def test_what_was_taken_in_and_goes_back_is_there_again_and_replaced_from_there(stage: Stage) -> None:
    key, part = await shipped(stage)
    await came(stage, key, part, complete=True)
    await stage.hear(returned(key, some(part, "3"), replacement=True))
    assert await stocks(stage) == [("plant-1", "main", 7), ("plant-2", "main", 3)]
    assert len(await stage.told(InternalGoodsReady)) == 1
    await stage.hear(LotInspected("B", "board", None, passed=True, properties=()))
    (again,) = (await stage.told(InternalGoodsReady))[1:]
    await sent(stage, key, "ship-2", *again.lots)
    await came(stage, key, some(part, "3"), complete=True)
    assert [str(each.quantity) for each in (await stage.last(GoodsReady)).lots] == ["10"]
    moves = await stage.rows("SELECT sum(quantity_micro), sum(bought_in_minor) FROM moves")
    assert moves == [(10_000_000, 5_000)], "nothing left the books"


async def test_what_goes_back_for_good_is_there_again_and_nothing_is_sent(stage: Stage) -> None:
    key, part = await shipped(stage)
    await came(stage, key, part, complete=True)
    await stage.hear(returned(key, some(part, "3"), replacement=False))
    await stage.stock("C", "board", "10", site_id="plant-2")
    assert await stocks(stage) == [("plant-1", "main", 7), ("plant-2", "main", 3), ("plant-2", "main", 10)]
    assert len(await stage.told(InternalGoodsReady)) == 1
    (again,) = await stage.rows(
        "SELECT quantity_micro FROM planned_orders WHERE sku = 'board' AND state NOT IN ('closed', 'cancelled')"
    )
    assert again == (3_000_000,)
