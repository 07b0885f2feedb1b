"""What a topic is, and how a fact class gets its type name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PARTITIONS_COUNT: Final = 12
RETENTION_DAYS: Final = 30

_WORD: Final = re.compile(r"[A-Z][a-z0-9]*")


@dataclass(frozen=True, slots=True)
class Topic:
    """A Kafka topic: its facts all carry `key`, the id of the owner's row that is locked when they are told.

    `outside` are facts that no service hears: they are for subscribers and the control tower.
    """

    name: str
    owner: str
    key: str
    facts: tuple[type, ...]
    outside: frozenset[type] = frozenset()
    compacted: bool = False


def type_name(fact: type) -> str:
    """The CloudEvents type of a fact class: `OrderPlaced` is `o2d.order.placed.v1`."""
    return "o2d." + ".".join(word.lower() for word in _WORD.findall(fact.__name__)) + ".v1"
