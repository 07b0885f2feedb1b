"""What the ways of accepting a need stand on: a database of orders, tokens, requests, and what must be there after."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import asyncpg
import msgspec
from starlette.types import ASGIApp, Message

from backbone.auth import Verifier
from backbone.ids import new_id
from backbone.migrate import migrate
from backbone.testing_issuer import Issuer
from o2d.bench.ground import Sample, Stopwatch, Wrong

LINES_COUNT: Final = 10
AT_ONCE_COUNT: Final = 16
POOL_COUNT: Final = 10
PATH: Final = "/v1/needs"
CREATED: Final = 201


@dataclass(frozen=True, slots=True)
class Desk:
    """Where is asked: the database of a service, who is trusted, and a token."""

    dsn: str
    verifier: Verifier
    token: str


@asynccontextmanager
async def desk(
    server: str, package: str = "orders", role: str = "customer", party: str | None = "acme"
) -> AsyncIterator[Desk]:
    """A fresh, migrated database of a service, and the token of a role there; the database goes afterwards."""
    name = "bench_" + new_id().replace("-", "")[-12:]
    admin = await asyncpg.connect(server)
    await admin.execute(f'CREATE DATABASE "{name}"')
    dsn = server.rpartition("/")[0] + "/" + name
    try:
        await migrate(dsn, package)
        with TemporaryDirectory() as folder:
            issuer = Issuer(Path(folder))
            yield Desk(dsn, issuer.verifier(), issuer.token(role, party))
    finally:
        await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


def body(number: int) -> bytes:
    """A need of ten lines."""
    lines = [
        {
            "line_id": str(line),
            "text": f"part {number}-{line}",
            "quantity": f"{line}.5",
            "wanted_at": "2031-05-01T08:00:00Z",
            "offer_id": f"offer-{line}",
            "required": [{"name": "hardness", "scale": "HRC", "minimum": "58", "maximum": "62"}],
        }
        for line in range(1, LINES_COUNT + 1)
    ]
    return msgspec.json.encode({"text": f"need {number}", "lines": lines})


async def ask(app: ASGIApp, desk: Desk, key: str, content: bytes, path: str = PATH) -> tuple[int, bytes]:
    """One request, straight into the app: what is measured is the app, not a client and its sockets."""
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"service"),
            (b"authorization", b"Bearer " + desk.token.encode()),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(content)).encode()),
            (b"idempotency-key", key.encode()),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": content, "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    await app(scope, receive, send)
    return answers[0]["status"], b"".join(message.get("body", b"") for message in answers[1:])


# How many needs are there with all their lines.
KEPT: Final = "SELECT count(*) FROM needs WHERE jsonb_array_length(lines) = $1"


async def accept(app: ASGIApp, place: Desk, count: int, kept: str = KEPT) -> Sample:
    """State `count` needs, a few at a time, and check that each is there once (`kept` counts); raises `Wrong`."""
    contents = [body(number) for number in range(count)]
    await _warm(app, place)
    watch = Stopwatch()
    answers = await _each(lambda number: ask(app, place, f"key-{number}", contents[number]), range(count))
    sample = watch.sample(count)
    if failed := [answer for answer in answers if answer[0] != CREATED]:
        raise Wrong(f"{len(failed)} needs were not taken: {failed[0]}")
    for number in (0, count - 1):
        if await ask(app, place, f"key-{number}", contents[number]) != answers[number]:
            raise Wrong("a key that came again had another answer")
    await _check(place, kept, count + WARM_COUNT)
    return sample


WARM_COUNT: Final = 20


async def _warm(app: ASGIApp, place: Desk) -> None:
    await _each(lambda number: ask(app, place, f"warm-{number}", body(number)), range(WARM_COUNT))


async def _each(
    work: Callable[[int], Awaitable[tuple[int, bytes]]], numbers: Sequence[int]
) -> list[tuple[int, bytes]]:
    answers: dict[int, tuple[int, bytes]] = {}
    left = iter(numbers)

    async def lane() -> None:
        for number in left:
            answers[number] = await work(number)

    await asyncio.gather(*(lane() for _ in range(AT_ONCE_COUNT)))
    return [answers[number] for number in numbers]


async def _check(place: Desk, kept: str, count: int) -> None:
    connection = await asyncpg.connect(place.dsn)
    needs = await connection.fetchval(kept, LINES_COUNT)
    keys = await connection.fetchval("SELECT count(*) FROM asked_keys")
    told = await connection.fetchval("SELECT count(DISTINCT key) FROM outbox")
    rows = await connection.fetchval("SELECT count(*) FROM outbox")
    await connection.close()
    if not needs == keys == told == rows == count:
        raise Wrong(f"{count} needs gave {needs} rows, {keys} keys and {rows} facts about {told} needs")
