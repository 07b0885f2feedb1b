"""The public doors of all services, as people go through them: a token for each role, a key for each act."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self
from uuid import NAMESPACE_URL, uuid5

import httpx

ANSWER_SECONDS: Final = 60.0
CONNECTIONS_COUNT_MAX: Final = 16


class Refused(Exception):
    """A service said no; `status` and `problem` are its answer."""

    def __init__(self, what: str, status: int, problem: str) -> None:
        super().__init__(f"{what}: {status} {problem}")
        self.status = status
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: a role, the party it stands for (customers, vendors), and a name."""

    role: str
    name: str
    party: str | None = None


Sign = Callable[[Person], str]


class Doors:
    """Services by name; `async with` opens and closes the connections."""

    def __init__(
        self, urls: Mapping[str, str], sign: Sign, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._urls = dict(urls)
        self._sign = sign
        self._tokens: dict[Person, str] = {}
        self._client = httpx.AsyncClient(
            timeout=ANSWER_SECONDS,
            limits=httpx.Limits(max_connections=CONNECTIONS_COUNT_MAX),
            trust_env=False,
            transport=transport,
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def get(self, who: Person, service: str, path: str) -> Any:
        """What a service shows; raises `Refused`, `httpx.TransportError`."""
        answer = await self._client.get(self._urls[service] + path, headers=self._headers(who))
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

        `again` tells one of two equal acts from the other. Raises `Refused`, `httpx.TransportError`.
        """
        content = json.dumps(dict(body or {}), sort_keys=True)
        key = str(uuid5(NAMESPACE_URL, "\n".join((who.role, who.name, service, path, content, again))))
        headers = {**self._headers(who), "content-type": "application/json", "idempotency-key": key}
        answer = await self._client.post(self._urls[service] + path, content=content, headers=headers)
        return self._read(answer, f"POST {service} {path}")

    def _headers(self, who: Person) -> dict[str, str]:
        token = self._tokens.get(who) or self._tokens.setdefault(who, self._sign(who))
        return {"authorization": f"Bearer {token}"}

    @staticmethod
    def _read(answer: httpx.Response, what: str) -> Any:
        if answer.is_success:
            return answer.json() if answer.content else None
        raise Refused(what, answer.status_code, answer.text)
