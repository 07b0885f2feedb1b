"""Lanes: records of one key stay in one lane and in order; each lane handles whole batches."""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import structlog

from backbone.marks import Chunk, Mark
from backbone.wire import Incoming

BATCH_RECORDS_MAX: Final = 500
WAITING_RECORDS_MAX: Final = 1000
PAUSE_SECONDS_MAX: Final = 5.0
LULL_SECONDS: Final = 0.01
# A transaction of ten facts costs hardly more than one of one: who has just worked lets what follows gather for as long
# as that took, unless there is much already. What comes to a lane at leisure is handled at once.
GATHER_SECONDS_MAX: Final = 0.025
GATHERED_RECORDS: Final = 100

log = structlog.get_logger(__name__)


Portion = tuple[Mark, Chunk, list[Incoming]]


class Lane:
    """Portions that one worker handles in order."""

    __slots__ = ("_portions", "waiting", "wake")

    def __init__(self) -> None:
        self._portions: deque[Portion] = deque()
        self.waiting = 0
        self.wake = asyncio.Event()

    def put(self, portion: Portion) -> None:
        """Queue a portion."""
        self._portions.append(portion)
        self.waiting += len(portion[2])
        self.wake.set()

    def next(self) -> list[Portion]:
        """The portions of the next batch: at least one, and as many as fit into a batch."""
        batch: list[Portion] = []
        count = 0
        while self._portions and (not batch or count + len(self._portions[0][2]) <= BATCH_RECORDS_MAX):
            batch.append(self._portions.popleft())
            count += len(batch[-1][2])
        self.waiting -= count
        if not self._portions:
            self.wake.clear()
        return batch

    def drop(self) -> None:
        """Forget what waits."""
        self._portions.clear()
        self.waiting = 0
        self.wake.clear()


class Lanes:
    """`count` lanes that hand batches to `handle`; `settled` is told how many records each batch had."""

    def __init__(
        self,
        count: int,
        handle: Callable[[Sequence[Incoming]], Awaitable[None]],
        settled: Callable[[Sequence[Incoming]], None],
    ) -> None:
        self._lanes = [Lane() for _ in range(count)]
        self._handle = handle
        self._settled = settled
        self._workers: list[asyncio.Task[None]] = []
        self._busy = 0
        self._gathering = 0
        self._progress = asyncio.Condition()
        self.trouble: str | None = None

    def start(self) -> None:
        """Begin to work."""
        self._workers = [
            asyncio.create_task(self._work(lane), name=f"lane {number}")
            for number, lane in enumerate(self._lanes)
        ]

    def put(self, mark: Mark, records: Sequence[Incoming]) -> None:
        """Queue records of one partition, each in the lane of its key."""
        chunk = mark.take(records)
        count = len(self._lanes)
        if count == 1:
            self._lanes[0].put((mark, chunk, list(records)))
            return
        parts: list[list[Incoming]] = [[] for _ in range(count)]
        for record in records:
            parts[hash(record.parking_key) % count].append(record)
        for lane, part in zip(self._lanes, parts, strict=True):
            if part:
                lane.put((mark, chunk, part))

    @property
    def full(self) -> bool:
        """Whether nothing more should be taken for now."""
        return any(lane.waiting >= WAITING_RECORDS_MAX for lane in self._lanes)

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is in work."""
        return not self._busy and not any(lane.waiting for lane in self._lanes)

    @property
    def free(self) -> bool:
        """Whether a lane could begin with what is put into it now."""
        return self._busy + self._gathering < len(self._lanes)

    async def until(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait for a condition that only the end of a batch, and of the pause after it, can change.

        False when `seconds` have passed.
        """
        try:
            async with asyncio.timeout(seconds), self._progress:
                await self._progress.wait_for(condition)
        except TimeoutError:
            return condition()
        return True

    async def at_leisure(self, seconds: float) -> bool:
        """Whether nothing is in work and nothing comes for a moment after it, waiting for at most `seconds`."""
        until = time.monotonic() + seconds
        while not self.idle:
            if not await self.until(lambda: self.idle, until - time.monotonic()):
                return False
            # What follows a batch at once is on its way already.
            await asyncio.sleep(LULL_SECONDS)
        return True

    async def drop(self) -> None:
        """Forget what waits and cancel what is in work; a cancelled batch is committed whole or not at all."""
        await self.stop()
        for lane in self._lanes:
            lane.drop()
        self.trouble = None
        self.start()

    async def stop(self) -> None:
        """End the workers; what they have in work is cancelled."""
        for worker in self._workers:
            worker.cancel()
        if self._workers:
            await asyncio.wait(self._workers)
        self._workers = []
        self._busy = self._gathering = 0

    async def _work(self, lane: Lane) -> None:
        while True:
            await lane.wake.wait()
            batch = lane.next()
            records = batch[0][2] if len(batch) == 1 else [record for part in batch for record in part[2]]
            self._busy += 1
            began = time.monotonic()
            await self._handled(records)
            took = time.monotonic() - began
            for mark, chunk, part in batch:
                mark.settle(chunk, len(part))
            self._busy -= 1
            self._settled(records)
            gathers = lane.waiting < GATHERED_RECORDS
            self._gathering += gathers
            await self._tell()
            if gathers:
                await asyncio.sleep(min(took, GATHER_SECONDS_MAX))
                self._gathering -= 1
                await self._tell()

    async def _tell(self) -> None:
        async with self._progress:
            self._progress.notify_all()

    async def _handled(self, records: Sequence[Incoming]) -> None:
        """Hand a batch on until it is taken: a record leaves a lane as handled or as parked, never otherwise."""
        tries = 0
        while True:
            try:
                await self._handle(records)
                break
            except Exception as failure:
                tries += 1
                self.trouble = f"{type(failure).__name__}: {failure}"
                log.exception("lane.repeats", tries=tries, records=len(records))
                longest = min(PAUSE_SECONDS_MAX, 0.05 * 2 ** min(tries, 10))
                await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  (spreads retries)
        if tries:
            self.trouble = None
