"""What the tests of the service desk share: the service on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.desk_door import Door
from tests.desk_made import NOW
from tests.desk_stage import Stage

from backbone.clock import SteppedClock
from backbone.seals import Seals
from backbone.service import Host
from backbone.service.database import connect
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from contracts.policy import POLICY
from service_desk.__main__ import SERVICE

PORTALS = {"orders": "http://orders", "service-desk": "http://service-desk"}


@pytest.fixture
async def stage(database: str) -> AsyncIterator[Stage]:
    """A running service on a database of its own, its clock at NOW."""
    engine = connect(database, name="test", pool=4)
    seals = Seals(["a secret of thirty-two bytes or more"])
    yield Stage(Host(SERVICE, engine, SteppedClock(NOW), seals, portals=PORTALS))
    await engine.dispose()


@pytest.fixture
async def door(stage: Stage, tmp_path: Path) -> AsyncIterator[Door]:
    """The HTTP door of the service under test."""
    issuer = Issuer(tmp_path)
    app = build_app(stage.host, title="service-desk", policy=POLICY, verifier=issuer.verifier())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service-desk") as client:
        yield Door(stage, client, issuer)
