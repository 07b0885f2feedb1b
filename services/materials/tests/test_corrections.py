"""The books put right: past stock, reversals, counts that two people see, shelf lives and serial numbers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest

from contracts.answers import ActionMessageOpened
from contracts.materials import LotStatusChanged, StockMoved
from contracts.values import Quantity
from materials import commands
from materials.domain.correcting import MoveIsNotOurs, MoveIsReversed
from materials.domain.item import Item
from materials.domain.lot import StockIsShort
from services.materials.tests.door import APPROVER, PLANNER, WAREHOUSE, Door
from services.materials.tests.made import DAY, NOW, ask, consumed, line, part, placed, received, terms
from services.materials.tests.stage import Stage

COST = {"bought_in": 1000, "labour": 0, "capital": 0, "overhead": 0, "currency": "EUR"}
LOT = {"lot_id": "L", "sku": "gear", "site_id": "plant-1", "quantity": "10", "cost": COST}


async def on_hand(stage: Stage) -> dict[str, int]:
    """What lies there of each lot, in whole pieces."""
    rows = await stage.rows("SELECT lot_id, on_hand_micro FROM stocks WHERE on_hand_micro > 0 ORDER BY 1")
    return {lot_id: micro // 1_000_000 for lot_id, micro in rows}


async def moves_of(stage: Stage, lot_id: str) -> list[tuple[str, int, str | None]]:
    """Id, whole quantity and the reversed move of each move of a lot."""
    rows = await stage.rows(
        "SELECT move_id, quantity_micro, reverses_id FROM moves WHERE lot_id = :lot_id ORDER BY move_id",
        lot_id=lot_id,
    )
    return [(move_id, micro // 1_000_000, reverses_id) for move_id, micro, reverses_id in rows]


async def counted(door: Door, quantity: str, who: Any = WAREHOUSE) -> str:
    """A count of the lot, by its id."""
    body = {"site_id": "plant-1", "quantity": quantity}
    return str((await door.post(who, "/v1/lots/L/count", body, status=201))["id"])


async def test_stock_of_a_moment_that_has_passed_is_the_sum_of_its_moves(door: Door) -> None:
    await door.stage.opened("gear")
    moments = []
    for number, quantity in enumerate(("10", "5", "7")):
        moments.append(quote(door.stage.clock.now().isoformat()))
        await door.stage.stock(f"lot-{number}", "gear", quantity, bought_in=100 * (number + 1))
        door.stage.clock.advance(door.stage.clock.now() + DAY)
    await door.stage.do(commands.ReverseMove((await moves_of(door.stage, "lot-1"))[0][0]))
    now = await door.page(PLANNER, "/v1/stock?sku=gear")
    assert [(each["lot_id"], each["on_hand"]) for each in now] == [("lot-0", "10"), ("lot-2", "7")]
    past = await door.page(PLANNER, f"/v1/stock?sku=gear&at={moments[1]}")
    assert [(each["lot_id"], each["on_hand"], each["cost"]["bought_in"]) for each in past] == [
        ("lot-0", "10", 100), ("lot-1", "5", 200),
    ]  # fmt: skip
    first = await door.get(PLANNER, f"/v1/stock?at={moments[1]}&limit=1")
    assert [each["lot_id"] for each in first["items"]] == ["lot-0"]
    assert [each["lot_id"] for each in await door.page(PLANNER, first["next"])] == ["lot-1"]
    for at in ("yesterday", "2026-03-01T00:00:00", "2036-03-01T00:00:00%2B00:00"):
        refused = await door.get(PLANNER, f"/v1/stock?at={at}", status=422)
        assert refused["errors"][0]["pointer"] == "?at"


async def test_a_reversal_names_what_it_reverses_and_leaves_it_in_the_ledger(stage: Stage) -> None:
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.stock("L", "gear", "10", bought_in=777)
    asked = ask("p", line("gear", "4", days=20))
    await stage.hear(asked, placed(asked))
    ((move_id, *_),) = await moves_of(stage, "L")
    await stage.do(commands.ReverseMove(move_id))
    assert [(count, reverses) for _, count, reverses in await moves_of(stage, "L")] == [
        (10, None),
        (-10, move_id),
    ]
    told = (await stage.told(StockMoved))[-1]
    assert (told.reverses_id, told.quantity, told.cost.bought_in) == (move_id, Quantity(10), 777)
    assert await stage.planned() == [("gear", "buy", "planned", "4")], (
        "who had reserved it is served otherwise"
    )
    with pytest.raises(MoveIsReversed):
        await stage.do(commands.ReverseMove(move_id))
    (_, (reversal, *_)) = await moves_of(stage, "L")
    with pytest.raises(MoveIsReversed):
        await stage.do(commands.ReverseMove(reversal))
    await stage.books_are_whole()


async def test_what_others_told_is_not_reversed_here_nor_what_has_left(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await stage.stock("L", "gear", "10")
    await stage.asked_run("some-run", "blank")
    await stage.hear(consumed("some-run", part("L", "gear", "3")))
    first, second = await moves_of(stage, "L")
    with pytest.raises(StockIsShort, match="7 are left"):
        await stage.do(commands.ReverseMove(first[0]))
    with pytest.raises(MoveIsNotOurs):
        await stage.do(commands.ReverseMove(second[0]))
    assert await on_hand(stage) == {"L": 7}


async def test_a_count_changes_the_books_when_a_second_person_approves_it(door: Door) -> None:
    await door.stage.opened("gear")
    await door.post(WAREHOUSE, "/v1/lots", LOT, status=201)
    count_id = await counted(door, "8")
    assert await on_hand(door.stage) == {"L": 10}
    view = await door.get(PLANNER, f"/v1/counts/{count_id}")
    assert (view["counted"], view["booked"], view["difference"], view["state"]) == ("8", "10", "-2", "open")
    await door.stage.stock("L", "gear", "5")
    assert (await door.send(WAREHOUSE, "POST", f"/v1/counts/{count_id}/approval")).status_code == 403
    await door.post(APPROVER, f"/v1/counts/{count_id}/approval", status=200)
    assert await on_hand(door.stage) == {"L": 13}, "the difference counts, whatever has moved since"
    again = await door.send(APPROVER, "POST", f"/v1/counts/{count_id}/rejection")
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "count-is-decided")
    assert [each["state"] for each in await door.page(PLANNER, "/v1/counts?state=approved")] == ["approved"]


async def test_who_counted_does_not_approve_and_a_new_count_replaces_the_old(door: Door) -> None:
    await door.stage.opened("gear")
    await door.post(WAREHOUSE, "/v1/lots", LOT, status=201)
    own = await counted(door, "8", APPROVER)
    refused = await door.send(APPROVER, "POST", f"/v1/counts/{own}/approval")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "counted-by-oneself")
    rejected = await counted(door, "9")
    assert (await door.get(PLANNER, f"/v1/counts/{own}"))["state"] == "superseded"
    await door.post(APPROVER, f"/v1/counts/{rejected}/rejection", status=200)
    assert await on_hand(door.stage) == {"L": 10}
    matched = await counted(door, "10")
    assert (await door.get(PLANNER, f"/v1/counts/{matched}"))["state"] == "matched"
    for quantity, code in (("-1", "count-is-below-zero"), ("0.5", "quantity-is-not-whole")):
        body = {"site_id": "plant-1", "quantity": quantity}
        answer = await door.send(WAREHOUSE, "POST", "/v1/lots/L/count", body)
        assert answer.status_code == 422, answer.text
        assert code in answer.text or "/quantity" in answer.text
    await door.get(PLANNER, "/v1/counts/none", status=404)


async def test_a_lot_expires_at_its_moment_and_its_reservations_go_elsewhere(stage: Stage) -> None:
    await stage.opened()
    await stage.do(commands.DefineItem(Item("milk", "Milk", "litre", 1_000_000, shelf_life_days=10)))
    await stage.hear(terms("milk", 2))
    await stage.stock("old", "milk", "10")
    stage.clock.advance(NOW + timedelta(days=4))
    await stage.stock("new", "milk", "10")
    asked = ask("p", line("milk", "6", days=9, unit="litre"))
    await stage.hear(asked, placed(asked))
    assert await stage.rows("SELECT supply_id FROM pegs") == [("old",)], "what expires first goes first"
    late = ask("q", line("milk", "6", days=12, unit="litre"))
    await stage.hear(late, placed(late))
    assert [key for (key,) in await stage.rows("SELECT supply_id FROM pegs ORDER BY 1")] == ["new", "old"], (
        "what will have expired by then serves nobody"
    )
    await stage.pass_time(days=6)
    changed = [(fact.lot_id, fact.status) for fact in await stage.told(LotStatusChanged)]
    assert changed == [("old", "expired")]
    pegged = await stage.rows(
        "SELECT supply_id, quantity_micro FROM pegs WHERE planned_order_id IS NULL ORDER BY 2"
    )
    assert pegged == [("new", 4_000_000), ("new", 6_000_000)]
    assert [str(q) for _, _, _, q in await stage.planned()] == ["2"]
    assert [fact.kind for fact in await stage.told(ActionMessageOpened)] == ["past-due", "expedite"]
    await stage.books_are_whole()


async def test_each_piece_of_a_serialised_item_has_a_number_of_its_own(door: Door) -> None:
    await door.post(PLANNER, "/v1/sites", {"site_id": "plant-1", "title": "One", "legal_entity": "o2d"})
    pump = {"sku": "gear", "title": "Pump", "unit": "piece", "quantum": "1", "serialised": True}
    await door.post(PLANNER, "/v1/items", pump)
    refused = await door.send(WAREHOUSE, "POST", "/v1/lots", LOT | {"quantity": "2", "serials": ["A", "A"]})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/serials")
    await door.post(WAREHOUSE, "/v1/lots", LOT | {"quantity": "2", "serials": ["A", "B"]})
    other = await door.send(
        WAREHOUSE, "POST", "/v1/lots", LOT | {"lot_id": "M", "quantity": "1", "serials": ["B"]}
    )
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (409, "serial-is-known")
    assert (await door.get(PLANNER, "/v1/items/gear/serials/B"))["lot_id"] == "L"
    await door.get(PLANNER, "/v1/items/gear/serials/C", status=404)
    await door.stage.hear(received("some-order", part("N", "gear", "2")))
    assert (await door.get(PLANNER, "/v1/lots/N"))["status"] == "in-quality-check"
    wrong = await door.send(WAREHOUSE, "POST", "/v1/lots/N/serials", {"serials": ["C"]})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/serials")
    await door.post(WAREHOUSE, "/v1/lots/N/serials", {"serials": ["C", "D"]})
    named = await door.get(PLANNER, "/v1/lots/N")
    assert (named["status"], named["serials"]) == ("released", ["C", "D"])
    oil = {"sku": "oil", "title": "Oil", "unit": "litre", "quantum": "0.001", "serialised": True}
    refused = await door.send(PLANNER, "POST", "/v1/items", oil)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/serialised")
