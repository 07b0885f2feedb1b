"""A transaction as handlers see it: SQL, business time, facts to tell, deadlines to set; and the batch it serves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Generic, TypeVar, overload

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.errors import NoSecret, TellingBroken
from backbone.ids import new_id
from backbone.outbox import add_outgoing
from backbone.seals import Seals
from backbone.wire import Catalogue, Cause, Outgoing, Topic

C = TypeVar("C")
A = TypeVar("A")
C_co = TypeVar("C_co", covariant=True)

SET_DUE = text(
    """
    INSERT INTO due (kind, key, due_id, at, payload, correlation_id)
    SELECT kind, key, due_id, at, CAST(payload AS jsonb), correlation_id
    FROM unnest(CAST(:kind AS text[]), CAST(:key AS text[]), CAST(:due_id AS uuid[]),
                CAST(:at AS timestamptz[]), CAST(:payload AS text[]), CAST(:correlation_id AS text[]))
         AS set_now(kind, key, due_id, at, payload, correlation_id)
    ORDER BY kind, key
    ON CONFLICT (kind, key) DO UPDATE
    SET due_id = excluded.due_id, at = excluded.at, payload = excluded.payload,
        correlation_id = excluded.correlation_id
    """
)
# Rows come and go by the thousand: a plan that was made while there were hardly any must be good when there are many.
# Here is no join whose order it could get wrong.
CLEAR_DUE = text(
    """
    DELETE FROM due WHERE kind = :kind AND key = ANY(ARRAY(
        SELECT key FROM due WHERE kind = :kind AND key = ANY(:keys) ORDER BY key FOR UPDATE
    ))
    """
)


class Batch(Sequence[C_co], Generic[C_co]):
    """The commands that one handler call serves, each with its cause."""

    __slots__ = ("_causes", "_commands")

    def __init__(self, commands: Sequence[C_co], causes: Sequence[Cause] = ()) -> None:
        self._commands = tuple(commands)
        self._causes = tuple(causes) or (Cause(),) * len(self._commands)

    def __len__(self) -> int:
        return len(self._commands)

    @overload
    def __getitem__(self, index: int) -> C_co: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[C_co]: ...
    def __getitem__(self, index: int | slice) -> C_co | Sequence[C_co]:
        return self._commands[index]

    @property
    def causes(self) -> tuple[Cause, ...]:
        """What caused each command, in the order of the commands."""
        return self._causes


@dataclass(frozen=True, slots=True)
class _Deadline:
    at: datetime
    payload: Mapping[str, str | int]
    correlation_id: str | None


class Tx:
    """One transaction of a service. It is begun and committed by the backbone alone.

    `sql` is the connection, `now` the business time (aware UTC), `more` the keys that an earlier try asked for
    with `NeedsMore`.
    """

    __slots__ = (
        "_catalogue",
        "_causes",
        "_cleared",
        "_counts",
        "_deadlines",
        "_owned",
        "_recorded",
        "_seals",
        "_single",
        "_told",
        "_written",
        "more",
        "now",
        "sql",
    )

    def __init__(
        self,
        sql: AsyncConnection,
        now: datetime,
        catalogue: Catalogue,
        more: frozenset[Hashable] = frozenset(),
        seals: Seals | None = None,
        recorded: frozenset[str] = frozenset(),
    ) -> None:
        self.sql = sql
        self.now = now
        self.more = more
        self._catalogue = catalogue
        self._seals = seals
        self._recorded = recorded
        self._owned: dict[tuple[str, str], int] = {}
        self._written: dict[tuple[str, str], int] = {}
        self._told: list[tuple[tuple[str, str], object, Cause]] = []
        self._counts: dict[tuple[str, str], int] = {}
        self._causes: dict[int, Cause] = {}
        self._single: Cause | None = None
        self._deadlines: dict[tuple[str, str], _Deadline] = {}
        self._cleared: set[tuple[str, str]] = set()

    def serve(self, batch: Batch[Any]) -> Batch[Any]:
        """Make `batch` the one whose commands `emit` may name as `because` (called by the backbone)."""
        self._causes = {id(command): cause for command, cause in zip(batch, batch.causes, strict=True)}
        self._single = batch.causes[0] if len(batch) == 1 else None
        return batch

    def apart(self) -> Tx:
        """A transaction on the same connection that tells nothing and sets no deadline: for trials that are undone."""
        return Tx(self.sql, self.now, self._catalogue, self.more, self._seals, self._recorded)

    @property
    def seals(self) -> Seals:
        """What links are signed with; raises `NoSecret` where the settings have none."""
        if self._seals is None:
            raise NoSecret("this service has no secret to sign links with")
        return self._seals

    def new_id(self) -> str:
        """A fresh time-ordered id."""
        return new_id()

    def locked(self, topic: Topic, told: Mapping[str, int]) -> None:
        """The store holds the rows that own these keys of `topic`; `told` is each row's count of facts."""
        for key, count in told.items():
            self._owned.setdefault((topic.name, key), count)

    def added(self, topic: Topic, keys: Iterable[str]) -> None:
        """The store inserts the rows that own these keys of `topic` in this transaction."""
        for key in keys:
            self._owned.setdefault((topic.name, key), 0)

    def tells(self, topic: Topic, key: str) -> int:
        """The count of facts told under a key, this transaction's included: what the row's `told` column gets."""
        owner = (topic.name, key)
        count = self._owned.get(owner, 0) + self._counts.get(owner, 0)
        self._written[owner] = count
        return count

    def emit(self, *facts: object, because: object = None, correlation: str | None = None) -> None:
        """Tell facts when the transaction commits.

        `because` is the command of the batch that led to them; a batch of one needs none. `correlation` starts a
        new root (the id of the first ask) where no cause carries one.
        """
        cause = self._single if because is None else self._causes.get(id(because))
        if cause is None:
            raise TellingBroken("emit(…, because=command) must name a command of the batch that it serves")
        if correlation is not None and cause.correlation_id is None:
            cause = Cause(cause.event_id, correlation, cause.traceparent)
        for fact in facts:
            owner = self._catalogue.key_of(fact)
            self._told.append((owner, fact, cause))
            self._counts[owner] = self._counts.get(owner, 0) + 1

    def due(self, kind: str, key: str, at: datetime | timedelta, **payload: str | int) -> None:
        """Set the deadline `kind` of `key` to a business moment, or to so much recorded time from now.

        An earlier one of the same kind and key is replaced. Raises `TellingBroken` for a kind that runs in the other
        time.
        """
        self._cleared.discard((kind, key))
        correlation = self._single.correlation_id if self._single else None
        if isinstance(at, timedelta) != (kind in self._recorded):
            raise TellingBroken(
                f"a deadline {kind} runs in {'business' if isinstance(at, timedelta) else 'recorded'} time"
            )
        if isinstance(at, timedelta):
            at = datetime.now(UTC) + at
        self._deadlines[kind, key] = _Deadline(at, payload, correlation)

    def not_due(self, kind: str, key: str) -> None:
        """Clear the deadline `kind` of `key`, if there is one."""
        self._deadlines.pop((kind, key), None)
        self._cleared.add((kind, key))

    @property
    def tells_anything(self) -> bool:
        """Whether any fact waits to be told."""
        return bool(self._told)

    @property
    def keys_told(self) -> set[str]:
        """The keys under which facts wait to be told: what these things were waited for may be there now."""
        return {key for (_, key), _, _ in self._told}

    @property
    def sets_deadlines(self) -> bool:
        """Whether any deadline is set."""
        return bool(self._deadlines)

    async def finish(self) -> None:
        """Write facts and deadlines; raises `TellingBroken` for a fact without its row (called by the backbone)."""
        outgoing = self._outgoing()
        await add_outgoing(self.sql, outgoing)
        if self._cleared:
            for kind, gone in groupby(sorted(self._cleared), key=itemgetter(0)):
                await self.sql.execute(CLEAR_DUE, {"kind": kind, "keys": [key for _, key in gone]})
        if self._deadlines:
            await self.sql.execute(SET_DUE, self._due_rows())

    def _outgoing(self) -> list[Outgoing]:
        recorded = datetime.now(UTC)
        rows: list[Outgoing] = []
        sequences: dict[tuple[str, str], int] = {}
        for owner, fact, cause in self._told:
            if owner not in sequences:
                sequences[owner] = self._base_of(owner, fact)
            sequences[owner] += 1
            rows.append(
                self._catalogue.outgoing(
                    fact,
                    event_id=new_id(),
                    sequence=sequences[owner],
                    cause=cause,
                    now=self.now,
                    recorded=recorded,
                )
            )
        return rows

    def _base_of(self, owner: tuple[str, str], fact: object) -> int:
        base = self._owned.get(owner)
        name = type(fact).__name__
        if base is None:
            raise TellingBroken(f"{name} is told under {owner[1]}, whose row was neither locked nor added")
        if self._written.get(owner) != base + self._counts[owner]:
            raise TellingBroken(f"{name} is told under {owner[1]}, whose row was not saved after it")
        return base

    def _due_rows(self) -> dict[str, list[Any]]:
        rows = sorted(self._deadlines.items())
        return {
            "kind": [kind for (kind, _), _ in rows],
            "key": [key for (_, key), _ in rows],
            "due_id": [new_id() for _ in rows],
            "at": [deadline.at for _, deadline in rows],
            "payload": [msgspec.json.encode(deadline.payload).decode() for _, deadline in rows],
            "correlation_id": [deadline.correlation_id for _, deadline in rows],
        }


# A function that serves a batch of commands of one type and gives one answer a command, in order.
Handler = Callable[[Batch[C], Tx], Awaitable[Sequence[A]]]
