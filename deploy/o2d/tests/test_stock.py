"""Masters, stock and its corrections by the command line, asked of a served materials."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from backbone.testing import DatabaseOf
from contracts.materials import TransferRequested
from deploy.o2d.tests.shop_floor import Store, store
from services.materials.tests.made import NOW, ask, line, part, placed, received
from services.materials.tests.test_api import ITEM, LOT, SITE


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    """Materials and an admin."""
    async with store(database_of, tmp_path, monkeypatch) as made:
        yield made


async def opened(here: Store) -> None:
    """A gear and a plant, by their words."""
    await here.done("item", "define", here.file("gear.json", ITEM))
    await here.done("site", "define", here.file("plant.json", SITE))


async def test_masters_are_defined_and_say_how_items_are_planned_and_expected(here: Store) -> None:
    await opened(here)
    assert [each["sku"] for each in await here.told("item", "list")] == ["gear"]
    assert [each["site_id"] for each in await here.told("site", "list")] == ["plant-1"]
    bought = {"sku": "gear", "site_id": "plant-1", "source": "buy", "minimum": "95", "multiple": "10"}
    asked = await here.says("item", "parameters", "--set", here.file("bought.json", bought))
    assert (asked.exit_code, "plan gear at plant-1" in asked.output) == (1, True)
    await here.done("item", "parameters", "--set", here.file("bought.json", bought))
    (kept,) = await here.told("item", "parameters")
    assert (kept["minimum"], kept["multiple"]) == ("100", "10")
    assert "reorder_point" in await here.seen("item", "parameters")
    impossible = here.file("none.json", {**bought, "minimum": "30", "maximum": "20", "multiple": "0"})
    assert "422" in await here.refused("item", "parameters", "--set", impossible, "--yes")
    month = ("gear", "plant-1", "2026-04-01", "2026-04-30")
    await here.done("forecast", "set", *month, "400")
    await here.done("forecast", "set", *month, "300", "--schedule")
    expected = await here.told("forecast", "list", "--sku", "gear", "--site", "plant-1")
    assert sorted((each["kind"], each["quantity"]) for each in expected) == [
        ("forecast", "400"), ("schedule", "300"),
    ]  # fmt: skip
    assert (await here.says("forecast", "set", "gear", "plant-1", "soon", "later", "1")).exit_code == 2
    assert (await here.told("item", "show", "gear"))["item"]["title"] == "Gear"
    here.speaks("warehouse")
    assert "403" in await here.refused("site", "define", here.file("plant.json", SITE), "--yes")


async def test_an_item_is_found_by_its_name_whatever_its_marks_mean_in_an_address(here: Store) -> None:
    named = "stäl 7?#%2f&"
    await here.done("item", "define", here.file("strange.json", {**ITEM, "sku": named}))
    assert (await here.told("item", "show", named))["item"]["sku"] == named


async def test_stock_is_booked_counted_by_two_reversed_and_seen_as_it_was(here: Store) -> None:
    await opened(here)
    here.speaks("warehouse")
    await here.done("stock", "book", here.file("lot.json", LOT))
    noted = await here.done("count", "note", "L", "plant-1", "8")
    assert (noted["state"], noted["booked"], noted["counted_by"]) == ("open", "10", "a-warehouse")
    assert "403" in await here.refused("count", "approve", noted["count_id"], "--yes")
    here.speaks("approver")
    asked = await here.says("count", "approve", noted["count_id"])
    assert "approve 8 of lot L, where the books say 10?" in asked.output
    assert (await here.done("count", "approve", noted["count_id"]))["state"] == "approved"
    again = await here.done("count", "note", "L", "plant-1", "9")
    assert "409" in await here.refused("count", "reject", again["count_id"], "--yes")
    here.speaks("admin")
    assert (await here.done("count", "reject", again["count_id"]))["state"] == "rejected"
    assert [each["state"] for each in await here.told("count", "list", "--state", "approved")] == ["approved"]
    assert (await here.told("count", "show", again["count_id"]))[0]["counted"] == "9"
    then = here.stage.clock.now()
    here.stage.clock.advance(then + timedelta(days=1))
    moves = await here.told("stock", "moves", "L")
    assert [each["quantity"] for each in moves] == ["10", "-2"]
    await here.done("stock", "reverse", moves[1]["move_id"])
    assert [each["on_hand"] for each in await here.told("stock", "list", "--sku", "gear")] == ["10"]
    assert await here.told("stock", "surplus", "--sku", "gear") == [], "no run has made it"
    past = await here.told("stock", "list", "--at", f"{then:%Y-%m-%dT%H:%M}")
    assert [(each["on_hand"], each["status"]) for each in past] == [("8", None)]
    assert "422" in await here.refused("stock", "list", "--at", "2036-01-01")
    assert [each["store"] for each in await here.told("stock", "list", "--store", "main")] == ["main"]
    assert await here.told("stock", "list", "--store", "vendor") == []
    assert "422" in await here.refused("stock", "list", "--store", "moon")
    assert [each["lot_id"] for each in await here.told("stock", "lots", "--status", "released")] == ["L"]
    assert "plant-1" in await here.seen("stock", "show", "L")


async def test_what_a_lot_was_made_of_and_which_piece_was_where_is_found(here: Store) -> None:
    await opened(here)
    await here.done("item", "define", here.file("pump.json", {**ITEM, "sku": "pump", "serialised": True}))
    await here.stage.hear(received("some-order", part("N", "pump", "2")))
    await here.done("stock", "number", "N", "A", "B")
    assert [each["serials"] for each in await here.told("stock", "serial", "A")] == [["A", "B"]]
    assert (await here.told("stock", "serial", "A", "--sku", "pump"))[0]["lot_id"] == "N"
    assert "409" in await here.refused("stock", "number", "N", "C", "--yes")
    assert await here.told("stock", "related", "N", "--down") == []
    assert (await here.told("stock", "genealogy", "N"))["up"] == []
    assert await here.told("operation", "list", "--service", "materials") == []
    assert "There is no service nowhere." in await here.refused("operation", "list", "--service", "nowhere")


async def test_the_goods_of_a_transfer_leave_and_arrive(here: Store) -> None:
    await here.stage.opened("gear", sites=("plant-1", "plant-2"))
    await here.stage.planned_by("gear", source="transfer", from_site_id="plant-2")
    await here.stage.stock("L", "gear", "10", site_id="plant-2")
    asked = ask("p", line("gear", "10", days=5))
    await here.stage.hear(asked, placed(asked))
    await here.stage.pass_time(days=4)
    (wanted,) = await here.stage.told(TransferRequested)
    here.speaks("warehouse")
    await here.done("supply", "dispatch", wanted.planned_order_id)
    assert "409" in await here.refused("supply", "dispatch", wanted.planned_order_id, "--yes")
    await here.done("supply", "receive", wanted.planned_order_id)
    here.speaks("planner")
    (moved,) = await here.told("supply", "list", "--sku", "gear")
    assert (moved["source"], moved["state"]) == ("transfer", "closed")
    assert here.stage.clock.now() > NOW
