"""The port to Kafka: a handful of methods for who sends and who takes; nothing here knows the client library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from backbone.wire import Incoming

Place = tuple[str, int]
Header = tuple[str, bytes]
# Key, value (None is a tombstone) and headers of a record to send.
Record = tuple[bytes, bytes | None, Sequence[Header]]


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
    """Where Kafka is and how to be let in; `prefix` sets the topics and groups of one installation apart."""

    bootstrap: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str = "SCRAM-SHA-512"
    username: str | None = None
    password: str | None = None
    ca_file: str | None = None
    prefix: str = ""


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

    async def send(self, topic: str, partition: int, records: Iterable[Record]) -> None:
        """Send records in order; returns when all are acknowledged by all replicas. Raises `SendFailed`."""
        ...

    async def stop(self) -> None:
        """Throw the client away, within a limit; what was not acknowledged may still arrive."""
        ...


class Barrier(Protocol):
    """What a consumer does when partitions come and go, and when it wants more."""

    async def revoked(self) -> None:
        """All partitions are about to go: nothing of them may be in work when this returns."""
        ...

    def assigned(self, places: Collection[Place]) -> None:
        """These partitions are ours now."""
        ...

    async def until_free(self) -> None:
        """Return when somebody could begin with what the broker has: it is asked then, and not before."""
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
