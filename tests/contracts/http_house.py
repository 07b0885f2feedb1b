"""Each service behind its HTTP door, in this process, on a database of its own, for tests that go through all doors."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
from fastapi import FastAPI

from backbone import ops
from backbone.clock import SteppedClock
from backbone.seals import Seals
from backbone.service import Host, Service
from backbone.service.database import connect
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from backbone.web.describe import document
from contracts.policy import POLICY

T = TypeVar("T")

PACKAGES: Final = ("orders", "materials", "production", "vendors", "service_desk")
SERVICES: Final[Mapping[str, Service]] = {
    package: import_module(f"{package}.__main__").SERVICE for package in PACKAGES
}
NOW: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
# Whose things a role from outside may see; staff has no party.
PARTIES: Final = {"customer": "c1", "vendor": "steel-ltd"}
_SECRET: Final = "a secret of thirty-two bytes or more"


def described(package: str) -> dict[str, Any]:
    """The OpenAPI document of a service, as it serves it."""
    app = FastAPI(
        title=SERVICES[package].name, version="1", generate_unique_id_function=lambda route: route.name
    )
    for router in (*SERVICES[package].routes, ops.router):
        app.include_router(router)
    return document(app)


DOCUMENTS: Final = {package: described(package) for package in PACKAGES}


def may(package: str, operation: str) -> frozenset[str]:
    """The roles that may do an operation."""
    return POLICY[f"{SERVICES[package].name}.{operation}"]


class House:
    """A service that answers requests one after another, from tests that are not async themselves."""

    def __init__(self, package: str, database: str, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self._issuer = Issuer(folder)
        self._tokens: dict[tuple[str, str | None], dict[str, str]] = {}
        self.engine = connect(database, name="test", pool=2)
        self.host = Host(SERVICES[package], self.engine, SteppedClock(NOW), Seals([_SECRET]))
        app = build_app(
            self.host,
            title=self.host.service.name,
            policy=POLICY,
            verifier=self._issuer.verifier(),
            extra=[ops.router],
        )
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://house")

    def token(self, role: str, party: str | None = None) -> dict[str, str]:
        """The Authorization header of a role, for its usual party or another one."""
        who = (role, party or PARTIES.get(role))
        if who not in self._tokens:
            self._tokens[who] = self._issuer.headers(*who)
        return self._tokens[who]

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> httpx.Response:
        """The answer to a request."""
        return self.wait(self._client.request(method, url, headers=dict(headers), content=body))

    def wait(self, awaited: Awaitable[T]) -> T:
        """What comes of something that is awaited."""

        async def whole() -> T:
            return await awaited

        return self._runner.run(whole())

    def close(self) -> None:
        """Let the connections go."""
        with self._runner:
            self.wait(self._client.aclose())
            self.wait(self.engine.dispose())
