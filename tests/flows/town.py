"""All services as real processes with their own Kafka and PostgreSQL, and people to act on them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from contracts.topics import TOPICS, type_name
from o2d.asking import Services
from o2d.clockwork import rest, step
from o2d.home import Home, read_json
from o2d.issuer import sign
from o2d.verify.catalogue import CHECKS, ENDED, prove
from o2d.verify.ground import gather
from simulator.doors import Doors, Person
from simulator.people.customer import Customer
from simulator.people.person import Plays
from simulator.playing import Play
from simulator.scenarios.scenario import Scenario, seed

BEGIN: Final = "2026-03-02T08:00:00Z"
PATIENCE: Final = timedelta(days=200)
OWNERS: Final = frozenset(topic.owner for topic in TOPICS)

F = TypeVar("F")


@dataclass(slots=True)
class Town:
    """What runs, as people and as the operator see it; `said` is what people did, in order."""

    services: Services
    doors: Doors
    state: dict[str, Any]
    said: list[str] = field(default_factory=list)

    async def rest(self) -> datetime:
        """Wait until no service has anything in work; the answer is the business time."""
        return max(standing.now for standing in await rest(self.services))

    async def step(self, moments: Sequence[datetime]) -> datetime | None:
        """Go to the next moment at which a service, or a person, is due."""
        return await step(self.services, own=moments)

    async def play(self, scenario: Scenario, people: Sequence[Plays] | None = None) -> dict[str, Any]:
        """Play a scenario to its end, by its own people or by these; the answer is the completed order."""
        now = await self.rest()
        await seed(self.doors, scenario, lambda words: None)
        await self.rest()
        customer = scenario.customer(now)
        acting = [customer, *(scenario.people(now) if people is None else people)]

        async def finished() -> bool:
            return len(await self._completed(customer)) == len(customer.needs)

        def watch(at: datetime, who: str, what: str) -> None:
            self.said.append(f"{who} {what}")

        await Play(self.doors, self, acting, finished, watch, now + PATIENCE).run()
        (order,) = await self._completed(customer)
        return order

    async def _completed(self, customer: Customer) -> list[dict[str, Any]]:
        orders = await self.doors.items(customer.person, "orders", "/v1/orders?state=completed")
        return [order for order in orders if order["need_id"] in customer.stated]

    async def told(self, fact: type[F], service: str) -> list[dict[str, Any]]:
        """The data of all facts of a kind that a service has told, in order."""
        wanted = type_name(fact)
        return [
            event["data"]
            async for page in self.services.pages(service, "/v1/events", limit=500)
            for event in page
            if event["type"] == wanted
        ]

    async def broken(self) -> list[str]:
        """The promises that are broken, with their first violations; every order has to have ended."""
        await self.rest()
        databases = {name: dsn for name, dsn in self.state["databases"].items() if name in OWNERS}
        ground = await gather(databases, self.state["kafka"]["bootstrap"])
        return [
            f"{check.name}: {finding.first}"
            for check, finding in prove(ground, [*CHECKS, ENDED])
            if finding.wrong
        ]


@asynccontextmanager
async def town(home: Home) -> AsyncIterator[Town]:
    """Start everything with a stepped clock, and end it."""
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in {"O2D_DATABASE_URL", "O2D_KAFKA_BOOTSTRAP"}
    }
    environment["O2D_HOME"] = str(home.path)

    async def o2d(*words: str) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "o2d", *words, env=environment, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        out, _ = await process.communicate()
        assert process.returncode == 0, out.decode()

    await o2d("up", "--detach", "--quiet", "--clock", f"stepped:{BEGIN}")
    try:
        state = read_json(home.state)
        urls = {name: str(one["url"]) for name, one in state["services"].items()}

        def token(who: Person) -> str:
            return sign(home, who.role, who.party, who.name)

        async with Services(urls, sign(home, "admin")) as services, Doors(urls, token) as doors:
            yield Town(services, doors, state)
    finally:
        await o2d("down")
