"""Work outside: 120 axles go to a contractor that hardens them, answers late, and does four of them again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

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

SKU: Final = "axle"
# What is bought of the contractor: not the axles, which are ours all the time, but the work on each of them.
WORK: Final = "axle-hardening"
CONTRACTOR: Final = "heat-works"
CUSTOMER: Final = "waggonworks"
RECIPE: Final = "harden-axle-outside"
SOFT: Final = {"name": "hardness", "scale": "HB", "minimum": "170", "maximum": "190"}
HARD: Final = {"name": "hardness", "scale": "HRC", "minimum": "58", "maximum": "62"}


def masters() -> Sequence[Put]:
    """Axles, the work on them, who sells the one and who does the other, the recipe and the offer."""
    measured = [["hardness", "HB"], ["hardness", "HRC"]]
    axle = {**parts.item(SKU, "Axle 60 mm"), "properties": measured}
    work = {**parts.item(WORK, "Hardening of an axle"), "properties": measured}
    soft = [{"name": "hardness", "value": "180", "scale": "HB"}]
    return [
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        Put(PLANNER, "materials", "/v1/items", axle),
        Put(PLANNER, "materials", "/v1/items", work),
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        Put(PLANNER, "production", "/v1/work-centres", _contractors()),
        *approved(_hardening()),
        Put(BUYER, "vendors", "/v1/vendors", parts.vendor("axle-forge", "Axle Forge", [SKU])),
        Put(BUYER, "vendors", "/v1/vendors", parts.vendor(CONTRACTOR, "Heat Works", [WORK])),
        Put(BUYER, "vendors", "/v1/terms", parts.terms("axle-forge", SKU, 6_400, 6, properties=soft)),
        Put(BUYER, "vendors", "/v1/terms", parts.terms(CONTRACTOR, WORK, 1_150, 6)),
        Put(
            SALES, "orders", "/v1/customers", parts.customer(CUSTOMER, "Waggonworks", "Wilma Reis", "Track 9")
        ),
        Put(SALES, "orders", "/v1/offers", _offer()),
    ]


def _contractors() -> dict[str, Any]:
    """Where work outside has its place in the schedule: so many runs may be away at a time, and cost us no hours."""
    centre = parts.work_centre("contractors", "Contractors", "plant-1", "weekdays", 0, 0)
    return {**centre, "machines": 10, "overhead_rate": "0"}


def _hardening() -> dict[str, Any]:
    """A day there, four days of work, a day back."""
    outside = {"sku": WORK, "quantity": "1", "out_days": 1, "work_days": 4, "back_days": 1}
    hard = [{"name": "hardness", "value": "60", "scale": "HRC"}]
    return {
        "recipe_id": RECIPE,
        "kind": "modification",
        "title": "Axles hardened by a contractor",
        "site_id": "plant-1",
        "inputs": [{"sku": SKU, "quantity": "1", "operation_no": 10, "window": [SOFT]}],
        "outputs": [parts.made(SKU, properties=hard)],
        "operations": [{**parts.step("contractors", "Harden", "0", "0", 0), "outside": outside}],
        "effective_from": parts.VALID_FROM,
        "lead_days": 7,
    }


def _offer() -> dict[str, Any]:
    component = {"kind": "good", "item": SKU, "quantity": "1", "unit": "piece", "site_id": "plant-1"}
    return {
        "offer_id": "hard-axle",
        "title": "Axle 60 mm, hardened",
        "kind": "good",
        "price": {"minor": 11_900, "currency": "EUR"},
        "components": [{**component, "window": [HARD]}],
    }


def customers(now: datetime) -> Sequence[Customer]:
    """One order of 120 axles in six weeks."""
    line = {
        "line_id": "1",
        "offer_id": "hard-axle",
        "quantity": "120",
        "wanted_at": (now + timedelta(days=42)).isoformat(),
    }
    return [Customer(CUSTOMER, [{"text": "axles that last", "lines": [line]}])]


def people(now: datetime) -> Sequence[Plays]:
    """A contractor that thinks for a day, and a warehouse that turns four pieces away until they are hard enough."""
    measures = {
        SKU: [{"name": "hardness", "value": "181", "scale": "HB"}],
        WORK: [{"name": "hardness", "value": "60.5", "scale": "HRC"}],
    }
    return [
        Vendor("axle-forge"), Vendor(CONTRACTOR, thinks=timedelta(days=1)), Warehouse(measures, {WORK: "4"}),
        Operator(), Dispatcher(7_000), Client(CUSTOMER),
    ]  # fmt: skip


CONTRACT_HARDENING: Final = Scenario(
    "contract-hardening",
    "Work outside: 120 axles hardened by a contractor, four of them twice",
    masters,
    customers,
    people,
)
