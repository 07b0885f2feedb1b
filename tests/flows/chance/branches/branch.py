"""What a branch of a company is: what it sells, how that is planned, who works there, what may be meddled with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Protocol

from o2d.asking import Services
from simulator.people.person import Plays
from simulator.scenarios.scenario import Put
from simulator.scenarios.staff import SALES
from tests.flows.chance.scene import Act, Planned


@dataclass(frozen=True, slots=True)
class Staff:
    """Who comes to work: with chance, from `now` on, for these customers; `services` is for what needs a version."""

    chance: Random
    now: datetime
    customer_ids: Sequence[str]
    services: Services


class Branch(Protocol):
    """A branch of the company that `seed` makes up; `sold` are its offers."""

    @property
    def sold(self) -> tuple[str, ...]:
        """What customers can order of it."""
        ...

    @property
    def planned(self) -> tuple[Planned, ...]:
        """How its items are planned."""
        ...

    @property
    def acts(self) -> tuple[Act, ...]:
        """What somebody who meddles may do there."""
        ...

    def masters(self) -> list[Put]:
        """Everything that is known of it before the first need."""
        ...

    def people(self, staff: Staff) -> list[Plays]:
        """Who works there."""
        ...


def offer(
    offer_id: str, price_minor: int, *components: Mapping[str, Any], kind: str = "good", currency: str = "EUR"
) -> Put:
    """What is sold at a price for one."""
    body = {
        "offer_id": offer_id,
        "title": offer_id.title(),
        "kind": kind,
        "price": {"minor": price_minor, "currency": currency},
        "components": list(components),
    }
    return Put(SALES, "orders", "/v1/offers", body)


def component(
    item: str, *, kind: str = "good", unit: str = "piece", site_id: str = "plant-1"
) -> dict[str, Any]:
    """One of an item, or of a service."""
    return {"kind": kind, "item": item, "quantity": "1", "unit": unit, "site_id": site_id}
