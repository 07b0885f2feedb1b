"""orders is killed while it sends webhooks: what was not noted is sent again under its id, what was noted is not."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backbone.testing import DatabaseOf
from backbone.testing_support import eventually
from contracts.orders import NeedStated
from contracts.topics import type_name
from shared.tests.receivers import Receiver, receiving
from tests.faults.processes import PATIENCE_S, Installation, installation

# Loopback is none of the places that are called, unless a test has it allowed.
OPEN_TO_LOOPBACK = {
    "O2D_WEBHOOK_HTTP": "true",
    "O2D_WEBHOOK_PORTS": "[]",
    "O2D_WEBHOOK_NETWORKS": '["127.0.0.0/8"]',
}
LINE = {"line_id": "L1", "quantity": "1", "wanted_at": "2026-04-01T00:00:00Z", "text": "nothing like it"}


@pytest.fixture
async def place(database_of: DatabaseOf, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation("orders", await database_of("orders"), kafka_bootstrap, tmp_path) as place:
        place.settings |= OPEN_TO_LOOPBACK
        yield place


async def post(place: Installation, role: str, path: str, body: Any, key: str) -> Any:
    headers = {**place.issuer.headers(role, "c1" if role == "customer" else None), "idempotency-key": key}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.port}") as client:
        answer = await client.post(path, json=body, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def delivered(place: Installation) -> list[str]:
    """The ids of the facts that are noted as taken."""
    rows = await place.rows("SELECT event_id::text FROM webhook_deliveries WHERE state = 'delivered'")
    return [event_id for (event_id,) in rows]


async def killed_at(place: Installation, receiver: Receiver, point: str) -> str:
    """Register an endpoint for needs, state one, and be killed at a point; the id of the fact that was sent."""
    process = await place.start(fault=point)
    assert await place.ready(process)
    await post(
        place, "admin", "/v1/webhooks", {"url": receiver.url(), "facts": [type_name(NeedStated)]}, "endpoint"
    )
    with contextlib.suppress(httpx.HTTPError):  # it may be gone before it has answered
        await post(place, "customer", "/v1/needs", {"lines": [LINE]}, "first")
    async with asyncio.timeout(PATIENCE_S):
        assert await process.wait() == -signal.SIGKILL, f"{point} was never reached"
    (first,) = receiver.ids()
    return first


async def sent_on(place: Installation) -> None:
    """Start the service again, state another need, and wait until both are noted as taken."""
    assert await place.ready(await place.start())
    await post(place, "customer", "/v1/needs", {"lines": [LINE]}, "second")

    async def both() -> bool:
        return len(await delivered(place)) == 2

    await eventually(both, PATIENCE_S, of="both needs noted as taken")


async def test_what_was_sent_and_not_noted_is_sent_again_under_the_same_id(place: Installation) -> None:
    async with receiving() as receiver:
        first = await killed_at(place, receiver, "webhook.sent")
        assert await delivered(place) == []
        await sent_on(place)
        assert sorted(receiver.ids()) == sorted([first, *await delivered(place)])
        assert receiver.ids().count(first) == 2


async def test_what_was_noted_is_not_sent_again(place: Installation) -> None:
    async with receiving() as receiver:
        first = await killed_at(place, receiver, "webhook.noted")
        assert await delivered(place) == [first]
        await sent_on(place)
        assert sorted(receiver.ids()) == sorted(await delivered(place))
