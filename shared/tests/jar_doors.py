"""The HTTP door of the jars: shown, filled, filled from a page, listed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import httpx
from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import HTMLResponse

from backbone.clock import SteppedClock
from backbone.errors import NotFound
from backbone.seals import Seals
from backbone.service import Host
from backbone.testing_issuer import Issuer
from backbone.web import Asked, Response, acts, build_app, done, found, shows
from backbone.web.login import router as login
from backbone.web.replies import shown_at
from shared.tests.jars import SERVICE, START, PutMarbles, put_asked

SECRET = "what only the jars know, and long enough"
SEALS = Seals([SECRET])
HELD = text("SELECT marbles FROM jars WHERE jar_id = :jar_id")


@dataclass(frozen=True, slots=True)
class PutBody:
    """How many marbles."""

    count: int


@dataclass(frozen=True, slots=True)
class JarView:
    """A jar and what it holds."""

    jar_id: str
    marbles: int


jars = APIRouter()
deeper = APIRouter()


@jars.get("/v1/jars/{jar_id}", **shows(JarView))
async def show_jar(ask: Asked, jar_id: str) -> Response:
    """Show a jar."""
    async with ask.read() as sql:
        marbles = (await sql.execute(HELD, {"jar_id": jar_id})).scalar_one_or_none()
    if marbles is None:
        raise NotFound(f"no jar {jar_id}")
    return found(JarView(jar_id, marbles))


@jars.post("/v1/jars/{jar_id}/put", **acts(JarView, body=PutBody, example=PutBody(1)))
async def put(ask: Asked, jar_id: str) -> Response:
    """Put marbles into a jar."""
    body = await ask.body(PutBody)
    return await ask.act(
        put_asked, PutMarbles(jar_id, body.count), reply=lambda held: done(JarView(jar_id, held))
    )


@deeper.get("/pages/jars/{jar_id}", include_in_schema=False)
async def show_page(ask: Asked, jar_id: str) -> Response:
    """A page with a form."""
    return HTMLResponse(
        f"<form method=post><input name=form_token value='{ask.form_token}'></form>{ask.principal.name}"
    )


@deeper.post("/pages/jars/{jar_id}", include_in_schema=False)
async def put_by_form(ask: Asked, jar_id: str) -> Response:
    """Put marbles into a jar from a page."""
    count = int((await ask.form())["count"])
    return await ask.act(
        put_asked, PutMarbles(jar_id, count), reply=lambda held: shown_at(f"/pages/jars/{jar_id}?{held}")
    )


jars.include_router(deeper)
POLICY = {
    f"jars.{operation}": frozenset({"customer", "admin", "link"})
    for operation in ("show_jar", "put", "show_page", "put_by_form")
}


def host_of(engine: AsyncEngine) -> Host:
    """A host of the jars with their door and their secret."""
    return Host(replace(SERVICE, routes=(jars, login)), engine, SteppedClock(START), SEALS)


@asynccontextmanager
async def door_of(host: Host, issuer: Issuer, **options: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client at the door of the jars."""
    app = build_app(host, title="jars", policy=POLICY, verifier=issuer.verifier(), **options)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://jars") as client:
        yield client
