"""Quotes that are accepted after their hold has ended, and those that are promised sooner with a substitute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contracts.instead import SubstituteOffered
from contracts.materials import GoodsReady, PromiseRefused, RequirementsPlanned
from contracts.orders import NewDateAccepted, OrderPlaced, PromiseAtRisk, QuoteExpired, QuoteSent
from contracts.production import MaterialConsumed
from contracts.shapes import HAND_OVER
from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher
from simulator.people.operator import Operator
from simulator.people.person import Plays, moment
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, approved, put_in
from simulator.scenarios.staff import BUYER, PLANNER, SALES
from tests.flows.town import Town
from tests.flows.trade import Story

# What is needed in three weeks can still be had a week later, what is needed in ten days cannot.
SOON, A_WEEK = timedelta(days=10), timedelta(days=8)
LAMP, CRANE, MAST = Story("lamp"), Story("crane", wanted_in=SOON), Story("mast", wanted_in=SOON)


async def test_a_quote_accepted_late_is_promised_anew_kept_in_time_taken_later_or_left_free(
    town: Town,
) -> None:
    stories = (LAMP, CRANE, MAST)
    now = await town.seeded(*stories)
    lamps, cranes = LAMP.customer(now, hesitates=A_WEEK), CRANE.customer(now, hesitates=A_WEEK)
    masts = MAST.customer(now, hesitates=A_WEEK, patient=False)
    customers = (lamps, cranes, masts)
    staff: list[Plays] = [*(Vendor(story.vendor_id) for story in stories), Warehouse(), Dispatcher()]
    await town.go([*customers, *staff, *(Client(each.customer_id) for each in customers)])
    assert len(await town.told(QuoteExpired, "orders")) == len(customers)
    ends = [(await town.orders_of(each))[0] for each in customers]
    assert [order["state"] for order in ends] == ["completed", "completed", "cancelled"]
    kept, taken, left = (order["order_id"] for order in ends)
    risks = {fact["order_id"]: fact["cause"] for fact in await town.told(PromiseAtRisk, "orders")}
    assert risks == {taken: "accepted late", left: "accepted late"}
    (planned,) = [f for f in await town.told(RequirementsPlanned, "materials") if f["order_id"] == kept]
    (placed,) = [f for f in await town.told(OrderPlaced, "orders") if f["order_id"] == kept]
    ready_at, promised_at = planned["steps"][0]["at"], placed["lines"][0]["promised_at"]
    assert moment(ready_at) + HAND_OVER == moment(promised_at)
    assert [fact["order_id"] for fact in await town.told(NewDateAccepted, "orders")] == [taken]
    assert {fact["order_id"] for fact in await town.told(GoodsReady, "materials")} == {kept, taken}
    assert await town.broken() == []


def radio_offer(sku: str) -> dict[str, Any]:
    component = {"kind": "good", "item": sku, "quantity": "1", "unit": "piece", "site_id": "plant-1"}
    return {
        "offer_id": sku,
        "title": sku,
        "kind": "good",
        "price": {"minor": 9_000, "currency": "EUR"},
        "components": [component],
    }


def triode_for(sku: str) -> dict[str, str]:
    return {
        "sku": sku,
        "site_id": "plant-1",
        "substitute": "triode",
        "valid_from": parts.VALID_FROM,
        "valid_to": parts.VALID_TO,
    }


def radios() -> list[Put]:
    """Radios of one tube each, receivers of one valve: tubes take two weeks, valves are sold by nobody any more.

    Triodes, which may stand in for both, take two days.
    """
    works = "radio-works"
    steps = parts.step("radio-bench", "Build", "20", "12")
    bench = parts.work_centre("radio-bench", "Radio bench", "plant-1", "weekdays", 3_900, 700)
    return [
        *(
            Put(PLANNER, "materials", "/v1/items", parts.item(sku, sku))
            for sku in ("radio", "tube", "receiver", "valve", "triode")
        ),
        *(Put(PLANNER, "materials", "/v1/substitutes", triode_for(sku)) for sku in ("tube", "valve")),
        Put(PLANNER, "production", "/v1/work-centres", bench),
        *approved(
            parts.recipe("radio", "Build radios", {"tube": "1"}, [parts.made("radio")], steps, lead_days=2)
        ),
        *approved(
            parts.recipe(
                "receiver", "Build receivers", {"valve": "1"}, [parts.made("receiver")], steps, lead_days=2
            )
        ),
        Put(BUYER, "vendors", "/v1/vendors", parts.vendor(works, "Radio works", ["tube", "triode"])),
        Put(BUYER, "vendors", "/v1/terms", parts.terms(works, "tube", 5_000, 14)),
        Put(BUYER, "vendors", "/v1/terms", parts.terms(works, "triode", 6_000, 2)),
        Put(SALES, "orders", "/v1/customers", parts.customer("radio-club", "Club", "Cleo Club", "Mast 1")),
        *(Put(SALES, "orders", "/v1/offers", radio_offer(sku)) for sku in ("radio", "receiver")),
    ]


async def test_a_customer_lets_a_substitute_stand_in_and_has_it_sooner_or_at_all_and_made_of_that(
    town: Town,
) -> None:
    now = await town.seeded()
    await put_in(town.doors, radios(), lambda words: None)
    needs: list[Mapping[str, Any]] = [
        {"text": sku, "lines": [{"line_id": "1", "offer_id": sku, "quantity": "4", "wanted_at": wanted_at}]}
        for sku in ("radio", "receiver")
        for wanted_at in [(now + SOON).isoformat()]
    ]
    club = Customer("radio-club", needs, eager=True)
    await town.go([club, Vendor("radio-works"), Warehouse(), Operator(), Dispatcher(), Client("radio-club")])
    orders = {order["lines"][0]["item"]: order for order in await town.orders_of(club)}
    assert [order["state"] for order in orders.values()] == ["completed", "completed"]
    stands_in = {sku: order["lines"][0]["instead"] for sku, order in orders.items()}
    assert [(each["sku"], each["substitute"]) for each in stands_in["radio"]] == [("tube", "triode")]
    assert [(each["sku"], each["substitute"]) for each in stands_in["receiver"]] == [("valve", "triode")]
    quoted = [fact["lines"][0] for fact in await town.told(QuoteSent, "orders")]
    first, second = [moment(line["at"]) for line in quoted if line["item"] == "radio"]
    (only,) = [moment(line["at"]) for line in quoted if line["item"] == "receiver"]
    assert second < first
    (refused,) = await town.told(PromiseRefused, "materials")
    offered = {fact["sku"]: fact for fact in await town.told(SubstituteOffered, "materials")}
    assert offered["valve"]["promise_id"] == refused["promise_id"]
    assert moment(offered["tube"]["steps"][0]["at"]) + HAND_OVER == second
    assert moment(offered["valve"]["steps"][0]["at"]) + HAND_OVER == only
    taken = [fact["lots"][0]["sku"] for fact in await town.told(MaterialConsumed, "production")]
    assert taken == ["triode", "triode"]
    assert await town.told(PromiseAtRisk, "orders") == []
    assert await town.broken() == []
