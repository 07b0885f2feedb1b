"""Server-sent events over a real server: resume, heartbeats, bounds, and ends."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter

from backbone import links
from backbone.clock import SteppedClock
from backbone.service import Host, Service
from backbone.service.database import connect
from backbone.testing_issuer import Issuer
from backbone.testing_support import eventually
from backbone.web import Asked, Feed, Response, build_app, streams
from backbone.web.live import Listeners
from backbone.web.server import Server, server
from shared.tests.jar_doors import SEALS
from shared.tests.jars import CATALOGUE, START, metadata


@dataclass(frozen=True, slots=True)
class Tick:
    """What the events hold."""

    number: int


class Street:
    """A service with one stream, on a port of its own."""

    def __init__(self, folder: Path, **bounds: float) -> None:
        self.feed, self.clock, self.issuer = Feed(kept=4), SteppedClock(START), Issuer(folder)
        self.listeners = Listeners(**bounds)  # type: ignore[arg-type]  # names and kinds are the test's own
        # Nothing here asks the database, so none is there.
        self.engine = connect("postgresql://nobody@127.0.0.1:1/nothing", name="test")
        host = Host(Service("street", metadata, CATALOGUE, (self._router(),)), self.engine, self.clock, SEALS)
        self.app = build_app(
            host,
            title="street",
            policy={"street.listen": frozenset({"admin", "sales", "link"})},
            verifier=self.issuer.verifier(),
            listeners=self.listeners,
        )
        self.server: Server = server(self.app, "127.0.0.1", 0)

    def _router(self) -> APIRouter:
        router = APIRouter()

        @router.get("/v1/live/{room}", **streams(Tick))
        async def listen(ask: Asked, room: str) -> Response:
            """Listen."""
            return ask.live(self.feed.since)

        return router

    def tell(self, *numbers: int) -> list[str]:
        return [self.feed.publish("tick", Tick(number)) for number in numbers]

    def headers(self, role: str = "admin", last: str | None = None) -> dict[str, str]:
        given = self.issuer.headers(role)
        return given if last is None else {**given, "last-event-id": last}


@asynccontextmanager
async def opened(street: Street) -> AsyncIterator[httpx.AsyncClient]:
    """The street's server, serving until the block ends; nothing of it may be left open then."""
    with socket.create_server(("127.0.0.1", 0)) as bound:
        serving = asyncio.create_task(street.server.serve(sockets=[bound]))
        base = f"http://127.0.0.1:{bound.getsockname()[1]}"
        try:
            async with httpx.AsyncClient(base_url=base, timeout=10) as client:
                yield client
        finally:
            street.server.should_exit = True
            await asyncio.wait_for(serving, 15)
            await street.engine.dispose()


@asynccontextmanager
async def listening(
    street: Street, client: httpx.AsyncClient, headers: dict[str, str] | None = None
) -> AsyncIterator[AsyncIterator[str]]:
    """The lines of a stream, once it is open."""
    async with client.stream("GET", "/v1/live/a", headers=headers or street.headers()) as answer:
        assert answer.status_code == 200, await answer.aread()
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        lines = answer.aiter_lines()
        assert await anext(lines) == "retry: 2000"
        yield lines


async def numbers(lines: AsyncIterator[str], count: int) -> list[str]:
    """The data of so many events."""
    found: list[str] = []
    async for line in lines:
        if line.startswith("data: "):
            found.append(line.removeprefix("data: "))
        if len(found) == count:
            break
    return found


async def rest(lines: AsyncIterator[str]) -> list[str]:
    return [line async for line in lines if line.startswith("data: ")]


async def test_events_arrive_and_a_broken_stream_goes_on_where_it_was(tmp_path: Path) -> None:
    street = Street(tmp_path)
    async with opened(street) as client:
        street.tell(0)
        async with listening(street, client) as lines:
            ids = street.tell(1, 2)
            assert await numbers(lines, 2) == ['{"number":1}', '{"number":2}']
        street.tell(3)
        async with listening(street, client, street.headers(last=ids[0])) as lines:
            assert await numbers(lines, 2) == ['{"number":2}', '{"number":3}']


@pytest.mark.parametrize("last", ["{first}", "another.1", "nothing", "{epoch}.x", "{epoch}.-1"])
async def test_who_missed_more_than_is_kept_is_told_to_load_anew(tmp_path: Path, last: str) -> None:
    street = Street(tmp_path)
    async with opened(street) as client:
        first = street.tell(*range(9))[0]
        given = last.format(first=first, epoch=first.rpartition(".")[0])
        async with listening(street, client, street.headers(last=given)) as lines:
            shown = [await anext(lines) for _ in range(5)]
            assert "event: reset" in shown
            street.tell(9)
            assert await numbers(lines, 1) == ['{"number":9}']


async def test_a_silent_stream_shows_that_it_is_alive(tmp_path: Path) -> None:
    street = Street(tmp_path, heartbeat=0.02)
    async with opened(street) as client, listening(street, client) as lines:
        shown = [await anext(lines) for _ in range(6)]
        assert shown.count(": still here") >= 2
        street.tell(1)
        assert await numbers(lines, 1) == ['{"number":1}']


async def test_streams_are_bounded_in_all_and_for_each_and_one_that_ends_makes_room(tmp_path: Path) -> None:
    street = Street(tmp_path, count_max=3, each_max=2)
    async with opened(street) as client:
        async with listening(street, client), listening(street, client):
            mine = await client.get("/v1/live/a", headers=street.headers())
            assert (mine.status_code, mine.json()["type"]) == (503, "/problems/too-many-listeners")
            assert mine.headers["retry-after"]
            async with listening(street, client, street.headers("sales")):
                assert (await client.get("/v1/live/a", headers=street.headers("sales"))).status_code == 503
                assert street.listeners.open.total() == 3
        await eventually(lambda: nobody(street))
        async with listening(street, client) as lines:
            street.tell(1)
            assert await numbers(lines, 1) == ['{"number":1}']


async def nobody(street: Street) -> bool:
    return not street.listeners.open


async def test_the_end_of_the_server_ends_streams_at_once_and_cleanly(tmp_path: Path) -> None:
    street = Street(tmp_path)
    async with opened(street) as client:
        async with listening(street, client) as lines, listening(street, client) as others:
            street.tell(1)
            assert await numbers(lines, 1) == ['{"number":1}']
            begun = time.monotonic()
            street.server.should_exit = True
            assert (await rest(lines), await rest(others)) == ([], ['data: {"number":1}'])
            assert time.monotonic() - begun < 5
        await eventually(lambda: nobody(street))


async def test_a_stream_ends_with_the_right_to_it(tmp_path: Path) -> None:
    street = Street(tmp_path, heartbeat=0.02)
    link = links.sign(
        SEALS,
        subject="anna",
        party="c1",
        parameter="room",
        object_id="a",
        operations=["street.listen"],
        expires_at=START + timedelta(hours=1),
    )
    async with opened(street) as client:
        headers = {"authorization": f"Bearer {link}"}
        assert (await client.get("/v1/live/b", headers=headers)).status_code == 404
        async with listening(street, client, headers) as lines:
            street.clock.advance(START + timedelta(hours=1))
            assert await asyncio.wait_for(rest(lines), 5) == []


async def test_what_is_no_event_id_is_refused(tmp_path: Path) -> None:
    street = Street(tmp_path)
    async with opened(street) as client:
        for wrong in ("x" * 129, "a b"):
            answer = await client.get("/v1/live/a", headers=street.headers(last=wrong))
            assert answer.status_code == 422
        described = (await client.get("/openapi.json")).json()["paths"]["/v1/live/{room}"]["get"]
        assert "text/event-stream" in described["responses"]["200"]["content"]


async def test_a_feed_hands_each_listener_every_event_in_order() -> None:
    feed = Feed()
    seen: list[list[object]] = [[], []]

    async def hear(place: int) -> None:
        async for event in feed.since(None):
            seen[place].append(event.data)
            if len(seen[place]) == 100:
                return

    hearing = [asyncio.create_task(hear(place)) for place in range(2)]
    await asyncio.sleep(0)
    for number in range(100):
        feed.publish("tick", number)
        if number % 7 == 0:
            await asyncio.sleep(0)
    await asyncio.wait_for(asyncio.gather(*hearing), 5)
    assert seen == [list(range(100))] * 2
