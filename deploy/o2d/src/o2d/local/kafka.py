"""A Kafka of our own: one node (or three), broker and controller in one process, formatted once."""

from __future__ import annotations

import asyncio
import base64
import os
import shutil
import signal
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from o2d.home import Home
from o2d.local import archive, jars, java, ports
from o2d.local.process import Child, Command
from o2d.trouble import CannotStart, of_file, of_words

READY_S = 60.0
STOP_S = 15.0
ENDED = (0, 128 + signal.SIGTERM)
FORMER_LIFE_S = 12.0
# Compiled quickly and not again: on a small machine the second compiler takes more time than it gives back.
MACHINE = ("-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
PARTITIONS = 12
RETENTION_DAYS = 30
LOGGING = """\
status = error
appender.out.type = Console
appender.out.name = out
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %d{ISO8601} %p %c{1}: %m%n
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
"""


@dataclass(frozen=True, slots=True)
class Node:
    """One member of a cluster: its number and its two loopback ports."""

    number: int
    port: int
    controller_port: int

    @property
    def address(self) -> str:
        """`host:port` for clients."""
        return f"{ports.LOOPBACK}:{self.port}"


def properties(node: Node, cluster: Sequence[Node], data: Path) -> dict[str, str]:
    """The configuration of one member; replication follows from how many they are."""
    replicas, in_sync = (3, 2) if len(cluster) >= 3 else (1, 1)
    voters = ",".join(f"{one.number}@{ports.LOOPBACK}:{one.controller_port}" for one in cluster)
    return {
        "process.roles": "broker,controller",
        "node.id": str(node.number),
        "controller.quorum.voters": voters,
        "listeners": f"PLAINTEXT://{node.address},CONTROLLER://{ports.LOOPBACK}:{node.controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": str(data),
        "num.partitions": str(PARTITIONS),
        "default.replication.factor": str(replicas),
        "min.insync.replicas": str(in_sync),
        "offsets.topic.num.partitions": "4",
        "offsets.topic.replication.factor": str(replicas),
        "transaction.state.log.num.partitions": "2",
        "transaction.state.log.replication.factor": str(replicas),
        "transaction.state.log.min.isr": str(in_sync),
        "share.coordinator.state.topic.num.partitions": "1",
        "share.coordinator.state.topic.replication.factor": str(replicas),
        "share.coordinator.state.topic.min.isr": str(in_sync),
        "auto.create.topics.enable": "false",
        "group.initial.rebalance.delay.ms": "0",
        "log.retention.hours": str(RETENTION_DAYS * 24),
        "log.segment.bytes": str(64 * 1024 * 1024),
        "log.index.size.max.bytes": str(1024 * 1024),
        "log.cleaner.dedupe.buffer.size": str(8 * 1024 * 1024),
        "num.network.threads": "2",
        "num.io.threads": "4",
        "num.recovery.threads.per.data.dir": "2",
        # A member that was killed and comes again at once must not wait long for its former life to run out.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
    }


@dataclass(slots=True)
class Broker:
    """One member: `prepare`, `start`, `stop`."""

    home: Home
    name: str
    node: Node
    cluster: Sequence[Node]
    cluster_id: str
    overrides: Mapping[str, str] = field(default_factory=dict)
    ready_s: float = READY_S
    child: Child | None = None
    _java: java.Java | None = None
    _class_path: str = ""
    _archive: archive.Archive | None = None

    @property
    def folder(self) -> Path:
        """Where its configuration and data lie."""
        return self.home.path / self.name

    @property
    def log(self) -> Path:
        """What it says."""
        return self.home.logs / f"{self.name}.log"

    async def prepare(self) -> None:
        """Find Java and jars, write the configuration, format the data once. Raises CannotStart with the reason."""
        self._java = await asyncio.to_thread(java.find)
        cache = jars.cache_folder()
        self._class_path = await asyncio.to_thread(jars.class_path, cache)
        writer = f"{self.home.hash}-{self.name}"
        self._archive = await asyncio.to_thread(archive.of, self._java, self._class_path, cache, writer)
        try:
            self.folder.mkdir(exist_ok=True)
            lines = {**properties(self.node, self.cluster, self.folder / "data"), **self.overrides}
            text = "".join(f"{name}={value}\n" for name, value in lines.items())
            (self.folder / "server.properties").write_text(text)
            (self.folder / "log4j2.properties").write_text(LOGGING)
            if not (self.folder / "data" / "meta.properties").exists():
                await self._format()
        except OSError as error:
            raise of_file(error, self.folder) from error

    async def _format(self) -> None:
        shutil.rmtree(self.folder / "data", ignore_errors=True)  # a format that was broken off
        child = Child(
            self._command(
                "kafka.tools.StorageTool",
                "format",
                f"--cluster-id={self.cluster_id}",  # one word: an id may begin with a dash
                f"--config={self.folder / 'server.properties'}",
            )
        )
        await child.start()
        if code := await child.wait():
            raise of_words(f"The broker's data could not be made (code {code})", self.log, self.folder)

    def _command(self, program: str, *words: str, flags: Sequence[str] = ()) -> Command:
        assert self._java
        return Command(
            name=self.name,
            words=[
                str(self._java.program), *self._java.flags, *MACHINE, *flags, "-Djava.awt.headless=true",
                "-XX:+ExitOnOutOfMemoryError", f"-Dlog4j2.configurationFile={self.folder / 'log4j2.properties'}",
                "-cp", self._class_path, program, *words,
            ],
            environment={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            log=self.log,
            folder=self.folder,
            # A clean end can wait for others; with its supervisor dead it ends at once and recovers at the next start.
            death=signal.SIGKILL,
        )  # fmt: skip

    async def launch(self) -> None:
        """Start the process without waiting for it: members of a cluster need each other to become ready."""
        until = time.monotonic() + FORMER_LIFE_S
        while not (ports.is_free(self.node.port) and ports.is_free(self.node.controller_port)):
            if time.monotonic() > until:
                taken = next(p for p in (self.node.port, self.node.controller_port) if not ports.is_free(p))
                raise CannotStart(
                    f"Port {taken} of the broker is taken by {ports.holder(taken)}.",
                    "End that process, or start again: another port is chosen then.",
                )
            await asyncio.sleep(0.1)
        assert self._archive
        configuration = str(self.folder / "server.properties")
        self.child = Child(self._command("kafka.Kafka", configuration, flags=self._archive.flags()))
        await self.child.start()

    async def start(self) -> None:
        """Start it and wait until it answers. Raises CannotStart with its last words when it does not."""
        await self.launch()
        await self.answers()

    async def answers(self) -> None:
        """Wait until the member takes part in its cluster. Raises CannotStart when it ends or takes too long."""
        assert self.child
        until = time.monotonic() + self.ready_s
        while time.monotonic() < until:
            if self.child.ended is not None:
                raise of_words("The broker ended at once", self.log, self.folder)
            if not ports.is_free(self.node.port) and self.node.address in await brokers(self.node.address):
                return
            await asyncio.sleep(0.05)
        await self.stop()
        raise of_words(f"The broker did not answer within {self.ready_s:.0f} s", self.log, self.folder)

    async def stop(self) -> None:
        """End it in order, or for certain when that takes too long."""
        if self.child and self._archive and await self.child.stop(signal.SIGTERM, grace_s=STOP_S) in ENDED:
            self._archive.keep()


async def brokers(bootstrap: str, timeout_ms: int = 3000) -> list[str]:
    """The brokers of a cluster as they name themselves (`host:port`); none when nobody answers there."""
    from aiokafka.admin import AIOKafkaAdminClient
    from aiokafka.errors import KafkaError

    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=timeout_ms)
    try:
        await admin.start()
        described = await admin.describe_cluster()
    except (KafkaError, OSError, TimeoutError):
        return []
    finally:
        await admin.close()
    return [f"{one['host']}:{one['port']}" for one in described["brokers"]]


def members(home: Home, count: int = 1) -> list[Broker]:
    """The brokers of this home, on the ports of the last start where these are still free."""
    names = [f"kafka-{number}" if count > 1 else "kafka" for number in range(1, count + 1)]
    known = home.ports()
    wanted = {key: known.get(key, 0) for name in names for key in (name, f"{name} controller")}
    chosen = ports.choose(wanted)
    home.remember_ports(**chosen)
    nodes = [
        Node(number, chosen[name], chosen[f"{name} controller"]) for number, name in enumerate(names, start=1)
    ]
    cluster_id = base64.urlsafe_b64encode(uuid.uuid5(uuid.NAMESPACE_OID, home.id).bytes).decode().rstrip("=")
    return [Broker(home, name, node, nodes, cluster_id) for name, node in zip(names, nodes, strict=True)]
