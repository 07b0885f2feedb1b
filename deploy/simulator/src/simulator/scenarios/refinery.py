"""A refinery shift: one run of crude, all cuts booked; the gas oil flashes too early, is blocked and stripped.

Yields are parts by mass of a light crude, and the fuel gas closes the balance. The flash point of gas oil for engines
is above 55 degrees (EN 590); light ends that were cut too deep spoil it, and steam stripping takes them out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.people.approver import Approver
from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher
from simulator.people.inspector import Inspector
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.quality import Quality
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, Scenario, approved
from simulator.scenarios.staff import BUYER, PLANNER, QUALITY, SALES
from simulator.sights.refinery import refinery_shift

CRUDE: Final = "light-crude"
GAS_OIL: Final = "gas-oil"
DISTIL: Final = "distil-light-crude"
STRIP: Final = "strip-gas-oil"
UNIT: Final = "atmospheric-unit"
FLASHES: Final = {"name": "flash point", "scale": "degC", "minimum": "55", "maximum": "90"}
# Tonnes out of ten tonnes of crude, with the role and the price at split-off in cents a tonne.
CUTS: Final = (
    (GAS_OIL, "Gas oil", "2.9", "main", 62_000),
    ("jet-kerosene", "Jet kerosene", "1.4", "co-product", 66_000),
    ("light-naphtha", "Light naphtha", "0.8", "co-product", 51_000),
    ("heavy-naphtha", "Heavy naphtha", "1.3", "co-product", 54_000),
    ("lpg", "Liquefied petroleum gas", "0.2", "co-product", 47_000),
    ("atmospheric-residue", "Atmospheric residue", "3.3", "by-product", 36_000),
    ("fuel-gas", "Fuel gas, burnt", "0.1", "waste", 0),
)
# Customer, title, person, address, offer, tonnes, days until they are wanted.
CUSTOMERS: Final = (
    ("coaches", "Coach lines", "Clara Voss", "Station Road 3", GAS_OIL, "58", 24),
    ("airfield", "Airfield fuels", "Arne Dahl", "Runway 2", "jet-kerosene", "28", 24),
)


def masters() -> Sequence[Put]:
    """Crude and cuts, the unit, its recipes, the inspection plan, the oil field, customers and offers."""
    flash = [["flash point", "degC"]]
    items = [parts.item(CRUDE, "Light crude oil", "t", "0.001")]
    items += [
        parts.item(sku, title, "t", "0.001", properties=flash if sku == GAS_OIL else [])
        for sku, title, *_ in CUTS
    ]
    always = parts.ROUND_THE_CLOCK
    unit = parts.work_centre(UNIT, "Atmospheric unit", "plant-1", always["calendar_id"], 5_200, 38_000)
    stripper = parts.work_centre("stripper", "Side stripper", "plant-1", always["calendar_id"], 4_100, 9_000)
    return [
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        *(Put(PLANNER, "materials", "/v1/items", item) for item in items),
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        Put(PLANNER, "production", "/v1/calendars", always),
        Put(PLANNER, "production", "/v1/work-centres", unit),
        Put(PLANNER, "production", "/v1/work-centres", stripper),
        *approved(_distilling()),
        *approved(_stripping()),
        Put(QUALITY, "production", "/v1/inspection-plans", _plan()),
        Put(BUYER, "vendors", "/v1/vendors", parts.vendor("east-field", "East Field", [CRUDE])),
        Put(BUYER, "vendors", "/v1/terms", parts.terms("east-field", CRUDE, 43_000, 6)),
        *(
            Put(SALES, "orders", "/v1/customers", parts.customer(key, title, name, address))
            for key, title, name, address, *_ in CUSTOMERS
        ),
        Put(SALES, "orders", "/v1/offers", _offer(GAS_OIL, "Gas oil EN 590, delivered", 79_000, [FLASHES])),
        Put(SALES, "orders", "/v1/offers", _offer("jet-kerosene", "Jet kerosene, delivered", 84_000, [])),
    ]


def _distilling() -> dict[str, Any]:
    flash = [{"name": "flash point", "value": "62", "scale": "degC"}]
    outputs = [
        parts.made(sku, tonnes, role, split_off_price_minor=price, properties=flash if sku == GAS_OIL else [])
        for sku, _, tonnes, role, price in CUTS
    ]
    heater = parts.limit("heater outlet temperature", "365", "350", "375")
    step = {**parts.step(UNIT, "Distil", "180", "24", people=2), "parameters": [heater]}
    return parts.recipe(
        DISTIL, "Distil light crude", {CRUDE: "10"}, outputs, step, kind="separation", lead_days=2,
        cost_rule="sales-value",
    )  # fmt: skip


def _stripping() -> dict[str, Any]:
    """The same gas oil without its light ends; what they weigh is lost in the scale."""
    flash = [{"name": "flash point", "value": "64", "scale": "degC"}]
    step = {
        **parts.step("stripper", "Strip with steam", "60", "6"),
        "parameters": [parts.limit("steam flow", "40", "30", "50", "kg/t")],
    }
    return parts.recipe(
        STRIP, "Strip gas oil", {GAS_OIL: "1"}, [parts.made(GAS_OIL, properties=flash)], step,
        kind="modification", lead_days=1,
    )  # fmt: skip


def _plan() -> dict[str, Any]:
    """Three samples of each tank; none may flash too early."""
    return {
        "sku": GAS_OIL,
        "characteristics": [{**FLASHES, "kind": "variable"}],
        "sampling": [{"from_quantity": "0", "sample_size": 3, "accept": 0}],
    }


def _offer(sku: str, title: str, price_minor: int, window: Sequence[Any]) -> dict[str, Any]:
    component = {"kind": "good", "item": sku, "quantity": "1", "unit": "t", "site_id": "plant-1"}
    return {
        "offer_id": sku,
        "title": title,
        "kind": "good",
        "price": {"minor": price_minor, "currency": "EUR"},
        "components": [{**component, "window": list(window)}],
    }


def customers(now: datetime) -> Sequence[Customer]:
    """Gas oil and kerosene at the same time: one run gives both."""
    return [
        Customer(key, [{"text": "fuel", "lines": [_line(offer_id, tonnes, now + timedelta(days=days))]}])
        for key, *_, offer_id, tonnes, days in CUSTOMERS
    ]


def _line(offer_id: str, tonnes: str, at: datetime) -> dict[str, Any]:
    return {"line_id": "1", "offer_id": offer_id, "quantity": tonnes, "wanted_at": at.isoformat()}


def people(now: datetime) -> Sequence[Plays]:
    """An oil field that delivers in time, a laboratory that finds the first tank off, and people who mend it."""
    laboratory = Inspector(GAS_OIL, {"flash point": "64"}, {"flash point": "48.5"}, "0.8", spoiled_at=1)
    return [
        Vendor("east-field"), Approver(), Warehouse(), Operator(), laboratory,
        Quality("rework", STRIP, reason="flashes too early"), Dispatcher(140_000),
        *(Client(key) for key, *_ in CUSTOMERS),
    ]  # fmt: skip


REFINERY: Final = Scenario(
    "refinery",
    "A refinery shift: 200 t of crude, one cut off its window",
    masters,
    customers,
    people,
    refinery_shift(DISTIL, STRIP, GAS_OIL, "flash point", [key for key, *_ in CUSTOMERS]),
)
