"""What goes wrong between the goods that lie ready and the client's word, and how the order ends all the same."""

from __future__ import annotations

from datetime import timedelta

from contracts.materials import GoodsReady, LotStatusChanged
from contracts.orders import OrderLineHeld, OrderLineResumed
from contracts.service_desk import (
    HandOverCompleted,
    HandOverRefused,
    TicketOpened,
    TicketResolved,
    VisitClientSilent,
    VisitMissed,
    VisitRescheduled,
    VisitResumed,
    VisitSuspended,
)
from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher, Driver
from simulator.people.person import Plays
from simulator.people.quality import Quality
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from tests.flows.town import Town
from tests.flows.trade import Story

PUMP, VALVE, PLATE, GASKET = Story("pump"), Story("valve"), Story("plate"), Story("gasket")


def staff(*stories: Story) -> list[Plays]:
    """Everybody but customers and their clients."""
    return [*(Vendor(story.vendor_id) for story in stories), Warehouse(), Dispatcher(), Driver()]


async def test_a_client_who_was_away_or_silent_wants_another_time_or_refuses_a_part_gets_all_in_the_end(
    town: Town,
) -> None:
    now = await town.seeded(PUMP, VALVE, PLATE, GASKET)
    away, later, choosy = PUMP.customer(now), VALVE.customer(now), PLATE.customer(now)
    quiet = GASKET.customer(now)
    clients = [
        Client(away.customer_id, absent=1), Client(later.customer_id, moves=timedelta(days=7)),
        Client(choosy.customer_id, refuses="1"), Client(quiet.customer_id, silent=True),
    ]  # fmt: skip
    people = [away, later, choosy, quiet, *staff(PUMP, VALVE, PLATE, GASKET), Quality("scrap"), *clients]
    await town.go(people)
    (missed,) = await town.told(VisitMissed, "service-desk")
    assert (missed["times"], len(missed["lots"])) == (1, 1)
    (moved,) = [
        fact for fact in await town.told(VisitRescheduled, "service-desk") if fact["asked_by"] == "client"
    ]
    handed = {fact["order_id"]: fact for fact in await town.told(HandOverCompleted, "service-desk")}
    for customer, visit_id in ((away, missed["visit_id"]), (later, moved["visit_id"])):
        (order,) = await town.orders_of(customer)
        assert (order["state"], order["lines"][0]["fulfilled"]) == ("completed", "4")
        assert handed[order["order_id"]]["visit_id"] == visit_id
    await _what_was_refused_was_replaced(town, choosy)
    await _the_late_answer_was_taken(town, quiet)
    assert await town.broken() == []


async def _the_late_answer_was_taken(town: Town, customer: Customer) -> None:
    (order,) = await town.orders_of(customer)
    (silent,) = await town.told(VisitClientSilent, "service-desk")
    (held,) = await town.told(OrderLineHeld, "orders")
    (resumed,) = await town.told(OrderLineResumed, "orders")
    assert (order["state"], {silent["order_id"], held["order_id"], resumed["order_id"]}) == (
        "completed",
        {order["order_id"]},
    )
    (suspended,) = await town.told(VisitSuspended, "service-desk")
    (goes_on,) = await town.told(VisitResumed, "service-desk")
    assert suspended == goes_on
    ready = [
        fact for fact in await town.told(GoodsReady, "materials") if fact["order_id"] == order["order_id"]
    ]
    assert len(ready) == 2
    (call,) = await town.told(TicketOpened, "service-desk")
    (made,) = await town.told(TicketResolved, "service-desk")
    assert (call["order_id"], made["ticket_id"]) == (order["order_id"], call["ticket_id"])


async def _what_was_refused_was_replaced(town: Town, customer: Customer) -> None:
    (order,) = await town.orders_of(customer)
    (refused,) = await town.told(HandOverRefused, "service-desk")
    (lot,) = refused["lines"][0]["lots"]
    assert (refused["order_id"], lot["quantity"], order["state"]) == (order["order_id"], "1", "completed")
    changes = await town.told(LotStatusChanged, "materials")
    assert [fact["status"] for fact in changes if fact["lot_id"] == lot["lot_id"]][-1] == "scrapped"
    taken = [
        [each["quantity"] for line in fact["lines"] for each in line["lots"]]
        for fact in await town.told(HandOverCompleted, "service-desk")
        if fact["order_id"] == order["order_id"]
    ]
    assert taken == [["3"], ["1"]]
