"""The relay: the one active reader of the outbox; it sends to Kafka in order, then moves what was sent to `facts`."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final, TypeVar

import asyncpg
import structlog

from backbone.faults import reached
from backbone.kafka import Producer
from backbone.metrics import METRICS
from backbone.sending import RelayTimes, beating, closed, locked, opened, rest, send_rows

T = TypeVar("T")
ROWS_COUNT_MAX: Final = 1000
POLL_SECONDS_MIN: Final = 0.005
POLL_SECONDS_MAX: Final = 0.25
# Who is woken by what its own process tells looks by itself only for what others have told.
POLL_SECONDS_WOKEN: Final = 0.1
# What follows a round gathers for so long, unless that round had many: a round of ten rows costs little more than one
# of one. What is told while nothing is under way is sent at once.
GATHER_SECONDS: Final = 0.005
GATHERED_ROWS: Final = 100

READ: Final = "SELECT id, topic, key, headers, payload FROM outbox WHERE shard = $1 ORDER BY id LIMIT $2"
# One statement, so a fact is in the outbox or in facts, never in both and never in neither. Positions follow the
# outbox's order. Of topics with personal data only the hash is kept: what must be erased must not be in a log.
MOVE: Final = """
    WITH moved AS (
        DELETE FROM outbox WHERE shard = $1 AND id = ANY($2::bigint[])
        RETURNING shard, id, event_id, topic, key, headers, payload
    )
    INSERT INTO facts (shard, event_id, topic, key, headers, payload)
    SELECT shard, event_id, topic, key, headers,
           CASE WHEN topic = ANY($3::text[])
                THEN convert_to('{"sha256":"' || encode(sha256(payload), 'hex') || '"}', 'UTF8')
                ELSE payload END
    FROM moved ORDER BY id
"""


class OutboxMoved(Exception):
    """Rows that were read and sent are not there any more: somebody else relays, or the lock was lost."""


class Relay:
    """Relays one shard of the outbox behind `dsn` while it holds the lock; another one waits for its turn.

    `personal` names the topics whose payloads are kept out of `facts`. `told` is set when there may be something
    to send; without it the outbox is polled.
    """

    def __init__(
        self,
        dsn: str,
        producer: Callable[[], Producer],
        *,
        name: str,
        personal: Sequence[str] = (),
        told: asyncio.Event | None = None,
        times: RelayTimes | None = None,
        shard: int = 0,
    ) -> None:
        self._dsn = dsn
        self._producer = producer
        self._name = name
        self._personal = sorted(personal)
        self._told = told or asyncio.Event()
        self._poll_first = POLL_SECONDS_MIN if told is None else POLL_SECONDS_WOKEN
        self._times = times or RelayTimes()
        self._shard = shard
        self._stopping = asyncio.Event()
        self._failures = 0
        self._sent = METRICS.sent.labels(name)
        self._log = structlog.get_logger(__name__).bind(service=name, shard=shard)
        self.active = False
        self.trouble: str | None = None

    def stop(self) -> None:
        """Send what is there, then end `run`."""
        self._stopping.set()
        self._told.set()

    async def run(self) -> None:
        """Relay until `stop`; no failure of database or Kafka ends it."""
        while not self._stopping.is_set():
            try:
                await self._tenure()
            except Exception as failure:  # noqa: BLE001  (whatever ended the round, the next one reads from the head)
                self._note_trouble(failure)
                await self._pause()

    async def _tenure(self) -> None:
        connection = await opened(self._dsn, self._name, self._times)
        try:
            if await self._locked(connection):
                await self._serve(connection)
        finally:
            self.active = False
            await closed(connection)

    async def _locked(self, connection: asyncpg.Connection) -> bool:
        while not self._stopping.is_set():
            if await locked(connection, self._shard):
                self.active = True
                self._log.info("relay.active")
                return True
            self.trouble = None
            # What is told does not wake it: who waits for its turn sends nothing.
            await rest(self._stopping, self._times.lock_retry)
        return False

    async def _serve(self, connection: asyncpg.Connection) -> None:
        while True:
            producer = self._producer()
            try:
                await self._beating(connection, producer.start())
                await self._rounds(connection, producer)
                return
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OutboxMoved):
                raise
            except Exception as failure:  # noqa: BLE001  (a producer that failed once is thrown away)
                self._note_trouble(failure)
            finally:
                await producer.stop()
            if self._stopping.is_set():
                return
            await self._beating(connection, self._pause())

    async def _rounds(self, connection: asyncpg.Connection, producer: Producer) -> None:
        read = await connection.prepare(READ)
        move = await connection.prepare(MOVE)
        poll = self._poll_first
        while True:
            self._told.clear()
            rows = await read.fetch(self._shard, ROWS_COUNT_MAX)
            if not rows:
                self._failures, self.trouble = 0, None
                if self._stopping.is_set():
                    return
                await rest(self._told, poll)
                poll = min(poll * 2, POLL_SECONDS_MAX)
                continue
            poll = self._poll_first
            reached("relay.read")
            await self._beating(connection, send_rows(producer, rows, self._times.send))
            reached("relay.sent")
            await self._moved(move, [row["id"] for row in rows])
            reached("relay.moved")
            self._failures, self.trouble = 0, None
            self._sent.inc(len(rows))
            if len(rows) < GATHERED_ROWS and not self._stopping.is_set():
                await asyncio.sleep(GATHER_SECONDS)

    async def _moved(self, move: Any, ids: list[int]) -> None:
        await move.fetch(self._shard, ids, self._personal)
        count = int(move.get_statusmsg().rpartition(" ")[2])
        if count != len(ids):
            raise OutboxMoved(f"{len(ids)} rows were sent, {count} were still there")

    async def _beating(self, connection: asyncpg.Connection, work: Coroutine[Any, Any, T]) -> T:
        return await beating(connection, work, self._times.heartbeat)

    async def _pause(self) -> None:
        longest = min(self._times.pause_max, 0.1 * 2 ** min(self._failures, 8))
        await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  (spreads retries, guards nothing)

    def _note_trouble(self, failure: Exception) -> None:
        cause = failure.exceptions[0] if isinstance(failure, ExceptionGroup) else failure
        self._failures += 1
        self.trouble = f"{type(cause).__name__}: {cause}"
        self._log.warning("relay.interrupted", cause=self.trouble)
