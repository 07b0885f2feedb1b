"""Each service as two processes: they share the work, and one that is stopped in the middle of it does no harm."""

from __future__ import annotations

import signal
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final

import asyncpg
import psutil

from backbone.testing_support import eventually
from simulator.scenarios import SCENARIOS
from tests.faults.conftest import Converged
from tests.faults.members import Member
from tests.faults.outages import MOMENT, healthy
from tests.faults.street import FIVE, PATIENCE_S, Ground, Street, street

SERVICE: Final = "materials"
BLOCKED: Final = """
    SELECT pid, client_port FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%INTO inbox%'
"""
RELAYS: Final = """
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND application_name = $1
"""


class Zombie:
    """Stops one of two processes while it handles a fact, lets the other one take over, and wakes it again."""

    def __init__(self, town: Street) -> None:
        self.town = town
        self.seconds: list[float] = []
        self._lock: asyncpg.Connection[Any] | None = None

    async def eve(self, service: str, path: str) -> None:
        """Before the order is placed: nobody can hear anything from now on."""
        if not self.seconds and self._lock is None and is_moment(service, path):
            self._lock = await asyncpg.connect(self.town.members[SERVICE].dsn)
            await self._lock.execute("BEGIN; LOCK TABLE inbox IN EXCLUSIVE MODE")

    async def look(self, service: str, path: str) -> None:
        """The order is placed: who tries to hear of it becomes a zombie, with its transaction open."""
        if self._lock is None or not is_moment(service, path):
            return
        zombie = await eventually(self._asleep, PATIENCE_S, of="a process asleep in its work")
        lock, self._lock = self._lock, None
        await lock.close()
        began = time.monotonic()
        try:
            assert await self.town.unheard(SERVICE) > 0
            await eventually(self._taken_over, PATIENCE_S, of="the other process to take over")
            self.seconds.append(time.monotonic() - began)
        finally:
            zombie.tell(signal.SIGCONT)

    async def _asleep(self) -> Member | None:
        """Stop who waits for the lock; None when nobody did, or did not any more by then."""
        for backend, port in await self.town.rows(SERVICE, BLOCKED):
            zombie = owner(self.town, port)
            zombie.tell(signal.SIGSTOP)
            if (backend, port) in await self.town.rows(SERVICE, BLOCKED):
                return zombie
            zombie.tell(signal.SIGCONT)
        return None

    async def _taken_over(self) -> bool:
        return await self.town.waiting(SERVICE) == 0


def is_moment(service: str, path: str) -> bool:
    return service == MOMENT[0] and path.startswith("/v1/quotes/") and path.endswith("/accept")


async def both(relays: Callable[[], Awaitable[list[Any]]]) -> bool:
    return len(await relays()) == 2


def owner(town: Street, port: int) -> Member:
    """The process that speaks from a port."""
    for member in town.members.values():
        if member.spec.name != SERVICE:
            continue
        assert member.child is not None
        if port in {one.laddr.port for one in psutil.Process(member.child.pid).net_connections()}:
            return member
    raise LookupError(port)


async def test_two_of_each_service_share_a_road_and_one_that_sleeps_past_its_session_is_fenced(
    ground: Ground, converged: Converged
) -> None:
    async with street(ground, processes=2) as town:
        for name in FIVE:
            relays = partial(town.rows, name, RELAYS, f"{name} relay")
            await eventually(
                partial(both, relays), of=f"one relay of {name}, and one that waits for its turn"
            )
        zombie = Zombie(town)
        town.watched.eve, town.watched.hook = zombie.eve, zombie.look
        order = await town.play(SCENARIOS["shaft"])
        await healthy(town, order)
        assert town.warned == [], "it was not started anew: it found its way back itself"
        converged(*zombie.seconds)
