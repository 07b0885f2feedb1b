"""Congregation: 40 office computers and their installation, down a bill of four levels to what vendors sell.

The main board comes from another company of ours, at plant-2, under the same contract as from any vendor.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.people.approver import Approver
from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher, Technician
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, Scenario, approved
from simulator.scenarios.staff import BUYER, DISPATCHER, PLANNER, SALES, WAREHOUSE

CUSTOMER: Final = "notaries"
# What is bought at plant-1: item, title, vendor, price in cents, lead in days.
BOUGHT: Final = (
    ("power-supply", "Power supply 450 W", "peripherals", 3_900, 6),
    ("keyboard", "Keyboard", "peripherals", 1_450, 4),
    ("mouse", "Mouse", "peripherals", 780, 4),
    ("packaging", "Box and foam", "peripherals", 320, 3),
    ("ssd", "SSD 1 TB", "electronics", 5_600, 7),
    ("sata-cable", "SATA cable", "electronics", 120, 5),
    ("power-button", "Power button", "electronics", 95, 5),
    ("led-harness", "LED harness", "electronics", 140, 5),
    ("network-cable", "Network cable 5 m", "electronics", 260, 5),
    ("fan-motor", "Fan motor", "electronics", 410, 8),
    ("fan-cable", "Fan cable", "electronics", 60, 5),
    ("fan-blade", "Fan blade", "metals", 85, 6),
    ("fan-frame", "Fan frame", "metals", 110, 6),
    ("steel-sheet", "Steel sheet 1 mm", "metals", 640, 9),
    ("powder-paint", "Powder paint portion", "metals", 45, 4),
    ("side-panel", "Side panel", "metals", 380, 6),
    ("front-panel", "Front panel", "metals", 520, 6),
    ("screw-m3", "Screw M3", "fasteners", 2, 3),
    ("screw-m4", "Screw M4", "fasteners", 3, 3),
    ("standoff", "Standoff", "fasteners", 6, 3),
    ("washer", "Washer", "fasteners", 1, 3),
    ("cable-tie", "Cable tie", "fasteners", 2, 3),
    ("thermal-paste", "Thermal paste portion", "fasteners", 70, 3),
)
# What lies in stock at plant-2: item, title, cost of a piece in cents.
AT_PLANT_2: Final = (
    ("circuit-board", "Circuit board", 900),
    ("cpu", "Processor", 11_800),
    ("cpu-socket", "Processor socket", 240),
    ("chipset", "Chipset", 1_750),
    ("memory-module", "Memory module 16 GB", 3_300),
    ("capacitor", "Capacitor", 4),
    ("resistor-pack", "Resistor pack", 9),
    ("connector-set", "Connector set", 380),
    ("bios-chip", "BIOS chip", 130),
)
VENDORS: Final = {
    "peripherals": "Desk & Co",
    "electronics": "Electra",
    "metals": "Metal Works",
    "fasteners": "Bolt Store",
}
# Recipes at plant-1: what is made, of what, in how many minutes each.
MADE: Final[tuple[tuple[str, str, dict[str, str], str], ...]] = (
    (
        "computer",
        "Office computer",
        {"main-board": "1", "chassis": "1", "power-supply": "1", "drive": "1", "fastening-kit": "1",
         "keyboard": "1", "mouse": "1", "packaging": "1"},
        "25",
    ),
    (
        "chassis",
        "Chassis",
        {"frame": "1", "side-panel": "2", "front-panel": "1", "fan": "2", "power-button": "1", "led-harness": "1"},
        "12",
    ),
    ("fan", "Fan", {"fan-motor": "1", "fan-blade": "1", "fan-frame": "1", "fan-cable": "1"}, "3"),
    ("frame", "Frame", {"steel-sheet": "2", "powder-paint": "1"}, "8"),
    ("drive", "Drive with bracket", {"ssd": "1", "bracket": "1", "sata-cable": "1"}, "4"),
    ("bracket", "Drive bracket", {"steel-sheet": "0.25"}, "1"),
)  # fmt: skip
KIT: Final = {
    "screw-m3": "12", "screw-m4": "8", "standoff": "9", "washer": "9", "cable-tie": "6", "thermal-paste": "1",
}  # fmt: skip
BOARD: Final = {
    "circuit-board": "1", "cpu": "1", "cpu-socket": "1", "chipset": "1", "memory-module": "2", "capacitor": "60",
    "resistor-pack": "20", "connector-set": "1", "bios-chip": "1",
}  # fmt: skip


def masters() -> Sequence[Put]:
    """Sites of two companies, items, recipes, vendors, the service and the offer."""
    return [*_materials(), *_production(), *_vendors(), *_service(), *_sales()]


def _materials() -> list[Put]:
    sites: list[dict[str, Any]] = [
        parts.PLANT,
        {
            "site_id": "plant-2",
            "title": "Board plant",
            "legal_entity": "o2d-boards",
            "transit_days": 2,
            "calendar_id": "weekdays",
        },
    ]
    named = [(sku, title) for sku, title, *_ in BOUGHT if sku != "steel-sheet"]
    named += [(sku, title) for sku, title, _ in AT_PLANT_2] + [(sku, title) for sku, title, *_ in MADE]
    items = [parts.item(sku, title) for sku, title in named]
    items += [
        parts.item("steel-sheet", "Steel sheet 1 mm", "piece", "0.01"),
        parts.item("main-board", "Main board"),
        parts.item("fastening-kit", "Fastening kit"),
    ]
    stock = [
        {
            "lot_id": f"opening-{sku}",
            "sku": sku,
            "site_id": "plant-2",
            "quantity": str(each),
            "cost": {"bought_in": price * each, "labour": 0, "capital": 0, "overhead": 0, "currency": "EUR"},
        }
        for sku, _, price in AT_PLANT_2
        for each in [120 * int(BOARD[sku])]
    ]
    return [
        *(Put(PLANNER, "materials", "/v1/sites", site) for site in sites),
        *(Put(PLANNER, "materials", "/v1/items", each) for each in items),
        *(Put(WAREHOUSE, "materials", "/v1/lots", lot) for lot in stock),
    ]


def _production() -> list[Put]:
    bench = parts.work_centre("bench", "Assembly bench", "plant-1", "weekdays", 3_400, 600)
    press = parts.work_centre("press", "Sheet press", "plant-1", "weekdays", 3_600, 4_800)
    line = parts.work_centre("board-line", "Board line", "plant-2", "weekdays", 3_100, 12_500)
    puts = [Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS)]
    puts += [Put(PLANNER, "production", "/v1/work-centres", each) for each in (bench, press, line)]
    for sku, title, inputs, minutes in MADE:
        centre = "press" if sku in {"frame", "bracket"} else "bench"
        operation = parts.step(centre, f"Make {title.lower()}", "15", minutes)
        puts += approved(parts.recipe(sku, title, inputs, [parts.made(sku)], operation, lead_days=2))
    kit = parts.recipe(
        "fastening-kit", "Fastening kit", KIT, [parts.made("fastening-kit")], parts.step("bench", "Pick", "0", "1"),
        phantom=True, lead_days=0,
    )  # fmt: skip
    board = parts.recipe(
        "main-board", "Main board", BOARD, [parts.made("main-board")],
        parts.step("board-line", "Place and solder", "45", "6"), site_id="plant-2", lead_days=2,
    )  # fmt: skip
    return [*puts, *approved(kit), *approved(board)]


def _vendors() -> list[Put]:
    puts = [
        Put(BUYER, "vendors", "/v1/vendors",
            parts.vendor(key, title, [sku for sku, _, whose, *_ in BOUGHT if whose == key]))
        for key, title in VENDORS.items()
    ]  # fmt: skip
    boards = parts.vendor("our-boards", "o2d boards", ["main-board"], kind="internal", site_id="plant-2")
    puts.append(Put(BUYER, "vendors", "/v1/vendors", boards))
    puts += [
        Put(BUYER, "vendors", "/v1/terms", parts.terms(whose, sku, price, lead))
        for sku, _, whose, price, lead in BOUGHT
    ]
    transfer: dict[str, Any] = parts.terms("our-boards", "main-board", 29_000, 8)
    return [*puts, Put(BUYER, "vendors", "/v1/terms", transfer)]


def _service() -> list[Put]:
    installation = {
        "service_id": "installation",
        "title": "Set up and hand over a computer",
        "minutes": 10,
        "people": 2,
        "skills": ["it"],
        "site_id": "plant-1",
        "parts": [{"sku": "network-cable", "quantity": "1"}],
        "capital_minor": 400,
        "overhead_minor": 900,
    }
    technicians = [
        {
            "technician_id": name,
            "title": name.title(),
            "site_id": "plant-1",
            "skills": ["it"],
            "travel_minutes": 30,
            "labour_minor": 4_800,
        }
        for name in ("tara", "theo")
    ]
    return [
        Put(DISPATCHER, "service-desk", "/v1/services", installation),
        *(Put(DISPATCHER, "service-desk", "/v1/technicians", each) for each in technicians),
    ]


def _sales() -> list[Put]:
    offer = {
        "offer_id": "workplace",
        "title": "Office computer with installation",
        "kind": "bundle",
        "price": {"minor": 89_000, "currency": "EUR"},
        "components": [
            {"kind": "good", "item": "computer", "quantity": "1", "unit": "piece", "site_id": "plant-1"},
            {
                "kind": "service",
                "item": "installation",
                "quantity": "1",
                "unit": "piece",
                "site_id": "plant-1",
            },
        ],
    }
    buyer = parts.customer(CUSTOMER, "Chamber of notaries", "Nora Beck", "Court Square 9")
    return [Put(SALES, "orders", "/v1/customers", buyer), Put(SALES, "orders", "/v1/offers", offer)]


def customers(now: datetime) -> Sequence[Customer]:
    """40 computers, installed, in eight weeks."""
    line = {
        "line_id": "1",
        "text": "office computer with installation",
        "quantity": "40",
        "wanted_at": (now + timedelta(days=56)).isoformat(),
    }
    return [Customer(CUSTOMER, [{"text": "new computers for the office", "lines": [line]}])]


def people(now: datetime) -> Sequence[Plays]:
    """Four vendors, and our own people at both plants and at the client's."""
    return [
        *(Vendor(key) for key in VENDORS), Approver(), Warehouse(), Operator(), Dispatcher(24_000),
        Technician("tara"), Technician("theo"), Client(CUSTOMER),
    ]  # fmt: skip


COMPUTER: Final = Scenario(
    "computer", "40 office computers and their installation", masters, customers, people
)
