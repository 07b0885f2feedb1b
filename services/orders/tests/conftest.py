"""A service of orders for each test that asks for one, and people who look at its pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import httpx
import pytest

from backbone.clock import SteppedClock
from backbone.seals import Seals
from backbone.service import Host
from backbone.service.database import connect
from backbone.testing_issuer import Issuer
from backbone.testing_pages import Visitor
from backbone.web import build_app
from contracts.policy import POLICY
from orders.__main__ import SERVICE
from services.orders.tests.stage import NOW

OURS: Final = {"origin": "http://orders", "accept": "text/html"}
PORTALS: Final = {"orders": "http://orders", "service-desk": "https://visits.example:8443"}


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    engine = connect(database, name="test", pool=4)
    seals = Seals(["what only this test knows, and long enough"])
    yield Host(SERVICE, engine, SteppedClock(NOW), seals, portals=PORTALS)
    await engine.dispose()


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
async def browser(host: Host, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app(host, title="orders", policy=POLICY, verifier=issuer.verifier())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://orders", headers=OURS) as client:
        yield client


@pytest.fixture
def visitor(browser: httpx.AsyncClient, issuer: Issuer) -> Visitor:
    return Visitor(browser, issuer)
