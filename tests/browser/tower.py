"""A control tower over a real database: asked without a browser, or served for one."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from html import unescape
from types import MappingProxyType
from typing import Final

import httpx
from fastapi import FastAPI

from backbone import ops
from backbone.clock import SteppedClock
from backbone.seals import Seals
from backbone.service import Host, Service
from backbone.service.database import connect
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from backbone.web import build_app, server
from contracts.policy import POLICY
from control_tower.__main__ import service_of
from control_tower.commands import KeepFact
from control_tower.domain.heard import Heard
from control_tower.gateways import Neighbours
from control_tower.subscriptions import SUBSCRIPTIONS
from tests.browser.story import CATALOGUE, START, Told, masters, records_of

SEALS: Final = Seals(["a secret of the tests, long enough"])
NOWHERE: Final[Mapping[str, str]] = MappingProxyType({})


@asynccontextmanager
async def service_host(
    service: Service, database: str, portals: Mapping[str, str] = NOWHERE
) -> AsyncIterator[Host]:
    """A service over its database, at the start of the story; `portals` are where people reach those that have one."""
    engine = connect(database, name="test", pool=6)
    try:
        yield Host(service, engine, SteppedClock(START), SEALS, portals=portals)
    finally:
        await engine.dispose()


@asynccontextmanager
async def tower(
    database: str, addresses: Mapping[str, str] | None = None, token: str = ""
) -> AsyncIterator[Host]:
    """A control tower beside services at these addresses."""
    async with service_host(service_of(Neighbours(addresses or {}, token)), database) as host:
        yield host


@asynccontextmanager
async def tower_over(
    service: Service, database_of: DatabaseOf, issuer: Issuer
) -> AsyncIterator[tuple[Host, Host]]:
    """A service, and a control tower whose pages ask it."""
    async with service_host(service, await database_of(service.name.replace("-", "_"))) as owner:
        async with served(owner, issuer) as address:
            beside = {service.name: address}
            async with tower(await database_of("control_tower"), beside, issuer.stand_in()) as host:
                yield owner, host


def app_of(host: Host, issuer: Issuer) -> FastAPI:
    """The app of a service with what operators ask every service for."""
    return build_app(
        host, title=host.service.name, policy=POLICY, verifier=issuer.verifier(), extra=[ops.router]
    )


@asynccontextmanager
async def visitor(host: Host, issuer: Issuer, role: str = "admin") -> AsyncIterator[httpx.AsyncClient]:
    """Somebody in a role who looks at the pages."""
    transport = httpx.ASGITransport(app_of(host, issuer), raise_app_exceptions=False)
    headers = {**issuer.headers(role), "accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://tower", headers=headers) as client:
        yield client


@asynccontextmanager
async def served(host: Host, issuer: Issuer, port: int = 0) -> AsyncIterator[str]:
    """The address at which a service of this process answers, at a port of its own unless one is named."""
    app = app_of(host, issuer)
    http = server(app, "127.0.0.1", 0)
    with socket.create_server(("127.0.0.1", port)) as bound:
        serving = asyncio.create_task(http.serve(sockets=[bound]))
        try:
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            app.state.listeners.close()
            http.should_exit = True
            await serving


def heard_of(story: list[Told]) -> list[Heard]:
    """A story as the control tower's subscriptions read it."""
    commands: list[KeepFact] = [SUBSCRIPTIONS[0].command_of(one, CATALOGUE) for one in records_of(story)]  # type: ignore[misc]
    return [command.heard for command in commands]


async def hear(host: Host, story: list[Told]) -> None:
    """Let the control tower hear a story, and after it what the story's names stand for."""
    await host.hear(records_of([*story, *masters()]))


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden fields of the first form of a page that acts."""
    form = page[page.index('method="post"') :].partition("</form>")[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}
