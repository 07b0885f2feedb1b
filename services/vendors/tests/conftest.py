"""What the tests of vendors share: the service on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backbone.clock import SteppedClock
from backbone.seals import Seals
from backbone.service import Host
from backbone.service.database import connect
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from contracts.policy import POLICY
from services.vendors.tests.door import Door
from services.vendors.tests.made import NOW
from services.vendors.tests.stage import Stage
from vendors.__main__ import SERVICE


@pytest.fixture
async def stage(database: str) -> AsyncIterator[Stage]:
    """A running service on a database of its own, its clock at NOW."""
    engine = connect(database, name="test", pool=4)
    yield Stage(
        Host(SERVICE, engine, SteppedClock(NOW), Seals(["what only this test knows, and long enough"]))
    )
    await engine.dispose()


@pytest.fixture
async def door(stage: Stage, tmp_path: Path) -> AsyncIterator[Door]:
    """The HTTP door of the service under test."""
    issuer = Issuer(tmp_path)
    app = build_app(stage.host, title="vendors", policy=POLICY, verifier=issuer.verifier())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://vendors") as client:
        yield Door(stage, client, issuer)
