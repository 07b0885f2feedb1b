"""A scripted database: sessions, row locks, commits that last or not; it answers the backbone's own statements.

It knows a statement by the constant that the product executes, so what the product asks for is what is simulated.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError

from tests.simulation.virtual import PROCESS, WORLD
from tests.simulation.world import World

IDLE_S = 10.0
LOCK_WAIT_S = 5.0
HANG_S_MAX = 12.0
CONFLICT = "40P01"
LOCK_TIMEOUT = "55P03"

Change = Callable[[], object]
Statement = Callable[["Session", Mapping[str, Any]], Awaitable[list[Any]]]


class _Original(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


def failed(sqlstate: str) -> DBAPIError:
    """The failure of a statement with a code of PostgreSQL."""
    return DBAPIError("simulated", {}, _Original(sqlstate))


def cut(why: str) -> DBAPIError:
    """The failure of a connection."""
    return InterfaceError("simulated", {}, Exception(why))


@dataclass
class Database:
    """The tables of one service, as committed: `jars` holds the numbers of the marbles that were put into each."""

    world: World
    statements: dict[str, Statement] = field(default_factory=dict)
    seen: set[tuple[str, str]] = field(default_factory=set)
    handled: set[str] = field(default_factory=set)
    jars: dict[str, list[int]] = field(default_factory=dict)
    parked: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    queue: dict[int, dict[str, Any]] = field(default_factory=dict)
    tries: dict[tuple[str, str], int] = field(default_factory=dict)
    locks: dict[Hashable, Session] = field(default_factory=dict)
    sessions: set[Session] = field(default_factory=set)
    numbers: int = 0

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[Session]:
        """A connection; what is not committed at its end is rolled back."""
        session = Session(self, PROCESS.get())
        await self.world.exchange("database", session.begun, cut)
        try:
            yield session
        finally:
            session.end("closed")

    def cut_all(self) -> None:
        """End every session, as a database does that restarts."""
        for session in sorted(self.sessions, key=lambda each: each.number):
            session.end("restart")


class Session:
    """One connection with at most one transaction; what it changes is staged until its commit."""

    def __init__(self, database: Database, process: str) -> None:
        self.database, self.world, self.process = database, database.world, process
        database.numbers += 1
        self.number = database.numbers
        self.staged: list[Change] = []
        self.fresh: set[tuple[str, str]] = set()
        self.put: set[str] = set()
        self.overtaken: set[str] = set()
        self.opened: set[str] = set()
        self.ended: str | None = None
        self._asked = 0.0
        self._busy = False
        self._torn = False

    async def begun(self) -> None:
        """The server has a session."""
        self.database.sessions.add(self)
        self._asked = self.world.loop.now
        self.world.loop.spawn(WORLD, self._end_when_idle())

    async def _end_when_idle(self) -> None:
        while self.ended is None:
            await self.world.loop.passed(1.0)
            if not self._busy and self.world.loop.now - self._asked > IDLE_S:
                self.end("idle in transaction")

    async def execution_options(self, **_: Any) -> Session:
        """Nothing depends on them here."""
        return self

    async def execute(self, statement: Any, values: Mapping[str, Any] | None = None) -> Rows:
        """What the server answers to a statement."""
        act = self.database.statements[statement.text]

        async def served() -> Rows:
            if self.world.strikes(self.world.luck.conflict):
                self.world.say("deadlock", self.process)
                self._roll_back()
                raise failed(CONFLICT)
            return Rows(await act(self, values or {}))

        rows: Rows = await self._served(served)
        return rows

    async def commit(self) -> None:
        """Make it last."""
        await self._served(self._commit)

    async def _served(self, act: Callable[[], Awaitable[Any]]) -> Any:
        if self._torn:
            raise cut("an earlier statement was not answered")

        async def served() -> Any:
            if self.ended is not None:
                raise cut(f"the session is over: {self.ended}")
            self._busy = True
            try:
                if self.world.strikes(self.world.luck.slow):
                    self.world.say("slow", self.process)
                    await self.world.loop.passed(self.world.chance.random() * 8)
                    if self.ended is not None:
                        raise cut(f"the session is over: {self.ended}")
                return await act()
            finally:
                self._busy, self._asked = False, self.world.loop.now

        try:
            return await self.world.exchange("database", served, cut)
        except BaseException:
            self._torn = True
            raise

    async def lock(self, row: Hashable) -> None:
        """Wait for a row; raises when that lasts too long, or when this session ends meanwhile."""
        locks, ends = self.database.locks, self.world.loop.now + LOCK_WAIT_S
        waited = False
        while (holder := locks.get(row)) is not None and holder is not self:
            if not waited:
                self.world.say("lock waits", f"{self.process} for {holder.process}")
            waited = True
            await self.world.loop.passed(0.04)
            if self.ended is not None:
                raise cut(f"the session is over: {self.ended}")
            if self.world.loop.now > ends:
                self._roll_back()
                raise failed(LOCK_TIMEOUT)
        locks[row] = self

    async def _commit(self) -> None:
        if self.world.strikes(self.world.luck.hangs):
            self.world.say("commit hangs", self.process)
            await self.world.loop.passed(self.world.chance.random() * HANG_S_MAX)
            self.end("restart")
            raise cut("nothing is known of the commit")
        if both := sorted(self.put & self.overtaken):
            raise self.world.breaks(
                f"two at work: {self.process} had put into {both} what another changed meanwhile"
            )
        for change in self.staged:
            change()
        for other in self.database.sessions - {self}:
            other.overtaken |= other.put & self.put
        self._roll_back()

    def end(self, why: str) -> None:
        """The session is over; a transaction that is open is rolled back."""
        if self.ended is None:
            self.ended = why
            if why != "closed":
                self.world.say(f"session ended: {why}", self.process)
            self._roll_back()
            self.database.sessions.discard(self)

    def _roll_back(self) -> None:
        self.staged, self.fresh, self.opened = [], set(), set()
        self.put, self.overtaken = set(), set()
        self.database.locks = {
            row: holder for row, holder in self.database.locks.items() if holder is not self
        }


class Rows:
    """The answer to a statement."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def __iter__(self) -> Any:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any | None:
        """The first row, if there is one."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """The one row."""
        (row,) = self._rows
        return row

    one_or_none = first

    def scalar_one_or_none(self) -> Any | None:
        """The first column of the row, if there is one."""
        row = self.first()
        return None if row is None else next(iter(vars(row).values()))

    scalar_one = scalar_one_or_none
