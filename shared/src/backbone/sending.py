"""Rows of facts to Kafka, on a session that holds the relay's lock: what relay and refill have in common."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import asyncpg

from backbone.kafka import Producer, Record
from backbone.partition import partition_of
from backbone.wire import headers_of_text

T = TypeVar("T")
# id or position, topic, key, headers, payload
Row = asyncpg.Record

RELAY_LOCK: Final = 0x6F32
WEBHOOKS_LOCK: Final = 0x6F33


@dataclass(frozen=True, slots=True)
class RelayTimes:
    """How long things may take, in seconds; what the fencing of a stalled relay rests on."""

    idle_session: float = 10
    heartbeat: float = 2
    send: float = 30
    lock_retry: float = 0.5
    connect: float = 5
    statement: float = 30
    pause_max: float = 5


async def opened(dsn: str, name: str, times: RelayTimes, part: str = "relay") -> asyncpg.Connection:
    """A session that the server ends when it falls silent, and with it its lock."""
    return await asyncpg.connect(
        dsn,
        timeout=times.connect,
        command_timeout=times.statement,
        server_settings={
            "application_name": f"{name} {part}",
            "idle_session_timeout": f"{round(times.idle_session * 1000)}ms",
            "idle_in_transaction_session_timeout": "10s",
            "lock_timeout": "5s",
            "jit": "off",
            # A plan made while the outbox was empty would read all of it for the first thousand rows.
            "enable_seqscan": "off",
        },
    )


async def locked(connection: asyncpg.Connection, shard: int, lock: int = RELAY_LOCK) -> bool:
    """Take the lock of a shard's relay, or another one, if it is free."""
    return bool(await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", lock, shard))


async def rest(event: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until something happens."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


async def send_rows(producer: Producer, rows: Sequence[Row], seconds: float) -> None:
    """Send rows, each key's in order; returns when all are acknowledged. Raises `SendFailed`, TimeoutError."""
    counts = {topic: await producer.partitions_count(topic) for topic in {row["topic"] for row in rows}}
    parts: dict[tuple[str, int], list[Row]] = {}
    for row in rows:
        topic = row["topic"]
        parts.setdefault((topic, partition_of(row["key"], counts[topic])), []).append(row)
    async with asyncio.timeout(seconds):
        async with asyncio.TaskGroup() as sending:
            for (topic, partition), part in parts.items():
                sending.create_task(producer.send(topic, partition, _records_of(part)))


async def beating(connection: asyncpg.Connection, work: Coroutine[Any, Any, T], heartbeat: float) -> T:
    """Do `work` that leaves the connection idle, and keep its session alive meanwhile.

    A process that is stopped sends no heartbeat: the server ends its session, and the lock is free.
    """
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=heartbeat)
            if not task.done():
                await connection.execute("SELECT 1")
        return await task
    finally:
        await _cancelled(task)


async def closed(connection: asyncpg.Connection) -> None:
    """End a session politely, or at once where the server does not answer."""
    try:
        await connection.close(timeout=1)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        # The server ends the session with the socket.
        connection.terminate()


async def _cancelled(task: asyncio.Future[Any]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait({task})


def _records_of(rows: Sequence[Row]) -> Iterator[Record]:
    # One at a time: a thousand rows' headers alive at once make the garbage collector half of the work.
    for _, _, key, headers, payload in rows:
        # An empty payload is a tombstone: a compacted topic then forgets the key.
        yield key.encode(), payload or None, headers_of_text(headers)
