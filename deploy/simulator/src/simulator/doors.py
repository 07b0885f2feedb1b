"""The public doors of all services, as people go through them: a token for each role, a key for each act."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from uuid import NAMESPACE_URL, uuid5

import httpx

ANSWER_SECONDS: Final = 60.0
PATIENT: Final = {"timeout": httpx.Timeout(ANSWER_SECONDS).as_dict()}
CONNECTIONS_COUNT_MAX: Final = 16
PATIENCE_SECONDS: Final = 60.0
PAUSE_SECONDS_MIN: Final = 0.1
PAUSE_SECONDS_MAX: Final = 2.0
LONG_SECONDS: Final = 300.0
ENDED: Final = frozenset({"done", "failed", "cancelled"})
BUSY: Final = 429
AWAY: Final = 503
IN_WORK: Final = 409


class Refused(Exception):
    """A service said no; `status` and `problem` are its answer."""

    def __init__(self, what: str, status: int, problem: str) -> None:
        super().__init__(f"{what}: {status} {problem}")
        self.status = status
        self.problem = problem


class Unanswered(Exception):
    """A service was called again and again, and was away all the time; the words say how it was the last time."""

    def __init__(self, what: str, seconds: float, calls: int, last: str) -> None:
        super().__init__(f"{what}: no answer in {seconds:.0f} s and {calls} calls; the last one: {last}")
        self.calls = calls


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: a role, the party it stands for (customers, vendors), and a name."""

    role: str
    name: str
    party: str | None = None


Sign = Callable[[Person], str]


class _Roads:
    """The roads to one service, of one connection each; the one that was used last is taken first.

    With every call the library looks at all connections of a road that rest: at one, that way.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None) -> None:
        self._transport = transport
        self._gate = asyncio.Semaphore(CONNECTIONS_COUNT_MAX)
        self._resting: list[httpx.AsyncBaseTransport] = []

    @asynccontextmanager
    async def one(self) -> AsyncIterator[httpx.AsyncBaseTransport]:
        async with self._gate:
            road = self._resting.pop() if self._resting else self._transport or self._new()
            try:
                yield road
            finally:
                self._resting.append(road)

    @staticmethod
    def _new() -> httpx.AsyncBaseTransport:
        # Below the library's client: cookies and redirects, which no door has, cost a fifth of a call.
        return httpx.AsyncHTTPTransport(limits=httpx.Limits(max_connections=1), trust_env=False)

    async def close(self) -> None:
        for road in self._resting:
            await road.aclose()


class Doors:
    """Services by name; `async with` opens and closes the connections.

    People call again when a service is away or has too much to do, with the same key, for `patience_s` seconds.
    """

    def __init__(
        self,
        urls: Mapping[str, str],
        sign: Sign,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        patience_s: float = PATIENCE_SECONDS,
    ) -> None:
        self._urls = dict(urls)
        self._sign = sign
        self._tokens: dict[Person, str] = {}
        self._patience_s = patience_s
        self.again = 0
        self._roads = {service: _Roads(transport) for service in urls}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for roads in self._roads.values():
            await roads.close()

    async def get(self, who: Person, service: str, path: str) -> Any:
        """What a service shows; raises `Refused`, `Unanswered`."""
        answer = await self._called("GET", service, path, self._headers(who))
        return self._read(answer, f"GET {service} {path}")

    async def items(self, who: Person, service: str, path: str) -> list[Any]:
        """All items of a list, page after page."""
        found: list[Any] = []
        following: str | None = path
        while following is not None:
            page = await self.get(who, service, following)
            found += page["items"]
            following = page.get("next")
        return found

    async def post(
        self, who: Person, service: str, path: str, body: Mapping[str, Any] | None = None, *, again: str = ""
    ) -> Any:
        """Act. The key of an act follows from who does what: an act that is tried again is the same act.

        `again` tells one of two equal acts from the other. Raises `Refused`, `Unanswered`.
        """
        content = json.dumps(dict(body or {}), sort_keys=True)
        key = str(uuid5(NAMESPACE_URL, "\n".join((who.role, who.name, service, path, content, again))))
        headers = {**self._headers(who), "content-type": "application/json", "idempotency-key": key}
        answer = await self._called("POST", service, path, headers, content)
        return self._read(answer, f"POST {service} {path}")

    async def send(self, who: Person, service: str, path: str, content: str, media: str) -> Any:
        """Send a file whose first byte is wanted; sent again, it is refused as what is there already."""
        headers = {**self._headers(who), "content-type": media, "if-match": '"0"'}
        answer = await self._called("PATCH", service, path, headers, content)
        return self._read(answer, f"PATCH {service} {path}")

    async def ended(self, who: Person, service: str, operation_id: str) -> Any:
        """Long work when it has ended; raises `Unanswered` when it goes on and on."""
        began, looks = time.monotonic(), 0
        while True:
            looks += 1
            operation = await self.get(who, service, f"/v1/operations/{operation_id}")
            if operation["state"] in ENDED:
                return operation
            spent_s = time.monotonic() - began
            if spent_s > LONG_SECONDS:
                done = f"{operation['done']} of {operation['total']}"
                raise Unanswered(f"operation {operation_id} of {service}", spent_s, looks, done)
            await asyncio.sleep(PAUSE_SECONDS_MIN)

    async def _called(
        self, method: str, service: str, path: str, headers: Mapping[str, str], content: str | None = None
    ) -> httpx.Response:
        """The answer, after as many calls as it takes; whether a lost one was heard, the key tells the service."""
        began, calls, pause_s = time.monotonic(), 0, PAUSE_SECONDS_MIN
        while True:
            calls += 1
            wished_s = 0.0
            try:
                asked = httpx.Request(
                    method, self._urls[service] + path, content=content, headers=headers, extensions=PATIENT
                )
                async with self._roads[service].one() as road:
                    answer = await road.handle_async_request(asked)
                    await answer.aread()
            except httpx.TransportError as failure:
                last = f"{type(failure).__name__} {failure}".strip()
            else:
                if not _comes_later(answer):
                    return answer
                last = f"{answer.status_code} {answer.text}".strip()
                wished_s = _wished(answer)
            spent_s = time.monotonic() - began
            pause_s = max(pause_s, min(wished_s, PAUSE_SECONDS_MAX))
            if spent_s + pause_s > self._patience_s:
                raise Unanswered(f"{method} {service} {path}", spent_s, calls, last)
            self.again += 1
            await asyncio.sleep(pause_s)
            pause_s = min(pause_s * 2, PAUSE_SECONDS_MAX)

    def _headers(self, who: Person) -> dict[str, str]:
        token = self._tokens.get(who) or self._tokens.setdefault(who, self._sign(who))
        return {"authorization": f"Bearer {token}"}

    @staticmethod
    def _read(answer: httpx.Response, what: str) -> Any:
        if answer.is_success:
            return answer.json() if answer.content else None
        raise Refused(what, answer.status_code, answer.text)


def _comes_later(answer: httpx.Response) -> bool:
    """Whether this is no answer yet: the service is away, has too much to do, or still works on the same key."""
    if answer.status_code == IN_WORK:
        return "retry-after" in answer.headers
    return answer.status_code in {AWAY, BUSY}


def _wished(answer: httpx.Response) -> float:
    """The pause that the service asks for, in seconds; 0 when it names none, or a date."""
    text = answer.headers.get("retry-after", "")
    return float(text) if text.isdecimal() else 0.0
