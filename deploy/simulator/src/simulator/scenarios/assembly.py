"""An assembly shift: the vendor of the graphics cards delivers weeks too late; a substitute keeps the date.

What may stand in for a card is a master of the planner's: the plan proposes it when the cards turn late, the planner
takes it, and every workstation names the cards that it was really made of.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.planner import Planner
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, Scenario, approved
from simulator.scenarios.staff import BUYER, PLANNER, SALES
from simulator.sights.assembly import assembly_shift

CUSTOMER: Final = "studios"
STATION: Final = "workstation"
CARD: Final = "graphics-card"
STAND_IN: Final = "graphics-card-2"
# Item, title, vendor, price in cents, lead in days.
BOUGHT: Final = (
    (CARD, "Graphics card", "chipworks", 61_000, 8),
    (STAND_IN, "Graphics card, second source", "silicon", 64_500, 2),
    ("tower-case", "Tower case", "casework", 9_800, 5),
    ("supply-750", "Power supply 750 W", "casework", 7_900, 5),
    ("main-board-x", "Main board for workstations", "silicon", 21_000, 6),
)
VENDORS: Final = {"chipworks": "Chipworks", "silicon": "Silicon trade", "casework": "Casework"}


def masters() -> Sequence[Put]:
    """Items, the substitute, the bench and its recipe, vendors, the customer and the offer."""
    named = [(sku, title) for sku, title, *_ in BOUGHT] + [(STATION, "Workstation")]
    bench = parts.work_centre("station-bench", "Workstation bench", "plant-1", "weekdays", 3_900, 700)
    inputs = {sku: "1" for sku, *_ in BOUGHT if sku != STAND_IN}
    building = parts.recipe(
        STATION, "Build workstations", inputs, [parts.made(STATION)],
        parts.step("station-bench", "Build and test", "20", "12"), lead_days=2,
    )  # fmt: skip
    instead = {
        "sku": CARD,
        "site_id": "plant-1",
        "substitute": STAND_IN,
        "valid_from": parts.VALID_FROM,
        "valid_to": parts.VALID_TO,
    }
    return [
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        *(Put(PLANNER, "materials", "/v1/items", parts.item(sku, title)) for sku, title in named),
        Put(PLANNER, "materials", "/v1/substitutes", instead),
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        Put(PLANNER, "production", "/v1/work-centres", bench),
        *approved(building),
        *(
            Put(
                BUYER,
                "vendors",
                "/v1/vendors",
                parts.vendor(key, title, [sku for sku, _, whose, *_ in BOUGHT if whose == key]),
            )
            for key, title in VENDORS.items()
        ),
        *(
            Put(BUYER, "vendors", "/v1/terms", parts.terms(whose, sku, price, lead))
            for sku, _, whose, price, lead in BOUGHT
        ),
        *_sales(),
    ]


def _sales() -> list[Put]:
    component = {"kind": "good", "item": STATION, "quantity": "1", "unit": "piece", "site_id": "plant-1"}
    offer: dict[str, Any] = {
        "offer_id": STATION,
        "title": "Workstation for film cutters",
        "kind": "good",
        "price": {"minor": 184_000, "currency": "EUR"},
        "components": [component],
    }
    buyer = parts.customer(CUSTOMER, "Film studios", "Fay Ober", "Reel Yard 8")
    return [Put(SALES, "orders", "/v1/customers", buyer), Put(SALES, "orders", "/v1/offers", offer)]


def customers(now: datetime) -> Sequence[Customer]:
    """24 workstations in four weeks; when they turn late, the studio hopes for a day that they do not."""
    line = {
        "line_id": "1",
        "offer_id": STATION,
        "quantity": "24",
        "wanted_at": (now + timedelta(days=28)).isoformat(),
    }
    needs: list[dict[str, Any]] = [{"text": "machines for the cutting room", "lines": [line]}]
    return [Customer(CUSTOMER, [*needs], waits=timedelta(days=1))]


def people(now: datetime) -> Sequence[Plays]:
    """Chipworks is three weeks late; the planner takes the substitute that the plan proposes, and calls the cards off.

    Kept, they would be there for whoever plays this shift again.
    """
    return [
        Vendor("chipworks", delay=timedelta(days=21)), Vendor("silicon"), Vendor("casework"),
        Planner({"substitute", "cancel"}, sleeps=timedelta(days=30)), Warehouse(), Operator(), Dispatcher(12_000),
        Client(CUSTOMER),
    ]  # fmt: skip


ASSEMBLY: Final = Scenario(
    "assembly",
    "An assembly shift: 24 workstations, and no graphics cards",
    masters,
    customers,
    people,
    assembly_shift(STATION, CARD, STAND_IN, [CUSTOMER]),
)
