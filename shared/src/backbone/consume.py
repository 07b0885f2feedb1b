"""The consumer loop: take, drain into lanes, note how far; nothing is in work when a partition changes hands."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

import structlog

from backbone.faults import reached
from backbone.kafka import Consumer, KafkaAway, MembershipMoved, Offsets, Place
from backbone.lanes import Lanes
from backbone.marks import Mark, lags, reached_all
from backbone.metrics import METRICS
from backbone.wire import Incoming

TAKE_RECORDS_MAX: Final = 500
COMMIT_RECORDS_MAX: Final = 5_000


class Hearer(Protocol):
    """Who handles records; `database_away` says that it waits for its database."""

    database_away: bool

    async def hear(self, records: Sequence[Incoming]) -> None:
        """Handle records, or park them; repeats in place while the database is away."""
        ...


@dataclass(frozen=True, slots=True)
class ConsumeTimes:
    """How long things may take, in seconds.

    `drain` must lie well below the group's rebalance timeout: a member that drains longer is thrown out.
    `gather` is how long facts wait at the broker for company after a few of them have come.
    """

    take: float = 0.5
    gather: float = 0.005
    room: float = 1
    commit_every: float = 1
    commit: float = 5
    drain: float = 20
    watch: float = 5
    stall: float = 30
    retry: float = 1


class Stalled(Exception):
    """Records lie in Kafka, and none has come for too long."""


STALLS_COUNT_MAX: Final = 3


class Consuming:
    """Consumes as one member of a group until `stop`; a client that broke or stalled is replaced by a new one."""

    def __init__(
        self,
        hearer: Hearer,
        client: Callable[[], Consumer],
        *,
        name: str,
        lanes: int,
        times: ConsumeTimes | None = None,
    ) -> None:
        self._hearer = hearer
        self._open = client
        self._name = name
        self._times = times or ConsumeTimes()
        self._lanes = Lanes(lanes, hearer.hear, self._settled)
        self._marks: dict[Place, Mark] = {}
        self._client: Consumer | None = None
        self._assigned: frozenset[Place] = frozenset()
        self._stopping = asyncio.Event()
        self._commit_lock = asyncio.Lock()
        self._commit_wanted = asyncio.Event()
        self._uncommitted = 0
        self._taken_at = self._asks_at = time.monotonic()
        self._stalls = 0
        self._round = 0
        self.heard = 0
        self.joined = False
        self._age = METRICS.event_age.labels(name)
        self._log = structlog.get_logger(__name__).bind(service=name)
        self.trouble: str | None = "no partitions yet"

    @property
    def alive(self) -> bool:
        """False when rebuilding the client did not help: the process should be replaced."""
        return self._stalls < STALLS_COUNT_MAX

    @property
    def unready(self) -> str | None:
        """Why records are not handled at the moment, None when they are."""
        if self._hearer.database_away:
            return "the database does not answer"
        return self.trouble or self._lanes.trouble

    def stop(self) -> None:
        """Handle what was taken, commit, leave the group, then end `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Consume until `stop`; no failure of Kafka ends it."""
        self._lanes.start()
        try:
            while not self._stopping.is_set():
                try:
                    await self._membership()
                except (KafkaAway, Stalled) as failure:
                    self.trouble = str(failure)
                    self._log.warning("consume.rebuilt", cause=self.trouble)
                    await self._unless_stopped(self._times.retry)
        finally:
            await self._lanes.stop()

    async def _membership(self) -> None:
        client = self._open()
        self._taken_at = time.monotonic()
        works: list[asyncio.Task[None]] = []
        try:
            await self._interruptible(client.start(self))
            if self._stopping.is_set():
                return
            self._client = client
            works = [asyncio.create_task(work()) for work in (self._take_in, self._commit_often, self._watch)]
            stopping = asyncio.create_task(self._stopping.wait())
            done, _ = await asyncio.wait({*works, stopping}, return_when=asyncio.FIRST_COMPLETED)
            await _cancel([*works, stopping])
            for work in done - {stopping}:
                work.result()
        finally:
            await _cancel(works)
            await self.revoked()
            self._client = None
            await client.stop()

    async def _interruptible(self, start: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(start)
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                task.result()
        finally:
            await _cancel([task, stopping])

    async def _take_in(self) -> None:
        assert self._client is not None
        while True:
            held = self._hearer.database_away or (
                self._lanes.full
                and not await self._lanes.until(lambda: not self._lanes.full, self._times.room)
            )
            # Taken even while held: a member that does not ask for long is thrown out of its group.
            came = await self._client.take(TAKE_RECORDS_MAX, self._times.take, held=held)
            for place, records in came.items():
                mark = self._marks.get(place)
                if mark is None:
                    mark = self._marks[place] = Mark(records[0].offset)
                self._lanes.put(mark, records)
            if came:
                self._taken_at = time.monotonic()
                self._stalls = 0
                much = sum(map(len, came.values())) >= TAKE_RECORDS_MAX
                self._asks_at = self._taken_at + (0 if much else self._times.gather)

    async def until_free(self) -> None:
        """Return when the broker should be asked: until somebody could begin with the answer, facts gather there."""
        await asyncio.sleep(max(self._asks_at - time.monotonic(), 0))
        await self._lanes.until(lambda: self._lanes.free, self._times.room)

    def _settled(self, records: Sequence[Incoming]) -> None:
        self._age.observe(max(time.time() - records[0].timestamp_ms / 1000, 0))
        self._uncommitted += len(records)
        self.heard += len(records)
        if self._uncommitted >= COMMIT_RECORDS_MAX:
            self._commit_wanted.set()

    async def _commit_often(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._times.commit_every):
                    await self._commit_wanted.wait()
            except TimeoutError:
                self._commit_wanted.set()
            self._commit_wanted.clear()
            await self._commit()

    async def _commit(self) -> None:
        """Commit how far each partition is handled; the only place that commits, one at a time."""
        async with self._commit_lock:
            marks = {place: mark for place, mark in self._marks.items() if mark.position > mark.committed}
            if not marks or self._client is None:
                return
            self._uncommitted = 0
            offsets = {place: mark.position for place, mark in marks.items()}
            reached("hear.offset")
            try:
                async with asyncio.timeout(self._times.commit):
                    await self._client.commit(offsets)
            except (MembershipMoved, KafkaAway, TimeoutError) as failure:
                # Never repeated: who owns the partitions by now is not known. What was handled is in the inbox.
                self._log.warning("consume.uncommitted", cause=str(failure) or type(failure).__name__)
                return
            for place, mark in marks.items():
                mark.committed = offsets[place]

    async def revoked(self) -> None:
        """Let what is in work end, commit, and forget the partitions: the next owner meets nothing of ours."""
        self._assigned = frozenset()
        if not await self._lanes.until(lambda: self._lanes.idle, self._times.drain):
            self._log.warning("consume.undrained", seconds=self._times.drain)
            await self._lanes.drop()
        await self._commit()
        self._marks = {}
        self._round += 1

    def assigned(self, places: Collection[Place]) -> None:
        """These partitions are ours now."""
        self._assigned, self.joined = frozenset(places), True
        self._taken_at = time.monotonic()
        self.trouble = None
        self._log.info("consume.assigned", partitions=len(places))

    async def _watch(self) -> None:
        """Replace a client that has gone silent although there is something to take. Raises `Stalled`."""
        while True:
            await asyncio.sleep(self._times.watch)
            try:
                offsets = await self.offsets()
            except KafkaAway as away:
                self.trouble = str(away)
                continue
            self.trouble = None
            for (topic, partition), lag in lags(offsets, self._marks).items():
                METRICS.lag.labels(self._name, topic, str(partition)).set(lag)
            waits = any(one.mine and one.end > one.at for one in offsets.values())
            silent = time.monotonic() - self._taken_at
            # While the group rebalances nothing can come; that it never ends is a stall, too.
            patience = self._times.stall * (1 if self._assigned else 3)
            if waits and not self._held and silent > patience:
                self._stalls += 1
                raise Stalled(f"nothing came for {silent:.0f} s although there is something")

    @property
    def _held(self) -> bool:
        return self._hearer.database_away or self._lanes.full

    async def offsets(self) -> dict[Place, Offsets]:
        """Every partition of the topics that are heard; `at` is how far it is taken. Raises `KafkaAway`."""
        client, round_before = self._client, self._round
        if client is None:
            raise KafkaAway("no member of the group at the moment")
        offsets = await client.offsets()
        if self._round != round_before:
            raise KafkaAway("partitions changed hands meanwhile")
        return offsets

    async def lag(self) -> dict[Place, int]:
        """Records not yet handled by the group, by partition. Raises `KafkaAway`."""
        return lags(await self.offsets(), self._marks)

    async def caught_up(self, seconds: float) -> bool:
        """Whether all that lay in Kafka when this was asked is handled, waiting for at most `seconds`."""
        deadline = time.monotonic() + seconds
        try:
            targets = {place: one.end for place, one in (await self.offsets()).items()}
            while True:
                offsets = await self.offsets()
                there = reached_all(targets, offsets, self._marks)
                if there or time.monotonic() > deadline:
                    return there
                await self._lanes.until(lambda: False, 0.05)
        except KafkaAway:
            return False

    async def at_leisure(self, seconds: float) -> bool:
        """Whether what was taken is handled, waiting for that for at most `seconds` of the wall."""
        return await self._lanes.at_leisure(seconds)

    async def _unless_stopped(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
