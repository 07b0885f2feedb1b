"""Creation of the declared topics, by a command and never by whoever consumes or sends."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import for_code

from backbone.kafka import Access
from backbone.kafka_client import options_of
from backbone.wire import FACT_BYTES_MAX, Topic

# Fixed for the life of a topic: another count would send a key to another partition, before its earlier facts.
PARTITIONS_COUNT: Final = 12
RETENTION_DAYS: Final = 30
FORGOTTEN_HOURS: Final = 24
KNOWN_SECONDS: Final = 30
ASK_AGAIN_SECONDS: Final = 0.05

_OK: Final = 0
_EXISTS: Final = 36

log = structlog.get_logger(__name__)


class TopicDiffers(Exception):
    """A topic is there already, with another number of partitions than it must have."""


def config_of(topic: Topic) -> dict[str, str]:
    """A topic's settings in Kafka's own words."""
    settings = {"max.message.bytes": str(2 * FACT_BYTES_MAX), "compression.type": "producer"}
    if topic.compacted:
        # What was said before of a key is gone so soon after it was said anew: an erased person, too.
        lag_ms = str(FORGOTTEN_HOURS * 3600 * 1000)
        return settings | {"cleanup.policy": "compact", "retention.ms": "-1", "max.compaction.lag.ms": lag_ms}
    return settings | {"cleanup.policy": "delete", "retention.ms": str(RETENTION_DAYS * 24 * 3600 * 1000)}


async def create_topics(access: Access, topics: Sequence[Topic], *, replication: int) -> list[str]:
    """Create the topics that are not there yet, each on `replication` brokers; the answer names those created.

    Returns when the brokers know all of them. Raises `TopicDiffers` for one that has another partition count,
    `KafkaError` for what the brokers refuse, TimeoutError when a new topic has no leaders for too long.
    """
    admin = AIOKafkaAdminClient(**options_of(access))
    await admin.start()
    try:
        answer = await admin.create_topics(
            [
                NewTopic(
                    access.prefix + topic.name, PARTITIONS_COUNT, replication, topic_configs=config_of(topic)
                )
                for topic in topics
            ]
        )
        created = []
        for name, code, *message in answer.topic_errors:
            if code == _OK:
                created.append(name)
            elif code != _EXISTS:
                raise for_code(code)(f"{name}: {message}")
        async with asyncio.timeout(KNOWN_SECONDS):
            await _until_known(admin, [access.prefix + topic.name for topic in topics])
    finally:
        await admin.close()
    log.info("topics.created", created=created, declared=len(topics))
    return created


async def _until_known(admin: AIOKafkaAdminClient, names: Sequence[str]) -> None:
    while True:
        if await _known(admin, names):
            return
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _known(admin: AIOKafkaAdminClient, names: Sequence[str]) -> bool:
    for topic in await admin.describe_topics(list(names)):
        count = len(topic["partitions"])
        if count not in (0, PARTITIONS_COUNT):
            raise TopicDiffers(f"{topic['topic']} has {count} partitions, {PARTITIONS_COUNT} are declared")
        if not count or any(partition["leader"] < 0 for partition in topic["partitions"]):
            return False
    return True
