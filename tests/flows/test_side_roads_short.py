"""Lines of which not all is delivered: closed by a person, what they had goes to others, and the order ends."""

from __future__ import annotations

from contracts.orders import OrderCancelled, OrderCompleted, OrderLineShortClosed
from contracts.service_desk import HandOverRefused, VisitCancelled, VisitMissed
from simulator.people.client import Client
from simulator.people.field import Dispatcher, Driver
from simulator.people.person import Plays
from simulator.people.quality import Quality
from simulator.people.sales import Sales
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from tests.flows.town import Town
from tests.flows.trade import Story

BELT, HINGE = Story("belt"), Story("hinge")


async def test_a_line_that_nobody_takes_and_the_rest_of_one_that_was_taken_in_part_are_closed_short(
    town: Town,
) -> None:
    now = await town.seeded(BELT, HINGE)
    gone, choosy = BELT.customer(now), HINGE.customer(now)
    clients = [Client(gone.customer_id, absent=3), Client(choosy.customer_id, refuses="1")]
    vendors = [Vendor(story.vendor_id) for story in (BELT, HINGE)]
    people: list[Plays] = [
        gone,
        choosy,
        *vendors,
        Warehouse(),
        Dispatcher(),
        Driver(),
        Quality("scrap"),
        Sales(),
        *clients,
    ]
    await town.go(people)

    (never,), (partly,) = await town.orders_of(gone), await town.orders_of(choosy)
    closed = {fact["order_id"]: fact for fact in await town.told(OrderLineShortClosed, "orders")}
    assert {order_id: fact["quantity"] for order_id, fact in closed.items()} == {
        never["order_id"]: "4", partly["order_id"]: "1",
    }  # fmt: skip
    assert [fact["times"] for fact in await town.told(VisitMissed, "service-desk")] == [1, 2, 3]
    assert never["state"] == "cancelled"
    (cancelled,) = await town.told(OrderCancelled, "orders")
    assert (cancelled["order_id"], cancelled["reason"]) == (never["order_id"], "nobody was there 3 times")
    ended = [fact["order_id"] for fact in await town.told(VisitCancelled, "service-desk")]
    assert ended.count(never["order_id"]) == 1

    assert (partly["state"], partly["lines"][0]["fulfilled"]) == ("completed", "3")
    (completed,) = await town.told(OrderCompleted, "orders")
    assert completed["value"]["price"] == 3 * 9_000
    assert len(await town.told(HandOverRefused, "service-desk")) == 1
    assert await free(town, "belt") == 4
    assert await town.broken() == []


async def free(town: Town, sku: str) -> int:
    """How many pieces lie in stock for nobody."""
    stock = await town.doors.items(Sales().person, "materials", "/v1/stock")
    return sum(int(each["on_hand"]) - int(each["reserved"]) for each in stock if each["sku"] == sku)
