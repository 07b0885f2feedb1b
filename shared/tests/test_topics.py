"""Topics are created once, as declared, and one of another shape is refused."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from backbone.kafka import Access
from backbone.topics import PARTITIONS_COUNT, TopicDiffers, config_of, create_topics
from shared.tests.bells import Tower
from shared.tests.grounds import Ground


async def test_topics_are_created_once(ground: Ground) -> None:
    assert await create_topics(ground.access, ground.tower.topics, replication=1) == []
    admin = AIOKafkaAdminClient(bootstrap_servers=ground.access.bootstrap)
    await admin.start()
    try:
        found = await admin.describe_topics([topic.name for topic in ground.tower.topics])
    finally:
        await admin.close()
    assert [len(topic["partitions"]) for topic in found] == [PARTITIONS_COUNT] * 2


async def test_a_topic_with_another_partition_count_is_refused(kafka_bootstrap: str) -> None:
    tower = Tower()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(tower.rings.name, 3, 1)])
        with pytest.raises(TopicDiffers, match="3 partitions, 12 are declared"):
            await create_topics(Access(kafka_bootstrap), [tower.rings], replication=1)
    finally:
        await admin.delete_topics([tower.rings.name])
        await admin.close()


def test_a_topic_of_personal_data_is_compacted_and_the_others_are_kept_for_30_days() -> None:
    tower = Tower()
    assert config_of(tower.private)["cleanup.policy"] == "compact"
    assert config_of(tower.private)["max.compaction.lag.ms"] == str(24 * 3600 * 1000)
    assert config_of(tower.rings)["retention.ms"] == str(30 * 24 * 3600 * 1000)


SPEAKS = """
import logging, structlog
from backbone.logs import speak
speak("INFO", "tower")
log = structlog.get_logger("x")
log.info("told\\nin two lines", key="\\x00\\u2028 \\"quoted\\"", raw=b"\\xff", thing=object)
log.debug("not said")
logging.getLogger("library").warning("%s", "a\\nb")
logging.getLogger("library").info("not said either")
try:
    raise ValueError("bad\\ncause")
except ValueError:
    log.exception("failed")
"""


def test_a_log_line_is_one_json_object_whatever_is_logged() -> None:
    said = subprocess.run([sys.executable, "-c", SPEAKS], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in said.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["info", "warning", "error"]
    assert lines[0]["service"] == "tower"
    assert "bad\ncause" in lines[2]["exception"]
