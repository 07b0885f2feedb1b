"""The HTTP door of the service desk, as people and machines of each role use it."""

from __future__ import annotations

import json
from typing import Any

import httpx
from tests.desk_stage import Stage

from backbone.ids import new_id
from backbone.testing_issuer import Issuer

DISPATCHER = ("dispatcher", None)
TECHNICIAN = ("technician", None)
WAREHOUSE = ("warehouse", None)
AGENT = ("agent", None)
ADMIN = ("admin", None)
CLIENT = ("customer", "c1")
OTHER = ("customer", "c2")


class Door:
    """A client that speaks in one role at a time."""

    def __init__(self, stage: Stage, client: httpx.AsyncClient, issuer: Issuer) -> None:
        self.stage = stage
        self.client = client
        self.issuer = issuer

    def headers(self, role: tuple[str, str | None], **more: str) -> dict[str, str]:
        """The headers of an act in a role, under a key of its own."""
        return {
            "content-type": "application/json",
            "idempotency-key": new_id(),
            **self.issuer.headers(*role),
            **more,
        }

    async def send(
        self, role: tuple[str, str | None], method: str, path: str, body: Any = None, **more: str
    ) -> httpx.Response:
        """Act; a body that is bytes is sent as it is."""
        content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        headers = self.headers(role, **more)
        return await self.client.request(method, path, content=content, headers=headers)

    async def post(
        self, role: tuple[str, str | None], path: str, body: Any = None, *, status: int = 0
    ) -> Any:
        """Act by POST and expect a status (any success when 0); the answer's JSON."""
        answer = await self.send(role, "POST", path, body)
        assert answer.status_code == status or (not status and answer.status_code < 300), answer.text
        return answer.json()

    async def get(self, role: tuple[str, str | None], path: str, *, status: int = 200) -> Any:
        """Look and expect a status; the answer's JSON."""
        answer = await self.client.get(path, headers=self.issuer.headers(*role))
        assert answer.status_code == status, answer.text
        return answer.json()
