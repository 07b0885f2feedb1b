"""Facts as others read them: by the CloudEvents project's own library, and by Kafka's own console consumer."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from aiokafka.admin import AIOKafkaAdminClient
from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_binary_event
from cloudevents.core.exceptions import CloudEventValidationError
from jsonschema import Draft202012Validator

from backbone.ids import new_id
from backbone.kafka import Access
from backbone.kafka_client import KafkaProducer
from backbone.partition import partition_of
from backbone.topics import create_topics
from backbone.wire import Cause, Incoming, headers_of_text
from contracts.topics import PARTITIONS_COUNT, TOPICS, topic_of, type_name
from o2d.local import jars, java
from tests.contracts.registry import CATALOGUE, FACTS, SAMPLES, SCHEMAS

AT: Final = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
LATER: Final = datetime(2026, 3, 2, 8, 31, tzinfo=UTC)
TRACE: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CONSUMER: Final = "org.apache.kafka.tools.consumer.ConsoleConsumer"
READ_SECONDS: Final = 120.0
# Two characters that no fact and no header has.
BETWEEN, AFTER = "\x1e", "\x1d"


@dataclass(frozen=True, slots=True)
class Sent:
    """A golden sample on its way: what Kafka has of it."""

    topic: str
    key: str
    headers: Mapping[str, bytes]
    value: bytes


def golden(fact: type) -> Any:
    """The committed sample of a fact."""
    return json.loads((SAMPLES / f"{type_name(fact)}.json").read_text())


def sent(fact: type) -> Sent:
    """The golden sample as the outbox would have it, and the relay would send it."""
    raw = json.dumps(golden(fact)).encode()
    told = CATALOGUE.decode(Incoming("t", 0, 0, "k", (("ce_type", type_name(fact)),), raw, 0))
    cause = Cause(event_id=new_id(), correlation_id="root", traceparent=TRACE)
    row = CATALOGUE.outgoing(told, event_id=new_id(), sequence=7, cause=cause, now=AT, recorded=LATER)
    return Sent(row.topic, row.key, dict(headers_of_text(row.headers)), row.payload)


def parsed(one: Sent, **changes: bytes | None) -> BaseCloudEvent:
    """The event that the library reads; `changes` replace headers or, where None, take them away."""
    heads = {**one.headers, **{f"ce_{name}": value for name, value in changes.items()}}
    present = {name: value for name, value in heads.items() if value is not None}
    return from_binary_event(KafkaMessage(present, one.key.encode(), one.value))


def holds(data: Any, sample: Any) -> bool:
    """Whether data says all that an older sample says; members may have come since, at any depth."""
    if isinstance(sample, dict):
        return isinstance(data, dict) and all(
            name in data and holds(data[name], said) for name, said in sample.items()
        )
    if isinstance(sample, list):
        alike = isinstance(data, list) and len(data) == len(sample)
        return alike and all(holds(one, other) for one, other in zip(data, sample, strict=True))
    return bool(data == sample)


def faults(fact: type, one: Sent, event: BaseCloudEvent) -> list[str]:
    """Where an event is not what its fact says and what was sent."""
    topic, sample = topic_of(fact), golden(fact)
    attributes = dict(event.get_attributes())
    name = type_name(fact)
    schema = json.loads((SCHEMAS / attributes["dataschema"].rpartition("/")[2]).read_text())
    data: Any = event.get_data()
    said = {
        "id": event.get_id() == one.headers["ce_id"].decode(),
        "version": one.headers["ce_specversion"] == b"1.0" == event.get_specversion().encode(),
        "type": event.get_type() == name,
        "source": event.get_source() == f"/{topic.owner}",
        "time": event.get_time() == AT,
        "content": event.get_datacontenttype() == "application/json",
        "schema": attributes["dataschema"].endswith(f"/{name}.json"),
        "subject": event.get_subject() == sample[topic.key],
        "key": attributes["partitionkey"] == sample[topic.key],
        "sequence": attributes["sequence"] == f"{7:020d}",
        "correlation": attributes["correlationid"] == "root" and bool(attributes["causationid"]),
        "recorded": datetime.fromisoformat(attributes["recordedtime"]) == LATER,
        "data": holds(data, sample),
        "form": Draft202012Validator(schema).is_valid(data),
    }
    return [what for what, right in said.items() if not right]


@pytest.mark.parametrize("fact", FACTS, ids=[type_name(fact) for fact in FACTS])
def test_every_fact_is_an_event_to_the_library_of_the_standard(fact: type) -> None:
    one = sent(fact)
    assert faults(fact, one, parsed(one)) == []
    # The trace goes beside the event, as the standard for traces has it, and is no attribute.
    assert one.headers["traceparent"] == TRACE.encode()


@pytest.mark.parametrize("missing", ["source", "type"])
def test_an_event_that_lacks_what_the_standard_demands_is_refused(missing: str) -> None:
    absent: Any = {missing: None}
    with pytest.raises(CloudEventValidationError):
        parsed(sent(FACTS[0]), **absent)


def test_an_event_that_is_not_its_fact_is_told() -> None:
    one, other = sent(FACTS[0]), sent(FACTS[1])
    assert faults(FACTS[0], one, parsed(one, id=None)) == ["id"]
    assert faults(FACTS[0], one, parsed(one, source=b"/elsewhere")) == ["source"]
    assert faults(FACTS[0], one, parsed(one, time=b"2026-03-02T08:30:00+01:00")) == ["time"]
    assert {"type", "schema", "data"} <= set(faults(FACTS[0], one, parsed(other)))


@pytest.fixture
async def access(kafka_bootstrap: str) -> AsyncIterator[Access]:
    """A broker with all topics, under a prefix that no other run uses."""
    made = Access(kafka_bootstrap, prefix=f"{new_id()}.")
    await create_topics(made, TOPICS, replication=1)
    yield made
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_bootstrap)
    await admin.start()
    await admin.delete_topics([made.prefix + topic.name for topic in TOPICS])
    await admin.close()


async def tell(access: Access, everything: list[Sent]) -> None:
    """Send as the relay does."""
    producer = KafkaProducer(access)
    await producer.start()
    for one in everything:
        record = (one.key.encode(), one.value, list(one.headers.items()))
        await producer.send(one.topic, partition_of(one.key, PARTITIONS_COUNT), [record])
    await producer.stop()


async def read_by_kafka(
    access: Access, class_path: str, count: int, idle: float = READ_SECONDS / 2
) -> list[Sent]:
    """What Kafka's own console consumer prints of all topics of the prefix; it gives up after `idle` seconds."""
    runtime = java.find()
    printing = {
        "print.headers": "true",
        "print.key": "true",
        "headers.separator": BETWEEN,
        "key.separator": AFTER,
    }
    process = await asyncio.create_subprocess_exec(
        runtime.program, *runtime.flags, "-cp", class_path, CONSUMER,
        "--bootstrap-server", access.bootstrap, "--include", f"{access.prefix.replace('.', '[.]')}.*",
        "--from-beginning", "--max-messages", str(count), "--timeout-ms", str(int(idle * 1000)),
        *(word for name, value in printing.items() for word in ("--formatter-property", f"{name}={value}")),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        printed, trouble = await asyncio.wait_for(process.communicate(), READ_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert f"Processed a total of {count} messages" in trouble.decode(), trouble.decode()
    return [_read(line) for line in printed.decode().split("\n") if AFTER in line]


def _read(line: str) -> Sent:
    headers, key, value = line.split(AFTER)
    named = (each.split(":", 1) for each in headers.split(BETWEEN))
    return Sent("", key, {name: text.encode() for name, text in named}, value.encode())


async def test_kafkas_own_consumer_reads_every_fact(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    # The broker's jars are not those of its tools, which nothing but this test runs.
    monkeypatch.setattr(jars, "COORDINATES", jars.COORDINATES.replace("kafka_2.13", "kafka-tools"))
    class_path = await asyncio.to_thread(jars.class_path, jars.cache_folder() / "tools")
    everything = [sent(fact) for fact in FACTS]
    await tell(access, everything)
    read = await read_by_kafka(access, class_path, len(everything))
    by_type = {one.headers["ce_type"].decode(): one for one in read}
    assert set(by_type) == {type_name(fact) for fact in FACTS}
    for fact, one in zip(FACTS, everything, strict=True):
        assert faults(fact, one, parsed(by_type[type_name(fact)])) == []
        assert by_type[type_name(fact)].headers == one.headers
    with pytest.raises(AssertionError, match="Processed a total of"):
        await read_by_kafka(Access(access.bootstrap, prefix=f"{new_id()}."), class_path, 1, idle=1)
