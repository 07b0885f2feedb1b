"""The stream of the overview: everything once, then what changed, at most twice a second, for as many as listen."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from backbone.service import Host
from backbone.testing_issuer import Issuer
from control_tower.pages.overview import PUSH_SECONDS_MIN
from control_tower.queries import overview
from tests.browser.story import late_story, records_of
from tests.browser.tower import served, tower

KINDS = ("need", "quote", "order", "planned_order", "run", "purchase_order", "visit", "ticket")


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    async with tower(database) as host:
        yield host


@pytest.fixture
async def address(host: Host, issuer: Issuer) -> AsyncIterator[str]:
    async with served(host, issuer) as address:
        yield address


@asynccontextmanager
async def listening(address: str, issuer: Issuer) -> AsyncIterator[AsyncIterator[list[str]]]:
    """The changed elements of each event, as somebody who listens gets them."""
    async with httpx.AsyncClient(timeout=20, headers=issuer.headers("planner")) as client:
        async with client.stream("GET", f"{address}/live/overview") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield events(answer)


async def events(answer: httpx.Response) -> AsyncIterator[list[str]]:
    async for line in answer.aiter_lines():
        if line.startswith("data: "):
            said: dict[str, Any] = json.loads(line.removeprefix("data: "))
            yield said["elements"]


def ids(elements: list[str]) -> set[str]:
    """The ids that elements replace."""
    return {found[1] for one in elements if (found := re.match(r'<\w+[^>]* id="([^"]+)"', one))}


async def test_who_begins_to_listen_gets_everything_and_then_only_what_changed(
    host: Host, issuer: Issuer, address: str
) -> None:
    records = records_of(late_story())
    async with listening(address, issuer) as heard:
        first = ids(await anext(heard))
        assert {f"counts-{kind}" for kind in KINDS} | {"late-count", "late-rows"} <= first
        await host.hear(records[:1])
        assert ids(await anext(heard)) == {"counts-need", "topic-orders-need-v1"}
        await host.hear(records[1:])
        assert {"counts-order", "late-rows", "late-count"} <= ids(await anext(heard))


async def test_events_come_at_most_twice_a_second_however_many_facts_come(
    host: Host, issuer: Issuer, address: str
) -> None:
    loop = asyncio.get_running_loop()
    async with listening(address, issuer) as heard:
        await anext(heard)
        began, count = loop.time(), 0
        for record in records_of(late_story())[:6]:
            await host.hear([record])
        async for elements in heard:
            count += 1
            if "counts-order" in ids(elements):
                break
    assert count <= (loop.time() - began) / PUSH_SECONDS_MIN + 1


async def test_all_who_listen_share_one_look(
    host: Host, issuer: Issuer, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[float] = []
    counted = overview.list_counts

    async def counting(*given: Any) -> Any:
        looks.append(asyncio.get_running_loop().time())
        return await counted(*given)

    monkeypatch.setattr(overview, "list_counts", counting)
    async with listening(address, issuer) as one, listening(address, issuer) as other:
        await asyncio.gather(anext(one), anext(other))
        await host.hear(records_of(late_story()))
        await asyncio.gather(anext(one), anext(other))
    assert all(later - earlier >= PUSH_SECONDS_MIN / 2 for earlier, later in pairwise(looks))
    assert len(looks) >= 2


async def test_the_stream_outlives_a_database_that_was_away(host: Host, issuer: Issuer, address: str) -> None:
    async with listening(address, issuer) as heard:
        await anext(heard)
        async with host.engine.connect() as sql:
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            mine = "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            await sql.execute(text(f"{others} {mine}"))
        await host.hear(records_of(late_story())[:1])
        assert "counts-need" in ids(await anext(heard))
