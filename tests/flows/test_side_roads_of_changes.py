"""Second thoughts after the promise: less, none at all, and too late."""

from __future__ import annotations

from datetime import timedelta

from contracts.materials import PurchaseRequested
from contracts.orders import OrderCancelled, OrderCompleted, OrderLineAmended
from simulator.people.client import Client
from simulator.people.field import Dispatcher, Driver
from simulator.people.person import Plays
from simulator.people.second_thoughts import SecondThoughts
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from tests.flows.town import Town
from tests.flows.trade import Story

LESS, NONE, LATE = Story("pump"), Story("plate"), Story("valve")


async def test_less_and_none_are_free_before_anybody_was_asked_and_refused_afterwards(town: Town) -> None:
    now = await town.seeded(LESS, NONE, LATE)
    stories = (LESS, NONE, LATE)
    customers = [story.customer(now) for story in stories]
    thoughts = [
        SecondThoughts(customers[0].customer_id, "3"),
        SecondThoughts(customers[1].customer_id),
        SecondThoughts(customers[2].customer_id, after=now + timedelta(days=17)),
    ]
    people: list[Plays] = [
        *customers, *thoughts, *(Vendor(story.vendor_id) for story in stories), Warehouse(), Dispatcher(), Driver(),
        *(Client(each.customer_id) for each in customers),
    ]  # fmt: skip
    await town.go(people)

    orders = [(await town.orders_of(each))[0] for each in customers]
    assert [order["state"] for order in orders] == ["completed", "cancelled", "completed"]
    ends = [thought.answers[order["order_id"]] for thought, order in zip(thoughts, orders, strict=True)]
    assert [state for state, _ in ends] == ["committed", "committed", "refused"]
    assert ends[2][1].startswith("materials: purchase ")

    (amended,) = await town.told(OrderLineAmended, "orders")
    assert (amended["was"], amended["quantity"], amended["price"]["minor"]) == ("4", "3", 27_000)
    (cancelled,) = await town.told(OrderCancelled, "orders")
    assert cancelled["order_id"] == orders[1]["order_id"]
    asked = {fact["sku"]: fact["quantity"] for fact in await town.told(PurchaseRequested, "materials")}
    assert asked == {"pump": "3", "valve": "4"}
    prices = [fact["value"]["price"] for fact in await town.told(OrderCompleted, "orders")]
    assert sorted(prices) == [27_000, 36_000]
    assert await town.broken() == []
