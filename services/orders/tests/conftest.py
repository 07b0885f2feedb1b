"""A service of orders for each test that asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from backbone.clock import SteppedClock
from backbone.service import Host
from backbone.service.database import connect
from orders.__main__ import SERVICE
from services.orders.tests.stage import NOW


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    engine = connect(database, name="test", pool=4)
    yield Host(SERVICE, engine, SteppedClock(NOW))
    await engine.dispose()
