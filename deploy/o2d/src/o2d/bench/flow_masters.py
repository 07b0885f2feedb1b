"""The plant of the flow: one thing that is sold, made in one run of one operation from two parts that are bought."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.doors import Person
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, approved
from simulator.scenarios.staff import BUYER, PLANNER, SALES, WAREHOUSE

CUSTOMER: Final = "shop"
VENDOR: Final = "mill"
WANTED_DAYS: Final = 28
# No order of a run waits for a machine: what is measured is the software.
MACHINES_COUNT: Final = 2_000


def masters(count: int, round_no: int) -> list[Put]:
    """Everything that is there before the first order; of one part there is enough on hand for `count` more orders."""
    items = [("lamp", "Lamp"), ("shade", "Shade"), ("socket", "Socket")]
    bench = {**parts.work_centre("bench", "Bench", "plant-1", "weekdays", 3_000, 500)}
    lamp = parts.recipe(
        "make-lamp", "Put a lamp together", {"shade": "1", "socket": "1"}, [parts.made("lamp")],
        parts.step("bench", "Put together", "0", "5"),
    )  # fmt: skip
    return [
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        *(Put(PLANNER, "materials", "/v1/items", parts.item(sku, title)) for sku, title in items),
        Put(PLANNER, "production", "/v1/work-centres", {**bench, "machines": MACHINES_COUNT}),
        *approved(lamp),
        Put(BUYER, "vendors", "/v1/vendors", parts.vendor(VENDOR, "Mill", ["shade", "socket"])),
        Put(BUYER, "vendors", "/v1/terms", parts.terms(VENDOR, "shade", 400, 5)),
        Put(BUYER, "vendors", "/v1/terms", parts.terms(VENDOR, "socket", 150, 5)),
        Put(WAREHOUSE, "materials", "/v1/lots", _on_hand(count, round_no)),
        *_sales(),
    ]


def _on_hand(count: int, round_no: int) -> dict[str, Any]:
    return {
        "lot_id": f"sockets-{round_no}",
        "sku": "socket",
        "site_id": "plant-1",
        "quantity": str(count),
        "cost": {
            "bought_in": 150 * count,
            "labour": 0,
            "capital": 0,
            "overhead": 0,
            "currency": "EUR",
        },
    }


def _sales() -> Iterator[Put]:
    component = {"kind": "good", "item": "lamp", "quantity": "1", "unit": "piece", "site_id": "plant-1"}
    offer = {
        "offer_id": "lamp",
        "title": "Lamp",
        "kind": "good",
        "price": {"minor": 2_900, "currency": "EUR"},
        "components": [component],
    }
    buyer = parts.customer(CUSTOMER, "Lamp shop", "Lena Holt", "Market 3")
    yield Put(SALES, "orders", "/v1/customers", buyer)
    yield Put(SALES, "orders", "/v1/offers", offer)


def need(now: datetime) -> dict[str, Any]:
    """The body of a need of one line."""
    line = {
        "line_id": "1",
        "offer_id": "lamp",
        "quantity": "1",
        "wanted_at": (now + timedelta(days=WANTED_DAYS)).isoformat(),
    }
    return {"text": "a lamp", "lines": [line]}


SHOP: Final = Person("customer", "shop-buyer", CUSTOMER)
MILL: Final = Person("vendor", "mill-sales", VENDOR)
