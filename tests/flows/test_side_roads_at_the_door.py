"""What goes wrong between the goods that lie ready and the client's word, and how the order ends all the same."""

from __future__ import annotations

from datetime import timedelta

from contracts.service_desk import HandOverCompleted, VisitMissed, VisitRescheduled
from simulator.people.client import Client
from simulator.people.field import Dispatcher, Driver
from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from tests.flows.town import Town
from tests.flows.trade import Story

PUMP, VALVE = Story("pump"), Story("valve")


def staff(*stories: Story) -> list[Plays]:
    """Everybody but customers and their clients."""
    return [*(Vendor(story.vendor_id) for story in stories), Warehouse(), Dispatcher(), Driver()]


async def test_a_client_who_was_away_or_wants_another_time_gets_everything_in_the_end(town: Town) -> None:
    now = await town.seeded(PUMP, VALVE)
    away, later = PUMP.customer(now), VALVE.customer(now)
    clients = [Client(away.customer_id, absent=1), Client(later.customer_id, moves=timedelta(days=7))]
    await town.go([away, later, *staff(PUMP, VALVE), *clients])
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
    assert await town.broken() == []
