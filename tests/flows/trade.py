"""Things that are bought and handed on: one item, offer and customer for each story, so that many share a town."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.people.customer import Customer
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put
from simulator.scenarios.staff import BUYER, PLANNER, SALES

LEAD_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Story:
    """A customer who needs some of an item that a vendor of its own supplies."""

    name: str
    quantity: int = 4
    wanted_in: timedelta = timedelta(days=21)
    # What its vendor charges for less of what it has promised, in hundredths of a per cent.
    cancellation_points: int = 0
    # The least that its vendor sells.
    minimum: int = 0
    # In which its price is; vendors ask for euros.
    currency: str = "EUR"

    @property
    def vendor_id(self) -> str:
        """Who supplies it."""
        return f"{self.name}-works"

    def masters(self) -> list[Put]:
        """Item, vendor, terms, customer and offer."""
        name, title = self.name, self.name.title()
        component = {
            "kind": "good",
            "item": name,
            "quantity": "1",
            "unit": "piece",
            "site_id": "plant-1",
        }
        offer: dict[str, Any] = {
            "offer_id": name,
            "title": title,
            "kind": "good",
            "price": {"minor": 9_000, "currency": self.currency},
            "components": [component],
        }
        rules = {"cancellation_points": self.cancellation_points, "minimum": str(self.minimum)}
        terms = parts.terms(self.vendor_id, name, 5_000, LEAD_DAYS, **rules)
        customer = parts.customer(f"{name}-client", f"{title} client", "Carla Client", "Quay 1")
        return [
            Put(PLANNER, "materials", "/v1/items", parts.item(name, title)),
            Put(BUYER, "vendors", "/v1/vendors", parts.vendor(self.vendor_id, f"{title} works", [name])),
            Put(BUYER, "vendors", "/v1/terms", terms),
            Put(SALES, "orders", "/v1/customers", customer),
            Put(SALES, "orders", "/v1/offers", offer),
        ]

    def customer(self, now: datetime, **ways: Any) -> Customer:
        """The customer with its one need, and its ways."""
        line = {
            "line_id": "1",
            "offer_id": self.name,
            "quantity": str(self.quantity),
            "wanted_at": (now + self.wanted_in).isoformat(),
        }
        return Customer(f"{self.name}-client", [{"text": self.name, "lines": [line]}], **ways)


def masters(stories: Sequence[Story]) -> list[Put]:
    """What all of them need."""
    return [
        Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
        Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
        *(put for story in stories for put in story.masters()),
    ]
