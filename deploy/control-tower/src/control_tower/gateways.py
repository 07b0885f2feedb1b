"""The other services as people at pages ask them: what they show, and what they are asked to do, in whose name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

from backbone.auth import ON_BEHALF_OF, SIGN_IN
from backbone.trust import authorities
from backbone.web import Ask

ANSWER_SECONDS_MAX: Final = 15.0
PARKED_COUNT_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: its JSON, or in `trouble` why there is none; `status` is 0 when it did not answer.

    `errors` are the pointers of a refusal with what is wrong there, `kind` is its name; `version` is the ETag, for a
    change of it.
    """

    service: str
    body: Any = None
    trouble: str = ""
    status: int = 0
    errors: tuple[Mapping[str, str], ...] = ()
    version: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SignIn:
    """Somebody, `role:subject`, and the login token that proves it, for one act."""

    person: str
    token: str


class Neighbours:
    """The services by name and address. Nothing is asked inside a transaction.

    Who signed in at a page has no token that services take: the control tower asks with its own, and says for whom.
    """

    def __init__(self, addresses: Mapping[str, str], token: str = "") -> None:
        self.addresses = dict(addresses)
        self._token = token

    async def parked(self, ask: Ask) -> list[Answer]:
        """The parked keys of every service, at most 500 each."""
        return await self._everyone(ask, f"/ops/parked?limit={PARKED_COUNT_MAX}")

    async def clocks(self, ask: Ask) -> list[Answer]:
        """How every service stands: outbox, lag, parked keys, clock."""
        return await self._everyone(ask, "/ops/clock")

    async def shown(self, ask: Ask, service: str, path: str) -> Answer:
        """What one service shows under a path."""
        async with self._client(ask) as client:
            return await self._asked(client, service, "GET", path)

    async def act(
        self,
        ask: Ask,
        service: str,
        path: str,
        body: Mapping[str, Any],
        key: str,
        *,
        method: str = "POST",
        version: str = "",
        sign_in: SignIn | None = None,
    ) -> Answer:
        """Ask one service to act, once for `key`; `version` is the ETag of what is changed, where one is due.

        Who has just signed in for this act acts under that name, whoever looks at the page.
        """
        headers = {"idempotency-key": key} | ({"if-match": version} if version else {})
        async with self._client(ask, sign_in) as client:
            return await self._asked(client, service, method, path, body, headers)

    async def send(
        self, ask: Ask, service: str, path: str, part: bytes, media: str, *, version: str
    ) -> Answer:
        """Send the next part of a file to one service; `version` is the ETag that says where the file has ended."""
        headers = {"content-type": media, "if-match": version}
        async with self._client(ask) as client:
            return await self._asked(client, service, "PATCH", path, part, headers)

    async def _everyone(self, ask: Ask, path: str) -> list[Answer]:
        async with self._client(ask) as client:
            asking = [self._asked(client, service, "GET", path) for service in sorted(self.addresses)]
            return list(await asyncio.gather(*asking))

    def _client(self, ask: Ask, sign_in: SignIn | None = None) -> httpx.AsyncClient:
        # Services of our own are never behind a proxy, and a token must not travel to one.
        headers = self._identity(ask, sign_in)
        return httpx.AsyncClient(
            timeout=ANSWER_SECONDS_MAX, headers=headers, trust_env=False, verify=authorities()
        )

    def _identity(self, ask: Ask, sign_in: SignIn | None) -> dict[str, str]:
        own = {"authorization": f"Bearer {self._token}", "accept": "application/json"}
        if sign_in is not None:
            return own | {ON_BEHALF_OF: sign_in.person, SIGN_IN: sign_in.token}
        given = ask.request.headers.get("authorization")
        if given is not None:
            return {"authorization": given, "accept": "application/json"}
        return own | {ON_BEHALF_OF: ask.principal.name}

    async def _asked(
        self,
        client: httpx.AsyncClient,
        service: str,
        method: str,
        path: str,
        body: Mapping[str, Any] | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        if service not in self.addresses:
            return Answer(service, trouble="is not known here")
        try:
            carried: dict[str, Any] = {"content": body} if isinstance(body, bytes) else {"json": body}
            address = self.addresses[service] + path
            answer = await client.request(method, address, headers=headers, **carried)
            said = answer.json()
        except (httpx.HTTPError, ValueError) as failure:
            return Answer(service, trouble=f"does not answer ({type(failure).__name__})")
        if answer.status_code >= 400:
            problem = said if isinstance(said, dict) else {}
            detail = problem.get("detail") or problem.get("title") or ""
            trouble = f"answers {answer.status_code}: {detail}"
            errors, kind = tuple(problem.get("errors", ())), problem.get("type", "").rpartition("/")[2]
            return Answer(service, None, trouble, answer.status_code, errors, kind=kind)
        return Answer(service, said, "", answer.status_code, version=answer.headers.get("etag", ""))
