"""Those who quote for what nobody has terms for, and who chooses among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from simulator.doors import Doors, Person
from simulator.people.person import Turn, moment

MIDDLE: Final = Decimal(2)


@dataclass(slots=True)
class Bidder:
    """A vendor's people who quote: `price_minor` euro cents a unit, in so many days, `thinks` after they were asked."""

    vendor_id: str
    price_minor: int
    lead_days: int = 5
    thinks: timedelta = timedelta(0)

    @property
    def title(self) -> str:
        """Who it is."""
        return f"vendor {self.vendor_id}"

    @property
    def person(self) -> Person:
        """As whom it asks."""
        return Person("vendor", f"{self.vendor_id}-sales", self.vendor_id)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Quote where nobody of ours has; after the time that was given, too."""
        turn = Turn()
        for state in ("issued", "silent"):
            for rfq in await doors.items(self.person, "vendors", f"/v1/rfqs?state={state}"):
                if rfq["quotations"] or not turn.due(moment(rfq["issued_at"]) + self.thinks, now):
                    continue
                body = {
                    "unit_price": {"minor": self.price_minor, "currency": "EUR"},
                    "lead_days": self.lead_days,
                    "properties": [_offered(each) for each in rfq["window"]],
                }
                await doors.post(self.person, "vendors", f"/v1/rfqs/{rfq['rfq_id']}/quotations", body)
                turn.done(f"quotes for {rfq['quantity']} of {rfq['sku']}")
        return turn


def _offered(wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What lies in the middle of what is wanted, or at its one limit."""
    limits = [Decimal(wanted[end]) for end in ("minimum", "maximum") if wanted.get(end) is not None]
    value = sum(limits) / MIDDLE if len(limits) == MIDDLE else limits[0]
    return {"name": wanted["name"], "value": str(value), "scale": wanted["scale"]}


@dataclass(slots=True)
class Buyer:
    """Takes the best quotation as soon as there is one; above the limit it agrees as another person."""

    @property
    def title(self) -> str:
        """Who it is."""
        return "buyer"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Award what was quoted for; agree to what was proposed."""
        turn = Turn()
        buyer, second = Person("buyer", "bruno"), Person("approver", "ava")
        for state in ("issued", "silent"):
            for rfq in await doors.items(buyer, "vendors", f"/v1/rfqs?state={state}"):
                if rfq["quotations"]:
                    body = {
                        "quotation_id": rfq["quotations"][0]["quotation_id"],
                        "reason": "the best of them",
                    }
                    await doors.post(buyer, "vendors", f"/v1/rfqs/{rfq['rfq_id']}/award", body)
                    turn.done(f"awards {rfq['quantity']} of {rfq['sku']}")
        for rfq in await doors.items(second, "vendors", "/v1/rfqs?state=award-proposed"):
            path = f"/v1/rfqs/{rfq['rfq_id']}/award-agreement"
            await doors.post(second, "vendors", path, {"agreed": True})
            turn.done(f"agrees to the award of {rfq['quantity']} of {rfq['sku']}")
        return turn
