"""A scripted outbox with the relay's lock, and a scripted log that producers write to, for better or worse."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import asyncpg

from backbone import relay
from backbone.kafka import KafkaAway, Record, SendFailed
from tests.simulation.virtual import PROCESS, WORLD
from tests.simulation.world import World

PARTITIONS = 3
IDLE_S = 10.0
SLOW_S_MAX = 20.0
LATE_S_MAX = 15.0


class _Row(NamedTuple):
    id: int
    topic: str
    key: str
    headers: str
    payload: bytes


class Row(_Row):
    """A row as the driver gives it: by name and by place."""

    def __getitem__(self, name: Any) -> Any:
        return getattr(self, name) if isinstance(name, str) else super().__getitem__(name)


def away(why: str) -> Exception:
    """What the driver raises for a connection that is gone."""
    return asyncpg.ConnectionDoesNotExistError(why)


@dataclass
class Outbox:
    """Rows to send, the log of facts that were sent, and the lock of the one who may send."""

    world: World
    log: Log
    rows: dict[int, Row] = field(default_factory=dict)
    facts: list[Row] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)
    holder: Session | None = None
    numbers: int = 0

    def number(self) -> int:
        """The next identity: given before the transaction that uses it commits."""
        self.numbers += 1
        return self.numbers

    def add(self, row: Row) -> None:
        """A transaction that tells commits."""
        self.rows[row.id] = row
        self.world.say("told", f"{row.key} {row.payload.decode()}")

    async def opened(self, *_: object) -> Session:
        """A session that the server ends when it falls silent."""
        session = Session(self, PROCESS.get())
        await self.world.exchange("database", session.begun, away)
        return session

    def move(self, ids: Iterable[int]) -> int:
        """Rows become facts, in their order; what is not in the log by now would be lost."""
        there = [self.rows[each] for each in sorted(ids) if each in self.rows]
        if lost := [row.payload for row in there if row.payload not in self.log.had(row.key)]:
            raise self.world.breaks(f"moved before it was sent: {lost}")
        for row in there:
            del self.rows[row.id]
        self.facts += there
        return len(there)


class Session:
    """One connection of a relay, without transactions: a statement lasts when it is done."""

    def __init__(self, outbox: Outbox, process: str) -> None:
        self.outbox, self.world, self.process = outbox, outbox.world, process
        self.ended: str | None = None
        self._asked = 0.0
        self._busy = False

    async def begun(self) -> None:
        """The server has a session."""
        self.outbox.sessions.append(self)
        self._asked = self.world.loop.now
        self.world.loop.spawn(WORLD, self._end_when_idle())

    async def _end_when_idle(self) -> None:
        while self.ended is None:
            await self.world.loop.passed(0.5)
            if not self._busy and self.world.loop.now - self._asked > IDLE_S:
                self.end("idle")

    def end(self, why: str) -> None:
        """The session is over, and with it its lock."""
        if self.ended is None:
            self.ended = why
            self.world.say(f"session ended: {why}", self.process)
            self.outbox.sessions.remove(self)
            if self.outbox.holder is self:
                self.outbox.holder = None

    async def served(self, act: Callable[[], Any]) -> Any:
        """What the server answers."""

        async def acted() -> Any:
            if self.ended is not None:
                raise away(f"the session is over: {self.ended}")
            self._asked = self.world.loop.now
            return act()

        try:
            return await self.world.exchange("database", acted, away)
        except asyncpg.PostgresError:
            # The driver gives a connection up that broke once; the server sees its end.
            self.end("broken")
            raise

    async def fetchval(self, statement: str, *_: object) -> bool:
        """Take the lock if it is free."""
        assert "pg_try_advisory_lock" in statement

        def lock() -> bool:
            if self.outbox.holder is None:
                self.outbox.holder = self
                self.world.say("locks", self.process)
            return self.outbox.holder is self

        return bool(await self.served(lock))

    async def execute(self, statement: str) -> None:
        """A sign of life."""
        await self.served(lambda: None)

    async def prepare(self, statement: str) -> Prepared:
        """One of the relay's two statements."""
        return Prepared(self, statement)

    async def close(self, timeout: float) -> None:
        """End politely."""
        self.end("closed")

    def terminate(self) -> None:
        """End at once."""
        self.end("closed")


class Prepared:
    """A statement of the relay, known by its text."""

    def __init__(self, session: Session, statement: str) -> None:
        self._session, self._outbox = session, session.outbox
        self._moves = statement == relay.MOVE
        self._count = 0

    async def fetch(self, shard: int, given: Any, *_: object) -> list[Row]:
        """Read from the head, or move what was sent."""
        if self._moves:
            self._count = await self._session.served(lambda: self._outbox.move(given))
            return []
        rows = await self._session.served(lambda: sorted(self._outbox.rows.items())[:given])
        return [row for _, row in rows]

    def get_statusmsg(self) -> str:
        """How many rows were moved."""
        return f"INSERT 0 {self._count}"


@dataclass
class Log:
    """What lies in Kafka, by partition."""

    world: World
    partitions: dict[int, list[tuple[str, bytes]]] = field(default_factory=dict)
    order: dict[str, list[bytes]] = field(default_factory=dict)
    twice: int = 0

    def had(self, key: str) -> list[bytes]:
        """What has come of a key, each at its first coming."""
        return self.order.get(key, [])

    def append(self, partition: int, records: Iterable[Record]) -> None:
        """Records arrive; of each key the next new one must be the next in order."""
        for key, value, _ in records:
            name, payload = key.decode(), value or b""
            self.partitions.setdefault(partition, []).append((name, payload))
            had = self.order.setdefault(name, [])
            if payload in had:
                self.twice += 1
            elif int(payload) != len(had) + 1:
                self.world.breaks(f"out of order: {payload.decode()} of {name} after {had[-1:]}")
            else:
                had.append(payload)


class Producer:
    """One client that sends; what it was not told to have arrived may still arrive, and late."""

    def __init__(self, log: Log) -> None:
        self._log, self.world = log, log.world

    async def start(self) -> None:
        """Connect. Raises `KafkaAway`."""
        await self.world.exchange("kafka", self._answers, KafkaAway)

    async def partitions_count(self, topic: str) -> int:
        """How many partitions a topic has. Raises `SendFailed`."""
        return await self.world.exchange("kafka", self._answers, SendFailed)

    async def _answers(self) -> int:
        return PARTITIONS

    async def send(self, topic: str, partition: int, records: Iterable[Record]) -> None:
        """Send in order, a piece at a time. Raises `SendFailed`."""
        left = list(records)
        while left:
            size = self.world.chance.randint(1, 4)
            piece, left = left[:size], left[size:]
            await self._sent(partition, piece)

    async def _sent(self, partition: int, piece: list[Record]) -> None:
        async def arrive() -> None:
            if self.world.strikes(self.world.luck.slow):
                self.world.say("slow", partition)
                await self.world.loop.passed(self.world.chance.random() * SLOW_S_MAX)
            self._log.append(partition, piece)

        if self.world.strikes(self.world.luck.lost):
            self.world.loop.spawn(WORLD, self._late(arrive))
            raise SendFailed("nothing is known of it")
        await self.world.exchange("kafka", arrive, SendFailed)

    async def _late(self, arrive: Callable[[], Awaitable[None]]) -> None:
        await self.world.loop.passed(self.world.chance.random() * LATE_S_MAX)
        self.world.say("arrives late")
        await arrive()

    async def stop(self) -> None:
        """Throw the client away."""
        await asyncio.sleep(0)
