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
    if not await server.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        await server.execute(f'CREATE ROLE "{name}" LOGIN')
    # The password has no quote in it: it is URL-safe text of our own.
    await server.execute(f"ALTER ROLE \"{name}\" PASSWORD '{password}'")
    for setting, value in ROLE_SETTINGS.items():
        await server.execute(f"ALTER ROLE \"{name}\" SET {setting} = '{value}'")
    if not await server.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name):
        await server.execute(f'GRANT "{name}" TO CURRENT_USER')  # an owner can be named by its members only
        await server.execute(f'CREATE DATABASE "{name}" OWNER "{name}"')
    await server.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    oid = await server.fetchval("SELECT oid FROM pg_database WHERE datname = $1", name)
    return Database(address(url, name, password, name), int(oid))
