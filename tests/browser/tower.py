"""A control tower over a real database, asked as a browser asks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from backbone.clock import SteppedClock
from backbone.service import Host
from backbone.service.database import connect
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from contracts.policy import POLICY
from control_tower.__main__ import service_of
from control_tower.gateways import Neighbours
from tests.browser.story import START, Told, masters, records_of


@asynccontextmanager
async def tower(database: str, addresses: dict[str, str] | None = None) -> AsyncIterator[Host]:
    """A control tower at the start of the story, beside services at these addresses."""
    engine = connect(database, name="test", pool=6)
    try:
        yield Host(service_of(Neighbours(addresses or {})), engine, SteppedClock(START))
    finally:
        await engine.dispose()


@asynccontextmanager
async def visitor(host: Host, issuer: Issuer, role: str = "admin") -> AsyncIterator[httpx.AsyncClient]:
    """Somebody in a role who looks at the pages."""
    app = build_app(host, title="control tower", policy=POLICY, verifier=issuer.verifier())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {**issuer.headers(role), "accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://tower", headers=headers) as client:
        yield client


async def hear(host: Host, story: list[Told]) -> None:
    """Let the control tower hear a story, and after it what the story's names stand for."""
    await host.hear(records_of([*story, *masters()]))
