"""Which partition a key belongs to: murmur2, as every Kafka client's default partitioner has it."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Final

SEED: Final = 0x9747B28C
MIX: Final = 0x5BD1E995
KEYS_CACHED_COUNT: Final = 16_384

_words: Final = tuple(struct.Struct(f"<{count}I") for count in range(65))


def murmur2(data: bytes) -> int:
    """MurmurHash2 of `data` (32 bit, unsigned), as `org.apache.kafka.common.utils.Utils.murmur2` computes it."""
    length = len(data)
    whole = length >> 2
    words = _words[whole] if whole < len(_words) else struct.Struct(f"<{whole}I")
    mixed = SEED ^ length
    for word in words.unpack_from(data):
        word = word * MIX & 0xFFFFFFFF
        word = (word ^ word >> 24) * MIX & 0xFFFFFFFF
        mixed = mixed * MIX & 0xFFFFFFFF ^ word
    if rest := data[whole << 2 :]:
        mixed = (mixed ^ int.from_bytes(rest, "little")) * MIX & 0xFFFFFFFF
    mixed = (mixed ^ mixed >> 13) * MIX & 0xFFFFFFFF
    return mixed ^ mixed >> 15


@lru_cache(maxsize=KEYS_CACHED_COUNT)
def partition_of(key: str, partitions_count: int) -> int:
    """The partition of a key among `partitions_count`; the same for the whole life of a topic."""
    return (murmur2(key.encode()) & 0x7FFFFFFF) % partitions_count
