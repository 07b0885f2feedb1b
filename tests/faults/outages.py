"""A server goes away in the middle of a road, and comes again; meanwhile a customer goes on asking."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from o2d import issuer
from o2d.home import Home
from o2d.local.services import url
from tests.faults.street import Ground, Street

CUSTOMER: Final = "onlooker"
# The order is placed: it has only just begun to be told of.
MOMENT: Final = ("orders", r"/v1/quotes/.+/accept")
LINE: Final = {
    "line_id": "L1",
    "quantity": "1",
    "wanted_at": "2026-12-01T00:00:00Z",
    "text": "nothing like it",
}
ASK_S: Final = 30


async def state(town: Street, ground: Ground, key: str) -> httpx.Response:
    """State a need under a key, once, without patience: the answer as it comes."""
    token = issuer.sign(Home(ground.folder / "home"), "customer", CUSTOMER, CUSTOMER)
    headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
    address = url(town.members["orders"].port)
    async with httpx.AsyncClient(base_url=address, timeout=ASK_S, trust_env=False) as client:
        return await client.post("/v1/needs", json={"lines": [LINE]}, headers=headers)


async def stated(town: Street) -> int:
    """How many needs of this customer there are."""
    rows = await town.rows("orders", "SELECT 1 FROM needs WHERE customer_id = $1", CUSTOMER)
    return len(rows)


@dataclass(slots=True)
class Once:
    """Does something once on a road, at its moment, before anybody acts again; notes how long all took to heal.

    `fault` ends when what was away is there again: from then on it is measured.
    """

    town: Street
    fault: Callable[[], Awaitable[Any]]
    moment: tuple[str, str] = MOMENT
    seconds: list[float] = field(default_factory=list)
    met: bool = False

    async def look(self, service: str, path: str) -> None:
        """The hook of the doors."""
        if not self.met and service == self.moment[0] and re.fullmatch(self.moment[1], path):
            self.met = True
            await self.fault()
            began = time.monotonic()
            await self.town.rest()
            self.seconds.append(time.monotonic() - began)


async def healthy(town: Street, order: dict[str, Any]) -> None:
    """The order is completed, no promise is broken and nothing is set aside."""
    assert (order["state"], [line["fulfilled"] for line in order["lines"]]) == ("completed", ["500"])
    assert await town.broken() == []
    assert await town.parked() == []
