"""What runs in one process of a service: any of server, consumer, relay and deadlines, and the small rounds beside."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import structlog
from sqlalchemy import text

from backbone import business_time, inbox, parking, replay, spent
from backbone.consume import Consuming
from backbone.deadlines import Deadlines
from backbone.kafka_client import KafkaConsumer, KafkaProducer
from backbone.metrics import METRICS
from backbone.operations.working import Working
from backbone.relay import Relay
from backbone.service.database import answers, plain_url
from backbone.webhooks.cleaning import clean_webhooks
from backbone.webhooks.delivering import Deliverer
from backbone.webhooks.posting import Poster

if TYPE_CHECKING:
    from backbone.service import Host
    from backbone.settings import Settings

RELAY: Final = "relay"
CLOCK_SECONDS: Final = 1.0
RETRY_SECONDS: Final = 0.1
LOOK_SECONDS: Final = 2.0
GAUGES_SECONDS: Final = 5.0
CAUGHT_UP_SECONDS: Final = 600.0
CLEAN_SECONDS: Final = 300.0
ANSWERS_KEPT: Final = timedelta(hours=48)

GAUGES: Final = text(
    """
    SELECT (SELECT count(*) FROM outbox) AS outbox,
           (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)
            FROM (SELECT created_at FROM outbox ORDER BY shard, id LIMIT 1) AS head) AS outbox_age,
           (SELECT count(*) FROM parked_key) AS parked,
           (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(parked_at)), 0) FROM parked_key) AS parked_age,
           (SELECT count(*) FROM webhook_deliveries WHERE state = 'waiting') AS webhook_waiting,
           (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(made_at)), 0) FROM webhook_deliveries
            WHERE state = 'waiting') AS webhook_age,
           (SELECT count(*) FROM webhooks WHERE state = 'disabled') AS webhooks_disabled
    """
)

DROP_ANSWERED: Final = text(
    """
    DELETE FROM asked_keys WHERE ctid = ANY(ARRAY(
        SELECT ctid FROM asked_keys WHERE recorded_at < :before LIMIT 20000
    ))
    """
)

log = structlog.get_logger(__name__)


class Works:
    """The parts of one process that work without being asked; `parts` are of `consume`, `relay`."""

    def __init__(self, host: Host, settings: Settings, parts: frozenset[str]) -> None:
        self.host = host
        self._name = host.service.name
        self._settings = settings
        self._stopping = asyncio.Event()
        self.consuming = self._consuming() if "consume" in parts and host.service.subscriptions else None
        self.deadlines = Deadlines(host, self._caught_up) if "consume" in parts else None
        long = host.service.operations or host.service.imports
        self.working = Working(host) if "consume" in parts and long else None
        self.relay = self._relaying() if RELAY in parts else None
        sends = RELAY in parts and host.service.sends_webhooks
        self.delivering = self._delivering() if sends else None

    def _consuming(self) -> Consuming:
        service, settings = self.host.service, self._settings

        def client() -> KafkaConsumer:
            return KafkaConsumer(
                settings.access(),
                service.name,
                service.topics_heard,
                session_seconds=settings.session,
                rebalance_seconds=settings.rebalance,
            )

        times = settings.consume_times()
        if service.gather_seconds:
            times = replace(times, gather=service.gather_seconds)
        return Consuming(self.host, client, name=service.name, lanes=service.lanes, times=times)

    def _relaying(self) -> Relay:
        return Relay(
            plain_url(self._settings.service_dsn),
            lambda: KafkaProducer(self._settings.access()),
            name=self._name,
            personal=self.host.service.personal_topics,
            told=self.host.told,
            times=self._settings.relay_times(),
        )

    def _delivering(self) -> Deliverer:
        settings = self._settings
        return Deliverer(
            self.host,
            plain_url(settings.service_dsn),
            lambda: Poster(self.host.guard, authorities=settings.webhook_ca),
            times=settings.relay_times(),
        )

    async def _caught_up(self, seconds: float) -> bool:
        return self.consuming is None or await self.consuming.caught_up(seconds)

    async def start(self) -> None:
        """Take up where the last process ended: wait for the database, load the clock, see whether it fell."""
        while not await answers(self.host.engine):
            self.host.database_away = True
            log.warning("start.waits", service=self._name, on="database")
            await asyncio.sleep(CLOCK_SECONDS)
        self.host.database_away = False
        await business_time.load(self.host)
        if self.consuming is not None:
            async with self.host.begin() as tx:
                self.host.careful = await parking.begin_run(tx.sql)

    def rounds(self) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        """What runs until `stop_taking` (and the relay until `stop_sending`), by name."""
        found: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "clock": self._keep_clock,
            "gauges": self._gauge,
            "cleaning": self._clean,
        }
        if self.deadlines is not None:
            found |= {"deadlines": self.deadlines.run, "retries": self._retry}
        if self.consuming is not None:
            found |= {"consumer": self.consuming.run, "carefulness": self._grow_careless}
        if self.working is not None:
            found["operations"] = self.working.run
        if self.delivering is not None:
            found["webhooks"] = self.delivering.run
        if self.relay is not None:
            found[RELAY] = self.relay.run
        return found

    def stop_taking(self) -> None:
        """Take nothing new; finish and commit what is in work."""
        self._stopping.set()
        for part in (self.consuming, self.deadlines, self.working, self.delivering):
            if part is not None:
                part.stop()

    def stop_sending(self) -> None:
        """Send what is told by now, then end."""
        if self.relay is not None:
            self.relay.stop()

    async def ended(self) -> None:
        """Note that this process ended cleanly."""
        await business_time.keep(self.host)
        if self.consuming is not None:
            async with self.host.begin() as tx:
                await parking.end_run(tx.sql)

    def readiness(self) -> Sequence[Callable[[], Awaitable[bool]]]:
        """The checks behind /readyz. That Kafka is away is none: what is asked is still accepted."""

        async def database() -> bool:
            return await answers(self.host.engine)

        async def consumer() -> bool:
            consuming = self.consuming
            return consuming is None or (consuming.joined and not self.host.database_away)

        return [database, consumer]

    def liveness(self) -> Sequence[Callable[[], Awaitable[bool]]]:
        """The checks behind /livez: false only where a new process is the cure."""

        async def consumer() -> bool:
            return self.consuming is None or self.consuming.alive

        return [consumer]

    async def _keep_clock(self) -> None:
        await self._each(CLOCK_SECONDS, lambda: business_time.keep(self.host))

    async def _retry(self) -> None:
        """Try parked keys that are due. Another process may have parked one and be gone: somebody looks for it."""
        now = asyncio.get_running_loop().time
        looks_at = now()

        async def retry() -> None:
            nonlocal looks_at
            if self.host.someone_waits or now() >= looks_at:
                looks_at = now() + LOOK_SECONDS
                await replay.retry_due(self.host)

        await self._each(RETRY_SECONDS, retry)

    async def _gauge(self) -> None:
        async def gauge() -> None:
            async with self.host.read() as sql:
                row = (await sql.execute(GAUGES)).one()
            METRICS.outbox_rows.labels(self._name).set(row.outbox)
            METRICS.outbox_age.labels(self._name).set(float(row.outbox_age))
            METRICS.parked_keys.labels(self._name).set(row.parked)
            METRICS.parked_age.labels(self._name).set(float(row.parked_age))
            METRICS.webhook_waiting.labels(self._name).set(row.webhook_waiting)
            METRICS.webhook_age.labels(self._name).set(float(row.webhook_age))
            METRICS.webhooks_disabled.labels(self._name).set(row.webhooks_disabled)

        await self._each(GAUGES_SECONDS, gauge)

    async def _clean(self) -> None:
        async def clean() -> None:
            now = datetime.now(UTC)
            for told in chain.from_iterable(self.host.service.hearers.values()):
                async with self.host.begin() as tx:
                    await inbox.drop_old(tx.sql, told.name, now)
            async with self.host.begin() as tx:
                await tx.sql.execute(DROP_ANSWERED, {"before": now - ANSWERS_KEPT})
                await spent.drop_ended(tx.sql, tx.now, now)
            if self.delivering is not None:
                await clean_webhooks(self.host, now)

        await self._each(CLEAN_SECONDS, clean)

    async def _grow_careless(self) -> None:
        """Once all that lay there after a fall is handled, no fact of it kills: tries are counted no longer."""
        while self.host.careful and not self._stopping.is_set():
            if await self._caught_up(CAUGHT_UP_SECONDS):
                self.host.careful = False
            await self._unless_stopped(CLOCK_SECONDS)
        await self._stopping.wait()

    async def _each(self, seconds: float, act: Callable[[], Awaitable[object]]) -> None:
        while not self._stopping.is_set():
            try:
                await act()
            except Exception:
                log.exception("round.interrupted", service=self._name)
            await self._unless_stopped(seconds)

    async def _unless_stopped(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
