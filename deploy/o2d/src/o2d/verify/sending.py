"""Sending: Kafka has every fact of the logs, per key in their order, and nothing else."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backbone.partition import partition_of
from contracts.topics import PARTITIONS_COUNT, TOPICS
from o2d.verify.finding import Finding
from o2d.verify.log import Log, Told


@dataclass(frozen=True, slots=True)
class Sent:
    """A record in Kafka, in the order of its partition."""

    topic: str
    partition: int
    key: str | None
    event_id: str


@dataclass(frozen=True, slots=True)
class Kafka:
    """All records of our topics; `cut` says since when a topic has all, where retention removed the first of it."""

    records: Sequence[Sent]
    cut: Mapping[str, datetime]


def sent_once_in_order(log: Log, kafka: Kafka) -> Finding:
    """Per topic and key: the facts of the log, each there, in log order by where they stand first.

    A fact may come again after a relay was replaced: its first occurrence counts.
    """
    finding = Finding()
    compacted = {topic.name for topic in TOPICS if topic.compacted}
    found = _firsts(kafka.records)
    for place, tellings in _by_key(log).items():
        topic = place[0]
        if topic in compacted:
            continue
        since = kafka.cut.get(topic)
        expected = [told for told in tellings if since is None or told.recorded_at >= since]
        there = found.get(place, {})
        order = [there[told.event_id] for told in expected if told.event_id in there]
        if not finding.that(order == sorted(order)):
            finding.say(f"the facts of {place} stand in another order")
        for told in expected:
            if not finding.that(told.event_id in there):
                finding.say(f"{told.name} is not in Kafka")
    return finding


def sent_were_told(log: Log, kafka: Kafka) -> Finding:
    """Every record in Kafka is a fact of a log."""
    finding = Finding()
    known = {told.event_id for told in log.tellings}
    for record in kafka.records:
        if not finding.that(record.event_id in known):
            finding.say(f"{record.topic}/{record.partition} holds {record.event_id}, told by nobody")
    return finding


def sent_to_one_place(kafka: Kafka) -> Finding:
    """Every key has one partition for the whole life of its topic, the one that everybody computes for it."""
    finding = Finding()
    for record in kafka.records:
        place = None if record.key is None else partition_of(record.key, PARTITIONS_COUNT)
        if not finding.that(record.partition == place):
            finding.say(
                f"{record.topic}: {record.event_id} of {record.key} is in {record.partition}, not {place}"
            )
    return finding


def _firsts(records: Sequence[Sent]) -> dict[tuple[str, str], dict[str, int]]:
    found: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for number, record in enumerate(records):
        if record.key is not None:
            found[record.topic, record.key].setdefault(record.event_id, number)
    return found


def _by_key(log: Log) -> dict[tuple[str, str], list[Told]]:
    found: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for told in log.tellings:
        found[told.topic, told.key].append(told)
    return found
