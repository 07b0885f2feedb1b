"""One message to one endpoint: to an address that was checked a moment ago, bounded in time and in what is read."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import httpcore

from backbone import trust
from backbone.webhooks.guard import Guard, NotCalled
from backbone.webhooks.schedule import asked_wait

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 15.0
ANSWER_BYTES_MAX: Final = 16 * 1024
HEAD_CHARS_MAX: Final = 500
MEDIA: Final = "application/cloudevents+json"

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status with the first characters of its body, or no status and why there is none."""

    status: int | None
    head: str
    wait: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether the message was taken: a redirection is not followed, so it takes nothing."""
        return self.status is not None and 200 <= self.status < 300


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that the guard has looked up, while names stay what certificates are checked for."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first address of the name that answers."""
        addresses = await self._guard.addresses(host, port)
        for address in addresses[:-1]:
            try:
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return await self._network.connect_tcp(addresses[-1], port, timeout, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Never: a webhook goes to no socket of this machine."""
        raise NotCalled("no socket of this machine is called")

    async def sleep(self, seconds: float) -> None:
        """Let others work for a while."""
        await self._network.sleep(seconds)


class Poster:
    """Posts messages; `async with` opens and closes what it needs. Each has a connection of its own.

    A connection that was kept would lead to an address that was checked long ago.
    """

    def __init__(
        self, guard: Guard, *, authorities: Path | None = None, seconds: float = ANSWER_SECONDS
    ) -> None:
        self._guard = guard
        self._seconds = seconds
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(cafile=authorities)
            if authorities
            else trust.authorities(),
            max_connections=None,
            max_keepalive_connections=0,
            network_backend=_Checked(guard),
        )

    async def __aenter__(self) -> Self:
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    async def post(self, url: str, headers: Headers, body: bytes, now: datetime) -> Answer:
        """What an endpoint answers; whatever goes wrong is an answer, too. `now` is the wall's time."""
        try:
            async with asyncio.timeout(self._seconds):
                return await self._posted(url, headers, body, now)
        except NotCalled as refused:
            return Answer(None, str(refused))
        except TimeoutError:
            return Answer(None, f"no answer within {self._seconds:g} seconds")
        except Exception as failure:  # noqa: BLE001  (whatever ends a call is noted with the delivery)
            return Answer(None, _plain(f"{type(failure).__name__}: {failure}"))

    async def _posted(self, url: str, headers: Headers, body: bytes, now: datetime) -> Answer:
        place = self._guard.place_of(url)
        target = httpcore.URL(scheme=place.scheme, host=place.host, port=place.port, target=place.target)
        own = [("host", place.authority), ("user-agent", "o2d-webhooks"), ("content-type", MEDIA)]
        timeout = {"connect": CONNECT_SECONDS}
        async with self._pool.stream(
            "POST",
            target,
            headers=[*own, ("content-length", str(len(body))), *headers],
            content=body,
            extensions={"timeout": timeout},
        ) as answer:
            read = bytearray()
            async for part in answer.aiter_stream():
                read += part
                if len(read) >= ANSWER_BYTES_MAX:
                    break
            given = {name.lower(): value for name, value in answer.headers}
            wait = asked_wait(given.get(b"retry-after", b"").decode("latin-1") or None, now)
            return Answer(
                answer.status, _plain(bytes(read[: 4 * HEAD_CHARS_MAX]).decode(errors="replace")), wait
            )


def _plain(words: str) -> str:
    # What others answer is kept and shown: no NUL, which no text may have, and nothing that steers a terminal.
    kept = (letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in words)
    return "".join(kept)[:HEAD_CHARS_MAX]
