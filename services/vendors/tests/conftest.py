"""What the tests of vendors share: the service on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backbone.clock import SteppedClock
from backbone.service import Host
from backbone.service.database import connect
from services.vendors.tests.made import NOW
from services.vendors.tests.stage import Stage
from vendors.__main__ import SERVICE


@pytest.fixture
async def stage(database: str) -> AsyncIterator[Stage]:
    """A running service on a database of its own, its clock at NOW."""
    engine = connect(database, name="test", pool=4)
    yield Stage(Host(SERVICE, engine, SteppedClock(NOW)))
    await engine.dispose()
