"""Accepting a need of ten lines: token, key, rules, row and fact in one durable transaction; ours, bare and usual."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

import asyncpg
import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from backbone.clock import RateClock
from backbone.ids import new_id
from backbone.service import Host
from backbone.service.database import connect
from backbone.web import build_app
from contracts.policy import POLICY
from o2d.bench import accept_orm
from o2d.bench.accept_ground import CREATED, PATH, POOL_COUNT, Desk, accept, desk
from o2d.bench.ground import Sample
from o2d.bench.hop import headers_of

MAY: Final = frozenset({"customer", "sales", "admin", "system", "link"})
TOPIC: Final = "orders.need.v1"


async def ours(server: str, bootstrap: str, count: int) -> Sample:
    """The product's own app of orders."""
    from orders.__main__ import SERVICE

    async with desk(server) as place:
        engine = connect(place.dsn, name="bench", pool=POOL_COUNT)
        host = Host(SERVICE, engine, RateClock())
        app = build_app(host, title="orders", policy=POLICY, verifier=place.verifier)
        sample = await accept(app, place, count)
        await engine.dispose()
    return sample


class Limit(msgspec.Struct, forbid_unknown_fields=True):
    """A property window."""

    name: str
    scale: str
    minimum: str | None = None
    maximum: str | None = None


class Line(msgspec.Struct, forbid_unknown_fields=True):
    """One thing that is needed."""

    line_id: str
    quantity: Decimal
    wanted_at: datetime
    text: str = ""
    offer_id: str | None = None
    required: tuple[Limit, ...] = ()


class Need(msgspec.Struct, forbid_unknown_fields=True):
    """What a customer needs."""

    lines: tuple[Line, ...]
    text: str = ""
    delivery_policy: str = "complete-order"
    address_id: str = "main"


class Told(msgspec.Struct):
    """The fact."""

    need_id: str
    customer_id: str
    address_id: str
    text: str
    lines: tuple[Line, ...]
    delivery_policy: str


BARE_KEPT: Final = """
    SELECT digest, status, body FROM asked_keys WHERE principal = $1 AND operation = $2 AND key = $3
"""
BARE_NEED: Final = """
    INSERT INTO needs (need_id, customer_id, address_id, text, lines, delivery_policy, state, stated_at, version, told)
    VALUES ($1, $2, $3, $4, $5, $6, 'stated', $7, 1, 1)
"""
BARE_TELL: Final = "INSERT INTO outbox (event_id, topic, key, headers, payload) VALUES ($1, $2, $3, $4, $5)"
BARE_KEEP: Final = """
    INSERT INTO asked_keys (principal, operation, key, digest, status, headers, body)
    VALUES ($1, $2, $3, $4, 201, '[]', $5)
"""
_decoder: Final = msgspec.json.Decoder(Need)
_encode: Final = msgspec.json.Encoder().encode


async def bare(server: str, bootstrap: str, count: int) -> Sample:
    """Starlette, msgspec and asyncpg by hand: the same rows, the same checks, no layer between."""
    async with desk(server) as place:
        pool = await asyncpg.create_pool(place.dsn, min_size=POOL_COUNT, max_size=POOL_COUNT)

        async def state_need(request: Request) -> Response:
            return await _bare_need(place, pool, request)

        app = Starlette(routes=[Route(PATH, state_need, methods=["POST"])])
        sample = await accept(app, place, count)
        await pool.close()
    return sample


async def _bare_need(place: Desk, pool: Any, request: Request) -> Response:
    principal = await place.verifier.authenticate(request.headers.get("authorization"))
    if principal.role not in MAY or principal.party is None:
        return Response(status_code=403)
    content = await request.body()
    need, now = _decoder.decode(content), datetime.now(UTC)
    if not need.lines or any(line.quantity <= 0 or line.wanted_at <= now for line in need.lines):
        return Response(status_code=422)
    key = (principal.name, "orders.state_need", request.headers["idempotency-key"])
    digest = hashlib.sha256(content).digest()
    need_id = new_id()
    told = Told(need_id, principal.party, need.address_id, need.text, need.lines, need.delivery_policy)
    body = _encode({"need_id": need_id, "customer_id": principal.party, "state": "stated", "stated_at": now})
    async with pool.acquire() as sql, sql.transaction():
        kept = await sql.fetchrow(BARE_KEPT, *key)
        if kept is not None:
            return Response(kept["body"], kept["status"] if kept["digest"] == digest else 422)
        await sql.execute(
            BARE_NEED, need_id, principal.party, need.address_id, need.text, _encode(need.lines).decode(),
            need.delivery_policy, now,
        )  # fmt: skip
        await sql.execute(BARE_TELL, new_id(), TOPIC, need_id, headers_of(need_id, need_id), _encode(told))
        await sql.execute(BARE_KEEP, *key, digest, body)
    return Response(body, CREATED, {"location": f"{PATH}/{need_id}"}, "application/json")


async def usual(server: str, bootstrap: str, count: int) -> Sample:
    """As it is usually written: FastAPI with its models, one session of mapped objects a request."""
    async with desk(server) as place:
        app, engine = await accept_orm.app_of(place)
        sample = await accept(app, place, count, kept=accept_orm.KEPT)
        await engine.dispose()
    return sample
