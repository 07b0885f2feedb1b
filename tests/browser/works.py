"""A control tower beside a production at work, asked without a browser by people in their roles."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from backbone.ids import new_id
from backbone.service import Host
from backbone.testing_issuer import Issuer
from production.__main__ import SERVICE as PRODUCTION
from services.production.tests.stage import Stage
from tests.browser.shop import open_shop
from tests.browser.street import a_database
from tests.browser.tower import served, service_host, tower, visitor


@dataclass(frozen=True)
class Shop:
    """A control tower beside a production at work, and those who look at it."""

    host: Host
    issuer: Issuer
    production: Stage
    names: Mapping[str, str]

    @asynccontextmanager
    async def by(self, role: str) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody in a role."""
        async with visitor(self.host, self.issuer, role) as client:
            yield client

    async def see(self, role: str, path: str, status: int = 200) -> str:
        """A page as somebody in a role sees it."""
        async with self.by(role) as client:
            answer = await client.get(path)
        assert answer.status_code == status, answer.text
        return answer.text

    async def act(self, role: str, path: str, fields: Mapping[str, str], status: int = 303) -> httpx.Response:
        """Send a form as somebody in a role."""
        async with self.by(role) as client:
            answer = await client.post(path, data={"idempotency_key": new_id(), **fields})
        assert answer.status_code == status, answer.text
        return answer


@asynccontextmanager
async def a_shop(postgres_url: str, folder: Path) -> AsyncIterator[Shop]:
    """The shop of the pictures, on databases of its own."""
    issuer = Issuer(folder)
    async with AsyncExitStack() as stack:
        databases = [await a_database(stack, postgres_url, name) for name in ("production", "control_tower")]
        production = await stack.enter_async_context(service_host(PRODUCTION, databases[0]))
        names = await open_shop(production)
        beside = {"production": await stack.enter_async_context(served(production, issuer))}
        host = await stack.enter_async_context(tower(databases[1], beside, issuer.stand_in()))
        yield Shop(host, issuer, Stage(production), names)
