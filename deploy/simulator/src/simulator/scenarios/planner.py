"""A planner's week at a generated site: new demand, more, less, a late vendor, scrap; promises, messages, two plans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.people.approver import Approver
from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.planner import Planner
from simulator.people.planning import PlanDesk
from simulator.people.second_thoughts import SecondThoughts
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Beside, File, Master, Put, Scenario, approved
from simulator.scenarios.site import VENDORS_COUNT, Site, vendor_of
from simulator.scenarios.staff import BUYER, PLANNER, SALES, WAREHOUSE
from simulator.sights.week import planner_week

# Customer, product, pieces, day of the week (from 0) on which the need comes up, days until it is wanted.
NEEDS: Final = (
    ("north", 1, "12", 0, 14),
    ("south", 2, "20", 0, 15),
    ("east", 5, "8", 0, 13),
    ("west", 9, "15", 1, 14),
    ("north", 1, "6", 2, 13),
)
CUSTOMERS: Final = {
    "north": "Northern trade",
    "south": "Southern trade",
    "east": "Eastern trade",
    "west": "Western trade",
}
# Who changes his mind, to how much, on which day.
LESS: Final = ("south", "14", 1)
LATE_VENDOR: Final = 3
PRODUCTS: Final = (1, 2, 5, 9)


def planner(site: Site) -> Scenario:
    """The scenario at a site of any size."""
    return Scenario(
        "planner",
        f"A planner's week: a site of {site.items:,} items, {len(NEEDS)} orders and all that changes",
        lambda: _masters(site),
        lambda now: _customers(site, now),
        lambda now: _people(site, now),
        planner_week(site.items, list(CUSTOMERS)),
    )


def _masters(site: Site) -> Sequence[Master]:
    return [
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        File(PLANNER, "materials", "items", list(site.item_rows())),
        *(Put(PLANNER, "production", "/v1/work-centres", each) for each in _work_centres()),
        Beside([approved(recipe) for recipe in site.recipes()]),
        Beside([[Put(BUYER, "vendors", "/v1/vendors", each)] for each in _vendors(site)]),
        Beside([[Put(BUYER, "vendors", "/v1/terms", each)] for each in site.terms()]),
        File(PLANNER, "materials", "parameters", list(site.parameter_rows())),
        File(WAREHOUSE, "materials", "lots", list(site.lot_rows())),
        *_sales(site),
    ]


def _people(site: Site, now: datetime) -> Sequence[Plays]:
    """A week with a late vendor and a cracked piece; the planner works off what the plan asks."""
    customer_id, quantity, day = LESS
    changes = SecondThoughts(customer_id, quantity, now + timedelta(days=day))
    late = vendor_of(LATE_VENDOR)
    vendors = [vendor_of(number) for number in range(VENDORS_COUNT)]
    return [
        changes, PlanDesk(_asks(site, now), now, now + timedelta(days=4)),
        *(Vendor(each, delay=timedelta(days=6 if each == late else 0)) for each in vendors), Approver(),
        Planner({"release", "expedite", "past-due"}, sleeps=timedelta(days=3)), Warehouse(),
        Operator(scraps={site.product(PRODUCTS[0]): "1"}), Dispatcher(4_000),
        *(Client(each) for each in CUSTOMERS),
    ]  # fmt: skip


def _customers(site: Site, now: datetime) -> Sequence[Customer]:
    return [
        Customer(
            key,
            [{"text": "for the shelves", "lines": [_line(site.product(number), pieces, now, day, days)]}],
            begins=now + timedelta(days=day),
            waits=timedelta(days=1),
        )
        for key, number, pieces, day, days in NEEDS
    ]


def _line(product: str, pieces: str, now: datetime, day: int, days: int) -> dict[str, Any]:
    wanted_at = now + timedelta(days=day + days)
    return {"line_id": "1", "offer_id": product, "quantity": pieces, "wanted_at": wanted_at.isoformat()}


def _asks(site: Site, now: datetime) -> list[dict[str, Any]]:
    """What sales asks about before anybody orders it."""
    return [
        {
            "sku": site.product(number),
            "site_id": "plant-1",
            "quantity": "10",
            "wanted_at": (now + timedelta(days=7)).isoformat(),
        }
        for number in PRODUCTS
    ]


def _work_centres() -> list[dict[str, Any]]:
    named = (
        ("final-line", "Final line"),
        ("sub-line", "Sub-assembly line"),
        ("smelter", "Smelter"),
        ("hardener", "Hardener"),
    )
    return [parts.work_centre(key, title, "plant-1", "weekdays", 3_300, 1_900) for key, title in named]


def _vendors(site: Site) -> list[dict[str, Any]]:
    skus: dict[str, list[str]] = {vendor_of(number): [] for number in range(VENDORS_COUNT)}
    for each in site.terms():
        skus[each["vendor_id"]].append(each["sku"])
    return [parts.vendor(key, key.replace("-", " ").capitalize(), found) for key, found in skus.items()]


def _sales(site: Site) -> list[Put]:
    offers = [
        {
            "offer_id": site.product(number),
            "title": f"Product {number}",
            "kind": "good",
            "price": {"minor": 9_900, "currency": "EUR"},
            "components": [
                {
                    "kind": "good",
                    "item": site.product(number),
                    "quantity": "1",
                    "unit": "piece",
                    "site_id": "plant-1",
                }
            ],
        }
        for number in PRODUCTS
    ]
    buyers = [parts.customer(key, title, "Bea Land", f"{title} 1") for key, title in CUSTOMERS.items()]
    return [
        *(Put(SALES, "orders", "/v1/customers", each) for each in buyers),
        *(Put(SALES, "orders", "/v1/offers", each) for each in offers),
    ]


PLANNER_WEEK: Final = planner(Site())
