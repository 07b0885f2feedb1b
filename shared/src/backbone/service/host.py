"""The running service: `do` for the asked, `hear` for the told, `read` for queries; the only begin and commit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from fastapi import APIRouter
from sqlalchemy import MetaData
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backbone.clock import Clock
from backbone.errors import NoSecret
from backbone.operations.operation import LongWork
from backbone.seals import Seals
from backbone.service import asking
from backbone.service.asked import AskedKey, Reply
from backbone.service.asking import Ask, Gathering, Together
from backbone.service.subscription import Deadline, Subscription, Told
from backbone.service.tx import Handler, Tx
from backbone.service.way import Way
from backbone.webhooks.guard import Guard
from backbone.wire import Catalogue, Incoming

if TYPE_CHECKING:
    from backbone.imports.definition import Import
    from backbone.traces.spans import Traces

C = TypeVar("C")
A = TypeVar("A")

_NOWHERE: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Service:
    """What a service is made of, as its `__main__` puts it together from the rooms.

    A process thinks in one thread: more `lanes` make its batches smaller, and pay only where a batch waits long.
    `gather_seconds` is how long facts may wait at the broker for company, where few dear batches are worth more than
    being told at once: a read model. `operations` are the kinds of long work that it does beside,
    `imports` the kinds of rows that it takes by the file. Where it `sends_webhooks`, others may have its facts sent.
    `way` leads from its portal to the one beside it.
    """

    name: str
    metadata: MetaData
    catalogue: Catalogue
    routes: tuple[APIRouter, ...] = ()
    subscriptions: tuple[Subscription, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    lanes: int = 1
    gather_seconds: float = 0.0
    operations: tuple[LongWork, ...] = ()
    imports: tuple[Import, ...] = ()
    sends_webhooks: bool = True
    way: Way | None = None
    hearers: dict[str, tuple[Told, ...]] = field(init=False, repr=False, compare=False)
    recorded_kinds: frozenset[str] = field(init=False, repr=False, compare=False)

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
        recorded = frozenset(deadline.name for deadline in self.deadlines if deadline.recorded)
        object.__setattr__(self, "recorded_kinds", recorded)

    @property
    def business_kinds(self) -> list[str]:
        """The names of the deadlines that run in business time."""
        return [deadline.name for deadline in self.deadlines if not deadline.recorded]

    @property
    def topics_heard(self) -> tuple[str, ...]:
        """The names of the topics that any subscription of this service needs."""
        return tuple(sorted({self.catalogue.topic_of(s.fact) for s in self.subscriptions}))

    @property
    def types_told(self) -> dict[str, type]:
        """The facts that this service tells and that are kept in its log, by their CloudEvents type."""
        own = (topic for topic in self.catalogue.topics if topic.owner == self.name and not topic.compacted)
        return {self.catalogue.type_of(fact): fact for topic in own for fact in topic.facts}

    @property
    def types_sent(self) -> dict[str, type]:
        """The facts that others may have sent to their webhooks, by type."""
        return self.types_told if self.sends_webhooks else {}

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
        guard: Guard | None = None,
        portals: Mapping[str, str] = _NOWHERE,
    ) -> None:
        self.service = service
        self.engine = engine
        self.clock = clock
        self._seals = seals
        self.traces = traces
        self.guard = guard or Guard()
        self._portals = portals
        self.told = asyncio.Event()
        self.dues_changed = asyncio.Event()
        self.operation_asked = asyncio.Event()
        # After an unclean end each try is counted before it is begun, so that a fact that kills the process is found.
        self.careful = False
        self.database_away = False
        self.someone_waits = True
        self._gatherings: dict[Together[Any, Any], Gathering] = {}

    @property
    def seals(self) -> Seals:
        """What links and sessions are sealed with; raises `NoSecret` where the settings have none."""
        if self._seals is None:
            raise NoSecret("this service has no secret to sign links with")
        return self._seals

    @property
    def beside(self) -> tuple[Way, str] | None:
        """The way to the portal beside this one and its address; None unless the settings say where both are."""
        way = self.service.way
        if way is None or self.service.name not in self._portals or way.service not in self._portals:
            return None
        return way, self._portals[way.service]

    @property
    def is_secure(self) -> bool:
        """Whether people reach this service's portal by TLS, as the settings say."""
        return self._portals.get(self.service.name, "").startswith("https://")

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read-only connection for queries."""
        async with self.engine.connect() as sql:
            yield await sql.execution_options(postgresql_readonly=True)

    @asynccontextmanager
    async def begin(self, more: frozenset[Hashable] = frozenset()) -> AsyncIterator[Tx]:
        """One transaction: what the block does, its facts and its deadlines are committed together or not at all."""
        async with self.engine.connect() as sql:
            recorded = self.service.recorded_kinds
            tx = Tx(sql, self.clock.now(), self.service.catalogue, more, self._seals, recorded)
            yield tx
            await tx.finish()
            await _seen_through(sql.commit())
        if tx.tells_anything:
            self.told.set()
        if tx.sets_deadlines:
            self.dues_changed.set()

    def keep_up(self, records: Iterable[Incoming]) -> None:
        """Step a stepped clock to the latest moment at which one of these facts was told.

        All services are stepped to one moment, each by a message of its own: one that hears of it from another first
        would write what it does now as done before, and find what is due of it overdue as soon as it is stepped itself.
        """
        if self.clock.mode != "stepped":
            return
        latest = max((each.told_at for each in records if each.told_at is not None), default=None)
        if latest is not None and latest > self.clock.now():
            self.clock.advance(latest)
            self.dues_changed.set()

    def hearing(self, records: Iterable[Incoming]) -> AbstractContextManager[None]:
        """The span around the handling of a batch; nothing at all where no traces are wanted."""
        return nullcontext() if self.traces is None else self.traces.hearing(records)

    async def hear(self, records: Sequence[Incoming]) -> None:
        """Handle records told by others: each once, in order per key; what cannot be handled is parked."""
        from backbone.service.told import hear

        await hear(self, records)

    @overload
    async def do(self, handler: Handler[C, A] | Together[C, A], command: C) -> A: ...
    @overload
    async def do(
        self,
        handler: Handler[C, A] | Together[C, A],
        command: C,
        *,
        key: AskedKey | None,
        reply: Callable[[A], Reply],
    ) -> Reply: ...
    async def do(
        self,
        handler: Handler[C, A] | Together[C, A],
        command: C,
        *,
        key: AskedKey | None = None,
        reply: Callable[[A], Reply] | None = None,
    ) -> A | Reply:
        """Serve one asked command in one transaction, with others where the handler lets them come together.

        With `key` the reply is kept in the same transaction and given again to whoever asks with the same key and
        body; a refusal rolls the effect back and is kept in a second one. Raises the handler's `Refusal`, `Busy`
        after five conflicts, `Unavailable` when the database is away.
        """
        cause = None if self.traces is None else self.traces.cause()
        ask = Ask(command, key, reply, cause)
        if key is None or reply is None or not isinstance(handler, Together):
            given: A | Reply = await asking.do(self, handler, ask)
            return given
        return await self._gathering(handler).serve(ask)

    def _gathering(self, handler: Together[Any, Any]) -> Gathering:
        if handler not in self._gatherings:
            self._gatherings[handler] = Gathering(self, handler)
        return self._gatherings[handler]


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
