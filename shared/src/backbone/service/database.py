"""The connection to PostgreSQL, and what kind of trouble an exception is."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Any, Final

from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from backbone.errors import NotYet, VersionMoved
from backbone.service.quick import QuickEngine
from backbone.service.session import Session

IDLE_IN_TRANSACTION_SECONDS: Final = 10
LOCK_SECONDS: Final = 5
STATEMENT_SECONDS: Final = 30
# Of a process that stops inside the driver PostgreSQL sees a transaction that is neither idle nor waiting for a lock.
TRANSACTION_SECONDS_MAX: Final = 60
POOL_CONNECTIONS_MAX: Final = 10
CONNECT_SECONDS: Final = 5
STATEMENTS_COUNT: Final = 500

# PostgreSQL has this setting since 17; an older one has no such row and goes without.
_FENCE_TRANSACTION: Final = (
    "SELECT set_config(name, $1, false) FROM pg_settings WHERE name = 'transaction_timeout'"
)

_CONFLICTS: Final = frozenset({"40001", "40P01", "55P03"})
_AWAY: Final = frozenset({"57P01", "57P02", "57P03", "53300", "53400", "25P03", "25P04", "57P05"})


class Trouble(Enum):
    """The four classes of failure; each has its own road."""

    CONFLICT = "conflict"
    INFRASTRUCTURE = "infrastructure"
    NOT_YET = "not yet"
    POISON = "poison"


def sqlstate_of(failure: BaseException) -> str | None:
    """The SQLSTATE code that PostgreSQL gave, if it gave one."""
    original = getattr(failure, "orig", None)
    return getattr(original, "sqlstate", None) or getattr(original, "pgcode", None)


def trouble_of(failure: BaseException) -> Trouble:
    """Which class a failure of a transaction belongs to."""
    if isinstance(failure, NotYet):
        return Trouble.NOT_YET
    if isinstance(failure, VersionMoved):
        return Trouble.CONFLICT
    if isinstance(failure, DBAPIError):
        state = sqlstate_of(failure)
        if state in _CONFLICTS:
            return Trouble.CONFLICT
        if state is not None and (state in _AWAY or state.startswith("08") or state == "57014"):
            return Trouble.INFRASTRUCTURE
        if failure.connection_invalidated or (
            state is None and isinstance(failure, InterfaceError | OperationalError)
        ):
            return Trouble.INFRASTRUCTURE
        return Trouble.POISON
    if isinstance(failure, OSError | PoolTimeout | asyncio.TimeoutError):
        return Trouble.INFRASTRUCTURE
    return Trouble.POISON


def async_url(dsn: str) -> str:
    """The DSN with the driver that we use named in it."""
    for prefix in ("postgresql://", "postgres://"):
        if dsn.startswith(prefix):
            return "postgresql+asyncpg://" + dsn.removeprefix(prefix)
    return dsn


def plain_url(dsn: str) -> str:
    """The DSN without the name of a driver."""
    return async_url(dsn).replace("postgresql+asyncpg://", "postgresql://", 1)


def connect(
    dsn: str,
    *,
    name: str,
    pool: int = POOL_CONNECTIONS_MAX,
    transaction_seconds: int = TRANSACTION_SECONDS_MAX,
) -> AsyncEngine:
    """An engine with the timeouts that fence a stalled process out; `transaction_seconds` 0 is without end."""
    plain = create_async_engine(
        async_url(dsn),
        pool_size=pool,
        max_overflow=0,
        pool_timeout=10,
        # The one that was used last: a session keeps plans and catalogues, which are made, and held, once for each.
        pool_use_lifo=True,
        connect_args={
            "timeout": CONNECT_SECONDS,
            "connection_class": Session,
            "statement_cache_size": STATEMENTS_COUNT,
            "server_settings": {
                "application_name": name,
                "jit": "off",
                # Every statement has its index. A plan that was made while a table was empty, and that a session
                # keeps for minutes, would read all of it.
                "enable_seqscan": "off",
                "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
                "lock_timeout": f"{LOCK_SECONDS}s",
                "statement_timeout": f"{STATEMENT_SECONDS}s",
            },
        },
    )

    @event.listens_for(plain.sync_engine, "connect")
    def fence(connection: Any, _: object) -> None:
        connection.run_async(lambda sql: sql.fetchval(_FENCE_TRANSACTION, f"{transaction_seconds}s"))

    return QuickEngine(plain.sync_engine)


async def answers(engine: AsyncEngine) -> bool:
    """Whether the database answers on a connection now."""
    try:
        async with asyncio.timeout(CONNECT_SECONDS), engine.connect() as sql:
            await sql.execute(text("SELECT 1"))
    except (DBAPIError, OSError, TimeoutError, PoolTimeout):
        return False
    return True
