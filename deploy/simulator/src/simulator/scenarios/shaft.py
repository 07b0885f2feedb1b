"""Modification: 500 shafts of 180 HB become 58 to 62 HRC by hardening and tempering."""

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

SITE: Final = "plant-1"
SOFT: Final = {"name": "hardness", "scale": "HB", "minimum": "170", "maximum": "190"}
HARD: Final = {"name": "hardness", "scale": "HRC", "minimum": "58", "maximum": "62"}
CUSTOMER: Final = "gearworks"


def masters() -> Sequence[Put]:
    """Item, site, vendor, recipe and offer."""
    return [*_materials(), *_production(), *_vendors(), *_orders()]


def _materials() -> list[Put]:
    item = {
        "sku": "shaft",
        "title": "Shaft 40 mm",
        "unit": "piece",
        "quantum": "1",
        "properties": [["hardness", "HB"], ["hardness", "HRC"]],
    }
    return [
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        Put(PLANNER, "materials", "/v1/items", item),
    ]


def _production() -> list[Put]:
    furnace = {
        "work_centre_id": "furnace",
        "site_id": SITE,
        "title": "Hardening furnace",
        "calendar_id": "weekdays",
        "machines": 1,
        "labour_rate_minor": 3_800,
        "machine_rate_minor": 9_500,
        "overhead_rate": "0.12",
    }
    return [
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        Put(PLANNER, "production", "/v1/work-centres", furnace),
        *approved(_hardening()),
    ]


def _hardening() -> dict[str, Any]:
    """C45 steel: austenitised at 850 degrees, quenched in oil, tempered at 180 degrees."""
    return {
        "recipe_id": "harden-shaft",
        "kind": "modification",
        "title": "Harden and temper shafts",
        "site_id": SITE,
        "inputs": [{"sku": "shaft", "quantity": "1", "operation_no": 10, "window": [SOFT]}],
        "outputs": [
            {
                "sku": "shaft",
                "quantity": "1",
                "role": "main",
                "properties": [{"name": "hardness", "value": "60", "scale": "HRC"}],
            }
        ],
        "operations": [
            _step(10, "Austenitise and quench", "90", "0.6", ("furnace temperature", "850", "840", "860")),
            _step(20, "Temper", "30", "0.9", ("tempering temperature", "180", "170", "190")),
        ],
        "effective_from": parts.VALID_FROM,
        "lead_days": 3,
    }


def _step(number: int, title: str, setup: str, each: str, kept: tuple[str, str, str, str]) -> dict[str, Any]:
    return {
        "operation_no": number,
        "title": title,
        "work_centre_id": "furnace",
        "setup_minutes": setup,
        "run_minutes": each,
        "people": 1,
        "operation_yield": "1",
        "parameters": [parts.limit(*kept)],
    }


def _vendors() -> list[Put]:
    vendor = {"vendor_id": "forge", "title": "Forge & Sons", "skus": ["shaft"]}
    terms: dict[str, Any] = {
        "terms_id": "forge-shaft",
        "vendor_id": "forge",
        "sku": "shaft",
        "site_id": SITE,
        "prices": [
            {"from_quantity": "1", "unit_price_minor": 2_400},
            {"from_quantity": "250", "unit_price_minor": 2_150},
        ],
        "lead_days": 7,
        "valid_from": parts.VALID_FROM,
        "valid_to": parts.VALID_TO,
        "properties": [{"name": "hardness", "value": "180", "scale": "HB"}],
    }
    return [Put(BUYER, "vendors", "/v1/vendors", vendor), Put(BUYER, "vendors", "/v1/terms", terms)]


def _orders() -> list[Put]:
    customer = {
        "customer_id": CUSTOMER,
        "title": "Gearworks",
        "name": "Grete Holm",
        "mail": "grete.holm@gearworks.example",
        "address": "Mill Lane 4",
    }
    component = {
        "kind": "good",
        "item": "shaft",
        "quantity": "1",
        "unit": "piece",
        "site_id": SITE,
        "window": [HARD],
    }
    offer = {
        "offer_id": "hard-shaft",
        "title": "Shaft 40 mm, hardened and tempered",
        "kind": "good",
        "price": {"minor": 4_900, "currency": "EUR"},
        "components": [component],
    }
    return [Put(SALES, "orders", "/v1/customers", customer), Put(SALES, "orders", "/v1/offers", offer)]


def customers(now: datetime) -> Sequence[Customer]:
    """500 hard shafts in five weeks, described by their hardness."""
    line = {
        "line_id": "1",
        "text": "shaft 40 mm hardened",
        "quantity": "500",
        "wanted_at": (now + timedelta(days=35)).isoformat(),
        "required": [HARD],
    }
    return [Customer(CUSTOMER, [{"text": "shafts that do not wear", "lines": [line]}])]


def people(now: datetime) -> Sequence[Plays]:
    """A forge that delivers in time, and our own people."""
    measures = {"shaft": [{"name": "hardness", "value": "181", "scale": "HB"}]}
    return [Vendor("forge"), Warehouse(measures), Operator(), Dispatcher(9_500), Client(CUSTOMER)]


SHAFT: Final = Scenario("shaft", "500 shafts, hardened and tempered", masters, customers, people)
