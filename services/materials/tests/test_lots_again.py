"""More of lots that are known: booked in again, arrived elsewhere, found by a count after they were used up."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts.materials import GoodsReady, MaterialsStaged, RunRequested, SupplyLate, TransferRequested
from contracts.production import LotDisposed
from contracts.values import Quantity
from materials import commands
from materials.domain.correcting import Counted
from materials.domain.item import Item
from materials.domain.lot import LotIsAnother
from materials.domain.serials import SerialIsKnown
from services.materials.tests.door import Door
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


async def status_of(stage: Stage, lot_id: str) -> str:
    """The status of a lot."""
    ((status,),) = await stage.rows("SELECT status FROM lots WHERE lot_id = :lot_id", lot_id=lot_id)
    return str(status)


async def found(stage: Stage, lot_id: str, quantity: str) -> None:
    """A count of a lot, which a second person approves."""
    count_id = f"count-{lot_id}"
    await stage.do(commands.CountLot(Counted(count_id, "plant-1", lot_id, Quantity(quantity).micro, "ann")))
    await stage.do(commands.DecideCount(count_id, "bob", approved=True))


async def test_a_lot_is_of_one_item_and_has_cost_one_currency(stage: Stage) -> None:
    await stage.opened("gear", "bolt")
    await stage.stock("L", "gear", "10")
    with pytest.raises(LotIsAnother, match="of gear, not of bolt"):
        await stage.stock("L", "bolt", "5")
    dollars = replace(part("L", "gear", "5"), cost=cost(500, currency="USD"))
    with pytest.raises(LotIsAnother, match="in EUR, not in USD"):
        await stage.do(commands.BookLot("plant-1", dollars))
    assert await stage.balances() == {("L", "main"): ("10", "0")}


async def test_more_of_a_lot_that_waits_for_its_inspection_does_not_release_it(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    asked = ask("p", line("gear", "10", days=6))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=1)
    purchase = await stage.order_of("gear")
    await stage.hear(issued(purchase, "gear", "10"))
    await stage.hear(received(purchase, part("G", "gear", "10"), inspect=True))
    await stage.stock("G", "gear", "1")
    assert await status_of(stage, "G") == "in-quality-check"
    assert not await stage.told(GoodsReady)


async def numbered(stage: Stage, lot_id: str, *serials: str) -> None:
    """A lot of pumps with these numbers, booked in."""
    lot = replace(part(lot_id, "pump", str(len(serials))), serials=serials)
    await stage.do(commands.BookLot("plant-1", lot))


async def test_pieces_that_come_to_a_lot_have_their_numbers(stage: Stage) -> None:
    await stage.opened()
    await stage.do(commands.DefineItem(Item("pump", "pump", "piece", 1_000_000, serialised=True)))
    await numbered(stage, "L", "S1", "S2")
    await numbered(stage, "L", "S3")
    assert await stage.rows("SELECT serials FROM lots") == [(["S1", "S2", "S3"],)]
    with pytest.raises(SerialIsKnown):
        await numbered(stage, "other", "S3")


async def test_pieces_that_were_booked_in_by_mistake_are_booked_in_under_another_lot(stage: Stage) -> None:
    await stage.opened()
    await stage.do(commands.DefineItem(Item("pump", "pump", "piece", 1_000_000, serialised=True)))
    await numbered(stage, "wrong", "S1", "S2")
    with pytest.raises(SerialIsKnown):
        await numbered(stage, "right", "S1", "S2")
    ((move_id,),) = await stage.rows("SELECT move_id FROM moves")
    await stage.do(commands.ReverseMove(move_id))
    await numbered(stage, "right", "S1", "S2")
    assert await stage.rows("SELECT serial, lot_id FROM serials ORDER BY 1") == [
        ("S1", "right"),
        ("S2", "right"),
    ]
    await stage.asked_run("some-run", "blank")
    await stage.hear(consumed("some-run", part("right", "pump", "2")))
    with pytest.raises(SerialIsKnown):
        await numbered(stage, "third", "S1")


async def test_no_piece_is_booked_in_twice_and_one_that_has_left_may_come_again(stage: Stage) -> None:
    await stage.opened()
    await stage.do(commands.DefineItem(Item("pump", "pump", "piece", 1_000_000, serialised=True)))
    await numbered(stage, "L", "S1", "S2", "S3")
    with pytest.raises(SerialIsKnown, match="S1 is in lot L already"):
        await numbered(stage, "L", "S1", "S2", "S3")
    with pytest.raises(SerialIsKnown, match="S3 is in lot L already"):
        await numbered(stage, "L", "S3", "S4")
    await stage.asked_run("some-run", "blank")
    await stage.hear(consumed("some-run", part("L", "pump", "1")))
    await numbered(stage, "L", "S1", "S4")
    assert await stage.balances() == {("L", "main"): ("4", "0")}


async def test_a_lot_whose_shelf_life_ends_on_its_way_is_of_no_use_where_it_arrives(stage: Stage) -> None:
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    await stage.planned_by("gear", source="transfer", from_site_id="plant-2")
    over_at = NOW + 5 * DAY + timedelta(hours=6)
    await stage.do(commands.BookLot("plant-2", part("L", "gear", "10"), over_at))
    asked = ask("p", line("gear", "10", days=5))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=4)
    (wanted,) = await stage.told(TransferRequested)
    await stage.do(commands.DispatchTransfer(wanted.planned_order_id))
    await stage.pass_time(days=3)
    await stage.do(commands.ReceiveTransfer(wanted.planned_order_id))
    assert await status_of(stage, "L") == "expired"
    assert await stage.balances() == {("L", "main"): ("10", "0")}
    assert not await stage.told(GoodsReady)
    assert [each.order_id for each in await stage.told(SupplyLate)] == ["order-p"]
    assert len(await stage.told(TransferRequested)) == 2, "what is needed still is asked for anew"


async def test_what_would_be_over_where_it_arrives_is_not_sent(stage: Stage) -> None:
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    await stage.planned_by("gear", source="transfer", from_site_id="plant-2", lead_days=3)
    over_at = NOW + 9 * DAY
    await stage.do(commands.BookLot("plant-2", part("old", "gear", "10"), over_at))
    await stage.do(commands.BookLot("plant-2", part("new", "gear", "10")))
    asked = ask("p", line("gear", "10", days=10))
    await stage.hear(asked, placed(asked))
    assert await stage.rows("SELECT supply_id FROM pegs WHERE planned_order_id IS NULL") == [("new",)]


async def test_what_a_count_finds_of_a_lot_that_was_used_up_may_be_used(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    await stage.asked_run("some-run", "blank")
    await stage.hear(consumed("some-run", part("L", "gear", "10")))
    assert await status_of(stage, "L") == "consumed"
    await found(stage, "L", "2")
    assert await status_of(stage, "L") == "released"
    asked = ask("p", line("gear", "2"))
    await stage.hear(asked, placed(asked))
    assert await stage.balances() == {("L", "main"): ("2", "2")}


async def test_what_is_there_again_by_a_reversal_may_be_used(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.stock("L", "gear", "10")
    await found(stage, "L", "8")
    ((lost,),) = await stage.rows("SELECT move_id FROM moves WHERE quantity_micro < 0")
    await stage.asked_run("some-run", "blank")
    await stage.hear(consumed("some-run", part("L", "gear", "8")))
    await stage.do(commands.ReverseMove(lost))
    assert await status_of(stage, "L") == "released"


async def test_what_a_count_finds_of_a_lot_that_was_to_be_put_right_stays_blocked(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}))
    await stage.stock("B", "blank", "10")
    asked = ask("p", line("gear", "10", days=3))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=1)
    made = await stage.order_of("gear")
    await stage.hear(scheduled(made, NOW + DAY, NOW + 3 * DAY), consumed(made, part("B", "blank", "10")))
    await stage.hear(produced(made, part("bad", "gear", "10"), blocked=True), closed(made, "10"))
    await stage.hear(recipe("mend", {"gear": "1"}, {"gear": "1"}, "modification", lead_days=1))
    await stage.hear(LotDisposed("bad", "gear", "plant-1", "rework", "soft spot", "quinn", None, "mend"))
    again = (await stage.last(RunRequested)).planned_order_id
    lots = (await stage.last(MaterialsStaged)).lots
    await stage.hear(scheduled(again, NOW + DAY, NOW + 2 * DAY), consumed(again, *lots, rework=True))
    assert await status_of(stage, "bad") == "consumed"
    await found(stage, "bad", "1")
    assert await status_of(stage, "bad") == "blocked"


async def test_who_counted_in_one_role_does_not_approve_in_another(door: Door) -> None:
    await door.stage.opened("gear")
    await door.stage.stock("L", "gear", "10")

    async def act(role: str, path: str, body: Any = None) -> Any:
        token = door.issuer.token(role, claims={"sub": "ann"})
        answer = await door.send((role, None), "POST", path, body, authorization=f"Bearer {token}")
        return answer.status_code, answer.json()

    _, counted = await act("warehouse", "/v1/lots/L/count", {"site_id": "plant-1", "quantity": "8"})
    status, refused = await act("approver", f"/v1/counts/{counted['id']}/approval")
    assert (status, refused["type"].rpartition("/")[2]) == (409, "counted-by-oneself")
