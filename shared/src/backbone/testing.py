"""A pytest plugin: a real database for every test, copied from a template and dropped afterwards."""

from __future__ import annotations

import re
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from backbone.migrate import migrate

DATABASES_OF_RUN = "SELECT datname FROM pg_database WHERE datname ~ $1"
# Every process of a run has databases of its own, templates too: workers never wait for each other.
_PREFIX = f"t_{secrets.token_hex(4)}"

Migrate = Callable[[str], Awaitable[object]]
DatabaseOf = Callable[[str], Awaitable[str]]
# The templates this process knows to exist: server and service -> name there.
_templates: dict[tuple[str, str], str] = {}


def plain_dsn(url: str) -> str:
    """An address as asyncpg reads it: without the name of SQLAlchemy's driver."""
    return re.sub(r"^postgresql\+\w+://", "postgresql://", url)


def async_dsn(url: str) -> str:
    """An address as SQLAlchemy's async engine reads it (`postgresql+asyncpg://…`)."""
    return re.sub(r"^postgresql(\+\w+)?://", "postgresql+asyncpg://", url)


def named(url: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"/{database}"))


async def _on_server(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(plain_dsn(url))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def create_database(url: str, template: str | None = None) -> str:
    """Create a database of its own on the server of `url`, as a copy of `template` when given.

    Returns its address in SQLAlchemy's async form. Raises asyncpg.InvalidCatalogNameError for an unknown
    template.
    """
    name = f"{_PREFIX}_{secrets.token_hex(6)}"
    # Its files are copied after a checkpoint. To log every page of them instead, as is usual, costs twice the processor
    # time, and so does dropping what was made in that way.
    copied = f' TEMPLATE "{template}" STRATEGY FILE_COPY' if template else ""
    await _on_server(url, f'CREATE DATABASE "{name}"{copied}')
    return async_dsn(named(url, name))


async def drop_database(url: str, database: str) -> None:
    """Drop what create_database made; connections still open are cut."""
    await _on_server(url, f'DROP DATABASE IF EXISTS "{urlsplit(database).path[1:]}" WITH (FORCE)')


async def template_database(url: str, name: str, migrate: Migrate) -> str:
    """A migrated database of the service `name`, made for this process to copy from; gives its name.

    `migrate` is called with the address of an empty database in SQLAlchemy's async form; what it raises is raised,
    and nothing is left behind.
    """
    template = f"{_PREFIX}_template_{name}"
    await _on_server(url, f'CREATE DATABASE "{template}"')
    address = async_dsn(named(url, template))
    try:
        await migrate(address)
    except BaseException:
        await drop_database(url, address)
        raise
    return template


async def drop_run(url: str) -> int:
    """Drop every database this process left on the server, templates too; gives their number."""
    connection = await asyncpg.connect(plain_dsn(url))
    try:
        rows = await connection.fetch(DATABASES_OF_RUN, f"^{_PREFIX}_")
        for row in rows:
            await connection.execute(f'DROP DATABASE IF EXISTS "{row[0]}" WITH (FORCE)')
    finally:
        await connection.close()
    return len(rows)


async def migrated_database(url: str, package: str) -> str:
    """Create a database of a service, as a copy of one that is migrated once a process; gives its address."""
    if (url, package) not in _templates:
        _templates[url, package] = await template_database(url, package, lambda dsn: migrate(dsn, package))
    return await create_database(url, _templates[url, package])


@pytest.fixture
async def empty_database(postgres_url: str) -> AsyncIterator[str]:
    """An empty database of its own, as `postgresql+asyncpg://…`; dropped after the test."""
    database = await create_database(postgres_url)
    yield database
    await drop_database(postgres_url, database)


@pytest.fixture
async def database_of(postgres_url: str) -> AsyncIterator[DatabaseOf]:
    """Gives a fresh, migrated database of any service: `await database_of("orders")`; dropped after the test.

    Each service is migrated once a process; what a test gets is a copy.
    """
    made: list[str] = []

    async def fresh(package: str) -> str:
        made.append(await migrated_database(postgres_url, package))
        return made[-1]

    yield fresh
    for database in made:
        await drop_database(postgres_url, database)


@pytest.fixture
async def database(database_of: DatabaseOf, request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database of the service the test lies in, as `postgresql+asyncpg://…`."""
    return await database_of(package_of(request.path))


def package_of(test: Path) -> str:
    """The import name of the service a test file lies in: the package with migrations in the nearest `src`.

    Raises LookupError when there is none.
    """
    for folder in test.parents:
        if found := sorted(folder.glob("src/*/migrations")):
            return found[0].parent.name
    raise LookupError(f"{test} lies in no service with migrations: use database_of('<service>')")
