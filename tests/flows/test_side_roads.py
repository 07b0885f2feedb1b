"""What goes wrong on the road, and how the order arrives all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from contracts.materials import SupplyLate
from contracts.orders import NewDateAccepted, PromiseAtRisk, PromiseRecovered
from contracts.production import LotDisposed, MaterialConsumed
from contracts.vendors import PurchaseOrderRefused
from simulator.people.client import Client
from simulator.people.field import Dispatcher
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.quality import Quality
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Master, Put
from simulator.scenarios.shaft import CUSTOMER, SHAFT
from simulator.scenarios.staff import BUYER
from tests.flows.town import Town

MEASURES = {"shaft": [{"name": "hardness", "value": "181", "scale": "HB"}]}


async def test_a_late_vendor_puts_the_promise_at_risk_and_the_customer_takes_the_new_date(town: Town) -> None:
    people: list[Plays] = [
        Vendor("forge", delay=timedelta(days=9)), Warehouse(MEASURES), Operator(), Dispatcher(), Client(CUSTOMER),
    ]  # fmt: skip
    order = await town.play(SHAFT, people)
    (late, *_) = await town.told(SupplyLate, "materials")
    assert (late["order_id"], late["supply_kind"]) == (order["order_id"], "purchase")
    (risk, *_) = await town.told(PromiseAtRisk, "orders")
    assert risk["supply_id"] == late["supply_id"]
    assert await town.told(NewDateAccepted, "orders")
    assert (await town.told(PromiseRecovered, "orders"))[-1]["how"] == "new date accepted"
    assert await town.broken() == []


async def test_shafts_that_were_hardened_too_hot_are_reworked_by_the_only_run_that_may_take_them(
    town: Town,
) -> None:
    surprise = {("harden-shaft", 10, "furnace temperature"): "905"}
    people: list[Plays] = [
        Vendor("forge"), Warehouse(MEASURES), Operator(surprise), Quality("rework", "harden-shaft"), Dispatcher(),
        Client(CUSTOMER),
    ]  # fmt: skip
    await town.play(SHAFT, people)
    (disposed,) = await town.told(LotDisposed, "production")
    first, second = await town.told(MaterialConsumed, "production")
    assert (first["rework"], second["rework"]) == (False, True)
    assert [lot["lot_id"] for lot in second["lots"]] == [disposed["lot_id"]]
    assert await town.broken() == []


async def test_when_a_vendor_refuses_the_next_ranked_one_supplies(town: Town) -> None:
    def masters() -> list[Master]:
        other = parts.vendor("smithy", "Village smithy", ["shaft"])
        soft = [{"name": "hardness", "value": "180", "scale": "HB"}]
        dearer = parts.terms("smithy", "shaft", 2_600, 5, rank=2, properties=soft)
        return [
            *SHAFT.masters(),
            Put(BUYER, "vendors", "/v1/vendors", other),
            Put(BUYER, "vendors", "/v1/terms", dearer),
        ]

    people: list[Plays] = [
        Vendor("forge", refuses=True), Vendor("smithy"), Warehouse(MEASURES), Operator(), Dispatcher(),
        Client(CUSTOMER),
    ]  # fmt: skip
    await town.play(replace(SHAFT, masters=masters), people)
    (refused,) = await town.told(PurchaseOrderRefused, "vendors")
    assert refused["vendor_id"] == "forge"
    assert any("vendor smithy ships" in words for words in town.said)
    assert await town.broken() == []
