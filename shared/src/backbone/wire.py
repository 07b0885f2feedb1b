"""Facts to CloudEvents bytes and back (binary mode: attributes are Kafka headers, the value is plain JSON)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Protocol

import msgspec

from backbone.errors import Invalid, Poison
from backbone.ids import id_of_record

SCHEMA_BASE: Final = "https://o2d.example/schemas"
FACT_BYTES_MAX: Final = 512 * 1024

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")

Headers = tuple[tuple[str, str], ...]


class FactTooLarge(Invalid):
    """What was asked leads to a fact with more bytes than any may have."""


class Topic(Protocol):
    """What the backbone needs to know of a topic: its name, its owner, its key field and its facts."""

    @property
    def name(self) -> str: ...
    @property
    def owner(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def facts(self) -> Sequence[type]: ...
    @property
    def compacted(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a transaction happen: the fact that was heard, and the root ask that it belongs to."""

    event_id: str | None = None
    correlation_id: str | None = None
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Incoming:
    """A record as it came from Kafka, undecoded.

    `event_id` is the fact's id, or one made from the record's place when it carries none that can be read.
    """

    topic: str
    partition: int
    offset: int
    key: str | None
    headers: Headers
    value: bytes | None
    timestamp_ms: int
    attributes: dict[str, str] = field(init=False, repr=False, compare=False)
    event_id: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        attributes = dict(self.headers)
        given = attributes.get("ce_id", "").lower()
        readable = _UUID.fullmatch(given) is not None
        place = (self.timestamp_ms, self.topic, self.partition, self.offset)
        object.__setattr__(self, "attributes", attributes)
        object.__setattr__(self, "event_id", given if readable else id_of_record(*place))

    @property
    def parking_key(self) -> str:
        """The key under which the record waits; a record without a key waits alone."""
        return self.key if self.key is not None else f"\u2205{self.partition}/{self.offset}"

    @property
    def told_at(self) -> datetime | None:
        """The business moment at which the fact was told; None where no moment can be read."""
        try:
            moment = datetime.fromisoformat(self.attributes.get("ce_time", ""))
        except ValueError:
            return None
        return moment if moment.tzinfo is not None else None

    @property
    def cause(self) -> Cause:
        """This record as the cause of what follows from it."""
        had = self.attributes
        return Cause(self.event_id, had.get("ce_correlationid"), had.get("traceparent"))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A fact ready for the outbox: final header text and payload bytes."""

    event_id: str
    topic: str
    key: str
    headers: str
    payload: bytes


def _plain(value: object) -> object:
    # Values that are neither JSON nor dataclasses (exact quantities) say themselves how they look as text.
    return str(value)


def valued(kind: type, raw: object) -> object:
    """A value of `kind` from its text on the wire, through the kind's own `parse`."""
    parse = getattr(kind, "parse", None)
    if parse is None:
        raise TypeError(f"no wire form is known for {kind.__name__}")
    return parse(raw)


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain)
_HEADERS: Final = msgspec.json.Decoder(list[tuple[str, str]])


def encode(fact: object) -> bytes:
    """The JSON value of a fact."""
    return _ENCODER.encode(fact)


def headers_of_text(text: str) -> list[tuple[str, bytes]]:
    """Stored header text as the header list that Kafka takes."""
    return [(name, value.encode()) for name, value in _HEADERS.decode(text)]


@dataclass(frozen=True, slots=True)
class _Written:
    topic: str
    key_field: str
    head: tuple[tuple[str, str], ...]


class Catalogue:
    """Every fact there is: its topic, key field, type name and decoder.

    `type_name` gives a fact class its CloudEvents type, for example `o2d.order.placed.v1`.
    """

    def __init__(self, topics: Iterable[Topic], type_name: Callable[[type], str]) -> None:
        self.topics: tuple[Topic, ...] = tuple(topics)
        self._written: dict[type, _Written] = {}
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}
        self._types: dict[type, str] = {}
        self.names: set[str] = {topic.name for topic in self.topics}
        for topic in self.topics:
            for fact in topic.facts:
                self._enter(topic, fact, type_name(fact))

    def _enter(self, topic: Topic, fact: type, name: str) -> None:
        head = (
            ("content-type", "application/json"),
            ("ce_specversion", "1.0"),
            ("ce_source", f"/{topic.owner}"),
            ("ce_type", name),
            ("ce_dataschema", f"{SCHEMA_BASE}/{name}.json"),
        )
        self._written[fact] = _Written(topic.name, topic.key, head)
        self._types[fact] = name
        self._decoders[name] = msgspec.json.Decoder(fact, dec_hook=valued)

    def type_of(self, fact: type) -> str:
        """The CloudEvents type of a fact class."""
        return self._types[fact]

    def topic_of(self, fact: type) -> str:
        """The name of the topic that carries a fact class."""
        return self._written[fact].topic

    def key_of(self, fact: object) -> tuple[str, str]:
        """The (topic, key) under which a fact is told."""
        written = self._written[type(fact)]
        return written.topic, getattr(fact, written.key_field)

    def decode(self, record: Incoming) -> object:
        """The fact in a record; raises `Poison` when it cannot be read."""
        decoder = self._decoders.get(record.attributes.get("ce_type", ""))
        if decoder is None or record.value is None:
            raise Poison("the record has no type that is known here")
        if len(record.value) > FACT_BYTES_MAX:
            raise Poison(f"the value has {len(record.value)} bytes, {FACT_BYTES_MAX} bytes are allowed")
        try:
            return decoder.decode(record.value)
        except (msgspec.MsgspecError, ValueError, TypeError) as broken:
            raise Poison(f"the value does not decode: {broken}") from broken

    def outgoing(
        self, fact: object, *, event_id: str, sequence: int, cause: Cause, now: datetime, recorded: datetime
    ) -> Outgoing:
        """The fact as it goes into the outbox; raises `FactTooLarge`."""
        written = self._written[type(fact)]
        key = getattr(fact, written.key_field)
        headers = [
            *written.head,
            ("ce_id", event_id),
            ("ce_subject", key),
            ("ce_time", _moment(now)),
            ("ce_recordedtime", _moment(recorded)),
            ("ce_partitionkey", key),
            ("ce_sequence", f"{sequence:020d}"),
        ]
        if cause.correlation_id:
            headers.append(("ce_correlationid", cause.correlation_id))
        if cause.event_id:
            headers.append(("ce_causationid", cause.event_id))
        if cause.traceparent:
            headers.append(("traceparent", cause.traceparent))
        payload = _ENCODER.encode(fact)
        if len(payload) > FACT_BYTES_MAX:
            raise FactTooLarge(
                f"{type(fact).__name__} has {len(payload)} bytes, {FACT_BYTES_MAX} are allowed"
            )
        return Outgoing(event_id, written.topic, key, _ENCODER.encode(headers).decode(), payload)


@lru_cache(maxsize=64)
def _moment(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
