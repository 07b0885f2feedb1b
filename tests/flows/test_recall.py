"""A vendor's steel is called back: traced through hardened shafts to the client who has them, blocked, and closed."""

from __future__ import annotations

import pytest

from contracts.production import LotDisposed
from contracts.recalls import RecallClosed, RecallTraced
from contracts.vendors import GoodsReceived
from simulator.doors import Person, Refused
from simulator.scenarios.shaft import CUSTOMER, SHAFT
from simulator.scenarios.staff import APPROVER, QUALITY, WAREHOUSE
from tests.flows.town import Town

AGENT = Person("agent", "agnes")
COST = {"bought_in": 5_000, "labour": 0, "capital": 0, "overhead": 0, "currency": "EUR"}


async def test_a_recall_reaches_stock_and_the_client_and_is_closed_when_all_have_their_outcome(
    town: Town,
) -> None:
    order = await town.play(SHAFT)
    (received,) = await town.told(GoodsReceived, "vendors")
    heat = received["lines"][0]["lots"][0]["vendor_lot"]
    spare = {"lot_id": "spare", "sku": "shaft", "quantity": "7", "cost": COST, "vendor_lot": heat}
    await town.doors.post(WAREHOUSE, "materials", "/v1/lots", {"site_id": "plant-1", **spare})
    body = {"reason": "brittle steel", "vendor_lot": heat, "sku": "shaft"}
    recall_id = (await town.doors.post(QUALITY, "production", "/v1/recalls", body))["id"]
    await town.rest()

    place = f"/v1/recalls/{recall_id}"
    lots = {lot["lot_id"]: lot for lot in await town.doors.items(QUALITY, "production", f"{place}/lots")}
    assert len(lots) == 3
    assert (lots["spare"]["on_hand"], lots["spare"]["outcome"]) == ("7", None)
    assert sorted(lot["sent"] for lot in lots.values()) == ["0", "0", "500"]
    (ticket,) = await town.doors.items(QUALITY, "production", f"{place}/tickets")
    assert (ticket["customer_id"], ticket["order_id"]) == (CUSTOMER, order["order_id"])
    traced = (await town.told(RecallTraced, "materials"))[-1]
    assert traced["complete"]

    done = {"summary": "scrapped, and the client was sent others"}
    with pytest.raises(Refused, match="lot spare"):
        await town.doors.post(QUALITY, "production", f"{place}/close", done)
    scrap = {"disposition": "scrap", "reason": "brittle"}
    await town.doors.post(QUALITY, "production", "/v1/lots/spare/disposition", scrap)
    how = {"how": "others are sent"}
    await town.doors.post(AGENT, "service-desk", f"/v1/tickets/{ticket['ticket_id']}/resolution", how)
    await town.rest()
    await town.doors.post(APPROVER, "production", f"{place}/close", done)
    await town.rest()
    assert [fact["recall_id"] for fact in await town.told(RecallClosed, "production")] == [recall_id]
    assert [fact["lot_id"] for fact in await town.told(LotDisposed, "production")] == ["spare"]
    assert await town.broken() == []
