"""What goes wrong with vendors and runs, and how the order arrives all the same: late answers, rejects, scrap."""

from __future__ import annotations

from datetime import timedelta

from contracts.materials import RunRequested, SupplyLate, SupplyRecovered
from contracts.orders import PromiseRecovered
from contracts.production import MaterialProduced
from contracts.vendors import AcknowledgementOverdue, GoodsReceived, GoodsRejected, OrderAcknowledged
from simulator.people.client import Client
from simulator.people.field import Dispatcher
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios.scenario import seed
from simulator.scenarios.shaft import CUSTOMER, SHAFT
from tests.flows.town import Town
from tests.flows.trade import Story

MEASURES = {"shaft": [{"name": "hardness", "value": "181", "scale": "HB"}]}
MOTOR, FILTER = Story("motor"), Story("filter")


async def test_late_answers_rejected_goods_and_scrapped_work_are_made_good(town: Town) -> None:
    now = await town.seeded(MOTOR, FILTER)
    await seed(town.doors, SHAFT, lambda words: None)
    await town.rest()
    motors, filters, (shafts,) = MOTOR.customer(now), FILTER.customer(now), SHAFT.customers(now)
    staff: list[Plays] = [
        Vendor(MOTOR.vendor_id, thinks=timedelta(days=4)), Vendor(FILTER.vendor_id), Vendor("forge"),
        Warehouse(MEASURES, rejects={"filter": "1"}), Operator(scraps={"harden-shaft": "3"}), Dispatcher(),
    ]  # fmt: skip
    clients = [Client(each.customer_id) for each in (motors, filters)]
    await town.go([motors, filters, shafts, *staff, *clients, Client(CUSTOMER)])
    for customer in (motors, filters, shafts):
        (order,) = await town.orders_of(customer)
        assert (order["state"], order["lines"][0]["fulfilment"]) == ("completed", "complete")
    await _the_late_answer_closed_what_its_silence_had_opened(town)
    await _what_was_turned_away_came_again(town)
    await _the_rest_of_the_run_was_asked_for(town)
    assert await town.broken() == []


async def _the_late_answer_closed_what_its_silence_had_opened(town: Town) -> None:
    (overdue,) = await town.told(AcknowledgementOverdue, "vendors")
    assert overdue["vendor_id"] == MOTOR.vendor_id
    late = [fact for fact in await town.told(SupplyLate, "materials") if "not answered" in fact["cause"]]
    assert [line["at"] for fact in late for line in fact["lines"]] == [None]
    answers = await town.told(OrderAcknowledged, "vendors")
    assert [fact["vendor_id"] for fact in answers].count(MOTOR.vendor_id) == 1
    recovered = {fact["order_id"] for fact in await town.told(SupplyRecovered, "materials")}
    assert late[0]["order_id"] in recovered
    promises = await town.told(PromiseRecovered, "orders")
    assert [fact["how"] for fact in promises if fact["order_id"] == late[0]["order_id"]] == ["back in time"]


async def _what_was_turned_away_came_again(town: Town) -> None:
    (rejected,) = await town.told(GoodsRejected, "vendors")
    received = [
        fact
        for fact in await town.told(GoodsReceived, "vendors")
        if fact["purchase_order_id"] == rejected["purchase_order_id"]
    ]
    lots = [[lot["quantity"] for line in fact["lines"] for lot in line["lots"]] for fact in received]
    assert (rejected["quantity"], lots) == ("1", [["3"], ["1"]])


async def _the_rest_of_the_run_was_asked_for(town: Town) -> None:
    first, rest = await town.told(RunRequested, "materials")
    assert (first["runs"], rest["runs"]) == ("500", "3")
    made = await town.told(MaterialProduced, "production")
    good = [lot["part"]["quantity"] for fact in made for lot in fact["lots"] if not lot["blocked"]]
    assert good == ["497", "3"]
