"""Separation: 60,000 l of diesel from crude oil; every fraction lands in stock, what nobody ordered is offered.

Yields in per cent of the crude's volume: U.S. Energy Information Administration, Petroleum Supply Annual 2001,
volume 1, table 19, total of PAD district I. They add up to more than a hundred: products are lighter than crude.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from simulator.people.approver import Approver
from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, Scenario, approved
from simulator.scenarios.staff import BUYER, PLANNER, SALES

CUSTOMER: Final = "hauliers"
# Litres out of 1,000 l of crude, with the role and the price at split-off in cents.
FRACTIONS: Final = (
    ("diesel", "Diesel fuel", "291", "main", 64),
    ("petrol", "Motor gasoline", "458", "co-product", 61),
    ("jet-fuel", "Kerosene-type jet fuel", "53", "co-product", 60),
    ("kerosene", "Kerosene", "8", "co-product", 58),
    ("liquefied-gas", "Liquefied refinery gases", "29", "co-product", 33),
    ("residual-oil", "Residual fuel oil", "66", "by-product", 28),
    ("asphalt", "Asphalt and road oil", "60", "by-product", 24),
    ("refinery-gas", "Still gas", "38", "waste", 0),
    ("coke", "Petroleum coke", "33", "waste", 0),
)


def masters() -> Sequence[Put]:
    """Items, refinery, vendor and offer."""
    crude = parts.item("crude", "Crude oil", "l", "0.001")
    outputs = [
        parts.made(sku, litres, role, split_off_price_minor=price)
        for sku, _, litres, role, price in FRACTIONS
    ]
    distil = parts.recipe(
        "distil", "Distil and crack crude oil", {"crude": "1000"}, outputs,
        parts.step("crude-unit", "Distil and crack", "120", "6", people=2), kind="separation", lead_days=2,
        cost_rule="sales-value",
    )  # fmt: skip
    unit = parts.work_centre("crude-unit", "Crude unit", "plant-1", "round-the-clock", 4_200, 21_000)
    return [
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        Put(PLANNER, "materials", "/v1/items", crude),
        *(
            Put(PLANNER, "materials", "/v1/items", parts.item(sku, title, "l", "0.001"))
            for sku, title, *_ in FRACTIONS
        ),
        Put(PLANNER, "production", "/v1/calendars", parts.ROUND_THE_CLOCK),
        Put(PLANNER, "production", "/v1/work-centres", unit),
        *approved(distil),
        Put(BUYER, "vendors", "/v1/vendors", parts.vendor("oilfield", "North Field", ["crude"])),
        Put(BUYER, "vendors", "/v1/terms", parts.terms("oilfield", "crude", 46, 6)),
        *_sales(),
    ]


def _sales() -> list[Put]:
    component = {"kind": "good", "item": "diesel", "quantity": "1", "unit": "l", "site_id": "plant-1"}
    offer = {
        "offer_id": "diesel",
        "title": "Diesel fuel, delivered",
        "kind": "good",
        "price": {"minor": 96, "currency": "EUR"},
        "components": [component],
    }
    buyer = parts.customer(CUSTOMER, "Hauliers' union", "Hanna Lund", "Harbour Road 1")
    return [Put(SALES, "orders", "/v1/customers", buyer), Put(SALES, "orders", "/v1/offers", offer)]


def customers(now: datetime) -> Sequence[Customer]:
    """60,000 litres in four weeks."""
    line = {
        "line_id": "1",
        "offer_id": "diesel",
        "quantity": "60000",
        "wanted_at": (now + timedelta(days=28)).isoformat(),
    }
    return [Customer(CUSTOMER, [{"text": "diesel for the winter", "lines": [line]}])]


def people(now: datetime) -> Sequence[Plays]:
    """An oil field that delivers in time, and our own people; so much crude needs a second signature."""
    return [
        Vendor("oilfield"), Approver(), Warehouse(), Operator(), Dispatcher(180_000), Client(CUSTOMER),
    ]  # fmt: skip


DIESEL: Final = Scenario("diesel", "60,000 l of diesel from crude oil", masters, customers, people)
