"""The deliverer: the one active sender of a service's webhooks; it follows the log and posts what endpoints want."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import asyncpg
import structlog

from backbone.errors import NoSecret
from backbone.faults import reached
from backbone.metrics import METRICS
from backbone.ops.log import event_of
from backbone.seals import Broken
from backbone.sending import WEBHOOKS_LOCK, RelayTimes, closed, locked, opened, rest
from backbone.webhooks import following, secrets
from backbone.webhooks.outcome import Due, Outcome, outcome_of
from backbone.webhooks.posting import Answer, Poster
from backbone.wire import encode

if TYPE_CHECKING:
    from backbone.service import Host

SHARD: Final = 0
# So many for each endpoint: however slow some are, the others have their own.
EACH_COUNT_MAX: Final = 4
POLL_SECONDS: Final = 0.5
# Answers that come at once are noted together.
GATHER_SECONDS: Final = 0.005
STOP_SECONDS: Final = 5.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Chances:
    """What time it is by the wall, and chance from 0 to 1."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random


class Deliverer:
    """Sends the webhooks of a host's service while it holds the lock for that; another one waits for its turn.

    What it sends and what it notes are two steps: a process that dies between them leaves a message to send again.
    """

    def __init__(
        self,
        host: Host,
        dsn: str,
        poster: Callable[[], Poster],
        *,
        times: RelayTimes | None = None,
        chances: Chances | None = None,
    ) -> None:
        self._host = host
        self._name = host.service.name
        self._personal = host.service.personal_topics
        self._dsn = dsn
        self._poster = poster
        self._times = times or RelayTimes()
        self._chances = chances or Chances()
        self._stopping = asyncio.Event()
        self._log = log.bind(service=self._name)
        self.active = False
        self.trouble: str | None = None

    def stop(self) -> None:
        """Begin nothing new; what is in flight has a moment to be answered."""
        self._stopping.set()

    async def run(self) -> None:
        """Deliver until `stop`; no failure of database or endpoints ends it."""
        while not self._stopping.is_set():
            try:
                await self._tenure()
                self.trouble = None
            except Exception as failure:  # noqa: BLE001  (whatever ended it, the rows say what is left to send)
                self.trouble = f"{type(failure).__name__}: {failure}"
                self._log.warning("webhooks.interrupted", cause=self.trouble)
                await self.rest(self._times.pause_max)

    async def _tenure(self) -> None:
        connection = await opened(self._dsn, self._name, self._times, "webhooks")
        try:
            while not self._stopping.is_set():
                if await locked(connection, SHARD, WEBHOOKS_LOCK):
                    self.active = True
                    async with self._poster() as poster:
                        await _Round(self, connection, poster).turn()
                    return
                await self.rest(self._times.lock_retry)
        finally:
            self.active = False
            await closed(connection)

    async def rest(self, seconds: float) -> None:
        """Wait so long, or until it is to stop."""
        await rest(self._stopping, seconds)

    async def posted(self, poster: Poster, due: Due) -> Outcome:
        """What comes of one message that is sent now."""
        now = self._chances.now()
        answer = await self._answer(poster, due, now)
        reached("webhook.sent")
        return outcome_of(due, answer, self._chances.now(), self._chances.chance())

    async def _answer(self, poster: Poster, due: Due, now: datetime) -> Answer:
        if due.payload is None:
            return Answer(None, "the fact is not in the log any more")
        body = due.payload if due.headers is None else encode(event_of(due.headers, due.payload))
        try:
            shown = [secrets.shown(self._host.seals, hidden) for hidden in due.secrets]
        except (Broken, NoSecret):
            return Answer(None, "its secret was hidden with one that this service no longer has: rotate it")
        headers = [
            ("webhook-id", due.event_id),
            ("webhook-timestamp", str(int(now.timestamp()))),
            ("webhook-signature", secrets.signatures(shown, due.event_id, now, body)),
        ]
        return await poster.post(due.url, headers, body, now)

    @property
    def stopping(self) -> bool:
        """Whether nothing new is to be begun."""
        return self._stopping.is_set()

    async def look(self, connection: asyncpg.Connection) -> int:
        """Take up what was told since; how many facts were looked at."""
        return await following.spread(connection, self._personal, self._chances.now())

    async def due(self, connection: asyncpg.Connection, flights: list[str], full: list[str]) -> list[Due]:
        """What is to be sent now beside what is in flight, to endpoints that are not full."""
        return await following.list_due(connection, self._chances.now(), flights, full, EACH_COUNT_MAX)

    async def note(self, connection: asyncpg.Connection, outcomes: list[Outcome]) -> None:
        """Write down what came of tries."""
        for webhook_id, reason in await following.note(connection, outcomes, self._chances.now()):
            self._log.warning("webhook.disabled", webhook=webhook_id, reason=reason)
        for one in outcomes:
            METRICS.webhook_tries.labels(self._name, one.state).inc()
        reached("webhook.noted")


class _Round:
    """What is in flight while the lock is held; all statements are on the session that holds it."""

    def __init__(self, deliverer: Deliverer, connection: asyncpg.Connection, poster: Poster) -> None:
        self._deliverer = deliverer
        self._connection = connection
        self._poster = poster
        self._flights: dict[str, tuple[str, asyncio.Task[Outcome]]] = {}

    async def turn(self) -> None:
        """Note, look, send; again and again until the deliverer is to stop."""
        try:
            while not self._deliverer.stopping:
                await self._note()
                looked = await self._deliverer.look(self._connection)
                await self._begin()
                if not looked:
                    await self._news()
            if self._flights:
                await asyncio.wait(self._tasks(), timeout=STOP_SECONDS)
            await self._note()
        finally:
            tasks = self._tasks()
            for task in tasks:
                task.cancel()
            # What was cancelled may have arrived: it is sent again.
            if tasks:
                await asyncio.wait(tasks)

    def _tasks(self) -> set[asyncio.Task[Outcome]]:
        return {task for _, task in self._flights.values()}

    async def _note(self) -> None:
        done = [name for name, (_, task) in self._flights.items() if task.done()]
        outcomes = [self._flights[name][1].result() for name in done]
        if outcomes:
            await self._deliverer.note(self._connection, outcomes)
        for name in done:
            del self._flights[name]

    async def _begin(self) -> None:
        busy = Counter(webhook_id for webhook_id, _ in self._flights.values())
        full = [webhook_id for webhook_id, count in busy.items() if count >= EACH_COUNT_MAX]
        for due in await self._deliverer.due(self._connection, list(self._flights), full):
            if busy[due.webhook_id] < EACH_COUNT_MAX:
                busy[due.webhook_id] += 1
                task = asyncio.create_task(self._deliverer.posted(self._poster, due), name="webhook")
                self._flights[due.delivery_id] = due.webhook_id, task

    async def _news(self) -> None:
        tasks = self._tasks()
        if not tasks:
            await self._deliverer.rest(POLL_SECONDS)
            return
        await asyncio.wait(tasks, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.sleep(GATHER_SECONDS)
