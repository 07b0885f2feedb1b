"""A served production, and people who say words of the command line to it in one role after the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from o2d.__main__ import app
from production.__main__ import SERVICE
from services.production.tests.stage import Stage
from shared.tests.import_doors import at_work
from tests.browser.tower import served, service_host


@dataclass(frozen=True, slots=True)
class Floor:
    """Production, and whoever speaks to it."""

    stage: Stage
    issuer: Issuer
    environment: pytest.MonkeyPatch
    folder: Path

    def speaks(self, role: str) -> None:
        """From now on somebody in this role speaks."""
        self.environment.setenv("O2D_TOKEN", self.issuer.token(role))

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


@asynccontextmanager
async def floor(
    database_of: DatabaseOf, folder: Path, environment: pytest.MonkeyPatch
) -> AsyncIterator[Floor]:
    """Production, served and at work; an admin speaks."""
    issuer = Issuer(folder)
    async with service_host(SERVICE, await database_of("production")) as host:
        async with served(host, issuer) as address, at_work(host):
            environment.setenv("O2D_SERVICE_URLS", json.dumps({"production": address}))
            environment.setenv("COLUMNS", "250")
            made = Floor(Stage(host), issuer, environment, folder)
            made.speaks("admin")
            yield made
