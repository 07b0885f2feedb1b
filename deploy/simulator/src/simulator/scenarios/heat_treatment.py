"""A furnace shift: four lots of gears are case-hardened; one gets too hot, is blocked, reworked and delivered.

Steel 16MnCr5: carburised at 930 degrees, quenched from 840, tempered at 180; 58 to 62 HRC are wanted at the surface. A
furnace that runs away lets the grain grow, and the gears stay too soft.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher
from simulator.people.inspector import Inspector
from simulator.people.machine import Machine
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.quality import Quality
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, Scenario, approved
from simulator.scenarios.staff import BUYER, PLANNER, QUALITY, SALES
from simulator.sights.furnace import furnace_shift

SKU: Final = "gear"
RECIPE: Final = "harden-gear"
FURNACE: Final = "carburiser"
SOFT: Final = {"name": "hardness", "scale": "HB", "minimum": "140", "maximum": "207"}
HARD: Final = {"name": "hardness", "scale": "HRC", "minimum": "58", "maximum": "62"}
# Customer, title, person, address, gears, days until they are wanted: the furnace takes them in this order.
CUSTOMERS: Final = (
    ("gearboxes", "Gearbox works", "Gustav Lind", "Canal Road 2", "120", 30),
    ("winders", "Winding engines", "Wilma Roth", "Shaft Square 7", "80", 33),
    ("presses", "Press builders", "Pia Kern", "Hammer Street 5", "160", 36),
    ("tramways", "City tramways", "Tom Falk", "Depot 1", "100", 39),
)
HOT_RUN: Final = 3


def masters() -> Sequence[Put]:
    """Item, furnace, recipe, inspection plan, forge, customers and the offer."""
    item = parts.item(SKU, "Gear wheel module 4", properties=[["hardness", "HB"], ["hardness", "HRC"]])
    furnace = parts.work_centre(FURNACE, "Carburising furnace", "plant-1", "weekdays", 3_800, 11_200)
    terms = parts.terms(
        "drop-forge", SKU, 1_850, 7, properties=[{"name": "hardness", "value": "170", "scale": "HB"}]
    )
    return [
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        Put(PLANNER, "materials", "/v1/items", item),
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        Put(PLANNER, "production", "/v1/work-centres", {**furnace, "machines": 1}),
        *approved(_hardening()),
        Put(QUALITY, "production", "/v1/inspection-plans", _plan()),
        Put(BUYER, "vendors", "/v1/vendors", parts.vendor("drop-forge", "Drop forge", [SKU])),
        Put(BUYER, "vendors", "/v1/terms", terms),
        *(
            Put(SALES, "orders", "/v1/customers", parts.customer(key, title, name, address))
            for key, title, name, address, *_ in CUSTOMERS
        ),
        Put(SALES, "orders", "/v1/offers", _offer()),
    ]


def _hardening() -> dict[str, Any]:
    output = parts.made(SKU, properties=[{"name": "hardness", "value": "60", "scale": "HRC"}])
    steps = [
        _step(10, "Carburise", "60", "1.2", ("furnace temperature", "930", "915", "945")),
        _step(20, "Quench", "20", "0.2", ("quenching temperature", "840", "825", "855")),
        _step(30, "Temper", "30", "0.6", ("tempering temperature", "180", "170", "190")),
    ]
    recipe = parts.recipe(
        RECIPE,
        "Case-harden gears",
        {},
        [output],
        steps[0],
        kind="modification",
        lead_days=2,
        operations=steps,
    )
    return {**recipe, "inputs": [{"sku": SKU, "quantity": "1", "operation_no": 10, "window": [SOFT]}]}


def _step(number: int, title: str, setup: str, each: str, kept: tuple[str, str, str, str]) -> dict[str, Any]:
    return {
        **parts.step(FURNACE, title, setup, each),
        "operation_no": number,
        "parameters": [parts.limit(*kept)],
    }


def _plan() -> dict[str, Any]:
    """Five gears of a small lot are measured and looked at, eight of a larger one; none may be bad."""
    hardness = {"name": "hardness", "kind": "variable", "scale": "HRC", "minimum": "58", "maximum": "62"}
    return {
        "sku": SKU,
        "characteristics": [hardness, {"name": "cracked", "kind": "attribute"}],
        "sampling": [
            {"from_quantity": "0", "sample_size": 5, "accept": 0},
            {"from_quantity": "100", "sample_size": 8, "accept": 0},
        ],
    }


def _offer() -> dict[str, Any]:
    component = {"kind": "good", "item": SKU, "quantity": "1", "unit": "piece", "site_id": "plant-1"}
    return {
        "offer_id": "hard-gear",
        "title": "Gear wheel module 4, case-hardened",
        "kind": "good",
        "price": {"minor": 4_400, "currency": "EUR"},
        "components": [{**component, "window": [HARD]}],
    }


def customers(now: datetime) -> Sequence[Customer]:
    """Four customers, each with one order."""
    return [
        Customer(key, [{"text": "gears that last", "lines": [_line(quantity, now + timedelta(days=days))]}])
        for key, *_, quantity, days in CUSTOMERS
    ]


def _line(quantity: str, at: datetime) -> dict[str, Any]:
    return {"line_id": "1", "offer_id": "hard-gear", "quantity": quantity, "wanted_at": at.isoformat()}


def people(now: datetime) -> Sequence[Plays]:
    """A furnace that runs away once, and people who find and mend it."""
    measures = {SKU: [{"name": "hardness", "value": "172", "scale": "HB"}]}
    hot = {(RECIPE, 10, "furnace temperature"): "978"}
    return [
        Vendor("drop-forge"), Warehouse(measures), Machine(FURNACE, RECIPE, hot, HOT_RUN), Operator(),
        Inspector(SKU, {"hardness": "60"}, {"hardness": "53.5"}, "0.6"), Quality("rework", RECIPE),
        Dispatcher(6_500), *(Client(key) for key, *_ in CUSTOMERS),
    ]  # fmt: skip


HEAT_TREATMENT: Final = Scenario(
    "heat-treatment",
    "A furnace shift: 460 gears case-hardened, one load too hot",
    masters,
    customers,
    people,
    furnace_shift(SKU, RECIPE, "hardness", [key for key, *_ in CUSTOMERS]),
)
