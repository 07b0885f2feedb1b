"""The port to Kafka: six methods each for who sends and who takes, and the only lines that know the client."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError

from backbone.wire import Incoming

BATCH_BYTES_MAX: Final = 256 * 1024
REQUEST_BYTES_MAX: Final = 1024 * 1024
REQUEST_SECONDS: Final = 10
STOP_SECONDS: Final = 5

Place = tuple[str, int]
Header = tuple[str, bytes]

# What must hold for any client of ours, whatever else a deployment sets: the library's own defaults lose data.
SAFE_PRODUCER: Final[Mapping[str, Any]] = {"enable_idempotence": True, "acks": "all", "transactional_id": None}
SAFE_CONSUMER: Final[Mapping[str, Any]] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "earliest",
    "partition_assignment_strategy": (RoundRobinPartitionAssignor,),
}


class UnsafeClient(ValueError):
    """A client was asked for with a setting that loses or tears facts."""


class SendFailed(Exception):
    """Kafka did not acknowledge what was sent; it may have arrived all the same."""


class KafkaAway(Exception):
    """Kafka does not answer, or the client's membership is broken."""


class MembershipMoved(Exception):
    """The group has changed since: these partitions may belong to another member, the commit is not repeated."""


@dataclass(frozen=True, slots=True)
class Access:
    """Where Kafka is and how to be let in."""

    bootstrap: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = None
    ca_file: str | None = None

    def options(self) -> dict[str, Any]:
        """The access as options of the client library."""
        found: dict[str, Any] = {
            "bootstrap_servers": self.bootstrap,
            "security_protocol": self.security_protocol,
            "request_timeout_ms": REQUEST_SECONDS * 1000,
        }
        if self.security_protocol.startswith("SASL"):
            found |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password,
            }
        if self.security_protocol.endswith("SSL"):
            found["ssl_context"] = ssl.create_default_context(cafile=self.ca_file)
        return found


@dataclass(frozen=True, slots=True)
class Record:
    """A record to send."""

    key: bytes
    value: bytes | None
    headers: Sequence[Header]


@dataclass(frozen=True, slots=True)
class Offsets:
    """Of one partition: where its reader stands, where it ends, and whether this member reads it."""

    at: int
    end: int
    mine: bool


class Producer(Protocol):
    """Who sends to Kafka."""

    async def start(self) -> None:
        """Connect. Raises `KafkaAway`."""
        ...

    async def partitions_count(self, topic: str) -> int:
        """How many partitions a topic has. Raises `SendFailed` for a topic that is not there."""
        ...

    async def send(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        """Send records in order; returns when all are acknowledged by all replicas. Raises `SendFailed`."""
        ...

    async def stop(self) -> None:
        """Throw the client away, within a limit; what was not acknowledged may still arrive."""
        ...


class Barrier(Protocol):
    """What a consumer does when partitions come and go."""

    async def revoked(self) -> None:
        """All partitions are about to go: nothing of them may be in work when this returns."""
        ...

    def assigned(self, places: Collection[Place]) -> None:
        """These partitions are ours now."""
        ...


class Consumer(Protocol):
    """Who takes from Kafka as a member of a group."""

    async def start(self, barrier: Barrier) -> None:
        """Join the group. Raises `KafkaAway`."""
        ...

    async def take(self, records_max: int, seconds: float, *, held: bool) -> dict[Place, list[Incoming]]:
        """What came, waiting for at most `seconds`; nothing new is fetched while `held`. Raises `KafkaAway`."""
        ...

    async def commit(self, offsets: Mapping[Place, int]) -> None:
        """Note how far each partition is handled. Raises `MembershipMoved` or `KafkaAway`."""
        ...

    async def offsets(self) -> dict[Place, Offsets]:
        """Every partition of the group's topics. Raises `KafkaAway`."""
        ...

    async def stop(self) -> None:
        """Leave the group, within a limit."""
        ...


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
            **access.options(),
            **options,
            **SAFE_PRODUCER,
        }
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
                    self._counts[topic] = len(await self._started().partitions_for(topic))
            except (KafkaError, TimeoutError) as failure:
                raise SendFailed(f"nothing is known of topic {topic}: {failure!r}") from failure
        return self._counts[topic]

    async def send(self, topic: str, partition: int, records: Sequence[Record]) -> None:
        """Send records in order; returns when all are acknowledged. Raises `SendFailed`."""
        client = self._started()
        now = time.time_ns() // 1_000_000
        try:
            batch = client.create_batch()
            for record in records:
                entry = {"timestamp": now, "key": record.key, "value": record.value, "headers": record.headers}
                if batch.append(**entry) is None:
                    # One batch of a partition at a time: a later one must not arrive without an earlier one.
                    await (await client.send_batch(batch, topic, partition=partition))
                    batch = client.create_batch()
                    if batch.append(**entry) is None:
                        raise SendFailed(f"a record for {topic} does not fit into an empty batch")
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
    def __init__(self, barrier: Barrier) -> None:
        self._barrier = barrier

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self._barrier.revoked()

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        self._barrier.assigned([(place.topic, place.partition) for place in assigned])
