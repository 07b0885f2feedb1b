"""The pages over a real PostgreSQL: what they say of one order's story."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import httpx
import pytest

from backbone.service import Host
from backbone.testing_issuer import Issuer
from contracts import materials, orders
from control_tower.queries import orders as order_queries
from tests.browser.story import late_story, whole_story
from tests.browser.tower import hear, tower, visitor

RISKS = (orders.PromiseAtRisk, materials.SupplyLate)
PATHS = (
    "/",
    "/orders",
    "/orders/order-1",
    "/orders/order-1/flow",
    "/messages",
    "/shortages",
    "/runs?days=60",
    "/values",
    "/services",
    "/dead-letters",
    "/things/run/run-cut-order-1",
)


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    async with tower(database) as host:
        yield host


@pytest.fixture
async def client(host: Host, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with visitor(host, Issuer(tmp_path)) as client:
        yield client


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_is_there_before_anything_was_heard(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.status_code == (404 if "order-1" in path else 200), answer.text


@pytest.mark.parametrize("path", PATHS)
async def test_every_page_shows_the_story_of_an_order(
    client: httpx.AsyncClient, host: Host, path: str
) -> None:
    await hear(host, whole_story())
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert not re.search(r"<script(?![^>]*src=)|\sstyle=|\son[a-z]+=", answer.text)


async def test_what_people_wrote_is_shown_as_text_and_never_runs(
    client: httpx.AsyncClient, host: Host
) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)>'
    story = late_story(customer=hostile)
    need = replace(cast(orders.NeedStated, story[0].fact), text=hostile)
    late = [
        replace(told, fact=replace(told.fact, cause=hostile)) if isinstance(told.fact, RISKS) else told
        for told in [replace(story[0], fact=need), *story[1:]]
    ]
    await hear(host, late)
    for path in ("/", "/orders", "/orders/order-1", "/things/need/need-order-1", "/shortages"):
        page = await client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img" not in page.text
    assert "&lt;script&gt;alert(1)" in (await client.get("/")).text


async def test_a_story_that_is_too_long_for_a_page_says_where_it_goes_on(
    client: httpx.AsyncClient, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hear(host, whole_story())
    assert "those after them are here" not in (await client.get("/orders/order-1")).text
    monkeypatch.setattr(order_queries, "FACTS_COUNT_MAX", 5)
    page = (await client.get("/orders/order-1")).text
    (following,) = re.findall(r'href="(/v1/orders/order-1/timeline\?after=\d+)">those after them', page)
    answer = await client.get(following, headers={"accept": "application/json"})
    assert answer.json()["steps"][0]["title"] == "Order placed"
