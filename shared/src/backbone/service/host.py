"""The running service: `do` for the asked, `hear` for the told, `read` for queries; the only begin and commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Iterable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from fastapi import APIRouter
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.clock import Clock
from backbone.errors import Busy, NeedsMore, NoSecret, Refusal
from backbone.faults import reached
from backbone.metrics import METRICS
from backbone.seals import Seals
from backbone.service import asked
from backbone.service.asked import AskedKey, Reply
from backbone.service.database import Trouble, trouble_of
from backbone.service.subscription import Deadline, Subscription, Told
from backbone.service.tx import Batch, Handler, Tx
from backbone.wire import Catalogue, Cause, Incoming

if TYPE_CHECKING:
    from backbone.traces.spans import Traces

C = TypeVar("C")
A = TypeVar("A")

TRIES_COUNT_MAX: Final = 5


@dataclass(frozen=True, slots=True)
class Service:
    """What a service is made of, as its `__main__` puts it together from the rooms.

    A process thinks in one thread: more `lanes` make its batches smaller, and pay only where a batch waits long.
    """

    name: str
    metadata: MetaData
    catalogue: Catalogue
    routes: tuple[APIRouter, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    lanes: int = 1
    hearers: dict[str, tuple[Told, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, tuple[Told, ...]] = {}
        every: tuple[Told, ...] = (*self.subscriptions, *self.deadlines)
        for told in every:
            if isinstance(told, Subscription):
                base = self.catalogue.type_of(told.fact).rpartition(".")[0]
            else:
                base = f"due.{told.name}"
            found[base] = (*found.get(base, ()), told)
        object.__setattr__(self, "hearers", found)

    @property
    def topics_heard(self) -> tuple[str, ...]:
        """The names of the topics that any subscription of this service needs."""
        return tuple(sorted({self.catalogue.topic_of(s.fact) for s in self.subscriptions}))

    @property
    def personal_topics(self) -> tuple[str, ...]:
        """The names of the topics whose payloads are kept out of the log of facts."""
        return tuple(topic.name for topic in self.catalogue.topics if topic.compacted)


class Host:
    """A service with its database and clock; every change of state goes through here."""

    def __init__(
        self,
        service: Service,
        engine: AsyncEngine,
        clock: Clock,
        seals: Seals | None = None,
        traces: Traces | None = None,
    ) -> None:
        self.service = service
        self.engine = engine
        self.clock = clock
        self._seals = seals
        self.traces = traces
        self.told = asyncio.Event()
        self.dues_changed = asyncio.Event()
        # After an unclean end each try is counted before it is begun, so that a fact that kills the process is found.
        self.careful = False
        self.database_away = False
        self.someone_waits = True

    @property
    def seals(self) -> Seals:
        """What links and sessions are sealed with; raises `NoSecret` where the settings have none."""
        if self._seals is None:
            raise NoSecret("this service has no secret to sign links with")
        return self._seals

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read-only connection for queries."""
        async with self.engine.connect() as sql:
            yield await sql.execution_options(postgresql_readonly=True)

    @asynccontextmanager
    async def begin(self, more: frozenset[Hashable] = frozenset()) -> AsyncIterator[Tx]:
        """One transaction: what the block does, its facts and its deadlines are committed together or not at all."""
        async with self.engine.connect() as sql:
            tx = Tx(sql, self.clock.now(), self.service.catalogue, more, self._seals)
            yield tx
            await tx.finish()
            await _seen_through(sql.commit())
        if tx.tells_anything:
            self.told.set()
        if tx.sets_deadlines:
            self.dues_changed.set()

    def hearing(self, records: Iterable[Incoming]) -> AbstractContextManager[None]:
        """The span around the handling of a batch; nothing at all where no traces are wanted."""
        return nullcontext() if self.traces is None else self.traces.hearing(records)

    async def hear(self, records: Sequence[Incoming]) -> None:
        """Handle records told by others: each once, in order per key; what cannot be handled is parked."""
        from backbone.service.told import hear

        await hear(self, records)

    @overload
    async def do(self, handler: Handler[C, A], command: C) -> A: ...
    @overload
    async def do(
        self, handler: Handler[C, A], command: C, *, key: AskedKey | None, reply: Callable[[A], Reply]
    ) -> Reply: ...
    async def do(
        self,
        handler: Handler[C, A],
        command: C,
        *,
        key: AskedKey | None = None,
        reply: Callable[[A], Reply] | None = None,
    ) -> A | Reply:
        """Serve one asked command in one transaction.

        With `key` the reply is kept in the same transaction and given again to whoever asks with the same key and
        body; a refusal rolls the effect back and is kept in a second one. Raises the handler's `Refusal`, `Busy`
        after five conflicts, `Unavailable` when the database is away.
        """
        more: frozenset[Hashable] = frozenset()
        conflicts = 0
        while True:
            try:
                return await self._once(handler, command, key, reply, more)
            except NeedsMore as wider:
                more |= wider.keys
            except Refusal as refusal:
                if key is None or reply is None or not asked.kept(refusal):
                    raise
                return await asked.keep_refusal(self, key, refusal)
            except Exception as failure:
                trouble = trouble_of(failure)
                if trouble is Trouble.CONFLICT or asked.key_collided(failure):
                    conflicts += 1
                    METRICS.repeats.labels(self.service.name, "asked").inc()
                    if conflicts >= TRIES_COUNT_MAX:
                        raise Busy("the same rows are wanted by too many at once; ask again") from failure
                elif trouble is Trouble.INFRASTRUCTURE:
                    return await asked.resolve_lost(self, key, failure)
                else:
                    raise

    async def _once(
        self,
        handler: Handler[C, A],
        command: C,
        key: AskedKey | None,
        reply: Callable[[A], Reply] | None,
        more: frozenset[Hashable],
    ) -> A | Reply:
        async with self.begin(more) as tx:
            reached("do.begun")
            if key is not None:
                earlier = await asked.claim(tx.sql, key)
                if earlier is not None:
                    return earlier
            causes: tuple[Cause, ...] = () if self.traces is None else (self.traces.cause(),)
            (answer,) = await handler(tx.serve(Batch((command,), causes)), tx)
            reached("do.handled")
            given = answer if reply is None else reply(answer)
            if key is not None and isinstance(given, Reply):
                await asked.keep(tx.sql, key, given)
        reached("do.committed")
        return given


async def _seen_through(commit: Coroutine[Any, Any, None]) -> None:
    # A cancelled commit may or may not have happened, and its connection would go back torn; once begun it ends.
    ending = asyncio.ensure_future(commit)
    try:
        await asyncio.shield(ending)
    except asyncio.CancelledError:
        # Its failure must not take the place of the cancellation: who cancelled would wait for ever.
        await asyncio.wait({ending})
        if not ending.cancelled():
            ending.exception()
        raise
