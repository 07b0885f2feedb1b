"""The port to Kafka refuses what loses or tears facts, and sends a key where every client sends it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from aiokafka.partitioner import DefaultPartitioner

from backbone.kafka import UnsafeClient
from backbone.kafka_client import KafkaConsumer
from backbone.partition import partition_of
from shared.tests.grounds import Ground


@pytest.mark.parametrize("option", [{"acks": 1}, {"enable_idempotence": False}, {"transactional_id": "t"}])
async def test_a_producer_that_may_lose_facts_is_refused(ground: Ground, option: dict[str, Any]) -> None:
    with pytest.raises(UnsafeClient):
        ground.producer(**option)


@pytest.mark.parametrize(
    "option",
    [
        {"enable_auto_commit": True},
        {"auto_offset_reset": "latest"},
        {"partition_assignment_strategy": ()},
    ],
)
def test_a_consumer_that_may_lose_facts_is_refused(option: dict[str, Any]) -> None:
    with pytest.raises(UnsafeClient):
        KafkaConsumer(None, "g", ["t"], **option)  # type: ignore[arg-type]


def test_a_key_goes_where_every_kafka_client_sends_it() -> None:
    chance = random.Random(1)
    keys = ["", *("".join(chance.choices("abcé-0", k=length)) for length in range(1, 300))]
    partitions = list(range(12))
    for key in keys:
        assert partition_of(key, 12) == DefaultPartitioner()(key.encode(), partitions, partitions)
