"""Services over HTTP: what the command line asks them, and what it says when one does not answer or refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Final, Self

import httpx

from backbone.ids import new_id
from backbone.trust import authorities
from o2d.trouble import CannotStart

ANSWER_SECONDS: Final = 30.0
CONNECTIONS_COUNT_MAX: Final = 20
PAGE_COUNT: Final = 1000
FAULTS_COUNT: Final = 5
ROWS_PAGE_COUNT: Final = 200
# What a terminal is for; programs ask the service page by page.
ROWS_COUNT_MAX: Final = 2_000
# What fails so has not reached the service.
UNSENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class Refused(CannotStart):
    """A service was asked and said no, with this status and the code of its problem (empty when it has none)."""

    def __init__(self, sentence: str, *, status: int, code: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code


class Lost(CannotStart):
    """A service was asked and its answer did not come: what it did is not known."""


class Services:
    """Services by name; `async with` opens and closes the connections.

    Every call raises CannotStart, with a sentence, when a service does not answer or refuses.
    """

    def __init__(self, urls: Mapping[str, str], token: str) -> None:
        self.names = tuple(urls)
        self._urls = dict(urls)
        self._client = httpx.AsyncClient(
            headers={"authorization": f"Bearer {token}"},
            timeout=ANSWER_SECONDS,
            limits=httpx.Limits(max_connections=CONNECTIONS_COUNT_MAX),
            trust_env=False,
            verify=authorities(),
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._client.__aexit__(kind, error, trace)

    async def get(self, service: str, path: str, **params: str | int | None) -> Any:
        """The JSON that a service answers; parameters that are None are left out."""
        given = {name: value for name, value in params.items() if value is not None}
        return await self._asked(service, "GET", path, params=given or None)

    async def post(self, service: str, path: str, body: Mapping[str, Any], *, key: str | None = None) -> Any:
        """The JSON that a service answers to a command; each call is one of its own unless it has the same key."""
        headers = {"idempotency-key": key or new_id()}
        return await self._asked(service, "POST", path, json=body, headers=headers)

    async def put(
        self, service: str, path: str, body: Mapping[str, Any], version: int, *, key: str | None = None
    ) -> Any:
        """The JSON that a service answers to a change of what was seen in this version."""
        headers = {"idempotency-key": key or new_id(), "if-match": f'"{version}"'}
        return await self._asked(service, "PUT", path, json=body, headers=headers)

    async def send(self, service: str, path: str, parts: AsyncIterator[bytes], *, at: int, media: str) -> Any:
        """The JSON that a service answers to a file that goes on at a byte."""
        headers = {"if-match": f'"{at}"', "content-type": media}
        return await self._asked(service, "PATCH", path, content=parts, headers=headers)

    async def _asked(self, service: str, method: str, path: str, **options: Any) -> Any:
        url = self._urls[service]
        try:
            answer = await self._client.request(method, url + path, **options)
        except httpx.TransportError as failure:
            kind = CannotStart if isinstance(failure, UNSENT) else Lost
            raise kind(
                f"{service} does not answer at {url}: {failure or type(failure).__name__}.",
                "`o2d status` shows what runs.",
            ) from failure
        if answer.is_success:
            return answer.json() if answer.content else None
        raise Refused(
            f"{service} refuses {method} {path}: {_reason(answer)}.",
            status=answer.status_code,
            code=_code(answer),
        )

    async def pages(self, service: str, path: str, **params: str | int | None) -> AsyncIterator[list[Any]]:
        """The items of a list, page after page."""
        page = await self.get(service, path, **params)
        while True:
            yield page["items"]
            if page["next"] is None:
                return
            page = await self.get(service, page["next"])


async def rows_of(
    services: Services, service: str, path: str, **narrowed: str | None
) -> list[dict[str, Any]]:
    """The first rows of a list, as many as a terminal is for."""
    rows: list[dict[str, Any]] = []
    async for page in services.pages(service, path, limit=ROWS_PAGE_COUNT, **narrowed):
        rows += page
        if len(rows) >= ROWS_COUNT_MAX:
            break
    return rows


def _problem(answer: httpx.Response) -> dict[str, Any]:
    """The problem that an answer names; empty when it names none."""
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _reason(answer: httpx.Response) -> str:
    problem = _problem(answer)
    words = problem.get("detail") or problem.get("title") or ""
    faults = problem.get("errors") or []
    said = [f"{each['pointer'].strip('/')}: {each['detail']}".lstrip(": ") for each in faults[:FAULTS_COUNT]]
    if len(faults) > FAULTS_COUNT:
        said.append(f"and {len(faults) - FAULTS_COUNT} more")
    return "; ".join([f"{answer.status_code} {words}".strip().rstrip("."), *said])


def _code(answer: httpx.Response) -> str:
    return str(_problem(answer).get("type", "")).rpartition("/")[2]
