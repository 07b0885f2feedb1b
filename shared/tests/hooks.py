"""A belfry whose facts are sent by webhooks, and the door at which they are asked for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import ip_network
from itertools import count
from typing import Any, Final

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import ops
from backbone.clock import SteppedClock
from backbone.seals import Seals
from backbone.service import Host
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from backbone.web.app import operations_of
from backbone.webhooks.guard import Guard
from backbone.wire import Catalogue, Cause
from shared.tests.bells import START, Rung, Silenced, Tower

SECRET: Final = "a secret of thirty-two bytes or more"
LOOPBACK: Final = (ip_network("127.0.0.0/8"),)
RUNG: Final = "o2d.rung.v1"
SILENCED: Final = "o2d.silenced.v1"
LOG: Final = text(
    """
    INSERT INTO facts (event_id, topic, key, headers, payload)
    VALUES (CAST(:event_id AS uuid), :topic, :key, :headers, :payload)
    """
)


async def nowhere(host: str, port: int) -> Sequence[str]:
    """What a test's names lead to: their first label, with dots for dashes."""
    return [host.partition(".")[0].replace("-", ".")]


class Belfry(Tower):
    """A tower that owns its topics, so that others may have its facts sent."""

    def __init__(self) -> None:
        super().__init__()
        name = self.service.name
        self.rings, self.private = replace(self.rings, owner=name), replace(self.private, owner=name)
        self.topics = (self.rings, self.private)
        catalogue = Catalogue(self.topics, lambda fact: f"o2d.{fact.__name__.lower()}.v1")
        self.service = replace(self.service, catalogue=catalogue)


class Door:
    """An operator at the belfry's door; `log` writes facts as its relay would have."""

    def __init__(self, client: httpx.AsyncClient, host: Host, belfry: Belfry, issuer: Issuer) -> None:
        self.client, self.host, self.belfry, self._issuer = client, host, belfry, issuer
        self._keys, self._rings = count(), count(1)

    async def ask(
        self, method: str, path: str, body: Any = None, *, role: str = "admin", **headers: str
    ) -> httpx.Response:
        """The answer to a request, under a key of its own unless one is given."""
        own = {"idempotency-key": f"k{next(self._keys)}", **self._issuer.headers(role)}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.request(method, path, json=body, headers={**own, **given})

    async def get(self, path: str) -> Any:
        """What is there."""
        answer = await self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        """What comes of an act."""
        answer = await self.ask("POST", path, body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def register(self, url: str, **body: Any) -> tuple[str, str]:
        """An endpoint's id and its secret."""
        made = await self.post("/v1/webhooks", {"url": url, **body}, 201)
        return made["webhook"]["webhook_id"], made["secret"]

    async def log(self, rings: int, *facts: Silenced) -> list[str]:
        """Tell of so many rings of one bell, and of what else; the ids of these facts."""
        told = [Rung("bell", next(self._rings)) for _ in range(rings)]
        ids = []
        async with self.host.begin() as tx:
            for fact in (*told, *facts):
                ids.append(tx.new_id())
                row = self.host.service.catalogue.outgoing(
                    fact, event_id=ids[-1], sequence=1, cause=Cause(), now=START, recorded=START
                )
                names = ("event_id", "topic", "key", "headers", "payload")
                await tx.sql.execute(LOG, {name: getattr(row, name) for name in names})
        return ids

    async def head(self) -> str:
        """The cursor at the end of the log."""
        return str((await self.get("/v1/events?limit=1000"))["cursor"])

    async def caught_up(self, webhook_id: str, cursor: str) -> bool:
        """Whether the log was taken up for an endpoint as far as that, and nothing waits."""
        view = await self.get(f"/v1/webhooks/{webhook_id}")
        waiting = await self.get(f"/v1/webhooks/{webhook_id}/deliveries?state=waiting")
        return view["cursor"] == cursor and not waiting["items"]


@asynccontextmanager
async def door_of(engine: AsyncEngine, issuer: Issuer, guard: Guard) -> AsyncIterator[Door]:
    """The door to a belfry on an empty database, with nobody who sends behind it."""
    belfry = Belfry()
    await belfry.host(engine)
    host = Host(belfry.service, engine, SteppedClock(START), Seals([SECRET]), guard=guard)
    routers = ops.routers_of(belfry.service)
    policy = {f"{belfry.service.name}.{name}": frozenset({"admin"}) for name in operations_of(routers)}
    app = build_app(host, title="belfry", policy=policy, verifier=issuer.verifier(), extra=routers)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://belfry") as client:
        yield Door(client, host, belfry, issuer)
