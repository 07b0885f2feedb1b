"""What goes wrong between the goods that lie ready and the client's word, and how the order ends all the same."""

from __future__ import annotations

from datetime import timedelta

from contracts.materials import LotStatusChanged
from contracts.service_desk import HandOverCompleted, HandOverRefused, VisitMissed, VisitRescheduled
from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher, Driver
from simulator.people.person import Plays
from simulator.people.quality import Quality
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from tests.flows.town import Town
from tests.flows.trade import Story

PUMP, VALVE, PLATE = Story("pump"), Story("valve"), Story("plate")


def staff(*stories: Story) -> list[Plays]:
    """Everybody but customers and their clients."""
    return [*(Vendor(story.vendor_id) for story in stories), Warehouse(), Dispatcher(), Driver()]


async def test_a_client_who_was_away_wants_another_time_or_refuses_a_part_gets_everything_in_the_end(
    town: Town,
) -> None:
    now = await town.seeded(PUMP, VALVE, PLATE)
    away, later, choosy = PUMP.customer(now), VALVE.customer(now), PLATE.customer(now)
    clients = [
        Client(away.customer_id, absent=1), Client(later.customer_id, moves=timedelta(days=7)),
        Client(choosy.customer_id, refuses="1"),
    ]  # fmt: skip
    await town.go([away, later, choosy, *staff(PUMP, VALVE, PLATE), Quality("scrap"), *clients])
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
    assert await town.broken() == []


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
