"""The usual way: mapped objects, one session a fact."""

from __future__ import annotations

import asyncio
import json
import uuid

from aiokafka import AIOKafkaProducer
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import registry

from backbone.ids import new_id
from backbone.tables import facts, inbox, outbox
from o2d.bench.ground import Ground
from o2d.bench.subject import taps

mapping = registry()


class Tap:
    """A mapped tap."""

    tap_id: str
    litres: int
    version: int


class Seen:
    """A mapped inbox row."""

    def __init__(self, subscription: str, event_id: uuid.UUID) -> None:
        self.subscription, self.event_id = subscription, event_id


class Unsent:
    """A mapped outbox row."""

    id: int
    shard: int

    def __init__(self, event_id: uuid.UUID, topic: str, key: str, headers: str, payload: bytes) -> None:
        self.event_id, self.topic, self.key, self.headers, self.payload = (
            event_id,
            topic,
            key,
            headers,
            payload,
        )


class Told:
    """A mapped row of the log of facts."""

    def __init__(self, row: Unsent) -> None:
        self.shard, self.event_id, self.topic, self.key = row.shard, row.event_id, row.topic, row.key
        self.headers, self.payload = row.headers, row.payload


mapping.map_imperatively(Tap, taps, version_id_col=taps.c.version)
mapping.map_imperatively(Seen, inbox)
mapping.map_imperatively(Unsent, outbox)
mapping.map_imperatively(Told, facts)


async def count_tap(
    place: Ground, sessions: async_sessionmaker[AsyncSession], event: str, tap_id: str, litres: int
) -> None:
    """Count one fact in a session of its own."""
    async with sessions() as session, session.begin():
        event_id = uuid.UUID(event)
        if await session.get(Seen, ("usual", event_id)) is not None:
            return
        session.add(Seen("usual", event_id))
        tap = (
            await session.execute(select(Tap).where(taps.c.tap_id == tap_id).with_for_update())
        ).scalar_one()
        tap.litres += litres
        headers = json.dumps([["ce_type", "o2d.tapcounted.v1"], ["ce_causationid", event]])
        payload = json.dumps({"tap_id": tap_id, "litres": tap.litres}).encode()
        session.add(Unsent(uuid.UUID(new_id()), place.counted.name, tap_id, headers, payload))


async def relay(
    place: Ground, sessions: async_sessionmaker[AsyncSession], producer: AIOKafkaProducer, count: int
) -> None:
    """Send what waits, one by one, until `count` were sent."""
    sent = 0
    while sent < count:
        async with sessions() as session, session.begin():
            rows = (await session.execute(select(Unsent).order_by(outbox.c.id).limit(100))).scalars().all()
            for row in rows:
                headers = [(name, value.encode()) for name, value in json.loads(row.headers)]
                await producer.send_and_wait(row.topic, row.payload, key=row.key.encode(), headers=headers)
                session.add(Told(row))
                await session.delete(row)
                sent += 1
        if not rows:
            await asyncio.sleep(0)
