"""The pages over a real PostgreSQL: what they say of one order's story."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from backbone.service import Host
from backbone.testing_issuer import Issuer
from tests.browser.story import whole_story
from tests.browser.tower import hear, tower, visitor

PATHS = (
    "/",
    "/orders",
    "/orders/order-1",
    "/orders/order-1/flow",
    "/messages",
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
