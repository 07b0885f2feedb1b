"""Time-ordered ids (uuid version 7)."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime
from typing import Final

from uuid_utils import uuid7

_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0b10 << 62


def new_id() -> str:
    """A fresh uuid v7 as text; ids made later in one process sort later."""
    return str(uuid7())


def id_of_record(timestamp_ms: int, topic: str, partition: int, offset: int) -> str:
    """A v7-shaped id for a record that carries none: its Kafka timestamp, then a hash of where it lies."""
    digest = hashlib.sha256(f"{topic}/{partition}/{offset}".encode()).digest()
    tail = int.from_bytes(digest[:10]) & ~(0xF << 76) & ~(0b11 << 62)
    return str(uuid.UUID(int=(timestamp_ms & (2**48 - 1)) << 80 | _VERSION_7 | _VARIANT | tail))


def oldest_id(moment: datetime) -> str:
    """The smallest v7-shaped id of a moment (aware): every id made before it sorts before it."""
    return str(uuid.UUID(int=round(moment.timestamp() * 1000) << 80 | _VERSION_7 | _VARIANT))
