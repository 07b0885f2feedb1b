"""Modification: 500 shafts of 180 HB become 58 to 62 HRC by hardening and tempering."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.people.customer import Customer
from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios.scenario import Put, Scenario
from simulator.scenarios.staff import BUYER, PLANNER, SALES

SITE: Final = "plant-1"
SOFT: Final = {"name": "hardness", "scale": "HB", "minimum": "170", "maximum": "190"}
HARD: Final = {"name": "hardness", "scale": "HRC", "minimum": "58", "maximum": "62"}
CUSTOMER: Final = "gearworks"


def masters(now: datetime) -> Sequence[Put]:
    """Item, site, vendor, recipe and offer."""
    return [*_materials(), *_vendors(now), *_orders()]


def _materials() -> list[Put]:
    site = {"site_id": SITE, "title": "Main plant", "legal_entity": "o2d-works"}
    item = {
        "sku": "shaft",
        "title": "Shaft 40 mm",
        "unit": "piece",
        "quantum": "1",
        "properties": [["hardness", "HB"], ["hardness", "HRC"]],
    }
    return [
        Put(PLANNER, "materials", "/v1/sites", site),
        Put(PLANNER, "materials", "/v1/items", item),
    ]


def _vendors(now: datetime) -> list[Put]:
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
        "valid_from": now.isoformat(),
        "valid_to": (now + timedelta(days=365)).isoformat(),
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


def customer(now: datetime) -> Customer:
    """500 hard shafts in five weeks, described by their hardness."""
    line = {
        "line_id": "1",
        "text": "shaft 40 mm hardened",
        "quantity": "500",
        "wanted_at": (now + timedelta(days=35)).isoformat(),
        "required": [HARD],
    }
    return Customer(CUSTOMER, [{"text": "shafts that do not wear", "lines": [line]}])


def people(now: datetime) -> Sequence[Plays]:
    """A forge that delivers in time, and our own people."""
    measures = {"shaft": [{"name": "hardness", "value": "181", "scale": "HB"}]}
    return [Vendor("forge"), Warehouse(measures)]


SHAFT: Final = Scenario("shaft", "500 shafts, hardened and tempered", masters, customer, people)
