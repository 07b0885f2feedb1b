"""Second thoughts after the promise: less, none at all, at a price, and too late."""

from __future__ import annotations

from datetime import timedelta

from contracts.changes import ChangeProbed, PurchaseChangeAnswered
from contracts.materials import PurchaseRequested
from contracts.orders import ChangeCommitted, OrderCancelled, OrderCompleted, OrderLineAmended, ValueRevised
from contracts.vendors import PurchaseOrderCancelled
from simulator.people.client import Client
from simulator.people.field import Dispatcher, Driver
from simulator.people.person import Plays
from simulator.people.second_thoughts import SecondThoughts
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from tests.flows.town import Town
from tests.flows.trade import Story

LESS, NONE, LATE = Story("hose"), Story("spring"), Story("nozzle")
DEAR = Story("spindle", cancellation_points=2_000)
STORIES = (LESS, NONE, DEAR, LATE)
# Wanted on day 21: asked of its vendor on day 15, promised for day 20, sent on day 19.
PROMISED, SENT = timedelta(days=17), timedelta(days=19, hours=12)


async def test_less_and_none_are_free_at_first_then_at_the_vendors_charge_and_in_the_end_refused(
    town: Town,
) -> None:
    now = await town.seeded(*STORIES)
    customers = [story.customer(now) for story in STORIES]
    thoughts = [
        SecondThoughts(customers[0].customer_id, "3"),
        SecondThoughts(customers[1].customer_id),
        SecondThoughts(customers[2].customer_id, after=now + PROMISED),
        SecondThoughts(customers[3].customer_id, after=now + SENT),
    ]
    people: list[Plays] = [
        *customers, *thoughts, *(Vendor(story.vendor_id) for story in STORIES), Warehouse(), Dispatcher(), Driver(),
        *(Client(each.customer_id) for each in customers),
    ]  # fmt: skip
    await town.go(people)

    orders = [(await town.orders_of(each))[0] for each in customers]
    assert [order["state"] for order in orders] == ["completed", "cancelled", "cancelled", "completed"]
    ends = [thought.answers[order["order_id"]] for thought, order in zip(thoughts, orders, strict=True)]
    assert [state for state, _ in ends] == ["committed", "committed", "committed", "refused"]
    assert ends[3][1].startswith("materials: ")
    assert ends[3][1].endswith(" already")

    (amended,) = await town.told(OrderLineAmended, "orders")
    assert (amended["was"], amended["quantity"], amended["price"]["minor"]) == ("4", "3", 27_000)
    ended = {fact["order_id"] for fact in await town.told(OrderCancelled, "orders")}
    assert ended == {orders[1]["order_id"], orders[2]["order_id"]}
    asked = {fact["sku"]: fact["quantity"] for fact in await town.told(PurchaseRequested, "materials")}
    assert asked == {"hose": "3", "spindle": "4", "nozzle": "4"}
    prices = [fact["value"]["price"] for fact in await town.told(OrderCompleted, "orders")]
    assert sorted(prices) == [27_000, 36_000]
    await the_charge_is_owed_on_both_sides(town, orders[2]["order_id"])
    assert await town.broken() == []


async def the_charge_is_owed_on_both_sides(town: Town, order_id: str) -> None:
    """A fifth of what was bought: asked for, told to the customer, to the vendor, and part of the value."""
    assert len(await town.told(ChangeProbed, "materials")) == 2
    charge = {"minor": 4_000, "currency": "EUR"}
    answers = [fact["charge"] for fact in await town.told(PurchaseChangeAnswered, "vendors")]
    assert charge in answers
    committed = {fact["order_id"]: fact["charge"] for fact in await town.told(ChangeCommitted, "orders")}
    assert committed[order_id] == charge
    (cancelled,) = await town.told(PurchaseOrderCancelled, "vendors")
    assert (cancelled["vendor_id"], cancelled["charge"]) == (DEAR.vendor_id, charge)
    (revised,) = await town.told(ValueRevised, "orders")
    value = revised["value"]
    assert (revised["order_id"], value["price"], value["bought_in"], value["margin"]) == (
        order_id,
        4_000,
        4_000,
        0,
    )
    view = await town.doors.get(DEAR.customer(await town.rest()).person, "orders", f"/v1/orders/{order_id}")
    assert [(line["lifecycle"], line["charge"]) for line in view["lines"]] == [
        ("cancelled-with-cost", charge)
    ]
