"""All services as real processes with their own Kafka and PostgreSQL, and people to act on them."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
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
from simulator.scenarios.scenario import Scenario, put_in, seed
from tests.flows.trade import Story, masters

BEGIN: Final = "2026-03-02T08:00:00Z"
PATIENCE: Final = timedelta(days=200)
OWNERS: Final = frozenset(topic.owner for topic in TOPICS)

F = TypeVar("F")
Finished = Callable[[], Awaitable[bool]]


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
        (order,) = await self.play_all(scenario, people)
        return order

    async def play_all(
        self, scenario: Scenario, people: Sequence[Plays] | None = None
    ) -> list[dict[str, Any]]:
        """Play a scenario of several orders; the answer is the orders, by customer and then the oldest first."""
        now = await self.rest()
        await seed(self.doors, scenario, lambda words: None)
        customers = scenario.customers(now)
        await self.go([*customers, *(scenario.people(now) if people is None else people)])
        return [order for each in customers for order in await self.orders_of(each)]

    async def seeded(self, *stories: Story) -> datetime:
        """Put in what stories need; the answer is the business time."""
        await put_in(self.doors, masters(stories), lambda words: None)
        return await self.rest()

    async def go(self, people: Sequence[Plays], finished: Finished | None = None) -> None:
        """Let people act until that is so; unless told otherwise, until every order of the customers has ended."""
        now = await self.rest()
        customers = [person for person in people if isinstance(person, Customer)]

        async def ended() -> bool:
            states = [order["state"] for each in customers for order in await self.orders_of(each)]
            return len(states) == sum(len(each.needs) for each in customers) and "open" not in states

        def watch(at: datetime, who: str, what: str) -> None:
            self.said.append(f"{who} {what}")

        await Play(self.doors, self, people, finished or ended, watch, now + PATIENCE).run()

    async def orders_of(self, customer: Customer) -> list[dict[str, Any]]:
        """The orders that came of what a customer has needed, the oldest first."""
        orders = await self.doors.items(customer.person, "orders", "/v1/orders")
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
