"""What a client sends back after it was accepted: looked at, in stock again, credited, and its order revised."""

from __future__ import annotations

from contracts.materials import LotStatusChanged, StockMoved
from contracts.orders import ValueRevised
from contracts.returns import CreditGranted
from simulator.people.client import Client
from simulator.people.field import Dispatcher, Driver
from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios.staff import QUALITY, SALES, WAREHOUSE
from tests.flows.town import Town
from tests.flows.trade import Story

LADDER = Story("ladder")


async def test_what_a_client_sends_back_is_looked_at_credited_and_sold_again(town: Town) -> None:
    now = await town.seeded(LADDER)
    customer = LADDER.customer(now)
    people: list[Plays] = [
        Vendor(LADDER.vendor_id),
        Warehouse(),
        Dispatcher(),
        Driver(),
        Client(customer.customer_id),
    ]
    await town.go([customer, *people])
    (order,) = await town.orders_of(customer)
    (shipped,) = [fact for fact in await town.told(StockMoved, "materials") if fact["reason"] == "shipped"]
    path = f"/v1/orders/{order['order_id']}/lines/1/returns"
    back = await town.doors.post(SALES, "orders", path, {"quantity": "3", "reason": "too short"})
    await town.rest()
    taken = {"lots": [{"lot_id": shipped["lot_id"], "quantity": "3"}]}
    await town.doors.post(WAREHOUSE, "service-desk", f"/v1/returns/{back['id']}/receipt", taken)
    await town.rest()
    (granted,) = await town.told(CreditGranted, "orders")
    assert granted["credit"] == {"minor": 27_000, "currency": "EUR"}
    value = (await town.told(ValueRevised, "orders"))[-1]["value"]
    assert (value["price"], value["bought_in"]) == (9_000, 5_000)
    inspected = f"/v1/lots/{shipped['lot_id']}/inspection"
    await town.doors.post(QUALITY, "production", inspected, {"passed": True})
    again = Story("ladder", 3).customer(await town.rest())
    await town.go([again, *people])
    sold = [fact for fact in await town.told(StockMoved, "materials") if fact["reason"] == "shipped"]
    assert [(fact["lot_id"], fact["quantity"]) for fact in sold] == [
        (shipped["lot_id"], "4"),
        (shipped["lot_id"], "3"),
    ]
    statuses = [fact["status"] for fact in await town.told(LotStatusChanged, "materials")]
    assert statuses[-4:] == ["shipped", "in-quality-check", "released", "shipped"]
    assert await town.broken() == []
