"""The other services as operators ask them: what is parked and how each stands; by the asker's own token, if any."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

ANSWER_SECONDS_MAX: Final = 5.0
PARKED_COUNT_MAX: Final = 500


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: its JSON, or in `trouble` why there is none; `status` is 0 when it did not answer."""

    service: str
    body: Any = None
    trouble: str = ""
    status: int = 0


class Neighbours:
    """The services by name and address. Nothing is asked inside a transaction."""

    def __init__(self, addresses: Mapping[str, str], token: str = "") -> None:
        self.addresses = dict(addresses)
        # Who signed in at a page has no token that services take: for them the control tower asks with its own.
        self._token = token

    async def parked(self, authorization: str | None) -> list[Answer]:
        """The parked keys of every service, at most 500 each."""
        return await self._everyone(f"/ops/parked?limit={PARKED_COUNT_MAX}", authorization)

    async def clocks(self, authorization: str | None) -> list[Answer]:
        """How every service stands: outbox, lag, parked keys, clock."""
        return await self._everyone("/ops/clock", authorization)

    async def shown(self, service: str, path: str, authorization: str | None) -> Answer:
        """What one service shows under a path."""
        if service not in self.addresses:
            return Answer(service, trouble="is not known here")
        async with self._client(authorization) as client:
            return await _asked(client, service, "GET", self.addresses[service] + path)

    async def act(
        self, service: str, path: str, body: Mapping[str, Any], authorization: str | None, key: str
    ) -> Answer:
        """Ask one service to act, once for `key`."""
        async with self._client(authorization) as client:
            return await _asked(client, service, "POST", self.addresses[service] + path, key, body)

    async def _everyone(self, path: str, authorization: str | None) -> list[Answer]:
        async with self._client(authorization) as client:
            asking = [
                _asked(client, service, "GET", address + path)
                for service, address in sorted(self.addresses.items())
            ]
            return list(await asyncio.gather(*asking))

    def _client(self, authorization: str | None) -> httpx.AsyncClient:
        # Services of our own are never behind a proxy, and a token must not travel to one.
        own = f"Bearer {self._token}"
        headers = {"authorization": authorization or own, "accept": "application/json"}
        return httpx.AsyncClient(timeout=ANSWER_SECONDS_MAX, headers=headers, trust_env=False)


async def _asked(
    client: httpx.AsyncClient,
    service: str,
    method: str,
    address: str,
    key: str | None = None,
    body: Mapping[str, Any] | None = None,
) -> Answer:
    headers = {"idempotency-key": key} if key else {}
    try:
        answer = await client.request(method, address, json=body, headers=headers)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as failure:
        return Answer(service, trouble=f"does not answer ({type(failure).__name__})")
    if answer.status_code >= 400:
        detail = said.get("detail") or said.get("title") if isinstance(said, dict) else ""
        return Answer(service, None, f"answers {answer.status_code}: {detail}", answer.status_code)
    return Answer(service, said, "", answer.status_code)
