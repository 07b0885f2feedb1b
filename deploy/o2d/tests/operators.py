"""An operator of a real process: the words of the command line beside a service with its own database and topics."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from backbone.testing_support import eventually
from backbone.wire import Catalogue, Cause
from contracts.topics import TOPICS, type_name
from deploy.o2d.tests.story import AT
from o2d.__main__ import app
from o2d.asking import Services
from o2d.verify.log import Told, decoded
from shared.tests.grounds import Ground
from shared.tests.hooks import SECRET
from shared.tests.processes import Process, process

CATALOGUE: Final = Catalogue(TOPICS, type_name)
LOG: Final = "INSERT INTO facts (event_id, topic, key, headers, payload) VALUES ($1, $2, $3, $4, $5)"


class Operator:
    """Says words of the command line; the one service that it knows is called `tower`."""

    def __init__(self, here: Process, services: Services, ground: Ground) -> None:
        self.here, self.services, self.ground = here, services, ground

    async def says(self, *words: str, answer: str | None = None) -> Result:
        """What a word prints; it runs in a thread, since it has an event loop of its own."""
        return await asyncio.to_thread(CliRunner().invoke, app, list(words), answer)

    async def sees(self, *words: str) -> Any:
        """The rows that a word prints; it must have gone well. The service logs to the same output."""
        said = await self.says(*words, "-o", "jsonl")
        assert said.exit_code == 0, said.output
        return [json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")]

    async def rest(self) -> None:
        """Wait until the service rests."""
        await eventually(self.here.quiescent)


@asynccontextmanager
async def operator(ground: Ground, folder: Path, environment: pytest.MonkeyPatch) -> AsyncIterator[Operator]:
    """An operator of a running service."""
    async with process(ground, folder, link_secret=SECRET) as here:
        urls = {"tower": str(here.client.base_url).rstrip("/")}
        token = here.issuer.token("admin")
        environment.setenv("O2D_SERVICE_URLS", json.dumps(urls))
        environment.setenv("O2D_TOKEN", token)
        environment.setenv("COLUMNS", "250")
        async with Services(urls, token) as services:
            yield Operator(here, services, ground)


async def log(dsn: str, tellings: Iterable[Told]) -> None:
    """Write facts into a service's log, as its relay would have."""
    sql = await asyncpg.connect(dsn)
    try:
        for one in tellings:
            row = outgoing(one)
            await sql.execute(LOG, row.event_id, row.topic, row.key, row.headers, row.payload)
    finally:
        await sql.close()


def outgoing(one: Told) -> Any:
    """A fact as it goes into an outbox."""
    return CATALOGUE.outgoing(
        decoded(one),
        event_id=one.event_id,
        sequence=one.sequence,
        cause=Cause(one.causation, one.correlation),
        now=AT,
        recorded=one.recorded_at,
    )
