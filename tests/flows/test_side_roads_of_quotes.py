"""Quotes that are accepted after their hold has ended, and those that are promised sooner with a substitute."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from contracts.instead import SubstituteOffered
from contracts.materials import GoodsReady, PromiseRefused, RequirementsPlanned
from contracts.orders import NewDateAccepted, OrderPlaced, PromiseAtRisk, QuoteExpired, QuoteSent
from contracts.production import MaterialConsumed
from contracts.service_desk import HandOverCompleted
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


QUOTED = ("radio", "receiver", "antenna")
STAND_IN = {"tube": "triode", "pentode": "triode", "antenna": "dipole"}


def radio_offer(sku: str) -> dict[str, Any]:
    component = {"kind": "good", "item": sku, "quantity": "1", "unit": "piece", "site_id": "plant-1"}
    return {
        "offer_id": sku,
        "title": sku,
        "kind": "good",
        "price": {"minor": 9_000, "currency": "EUR"},
        "components": [component],
    }


def instead_of(sku: str, substitute: str) -> dict[str, str]:
    return {
        "sku": sku,
        "site_id": "plant-1",
        "substitute": substitute,
        "valid_from": parts.VALID_FROM,
        "valid_to": parts.VALID_TO,
    }


def radios() -> list[Put]:
    """Radios of one tube each, receivers of one pentode: tubes take two weeks, pentodes are sold by nobody any more.

    Triodes, which may stand in for both, take two days, as do dipoles, which may for antennas that nobody sells.
    """
    works = "radio-works"
    steps = parts.step("radio-bench", "Build", "20", "12")
    bench = parts.work_centre("radio-bench", "Radio bench", "plant-1", "weekdays", 3_900, 700)
    return [
        *(
            Put(PLANNER, "materials", "/v1/items", parts.item(sku, sku))
            for sku in ("radio", "tube", "receiver", "pentode", "triode", "antenna", "dipole")
        ),
        *(
            Put(PLANNER, "materials", "/v1/substitutes", instead_of(sku, substitute))
            for sku, substitute in STAND_IN.items()
        ),
        Put(PLANNER, "production", "/v1/work-centres", bench),
        *approved(
            parts.recipe("radio", "Build radios", {"tube": "1"}, [parts.made("radio")], steps, lead_days=2)
        ),
        *approved(
            parts.recipe(
                "receiver", "Build receivers", {"pentode": "1"}, [parts.made("receiver")], steps, lead_days=2
            )
        ),
        Put(
            BUYER, "vendors", "/v1/vendors", parts.vendor(works, "Radio works", ["tube", "triode", "dipole"])
        ),
        Put(BUYER, "vendors", "/v1/terms", parts.terms(works, "tube", 5_000, 14)),
        Put(BUYER, "vendors", "/v1/terms", parts.terms(works, "triode", 6_000, 2)),
        Put(BUYER, "vendors", "/v1/terms", parts.terms(works, "dipole", 2_000, 2)),
        Put(SALES, "orders", "/v1/customers", parts.customer("radio-club", "Club", "Cleo Club", "Mast 1")),
        *(Put(SALES, "orders", "/v1/offers", radio_offer(sku)) for sku in QUOTED),
    ]


async def test_a_customer_lets_a_substitute_stand_in_and_has_it_sooner_or_at_all_and_made_of_that(
    town: Town,
) -> None:
    now = await town.seeded()
    await put_in(town.doors, radios(), lambda words: None)
    needs: list[Mapping[str, Any]] = [
        {"text": sku, "lines": [{"line_id": "1", "offer_id": sku, "quantity": "4", "wanted_at": wanted_at}]}
        for sku in QUOTED
        for wanted_at in [(now + SOON).isoformat()]
    ]
    club = Customer("radio-club", needs, eager=True)
    await town.go([club, Vendor("radio-works"), Warehouse(), Operator(), Dispatcher(), Client("radio-club")])
    orders = {order["lines"][0]["item"]: order for order in await town.orders_of(club)}
    assert {sku: order["state"] for sku, order in orders.items()} == dict.fromkeys(QUOTED, "completed")
    stands_in = {
        (each["sku"], each["substitute"])
        for order in orders.values()
        for each in order["lines"][0]["instead"]
    }
    assert stands_in == set(STAND_IN.items())
    quoted = [fact["lines"][0] for fact in await town.told(QuoteSent, "orders")]
    dates = {sku: [moment(line["at"]) for line in quoted if line["item"] == sku] for sku in QUOTED}
    first, second = dates["radio"]
    assert second < first
    refused = {fact["promise_id"] for fact in await town.told(PromiseRefused, "materials")}
    offered = {fact["sku"]: fact for fact in await town.told(SubstituteOffered, "materials")}
    assert {offered["pentode"]["promise_id"], offered["antenna"]["promise_id"]} == refused
    offers = {sku: moment(fact["steps"][0]["at"]) + HAND_OVER for sku, fact in offered.items()}
    assert offers == {"tube": second, "pentode": dates["receiver"][0], "antenna": dates["antenna"][0]}
    taken = [fact["lots"][0]["sku"] for fact in await town.told(MaterialConsumed, "production")]
    assert taken == ["triode", "triode"]
    sent = [
        lot["sku"]
        for fact in await town.told(HandOverCompleted, "service-desk")
        for lot in fact["lines"][0]["lots"]
    ]
    assert sorted(set(sent)) == ["dipole", "radio", "receiver"]
    assert await town.told(PromiseAtRisk, "orders") == []
    assert await town.broken() == []
