"""Text statements on the driver at once: compiled once, prepared once, rows as named tuples.

The pool, the transaction, the translation of failures and every other kind of statement stay with SQLAlchemy. Its own
road costs ten times what the driver does with a statement, and a batch handler runs nothing but such statements.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import TextClause, text
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.util import greenlet_spawn

PLANS_COUNT_MAX: Final = 2_048

_row_type: Final[Any] = namedtuple
_dialect: Final = asyncpg.dialect()  # type: ignore[no-untyped-call]


class Rows(Sequence[Any]):
    """What a statement gave: named tuples, read like a result of SQLAlchemy."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    def all(self) -> list[Any]:
        """Every row."""
        return self._rows

    def first(self) -> Any:
        """The first row, or None."""
        return self._rows[0] if self._rows else None

    def one_or_none(self) -> Any:
        """The only row, or None; raises `MultipleResultsFound`."""
        if len(self._rows) > 1:
            raise MultipleResultsFound(f"{len(self._rows)} rows were found where at most one is meant")
        return self.first()

    def one(self) -> Any:
        """The only row; raises `NoResultFound` or `MultipleResultsFound`."""
        if not self._rows:
            raise NoResultFound("no row was found where one is meant")
        return self.one_or_none()

    def scalar_one(self) -> Any:
        """The first value of the only row; raises as `one`."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """The first value of the only row, or None; raises `MultipleResultsFound`."""
        row = self.one_or_none()
        return None if row is None else row[0]

    def scalars(self) -> Rows:
        """The first value of every row."""
        return Rows([row[0] for row in self._rows])


@dataclass(slots=True)
class _Plan:
    sql: str
    names: tuple[str, ...]
    made: Any = field(default=None)

    def rows(self, records: Sequence[Any]) -> Rows:
        if not records:
            return Rows([])
        names = tuple(records[0].keys())
        # A plan outlives a migration: the same text may give other columns afterwards.
        if self.made is None or self.made.__match_args__ != names:
            self.made = _row_type("Row", names, rename=True)
        return Rows(list(map(self.made._make, records)))


@lru_cache(maxsize=PLANS_COUNT_MAX)
def _plan_of(statement: str) -> _Plan:
    compiled = text(statement).compile(dialect=_dialect)
    return _Plan(str(compiled), tuple(compiled.positiontup or ()))


def _quick(statement: object, parameters: object, options: object) -> bool:
    """Whether a statement may go straight to the driver: plain text, one set of untyped values."""
    return type(statement) is TextClause and options is None and not isinstance(parameters, list | tuple)


class QuickConnection(AsyncConnection):
    """A connection whose plain text statements skip what SQLAlchemy does around each of them."""

    async def execute(self, statement: Any, parameters: Any = None, *, execution_options: Any = None) -> Any:
        """Run a statement; text gives `Rows`, whatever else SQLAlchemy's own result. Raises `DBAPIError`."""
        if not _quick(statement, parameters, execution_options):
            return await super().execute(statement, parameters, execution_options=execution_options)
        plan = _plan_of(statement.text)
        given: Mapping[str, Any] = parameters or {}
        return await self._fetch(plan, [given[name] for name in plan.names])

    async def _fetch(self, plan: _Plan, values: Iterable[Any]) -> Rows:
        connection = self.sync_connection
        assert connection is not None, "the connection is not open"
        adapted: Any = connection.connection.dbapi_connection
        # Both sides must know of the transaction: SQLAlchemy to commit it, its adapter to have begun it.
        if not connection.in_transaction():
            connection.begin()
        try:
            if adapted._transaction is None:
                await adapted._start_transaction()
            return plan.rows(await adapted.driver_connection.fetch(plan.sql, *values))
        except BaseException as failure:
            await greenlet_spawn(_raise_known, connection, adapted, failure, plan.sql)
            raise


def _raise_known(connection: Any, adapted: Any, failure: BaseException, sql: str) -> None:
    """Raise a driver's failure as SQLAlchemy would, a connection that is lost being taken out of the pool."""
    try:
        if isinstance(failure, Exception):
            adapted._handle_exception(failure)
        raise failure
    except BaseException as known:  # noqa: BLE001 - a cancelled statement, too, leaves its connection in doubt
        connection._handle_dbapi_exception(known, sql, None, None, None)


class QuickEngine(AsyncEngine):
    """An engine that gives quick connections."""

    _connection_cls = QuickConnection
