"""All services as real processes with their own Kafka and PostgreSQL, and people to act on them."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

from contracts.topics import TOPICS, type_name
from o2d.asking import Services
from o2d.clockwork import rest, step
from o2d.home import Home, read_json
from o2d.issuer import sign
from o2d.local.keeper import remove
from o2d.local.testing import GIVEN
from o2d.local.use import USED_BY, USERS, used
from o2d.verify.catalogue import CHECKS, ENDED, prove
from o2d.verify.ground import gather
from simulator.doors import Doors, Person
from simulator.people.customer import Customer
from simulator.people.person import Plays
from simulator.playing import Play
from simulator.scenarios.scenario import Put, Scenario, put_in, seed
from tests.flows.trade import Story, masters

BEGIN: Final = "2026-03-02T08:00:00Z"
PATIENCE: Final = timedelta(days=200)
EVENTS_COUNT: Final = 1000
OWNERS: Final = frozenset(topic.owner for topic in TOPICS)

F = TypeVar("F")
Finished = Callable[[], Awaitable[bool]]


@dataclass(slots=True)
class Town:
    """What runs, as people and as the operator see it; `said` is what people did, in order.

    `since` is the cursor of each service's log at which the story began.
    """

    services: Services
    doors: Doors
    state: dict[str, Any]
    said: list[str] = field(default_factory=list)
    since: dict[str, str] = field(default_factory=dict)

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
        return await self.with_masters(masters(stories))

    async def with_masters(self, puts: Sequence[Put]) -> datetime:
        """Put in what somebody needs; the answer is the business time."""
        await put_in(self.doors, puts, lambda words: None)
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
            # Shown of a story that fails.
            print(f"{at:%Y-%m-%d %H:%M} {who} {what}")

        await Play(self.doors, self, people, finished or ended, watch, now + PATIENCE).run()

    async def orders_of(self, customer: Customer) -> list[dict[str, Any]]:
        """The orders that came of what a customer has needed, the oldest first."""
        orders = await self.doors.items(customer.person, "orders", "/v1/orders")
        return [order for order in orders if order["need_id"] in customer.stated]

    async def told(self, fact: type[F], service: str) -> list[dict[str, Any]]:
        """The data of all facts of a kind that a service has told in this story, in order."""
        wanted = type_name(fact)
        return [
            event["data"]
            async for page in self.services.pages(
                service, "/v1/events", limit=EVENTS_COUNT, after=self.since.get(service)
            )
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


@dataclass(slots=True)
class Installation:
    """Everything, with a stepped clock: started when a story first wants it, and anew after a story that failed."""

    home: Home | None = None
    use: ExitStack = field(default_factory=ExitStack)

    def opened(self) -> Home:
        """Where it runs. Raises `AssertionError` with what was said when it does not start."""
        if self.home is not None and not self.home.state.exists():
            self.close()
        if self.home is None:
            home = Home(Path(tempfile.mkdtemp(prefix="o2d-flow-")) / "home")
            home.prepare()
            # Kept before it runs: of a start that fails something may be left, too.
            self.home = home
            # It ends with us, even if we are killed.
            self.use.enter_context(used(home.path / USERS))
            _o2d(home, "up", "--detach", "--quiet", "--clock", f"stepped:{BEGIN}")
        return self.home

    def close(self) -> None:
        """End it, and leave nothing of it."""
        home, self.home = self.home, None
        if home is not None:
            try:
                _o2d(home, "down")
            finally:
                self.use.close()
                remove(home)
                home.path.parent.rmdir()


def _o2d(home: Home, *words: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name not in GIVEN.values()}
    environment |= {"O2D_HOME": str(home.path), USED_BY: str(home.path / USERS)}
    outcome = subprocess.run(
        [sys.executable, "-m", "o2d", *words], env=environment, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


@asynccontextmanager
async def visited(home: Home) -> AsyncIterator[Town]:
    """What runs there, for one story: it is told of nothing that others did before."""
    state = read_json(home.state)
    urls = {name: str(one["url"]) for name, one in state["services"].items()}

    def token(who: Person) -> str:
        return sign(home, who.role, who.party, who.name)

    async with Services(urls, sign(home, "admin")) as services, Doors(urls, token) as doors:
        town = Town(services, doors, state)
        await town.rest()
        for name in OWNERS:
            town.since[name] = await _end_of_log(services, name)
        yield town


async def _end_of_log(services: Services, service: str) -> str:
    """The cursor behind all that a service has told."""
    page = await services.get(service, "/v1/events", limit=EVENTS_COUNT)
    while page["next"] is not None:
        page = await services.get(service, page["next"])
    return str(page["cursor"])
