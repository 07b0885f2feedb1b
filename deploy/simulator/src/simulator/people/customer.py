"""A customer: states its need once, accepts quotes, takes later dates or cancels for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.person import Turn, moment


@dataclass(slots=True)
class Customer:
    """`needs` are bodies of `POST /v1/needs`; each is stated once. It accepts a quote so long after it saw it.

    One that is not `patient` cancels an order that comes later than promised and of which nothing was brought; one
    that `waits` hopes for so long that it comes in time after all before it says anything. One that is `eager` lets a
    substitute stand in to have what is quoted sooner, or at all. Nothing is needed before it `begins`.
    """

    customer_id: str
    needs: list[Mapping[str, Any]] = field(default_factory=list)
    hesitates: timedelta = timedelta(0)
    patient: bool = True
    waits: timedelta = timedelta(0)
    begins: datetime | None = None
    eager: bool = False
    stated: list[str] = field(default_factory=list)
    seen: dict[str, datetime] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Who it is."""
        return f"customer {self.customer_id}"

    @property
    def person(self) -> Person:
        """As whom it asks."""
        return Person("customer", f"{self.customer_id}-buyer", self.customer_id)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """State needs, accept what is quoted, take dates that are later."""
        turn = Turn()
        for number, need in enumerate(self.needs if turn.due(self.begins or now, now) else ()):
            if number >= len(self.stated):
                answer = await doors.post(self.person, "orders", "/v1/needs", need, again=str(number))
                self.stated.append(answer["need_id"])
                turn.done(f"states need {answer['need_id']}")
        for state in ("sent", "expired", *(("draft",) if self.eager else ())):
            for quote in await doors.items(self.person, "orders", f"/v1/quotes?state={state}"):
                quote_id = quote["quote_id"]
                if self.eager and quote["alternatives"]:
                    soonest = min(quote["alternatives"], key=lambda each: moment(each["at"]))
                    one = {key: soonest[key] for key in ("sku", "substitute", "also")}
                    await doors.post(self.person, "orders", f"/v1/quotes/{quote_id}/substitution", one)
                    turn.done(f"takes {one['substitute']} instead of {one['sku']} in quote {quote_id}")
                elif state != "draft" and turn.due(self.seen.setdefault(quote_id, now) + self.hesitates, now):
                    order = await doors.post(self.person, "orders", f"/v1/quotes/{quote_id}/accept")
                    turn.done(f"accepts quote {quote_id}: order {order['id']}")
        await self._take_dates(doors, now, turn)
        return turn

    async def _take_dates(self, doors: Doors, now: datetime, turn: Turn) -> None:
        for order in await doors.items(self.person, "orders", "/v1/orders?state=open"):
            # Of a line that is to change, that is decided first.
            late = [
                line["late_at"]
                for line in order["lines"]
                if line["supply"] == "late" and line["late_at"] and not line["lifecycle"].endswith("-pending")
            ]
            if late and not turn.due(
                self.seen.setdefault(f"{order['order_id']} late", now) + self.waits, now
            ):
                continue
            untouched = all(line["fulfilment"] == "none" for line in order["lines"])
            if late and untouched and not self.patient:
                path = f"/v1/orders/{order['order_id']}/cancel"
                await doors.post(self.person, "orders", path, {"reason": "it comes too late"})
                turn.done(f"cancels order {order['order_id']}")
            elif late:
                path = f"/v1/orders/{order['order_id']}/accept-dates"
                # An answer of its own each time: the same dates may be offered again after others were.
                await doors.post(self.person, "orders", path, again=",".join([str(order["version"]), *late]))
                turn.done(f"takes the later dates of order {order['order_id']}")
