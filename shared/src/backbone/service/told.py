"""`hear`: records become commands in waves, in one transaction; a batch that fails is halved down to its poison."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Hashable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from backbone import parking
from backbone.errors import NeedsMore, NotYet, Poison, VersionMoved
from backbone.faults import reached
from backbone.inbox import add_unseen
from backbone.metrics import METRICS
from backbone.service import due
from backbone.service.database import Trouble, answers, trouble_of
from backbone.service.subscription import DUE_TOPIC
from backbone.service.tasks import Task, Unreadable, tasks_of
from backbone.service.tx import Batch, Tx
from backbone.wire import Cause, Incoming

if TYPE_CHECKING:
    from backbone.service.host import Host

T = TypeVar("T")

CONFLICTS_AT_ONCE_MAX: Final = 5
TIMEOUTS_COUNT_MAX: Final = 3
PAUSE_SECONDS_MAX: Final = 5.0

log = structlog.get_logger(__name__)


async def hear(host: Host, records: Sequence[Incoming]) -> None:
    """Handle each record once, in order per key; returns when all are handled, dropped as seen, or parked."""
    tasks = tasks_of(host.service, records)
    if not tasks:
        return
    host.keep_up(task.record for task in tasks)
    with host.hearing(task.record for task in tasks):
        try:
            await _hear(host, tasks)
        except Exception:
            # This process lives: what it counted was no fall, and the records come again.
            await persist(host, lambda _: _forget_tries(host, tasks))
            raise


async def _hear(host: Host, tasks: Sequence[Task]) -> None:
    if not host.careful:
        await _settle(host, tasks)
        return
    async with host.begin() as tx:
        tried_before = await parking.any_tried(tx.sql, [task.waiting for task in tasks])
        if not tried_before:
            await parking.count_tries(tx.sql, [task.waiting for task in tasks])
    if tried_before:
        for task in tasks:
            await _try_alone(host, task, None)
    else:
        await _settle(host, tasks)
        await _forget_tries(host, tasks)


async def _forget_tries(host: Host, tasks: Sequence[Task]) -> None:
    async with host.begin() as tx:
        await parking.forget_tries(tx.sql, [task.waiting for task in tasks])


async def _settle(host: Host, tasks: Sequence[Task]) -> None:
    try:
        await persist(host, lambda more: _together(host, tasks, more))
    except Exception as failure:  # noqa: BLE001  (any failure is narrowed to its fact and parked)
        places = sorted({task.place for task in tasks})
        log.info("hear.divided", tasks=len(tasks), keys=len(places), cause=str(failure))
        if len(places) > 1:
            first = set(places[: len(places) // 2])
            await _settle(host, [task for task in tasks if task.place in first])
            await _settle(host, [task for task in tasks if task.place not in first])
        elif len(tasks) > 1:
            for task in tasks:
                await _settle(host, [task])
        elif isinstance(failure, NotYet):
            await _park(host, tasks[0], failure)
        else:
            await _try_alone(host, tasks[0], failure)


async def _try_alone(host: Host, task: Task, failure: Exception | None) -> None:
    while True:
        async with host.begin() as tx:
            tries = (await parking.count_tries(tx.sql, [task.waiting]))[task.seen]
        if tries > parking.POISON_TRIES_MAX:
            await _park(host, task, failure or Poison("the process ended each time while this was handled"))
            break
        try:
            await persist(host, lambda more: _together(host, [task], more))
            break
        except NotYet as waits:
            await _park(host, task, waits)
            break
        except Exception as again:  # noqa: BLE001  (counted, and the cause of parking in the end)
            failure = again
    await _forget_tries(host, [task])


async def persist(host: Host, work: Callable[[frozenset[Hashable]], Awaitable[T]]) -> T:
    """Do `work`, one transaction, again for as long as the trouble is not its own; it is given the keys it asked for.

    Raises what is its own trouble, and that of the database when it comes while the database answers.
    """
    more: frozenset[Hashable] = frozenset()
    conflicts = timeouts = 0
    while True:
        try:
            done = await work(more)
            host.database_away = False
            return done
        except NeedsMore as wider:
            more |= wider.keys
        except Exception as failure:
            trouble = trouble_of(failure)
            if trouble is Trouble.CONFLICT:
                conflicts += 1
                METRICS.repeats.labels(host.service.name, "told").inc()
                if conflicts > CONFLICTS_AT_ONCE_MAX:
                    await _pause(conflicts)
            elif trouble is Trouble.INFRASTRUCTURE:
                timeouts += await _waited_for_database(host)
                if timeouts >= TIMEOUTS_COUNT_MAX:
                    raise
                # A network that stutters is no fault of a fact: the tries lie seconds apart.
                await _pause(3 * timeouts)
            else:
                raise


async def _waited_for_database(host: Host) -> int:
    """Wait until the database answers; 1 when it answered at once, so that the trouble may be the fact's own."""
    if await answers(host.engine):
        return 1
    tries = 0
    host.database_away = True
    log.warning("database.away", service=host.service.name)
    try:
        while not await answers(host.engine):
            tries += 1
            await _pause(tries)
    finally:
        # Also where the wait is cancelled: a consumer takes nothing while this stands, and nobody else would clear it.
        host.database_away = False
    log.info("database.back", service=host.service.name)
    return 0


async def _pause(tries: int) -> None:
    longest = min(PAUSE_SECONDS_MAX, 0.05 * 2 ** min(tries, 10))
    await asyncio.sleep(random.uniform(longest / 2, longest))  # noqa: S311  (spreads retries, guards nothing)


async def _together(host: Host, tasks: Sequence[Task], more: frozenset[Hashable]) -> None:
    async with host.begin(more) as tx:
        fresh = await add_unseen(tx.sql, [task.seen for task in tasks])
        reached("hear.inboxed")
        todo = await _standing(tx, _first_of_each(tasks, fresh))
        METRICS.duplicates.labels(host.service.name).inc(len(tasks) - len(todo))
        parked = await parking.lock_parked(tx.sql, (task.parked for task in todo))
        if parked:
            await parking.add_parked(tx.sql, [task.waiting for task in todo if task.parked in parked])
        await handle(host, tx, [task for task in todo if task.parked not in parked])
        settled = await due.settle(tx.sql, [task.record for task in tasks])
        if not due.due_ids([task.record for task in todo]) <= settled:
            raise VersionMoved("a deadline was moved while it was handled")
        if host.someone_waits:
            heard = {task.record.key for task in todo if task.record.key is not None}
            await parking.wake(tx.sql, heard | tx.keys_told)
        reached("hear.handled")
    reached("hear.committed")


def _first_of_each(tasks: Sequence[Task], fresh: set[tuple[str, str]]) -> list[Task]:
    # A record may stand twice in one batch; the inbox then names it once.
    left = set(fresh)
    todo = []
    for task in tasks:
        if task.seen in left:
            left.discard(task.seen)
            todo.append(task)
    return todo


async def handle(host: Host, tx: Tx, tasks: Sequence[Task]) -> None:
    """Run the handlers for tasks in waves: a wave takes from every key its leading tasks for one handler."""
    for wave in waves(tasks):
        commands, causes = [], []
        for task in wave:
            command = task.told.command_of(task.record, host.service.catalogue)
            if command is not None:
                commands.append(command)
                causes.append(_cause_of(task.record))
        told = wave[0].told
        if commands and not isinstance(told, Unreadable):
            if host.traces is not None:
                causes = host.traces.caused(causes)
            await told.handler(tx.serve(Batch(commands, causes)), tx)


def _cause_of(record: Incoming) -> Cause:
    cause = record.cause
    if record.topic == DUE_TOPIC:
        return Cause(None, cause.correlation_id, cause.traceparent)
    return cause


def waves(tasks: Sequence[Task]) -> Iterator[list[Task]]:
    """Cut tasks into waves of one handler each, such that every key's tasks keep their order."""
    left = list(tasks)
    while left:
        leading = _server_of(left[0])
        wave: list[Task] = []
        rest: list[Task] = []
        waiting: set[tuple[str, str]] = set()
        for task in left:
            if task.place not in waiting and _server_of(task) == leading:
                wave.append(task)
            else:
                waiting.add(task.place)
                rest.append(task)
        yield wave
        left = rest


def _server_of(task: Task) -> object:
    """Who serves a task: subscriptions that share a handler are served together."""
    told = task.told
    return told.name if isinstance(told, Unreadable) else told.handler


async def _standing(tx: Tx, tasks: list[Task]) -> list[Task]:
    if not due.due_ids([task.record for task in tasks]):
        return tasks
    standing = await due.standing(tx.sql, [task.record for task in tasks])
    return [task for task in tasks if task.record.topic != DUE_TOPIC or task.record.event_id in standing]


async def _park(host: Host, task: Task, failure: Exception) -> None:
    waits = failure if isinstance(failure, NotYet) else None
    async with host.begin() as tx:
        if not await add_unseen(tx.sql, [task.seen]):
            return
        next_at = parking.next_try(0, datetime.now(UTC)) if waits else None
        await parking.park_key(
            tx.sql,
            task.told.name,
            task.record,
            kind="not yet" if waits else "poison",
            cause=f"{type(failure).__name__}: {failure}",
            waits_for=waits.subject if waits else None,
            next_at=next_at,
        )
        await parking.add_parked(tx.sql, [task.waiting])
        await due.settle(tx.sql, [task.record])
    host.someone_waits = True
    METRICS.parked.labels(host.service.name, task.told.name).inc()
    log.warning(
        "hear.parked",
        service=host.service.name,
        subscription=task.told.name,
        key=task.record.parking_key,
        topic=task.record.topic,
        cause=f"{type(failure).__name__}: {failure}",
        waits=waits is not None,
    )
