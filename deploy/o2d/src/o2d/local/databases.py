"""A database and a role for each service on one server; none may enter another's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from o2d.home import Home
from o2d.trouble import CannotStart

# A transaction that stands still must not hold its locks, nor fence others out, for longer than this.
ROLE_SETTINGS = {
    "idle_in_transaction_session_timeout": "10s",
    "lock_timeout": "5s",
    "statement_timeout": "30s",
}


@dataclass(frozen=True, slots=True)
class Database:
    """One service's database: its address, and the number that another database of the same name would not have."""

    dsn: str
    oid: int


def address(url: str, role: str, password: str, database: str) -> str:
    """The same server for another role and database."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(
        parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}", path=f"/{database}")
    )


async def prepare(home: Home, url: str, services: Iterable[str], prefix: str = "") -> dict[str, Database]:
    """Make what is missing; gives each service's database. Raises CannotStart when the server refuses.

    The same home always gives the same passwords; `prefix` keeps installations apart on a shared server.
    """
    try:
        server = await asyncpg.connect(url, timeout=15)
    except (OSError, asyncpg.PostgresError) as error:
        raise CannotStart(
            f"The database server cannot be reached: {error}.",
            "Look at O2D_DATABASE_URL, and whether it runs.",
        ) from error
    try:
        return {service: await _prepare(server, home, url, service, prefix) for service in services}
    except asyncpg.InsufficientPrivilegeError as error:
        raise CannotStart(
            f"The role of O2D_DATABASE_URL may not prepare databases: {error}.",
            "Give it CREATEDB and CREATEROLE.",
        ) from error
    finally:
        await server.close()


async def _prepare(server: asyncpg.Connection, home: Home, url: str, service: str, prefix: str) -> Database:
    name = f"{prefix}{service.replace('-', '_')}"
    password = home.secret(f"role {service}")
    oid = await make(server, name, password, name)
    return Database(address(url, name, password, name), oid)


async def make(server: asyncpg.Connection, role: str, password: str, database: str) -> int:
    """A role that may log in, and a database that is its own alone; what is there gets what it lacks.

    The answer is the database's number. Raises `asyncpg.InsufficientPrivilegeError`.
    """
    if not await server.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
        await _say(server, "CREATE ROLE %I LOGIN", role)
    await _say(server, "ALTER ROLE %I PASSWORD %L", role, password)
    for setting, value in ROLE_SETTINGS.items():
        await _say(server, "ALTER ROLE %I SET %I = %L", role, setting, value)
    if not await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
        await _say(server, "GRANT %I TO CURRENT_USER", role)  # an owner can be named by its members only
        await _say(server, "CREATE DATABASE %I OWNER %I", database, role)
    await _say(server, "REVOKE ALL ON DATABASE %I FROM PUBLIC", database)
    return int(await server.fetchval("SELECT oid FROM pg_database WHERE datname = $1", database))


async def _say(server: asyncpg.Connection, statement: str, *names: str) -> None:
    """Run a statement that takes no parameters: the server itself quotes the names."""
    await server.execute(
        await server.fetchval("SELECT format($1, VARIADIC CAST($2 AS text[]))", statement, list(names))
    )
