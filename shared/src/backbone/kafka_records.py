"""Records of the client library as the backbone reads them."""

from __future__ import annotations

from typing import Any

from aiokafka import TopicPartition

from backbone.kafka import Place
from backbone.wire import Incoming


def place_of(partition: TopicPartition, prefix: str) -> Place:
    """The topic and partition as the service knows them."""
    return partition.topic.removeprefix(prefix), partition.partition


def incoming(record: Any, prefix: str) -> Incoming:
    """A record of the client library as the service reads it."""
    try:
        headers = tuple([(name, value.decode()) for name, value in record.headers])
    except (UnicodeDecodeError, AttributeError):
        headers = tuple([(name, _text(value)) for name, value in record.headers])
    return Incoming(
        record.topic.removeprefix(prefix),
        record.partition,
        record.offset,
        # A key must fit into a text column, whatever a stranger sends, so that it can be parked: no null.
        None if record.key is None else _text(record.key).replace("\x00", "\ufffd"),
        headers,
        record.value,
        record.timestamp,
    )


def _text(value: bytes | None) -> str:
    return (value or b"").decode(errors="replace")
