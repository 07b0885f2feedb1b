"""The port to Kafka made with aiokafka: safe options only, its traps mended, its exceptions translated."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from backbone.kafka import (
    Access,
    Barrier,
    KafkaAway,
    MembershipMoved,
    Offsets,
    Place,
    Record,
    SendFailed,
    UnsafeClient,
)
from backbone.kafka_records import incoming, place_of
from backbone.kafka_sessions import remembered
from backbone.wire import Incoming

BATCH_BYTES_MAX: Final = 256 * 1024
REQUEST_BYTES_MAX: Final = 1024 * 1024
REQUEST_SECONDS: Final = 10
STOP_SECONDS: Final = 5
OFFSETS_SECONDS: Final = 5
# Where there is nothing, the broker answers after so long.
FETCH_MILLISECONDS: Final = 2_000

# What must hold for any client of ours, whatever else a deployment sets: the library's own defaults lose data.
SAFE_PRODUCER: Final[Mapping[str, Any]] = {
    "enable_idempotence": True,
    "acks": "all",
    "transactional_id": None,
}
SAFE_CONSUMER: Final[Mapping[str, Any]] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "partition_assignment_strategy": (RoundRobinPartitionAssignor,),
}


def options_of(access: Access) -> dict[str, Any]:
    """The access as options of the client library."""
    found: dict[str, Any] = {
        "bootstrap_servers": access.bootstrap,
        "security_protocol": access.security_protocol,
        "request_timeout_ms": REQUEST_SECONDS * 1000,
    }
    if access.security_protocol.startswith("SASL"):
        found |= {
            "sasl_mechanism": access.sasl_mechanism,
            "sasl_plain_username": access.username,
            "sasl_plain_password": access.password,
        }
    if access.security_protocol.endswith("SSL"):
        found["ssl_context"] = ssl.create_default_context(cafile=access.ca_file)
    return found


def _refuse_unsafe(options: Mapping[str, Any], safe: Mapping[str, Any]) -> None:
    for name, value in safe.items():
        if name in options and options[name] != value:
            raise UnsafeClient(f"{name}={options[name]!r} loses or tears facts; it must be {value!r}")


class KafkaProducer:
    """The producer of aiokafka with the one set of options that keeps facts whole and in order."""

    def __init__(self, access: Access, **options: Any) -> None:
        _refuse_unsafe(options, SAFE_PRODUCER)
        self._options: dict[str, Any] = {
            "linger_ms": 0,
            "max_batch_size": BATCH_BYTES_MAX,
            "max_request_size": REQUEST_BYTES_MAX,
            "compression_type": "lz4",
            **options_of(access),
            **options,
            **SAFE_PRODUCER,
        }
        self._prefix = access.prefix
        self._client: AIOKafkaProducer | None = None
        self._counts: dict[str, int] = {}

    async def start(self) -> None:
        """Connect. Raises `KafkaAway`."""
        self._client = AIOKafkaProducer(**self._options)
        try:
            async with asyncio.timeout(REQUEST_SECONDS):
                await self._client.start()
        except (KafkaError, OSError, TimeoutError) as failure:
            raise KafkaAway(f"no producer: {failure!r}") from failure

    async def partitions_count(self, topic: str) -> int:
        """How many partitions a topic has (fixed for its life). Raises `SendFailed`."""
        if topic not in self._counts:
            try:
                async with asyncio.timeout(REQUEST_SECONDS):
                    self._counts[topic] = len(await self._started().partitions_for(self._prefix + topic))
            except (KafkaError, TimeoutError) as failure:
                raise SendFailed(f"nothing is known of topic {topic}: {failure!r}") from failure
        return self._counts[topic]

    async def send(self, topic: str, partition: int, records: Iterable[Record]) -> None:
        """Send records in order; returns when all are acknowledged. Raises `SendFailed`."""
        client, topic = self._started(), self._prefix + topic
        now = time.time_ns() // 1_000_000
        batch = client.create_batch()
        try:
            for key, value, headers in records:
                if batch.append(timestamp=now, key=key, value=value, headers=headers) is None:
                    # One batch of a partition at a time: a later one must not arrive without an earlier one.
                    await (await client.send_batch(batch, topic, partition=partition))
                    batch = client.create_batch()
                    # The first record of a batch always fits; the broker has the last word on its size.
                    batch.append(timestamp=now, key=key, value=value, headers=headers)
            await (await client.send_batch(batch, topic, partition=partition))
        except (KafkaError, AssertionError) as failure:
            raise SendFailed(f"{topic}/{partition}: {failure!r}") from failure

    async def stop(self) -> None:
        """Throw the client away, within a limit."""
        if self._client is None:
            return
        client, self._client = self._client, None
        sender = client._sender.sender_task
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await client.stop()
        except (KafkaError, TimeoutError):
            # stop() waits for acknowledgements that may never come; the sender would otherwise outlive it.
            if sender is not None:
                sender.cancel()
            await client.client.close()

    def _started(self) -> AIOKafkaProducer:
        if self._client is None:
            raise SendFailed("the producer is not started")
        return self._client


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, barrier: Barrier, prefix: str) -> None:
        self._barrier = barrier
        self._prefix = prefix

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self._barrier.revoked()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._barrier.assigned([place_of(each, self._prefix) for each in assigned])


class KafkaConsumer:
    """The consumer of aiokafka as a member of `group`: no auto commit, from the earliest record on."""

    def __init__(
        self,
        access: Access,
        group: str,
        topics: Sequence[str],
        *,
        session_seconds: float = 30,
        rebalance_seconds: float = 60,
        **options: Any,
    ) -> None:
        _refuse_unsafe(options, SAFE_CONSUMER)
        self._prefix = access.prefix
        self._topics = tuple(access.prefix + topic for topic in topics)
        self._start_seconds = rebalance_seconds + session_seconds
        self._options: dict[str, Any] = {
            "fetch_max_wait_ms": FETCH_MILLISECONDS,
            "group_id": access.prefix + group,
            "session_timeout_ms": round(session_seconds * 1000),
            "heartbeat_interval_ms": round(session_seconds * 100),
            "rebalance_timeout_ms": round(rebalance_seconds * 1000),
            **options_of(access),
            **options,
            **SAFE_CONSUMER,
        }
        self._client: AIOKafkaConsumer | None = None
        self._asking = options_of(access)
        self._asker: AIOKafkaConsumer | None = None

    async def start(self, barrier: Barrier) -> None:
        """Join the group. Raises `KafkaAway`."""
        self._client = AIOKafkaConsumer(**self._options)
        remembered(self._client, barrier.until_free)
        self._client.subscribe(list(self._topics), listener=_Listener(barrier, self._prefix))
        # A broker answers a connection in turn: behind a fetch that waits for records every question waits, too.
        self._asker = AIOKafkaConsumer(**self._asking)
        try:
            async with asyncio.timeout(self._start_seconds):
                await self._asker.start()
                await self._client.start()
        except (KafkaError, OSError, TimeoutError) as failure:
            raise KafkaAway(f"no member of the group: {failure!r}") from failure

    async def take(self, records_max: int, seconds: float, *, held: bool) -> dict[Place, list[Incoming]]:
        """What came, waiting for at most `seconds` (longer while the group rebalances). Raises `KafkaAway`.

        Nothing is awaited between the client's answer and the return, so no rebalance can come between.
        """
        client = self._started()
        try:
            self._hold(client, held)
            came = await client.getmany(timeout_ms=round(seconds * 1000), max_records=records_max)
        except KafkaError as failure:
            raise KafkaAway(f"nothing can be taken: {failure!r}") from failure
        return {
            place_of(each, self._prefix): [incoming(record, self._prefix) for record in records]
            for each, records in came.items()
        }

    async def commit(self, offsets: Mapping[Place, int]) -> None:
        """Note how far each partition is handled. Raises `MembershipMoved` or `KafkaAway`."""
        try:
            await self._started().commit(
                {TopicPartition(self._prefix + topic, number): at for (topic, number), at in offsets.items()}
            )
        except (CommitFailedError, IllegalStateError) as moved:
            raise MembershipMoved(str(moved)) from moved
        except KafkaError as failure:
            raise KafkaAway(f"offsets are not committed: {failure!r}") from failure

    async def offsets(self) -> dict[Place, Offsets]:
        """Every partition of the group's topics. Raises `KafkaAway`."""
        client = self._started()
        mine = set(client.assignment())
        places = [
            TopicPartition(topic, partition)
            for topic in self._topics
            for partition in client.partitions_for_topic(topic) or ()
        ]
        try:
            async with asyncio.timeout(OFFSETS_SECONDS):
                ends = await (self._asker or client).end_offsets(places)
                at = {place: await client.position(place) for place in mine}
                others = [place for place in places if place not in mine]
                at |= await self._where_others_stand(client, others)
        except (KafkaError, TimeoutError) as failure:
            raise KafkaAway(f"no offsets: {failure!r}") from failure
        return {place_of(each, self._prefix): Offsets(at[each], ends[each], each in mine) for each in places}

    async def stop(self) -> None:
        """Leave the group, within a limit."""
        clients, self._client, self._asker = (self._client, self._asker), None, None
        for client in clients:
            if client is not None:
                await _left(client)

    async def _where_others_stand(
        self, client: AIOKafkaConsumer, places: list[TopicPartition]
    ) -> dict[TopicPartition, int]:
        if not places:
            return {}
        begins = await (self._asker or client).beginning_offsets(places)
        return {place: max(await client.committed(place) or 0, begins[place]) for place in places}

    def _hold(self, client: AIOKafkaConsumer, held: bool) -> None:
        paused = client.paused()
        if held:
            client.pause(*(client.assignment() - paused))
        elif paused:
            client.resume(*paused)

    def _started(self) -> AIOKafkaConsumer:
        if self._client is None:
            raise KafkaAway("the consumer is not started")
        return self._client


async def _left(client: AIOKafkaConsumer) -> None:
    try:
        async with asyncio.timeout(STOP_SECONDS):
            await client.stop()
    except asyncio.CancelledError:
        # The client cancels its own questions; one that waits to be asked again lets that out. Of what was to be
        # stopped only the sockets are left then. A cancellation that is meant for us goes on.
        if (task := asyncio.current_task()) is not None and task.cancelling():
            raise
        await client._client.close()
    except (KafkaError, TimeoutError):
        # The membership then ends with its session; the sockets need not wait for that.
        await client._client.close()
