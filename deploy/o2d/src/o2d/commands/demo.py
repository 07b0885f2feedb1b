"""`o2d demo`: scenarios played by simulated people, from the need to the client's word."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Final

import typer

from o2d.asking import Services
from o2d.clockwork import ClockRuns, NotAtRest, rest, step
from o2d.commands.up import start_detached
from o2d.home import Home, home_folder
from o2d.issuer import sign
from o2d.running import Running, running
from o2d.trouble import CannotStart
from simulator.doors import Doors, Person, Refused, Unanswered
from simulator.people.customer import Customer
from simulator.playing import Play, Stuck
from simulator.scenarios import SCENARIOS
from simulator.scenarios.scenario import Scenario, seed

# Business time begins here, so that the dates of a demo are the same on every machine.
BEGIN: Final = "2026-03-02T08:00:00Z"
# Business time that a scenario may take; far beyond what any of them promises.
PATIENCE: Final = timedelta(days=240)


def command(
    names: Annotated[
        list[str] | None, typer.Argument(help=f"Which: {', '.join(SCENARIOS)}; all without a name.")
    ] = None,
) -> None:
    """Play scenarios, on the services that run here or on new ones; they stay, so that you can look around."""
    for name in names or ():
        if name not in SCENARIOS:
            raise typer.BadParameter(f"there is no scenario {name}; there are {', '.join(SCENARIOS)}")
    chosen = [SCENARIOS[name] for name in names or SCENARIOS]
    home = Home(home_folder())
    if not home.running() and "O2D_SERVICE_URLS" not in os.environ:
        home.prepare()
        print("Starting PostgreSQL, Kafka and the services ...", flush=True)
        start_detached(home, f"stepped:{BEGIN}")
    try:
        asyncio.run(_play_all(running(), home, chosen))
    except ClockRuns as refused:
        raise CannotStart(
            f"The demo needs a stepped clock: {refused}.",
            "`o2d down`, then `o2d demo` again: it starts one.",
        ) from refused
    except (Stuck, NotAtRest, Refused, Unanswered) as failure:
        raise CannotStart(
            f"The demo did not come to its end: {failure}.", "`o2d dlq` and `o2d top` show why."
        ) from failure


class _Time:
    """Business time of all services that run."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def rest(self) -> datetime:
        standings = await rest(self._services)
        return max(standing.now for standing in standings)

    async def step(self, moments: Sequence[datetime]) -> datetime | None:
        return await step(self._services, own=moments)


async def _play_all(around: Running, home: Home, chosen: Sequence[Scenario]) -> None:
    def token(who: Person) -> str:
        return sign(home, who.role, who.party, who.name)

    async with Services(around.urls, around.token) as services, Doors(around.urls, token) as doors:
        clock = _Time(services)
        for scenario in chosen:
            await _play(doors, clock, scenario)


async def _play(doors: Doors, clock: _Time, scenario: Scenario) -> None:
    began, now = time.monotonic(), await clock.rest()
    print(f"\n{scenario.title}")
    count = await seed(doors, scenario, lambda words: print(f"\r  masters {words:<60}", end=""))
    print(f"\r  {count} masters put in{'':<60}")
    await clock.rest()
    customer = scenario.customer(now)
    play = Play(
        doors,
        clock,
        [customer, *scenario.people(now)],
        lambda: _all_completed(doors, customer),
        _tell,
        now + PATIENCE,
    )
    end = await play.run()
    print(
        f"  done at {end:%Y-%m-%d %H:%M} business time: {play.acts} acts of people, {play.steps} steps of time, "
        f"{time.monotonic() - began:.1f} s"
    )
    for order in await doors.items(customer.person, "orders", "/v1/orders?state=completed"):
        print(f"  order {order['order_id']} completed; `o2d order {order['order_id']}` tells its story")


async def _all_completed(doors: Doors, customer: Customer) -> bool:
    """Whether every need that the customer stated has become a completed order."""
    for need_id in customer.stated:
        need = await doors.get(customer.person, "orders", f"/v1/needs/{need_id}")
        if need["attention"]:
            raise Stuck(f"need {need_id} needs a person: {need['attention']}")
    done = await doors.items(customer.person, "orders", "/v1/orders?state=completed")
    return {order["need_id"] for order in done} >= set(customer.stated) and bool(customer.stated)


def _tell(now: datetime, who: str, what: str) -> None:
    print(f"  {now:%m-%d %H:%M}  {who:<22} {what}", flush=True)
