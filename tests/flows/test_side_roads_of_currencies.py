"""An order in dollars of goods that cost euros: it waits for a rate as for any task, and its value is in dollars."""

from __future__ import annotations

from typing import Any

from contracts.orders import CostExchanged, LineFulfilled, OrderCompleted, RateMissed, ValueRevised
from simulator.people.client import Client
from simulator.people.field import Dispatcher
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from tests.flows.bookkeeper import Bookkeeper
from tests.flows.town import Town
from tests.flows.trade import Story

PULLEY = Story("pulley", currency="USD")


async def test_an_order_in_another_currency_than_its_goods_ends_when_somebody_says_the_rate(
    town: Town,
) -> None:
    now = await town.seeded(PULLEY)
    customer, keeper = PULLEY.customer(now), Bookkeeper(town.services)
    vendor, client = Vendor(PULLEY.vendor_id), Client(customer.customer_id)
    await town.go([customer, vendor, Warehouse(), Dispatcher(), client, keeper])

    (order,) = await town.orders_of(customer)
    assert (order["state"], order["lines"][0]["fulfilled"]) == ("completed", "4")
    assert len(await town.told(LineFulfilled, "orders")) == 1
    missed, exchanged = await town.told(RateMissed, "orders"), await town.told(CostExchanged, "orders")
    assert {(each["currency"], each["into"]) for each in missed} == {("EUR", "USD")}
    (completed,) = await town.told(OrderCompleted, "orders")
    revised = await town.told(ValueRevised, "orders")
    value: dict[str, Any] = (revised or [completed])[-1]["value"]
    assert (value["currency"], value["price"]) == ("USD", 4 * 9_000)
    assert value["bought_in"] == sum(each["worth"]["bought_in"] for each in exchanged)
    assert 4 * 5_000 * 11 // 10 <= value["bought_in"] < 4 * 9_000
    assert len(keeper.asked) == len({each["day"] for each in missed})
    assert await town.broken() == []
