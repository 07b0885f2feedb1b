"""What one site of ours sent another and is back from there: it is inspected before anybody uses it."""

from __future__ import annotations

from contracts.returns import ReturnReceived
from contracts.values import Quantity
from contracts.vendors import GoodsRejected, GoodsReturned
from services.production.tests.made import lot
from services.production.tests.stage import Stage


async def test_what_another_site_of_ours_did_not_take_waits_for_an_inspection(stage: Stage) -> None:
    away = GoodsRejected("po", "l1", "p1", "forge", Quantity(3), "scratched", (lot("bar", "3"),), "plant-2")
    bought = GoodsRejected("po", "l1", "p1", "forge", Quantity(3), "scratched")
    await stage.hear(away, bought)
    assert await stage.rows("SELECT lot_id, site_id, state FROM lots") == [
        ("bar", "plant-2", "in-inspection")
    ]


async def test_what_went_back_to_another_site_of_ours_waits_for_an_inspection_there(stage: Stage) -> None:
    parts = (lot("bar", "3"),)
    back = GoodsReturned("po", "l1", "p1", "forge", "plant-1", "b1", parts, False, "warped", "plant-2")
    await stage.hear(back)
    assert await stage.rows("SELECT lot_id, site_id, state FROM lots") == [
        ("bar", "plant-2", "in-inspection")
    ]


async def test_what_a_client_sends_back_waits_for_an_inspection_where_it_lies(stage: Stage) -> None:
    await stage.hear(ReturnReceived("r", "o1", "l1", "plant-1", (lot("bar", "3"),)))
    assert await stage.rows("SELECT lot_id, site_id, state FROM lots") == [
        ("bar", "plant-1", "in-inspection")
    ]
