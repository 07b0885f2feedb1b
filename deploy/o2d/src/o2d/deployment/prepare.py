"""Databases, tables, topics and rights of an installation on servers that are there; again, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote, urlsplit

import asyncpg
from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backbone.migrate import migrate
from backbone.settings import Settings
from backbone.topics import create_topics
from contracts.topics import TOPICS
from o2d.deployment.granting import grant, reached
from o2d.deployment.parts import PACKAGES, services
from o2d.deployment.rights import rights_of
from o2d.local.databases import make
from o2d.trouble import CannotStart

CONNECT_SECONDS: Final = 15
Say = Callable[[str], None]


class Servers(BaseSettings):
    """`O2D_DATABASE_URL` is the address of a PostgreSQL role that may make databases and roles.

    `O2D_SERVICE_DSNS` is a JSON object: the name of each service and the address of its own database, with the role and
    the password that it is to have. Kafka is said as to a service (`O2D_KAFKA_BOOTSTRAP` and what belongs to it).
    """

    model_config = SettingsConfigDict(env_prefix="O2D_", frozen=True)

    database_url: SecretStr
    service_dsns: dict[str, SecretStr]

    def dsns(self) -> dict[str, str]:
        """The address of each service's database. Raises CannotStart where one is missing or unknown."""
        if set(self.service_dsns) != set(PACKAGES):
            raise CannotStart(
                f"O2D_SERVICE_DSNS names {', '.join(sorted(self.service_dsns)) or 'nothing'}.",
                f"It names each of {', '.join(sorted(PACKAGES))}.",
            )
        return {name: dsn.get_secret_value() for name, dsn in self.service_dsns.items()}


async def prepare(servers: Servers, kafka: Settings, *, rights: bool, say: Say) -> None:
    """Make what is missing, in the order in which it is needed.

    Raises CannotStart for what a person can mend, and what drivers raise for a server that goes away meanwhile.
    """
    dsns = servers.dsns()
    await _databases(servers.database_url.get_secret_value(), dsns)
    say(f"{len(dsns)} databases, each with a role of its own")
    for name, dsn in sorted(dsns.items()):
        applied = await migrate(dsn, PACKAGES[name])
        say(f"{name}: {len(applied)} migrations" if applied else f"{name}: its tables are up to date")
    await reached(kafka.access())
    created = await create_topics(kafka.access(), TOPICS, replication=kafka.kafka_replication)
    say(f"{len(TOPICS)} topics, {len(created)} of them new")
    if rights:
        given = await grant(kafka.access(), rights_of(services().values(), kafka.kafka_prefix))
        say(f"{given} rights at Kafka")


async def _databases(url: str, dsns: Mapping[str, str]) -> None:
    try:
        server = await asyncpg.connect(url, timeout=CONNECT_SECONDS)
    except (OSError, asyncpg.PostgresError) as error:
        raise CannotStart(
            f"The database server cannot be reached: {error}.", "Look at O2D_DATABASE_URL."
        ) from error
    try:
        for dsn in dsns.values():
            place = urlsplit(dsn)
            await make(
                server, unquote(place.username or ""), unquote(place.password or ""), place.path.lstrip("/")
            )
    except asyncpg.InsufficientPrivilegeError as error:
        raise CannotStart(
            f"The role of O2D_DATABASE_URL may not make databases: {error}.",
            "Give it CREATEDB and CREATEROLE.",
        ) from error
    finally:
        await server.close()
