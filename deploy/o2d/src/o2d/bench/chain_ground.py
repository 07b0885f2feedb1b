"""What a chain of twelve hops stands on: five services with a database each, a topic for every hop, and the checks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, make_dataclass
from typing import Any, Final

import asyncpg
import msgspec
from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import BigInteger, Column, MetaData, Table, Text, text

from backbone.ids import new_id
from backbone.service import Batch, Service, Tx, hears
from backbone.service.database import connect
from backbone.tables import backbone_metadata
from backbone.wire import Catalogue
from o2d.bench.ground import Wrong, until
from o2d.bench.subject import Topic

HOPS_COUNT: Final = 12
SERVICES_COUNT: Final = 5
PARTITIONS_COUNT: Final = 4

metadata: Final = MetaData()
steps: Final = Table(
    "steps",
    metadata,
    Column("step_id", Text, primary_key=True),
    Column("hop", BigInteger, nullable=False),
    Column("told", BigInteger, nullable=False),
)
ADD_STEPS: Final = text(
    """
    INSERT INTO steps (step_id, hop, told)
    SELECT step_id, :hop, told FROM unnest(CAST(:step_id AS text[]), CAST(:told AS bigint[])) AS added(step_id, told)
    """
)

FACTS: Final[tuple[type, ...]] = tuple(
    make_dataclass(f"Hop{hop}Done", [("order_id", str)], frozen=True, slots=True)
    for hop in range(HOPS_COUNT + 1)
)


@dataclass(frozen=True, slots=True)
class TakeStep:
    """An order takes a hop."""

    order_id: str
    hop: int


@dataclass(frozen=True, slots=True)
class Chain:
    """Where one run happens: a database a service, a topic a hop, the first one being fed from outside."""

    dsns: tuple[str, ...]
    bootstrap: str
    topics: tuple[Topic, ...]

    def hops_of(self, service: int) -> list[int]:
        """The hops that a service makes, 1 to 12."""
        return [hop for hop in range(1, HOPS_COUNT + 1) if hop % SERVICES_COUNT == service]

    async def all_arrived(self, count: int) -> None:
        """Wait until `count` orders have made every hop; raises `Wrong`."""
        last = await asyncpg.connect(self.dsns[HOPS_COUNT % SERVICES_COUNT])
        statement = await last.prepare("SELECT count(*) FROM facts WHERE topic = $1")

        async def there() -> bool:
            return bool(await statement.fetchval(self.topics[-1].name) >= count)

        await until(there)
        await last.close()

    async def check(self, count: int) -> None:
        """Every order made every hop once, and nothing waits to be told; raises `Wrong`."""
        for service, dsn in enumerate(self.dsns):
            connection = await asyncpg.connect(dsn)
            made = await connection.fetchval("SELECT count(*) FROM steps")
            left = await connection.fetchval("SELECT count(*) FROM outbox")
            await connection.close()
            if made != count * len(self.hops_of(service)) or left:
                raise Wrong(f"service {service} made {made} steps for {count} orders and left {left} to tell")


def service_of(chain: Chain, number: int) -> Service:
    """One of the five services, with the backbone's own pieces."""
    topic_of = dict(enumerate(chain.topics))

    async def take_steps(commands: Batch[TakeStep], tx: Tx) -> list[None]:
        by_hop: dict[int, list[TakeStep]] = {}
        for command in commands:
            by_hop.setdefault(command.hop, []).append(command)
            tx.added(topic_of[command.hop], [command.order_id])
            tx.emit(FACTS[command.hop](command.order_id), because=command)
        for hop, made in by_hop.items():
            told = [tx.tells(topic_of[hop], each.order_id) for each in made]
            ids = [f"{each.order_id}/{hop}" for each in made]
            await tx.sql.execute(ADD_STEPS, {"hop": hop, "step_id": ids, "told": told})
        return [None] * len(commands)

    def on_hop(hop: int) -> Any:
        def on_done(fact: Any) -> TakeStep:
            return TakeStep(fact.order_id, hop)

        on_done.__name__ = f"on_hop_{hop - 1}_done"
        return on_done

    subscriptions = tuple(hears(FACTS[hop - 1], on_hop(hop), take_steps) for hop in chain.hops_of(number))
    catalogue = Catalogue(chain.topics, lambda fact: f"o2d.{fact.__name__.lower()}.v1")
    return Service(f"chain-{number}", metadata, catalogue, subscriptions=subscriptions, lanes=1)


def record(order_id: str) -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    """The fact that starts an order, as Kafka takes it: key, value, headers."""
    headers = [
        ("content-type", b"application/json"),
        ("ce_specversion", b"1.0"),
        ("ce_id", new_id().encode()),
        ("ce_source", b"/mains"),
        ("ce_type", b"o2d.hop0done.v1"),
        ("ce_subject", order_id.encode()),
        ("ce_time", b"2026-03-02T08:00:00Z"),
        ("ce_recordedtime", b"2026-03-02T08:00:00Z"),
        ("ce_correlationid", order_id.encode()),
    ]
    return order_id.encode(), msgspec.json.encode({"order_id": order_id}), headers


async def start_orders(chain: Chain, producer: AIOKafkaProducer, order_ids: Sequence[str]) -> None:
    """Tell of the start of orders, all at once."""
    sent = []
    for order_id in order_ids:
        key, value, headers = record(order_id)
        sent.append(await producer.send(chain.topics[0].name, value, key=key, headers=headers))
    await asyncio.gather(*sent)


@asynccontextmanager
async def chain_ground(server: str, bootstrap: str) -> AsyncIterator[Chain]:
    """Five fresh databases and thirteen fresh topics; both go afterwards."""
    run = new_id().replace("-", "")[-12:]
    topics = tuple(
        Topic(f"bench.hop{hop}.{run}", f"chain-{hop % SERVICES_COUNT}", "order_id", (fact,))
        for hop, fact in enumerate(FACTS)
    )
    names = [f"bench_{run}_{number}" for number in range(SERVICES_COUNT)]
    admin = await asyncpg.connect(server)
    kafka = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await kafka.start()
    try:
        await kafka.create_topics([NewTopic(topic.name, PARTITIONS_COUNT, 1) for topic in topics])
        for name in names:
            await admin.execute(f'CREATE DATABASE "{name}"')
        dsns = tuple(server.rpartition("/")[0] + "/" + name for name in names)
        for dsn in dsns:
            engine = connect(dsn, name="bench", pool=1)
            async with engine.begin() as sql:
                await sql.run_sync(backbone_metadata.create_all)
                await sql.run_sync(metadata.create_all)
            await engine.dispose()
        yield Chain(dsns, bootstrap, topics)
    finally:
        for name in names:
            await admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await admin.close()
        await kafka.delete_topics([topic.name for topic in topics])
        await kafka.close()
