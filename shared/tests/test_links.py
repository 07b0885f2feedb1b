"""Signed links: for one object and some operations, until a moment of business time, for one act."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import links, spent
from backbone.auth import Unauthenticated
from backbone.errors import NoSecret
from backbone.ids import new_id
from backbone.seals import Broken, Seals
from backbone.service import Host
from backbone.testing_issuer import Issuer
from shared.tests import jars
from shared.tests.jar_doors import SEALS, door_of, host_of
from shared.tests.jars import START, OpenJar, open_jar

ALL = ("jars.show_jar", "jars.put")


@pytest.fixture
async def host(engine: AsyncEngine) -> Host:
    await jars.host_on(engine)
    host = host_of(engine)
    for name in ("a", "b"):
        await host.do(open_jar, OpenJar(name))
    return host


@pytest.fixture
async def client(host: Host, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with door_of(host, Issuer(tmp_path)) as client:
        yield client


def link(**other: Any) -> str:
    """A link for jar a, good for a day."""
    right = {
        "subject": "anna",
        "party": "c1",
        "parameter": "jar_id",
        "object_id": "a",
        "operations": ALL,
        "expires_at": START + timedelta(days=1),
    }
    return links.sign(SEALS, **{**right, **other})


def held_by(token: str, key: str | None = None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "idempotency-key": key or new_id()}


async def put(
    client: httpx.AsyncClient, token: str, *, count: int = 1, jar: str = "a", key: str | None = None
) -> httpx.Response:
    return await client.post(f"/v1/jars/{jar}/put", headers=held_by(token, key), json={"count": count})


async def marbles(host: Host) -> int:
    async with host.read() as sql:
        return int((await sql.execute(text("SELECT sum(marbles) FROM jars"))).scalar_one())


async def test_a_link_is_for_one_object_and_what_it_lists(client: httpx.AsyncClient, host: Host) -> None:
    only_shows = link(operations=["jars.show_jar"])
    assert (await client.get("/v1/jars/a", headers=held_by(only_shows))).json()["marbles"] == 0
    foreign = await client.get("/v1/jars/b", headers=held_by(only_shows))
    unknown = await client.get("/v1/jars/c", headers=held_by(only_shows))
    assert (foreign.status_code, unknown.status_code) == (404, 404)
    assert foreign.content == unknown.content
    assert (await put(client, only_shows)).status_code == 403
    assert (await put(client, link(), jar="b")).status_code == 404
    # Named by another parameter, the object is none of this path's.
    assert (await put(client, link(parameter="other"))).status_code == 404
    assert await marbles(host) == 0


async def test_a_link_acts_once_and_still_shows(client: httpx.AsyncClient, host: Host) -> None:
    token, key = link(), new_id()
    first = await put(client, token, key=key)
    assert first.status_code == 200
    again = await put(client, token, key=key)
    assert (again.status_code, again.content) == (200, first.content)
    second = await put(client, token)
    assert (second.status_code, second.json()["type"]) == (409, "/problems/link-spent")
    assert (await client.get("/v1/jars/a", headers=held_by(token))).json()["marbles"] == 1
    assert await marbles(host) == 1


async def test_a_refused_act_leaves_the_link_good(client: httpx.AsyncClient, host: Host) -> None:
    token = link()
    assert (await put(client, token, count=2_000_000)).status_code == 409
    assert (await put(client, token, count=3)).status_code == 200
    assert await marbles(host) == 3


async def test_of_many_at_once_one_acts(client: httpx.AsyncClient, host: Host) -> None:
    token = link()
    answers = await asyncio.gather(*(put(client, token) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert await marbles(host) == 1


async def test_two_links_of_one_id_are_one_act(client: httpx.AsyncClient, host: Host) -> None:
    assert (await put(client, link(link_id="l1"))).status_code == 200
    assert (await put(client, link(link_id="l1", subject="berta"))).status_code == 409
    assert (await put(client, link(link_id="l2"))).status_code == 200
    assert await marbles(host) == 2


async def test_a_link_ends_in_business_time(client: httpx.AsyncClient, host: Host) -> None:
    token = link()
    host.clock.advance(START + timedelta(hours=23, minutes=59))
    assert (await client.get("/v1/jars/a", headers=held_by(token))).status_code == 200
    host.clock.advance(START + timedelta(days=1))
    late = await client.get("/v1/jars/a", headers=held_by(token))
    assert (late.status_code, late.json()["type"]) == (401, "/problems/link-expired")


async def test_a_link_that_was_changed_is_refused(client: httpx.AsyncClient) -> None:
    token = link()
    kind, body, mark = token.split(".")
    other_body = link(object_id="b").split(".")[1]
    strange = Seals(["what somebody else knows, just as long as ours"]).seal("link", {"id": "x"})
    for broken in (
        f"{kind}.{other_body}.{mark}",
        f"{kind}.{body}.{mark[:-1]}{'A' if mark[-1] != 'A' else 'B'}",
        f"{kind}.{body}",
        f"{token}=",
        f"session.{body}.{mark}",
        f"{kind}.{body}.{'A' * 43}",
        strange,
        SEALS.seal("session", {"sid": "x"}),
        f"link.{'A' * 4_000}.{mark}",
    ):
        answer = await client.get("/v1/jars/a", headers=held_by(broken))
        assert answer.status_code == 401, broken


def test_what_the_secret_before_sealed_is_opened_until_it_is_gone() -> None:
    old, new = "an old secret of enough letters for it", "a new secret of enough letters for it"
    token = Seals([old]).seal("link", {"id": "x"})
    assert Seals([new, old]).opened("link", token) == {"id": "x"}
    with pytest.raises(Broken):
        Seals([new]).opened("link", token)
    assert Seals([new]).opened("link", Seals([new, old]).seal("link", {"id": "y"})) == {"id": "y"}


def test_what_cannot_be_a_link_or_a_secret_is_refused() -> None:
    for secrets in ([], ["short"]):
        with pytest.raises(ValueError, match="a secret has"):
            Seals(secrets)
    wrong: list[dict[str, Any]] = [
        {"operations": []},
        {"operations": [f"jars.o{number}" for number in range(17)]},
        {"expires_at": START.replace(tzinfo=None)},
        {"object_id": "x" * 4_000},
    ]
    for other in wrong:
        with pytest.raises(ValueError, match=r"link|sealed text"):
            link(**other)
    with pytest.raises(Unauthenticated):
        links.read(SEALS, "nothing")


async def test_a_service_without_a_secret_says_so(engine: AsyncEngine) -> None:
    host = await jars.host_on(engine)
    with pytest.raises(NoSecret):
        host.seals.seal("link", {})
    async with host.begin() as tx:
        with pytest.raises(NoSecret):
            tx.seals.seal("link", {})


async def test_spent_links_are_forgotten_once_they_have_ended(client: httpx.AsyncClient, host: Host) -> None:
    assert (await put(client, link())).status_code == 200
    far = START + timedelta(days=9_999)
    for business, wall, left in ((START, far, 1), (START + timedelta(days=2), START, 0)):
        async with host.begin() as tx:
            await spent.drop_ended(tx.sql, business, wall)
            assert (await tx.sql.execute(text("SELECT count(*) FROM spent"))).scalar_one() == left
