"""A served service, and people who say words of the command line to it in one role after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
from typer.testing import CliRunner, Result

import materials.__main__
import production.__main__
from backbone.service import Host, Service
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from o2d.__main__ import app
from services.materials.tests.stage import Stage as StoreStage
from services.production.tests.stage import Stage
from shared.tests.import_doors import at_work
from tests.browser.tower import served, service_host

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Place(Generic[S]):
    """A service on its stage, the address at which it answers, and whoever speaks to it."""

    stage: S
    address: str
    issuer: Issuer
    environment: pytest.MonkeyPatch
    folder: Path

    def speaks(self, role: str, party: str | None = None) -> None:
        """From now on somebody in this role speaks, for a party where the role has one."""
        self.environment.setenv("O2D_TOKEN", self.issuer.token(role, party))

    async def says(self, *words: str, answer: str | None = None) -> Result:
        """What a word prints; it runs in a thread, since it has an event loop of its own."""
        return await asyncio.to_thread(CliRunner().invoke, app, list(words), answer)

    async def told(self, *words: str) -> Any:
        """What a word says as JSON; it must have gone well."""
        said = await self.says(*words, "-o", "json")
        assert said.exit_code == 0, said.output
        return json.loads(said.stdout)

    async def done(self, *words: str) -> Any:
        """The one row that comes of an act that nobody is asked about."""
        (row,) = await self.told(*words, "--yes")
        return row

    async def seen(self, *words: str) -> str:
        """What a word shows people; it must have gone well."""
        said = await self.says(*words)
        assert said.exit_code == 0, said.output
        return str(said.stdout)

    async def refused(self, *words: str) -> str:
        """The sentence of a word that must be refused."""
        said = await self.says(*words)
        assert said.exit_code == 1, said.output
        assert "Traceback" not in said.output
        return str(said.output)

    def file(self, name: str, body: Any) -> str:
        """A file with a JSON object, or with one a line."""
        path = self.folder / name
        lines = body if isinstance(body, list) else [body]
        path.write_text("\n".join(json.dumps(line) for line in lines))
        return str(path)


Floor = Place[Stage]
Store = Place[StoreStage]


@asynccontextmanager
async def floor(
    database_of: DatabaseOf, folder: Path, environment: pytest.MonkeyPatch
) -> AsyncIterator[Floor]:
    """Production, served and at work; an admin speaks."""
    async with place(production.__main__.SERVICE, Stage, database_of, folder, environment) as made:
        yield made


@asynccontextmanager
async def store(
    database_of: DatabaseOf, folder: Path, environment: pytest.MonkeyPatch, *, idle: bool = False
) -> AsyncIterator[Store]:
    """Materials, served and at work unless its long work waits; an admin speaks."""
    service = materials.__main__.SERVICE
    async with place(service, StoreStage, database_of, folder, environment, idle=idle) as made:
        yield made


@asynccontextmanager
async def place(
    service: Service,
    stage_of: Callable[[Host], S],
    database_of: DatabaseOf,
    folder: Path,
    environment: pytest.MonkeyPatch,
    *,
    idle: bool = False,
) -> AsyncIterator[Place[S]]:
    """A service on its stage, served and at work unless its long work waits; an admin speaks."""
    issuer = Issuer(folder)
    async with service_host(service, await database_of(service.name.replace("-", "_"))) as host:
        async with served(host, issuer) as address, nullcontext() if idle else at_work(host):
            environment.setenv("O2D_SERVICE_URLS", json.dumps({service.name: address}))
            environment.setenv("COLUMNS", "250")
            made = Place(stage_of(host), address, issuer, environment, folder)
            made.speaks("admin")
            yield made
