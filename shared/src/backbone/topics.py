"""Creation of the declared topics, by a command and never by whoever consumes or sends."""

from __future__ import annotations

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

_OK: Final = 0
_EXISTS: Final = 36

log = structlog.get_logger(__name__)


class TopicDiffers(Exception):
    """A topic is there already, with another number of partitions than it must have."""


def config_of(topic: Topic) -> dict[str, str]:
    """A topic's settings in Kafka's own words."""
    settings = {"max.message.bytes": str(2 * FACT_BYTES_MAX), "compression.type": "producer"}
    if topic.compacted:
        return settings | {"cleanup.policy": "compact", "retention.ms": "-1"}
    return settings | {"cleanup.policy": "delete", "retention.ms": str(RETENTION_DAYS * 24 * 3600 * 1000)}


async def create_topics(access: Access, topics: Sequence[Topic], *, replication: int) -> list[str]:
    """Create the topics that are not there yet, each on `replication` brokers; the answer names those created.

    Raises `TopicDiffers` for one that has another partition count, `KafkaError` for what the brokers refuse.
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
        there = await admin.describe_topics([access.prefix + topic.name for topic in topics])
        _same_partitions(there)
    finally:
        await admin.close()
    log.info("topics.created", created=created, declared=len(topics))
    return created


def _same_partitions(there: Sequence[dict[str, object]]) -> None:
    for topic in there:
        partitions = topic["partitions"]
        count = len(partitions) if isinstance(partitions, list) else 0
        if count not in (0, PARTITIONS_COUNT):
            raise TopicDiffers(f"{topic['topic']} has {count} partitions, {PARTITIONS_COUNT} are declared")
