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
    return Incoming(
        record.topic.removeprefix(prefix),
        record.partition,
        record.offset,
        None if record.key is None else _text(record.key),
        tuple([(name, _text(value)) for name, value in record.headers]),
        record.value,
        record.timestamp,
    )


def _text(value: bytes | None) -> str:
    # Whatever a stranger sends must fit into a text column, so that it can be parked: no null, no broken bytes.
    if not value:
        return ""
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = value.decode(errors="replace")
    return text.replace("\x00", "\ufffd") if "\x00" in text else text
