"""One process of a service: everything in one loop, and an end in which no acknowledged work is left half done."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import structlog
from fastapi import FastAPI

from backbone import ops, traces
from backbone.auth import Verifier
from backbone.keyset import keys_of
from backbone.policy import Policy
from backbone.service import Host, Service
from backbone.service.database import connect
from backbone.settings import Settings
from backbone.web import build_app
from backbone.web.server import Server, server
from backbone.works import RELAY, Works

PARTS: Final = frozenset({"serve", "consume", "relay"})
BACKLOG_COUNT: Final = 2048

log = structlog.get_logger(__name__)


def app_of(works: Works, policy: Policy, verifier: Verifier) -> FastAPI:
    """The HTTP side of a process. Raises `NotInPolicy`."""
    app = build_app(
        works.host,
        title=works.host.service.name,
        policy=policy,
        verifier=verifier,
        readiness=works.readiness(),
        liveness=works.liveness(),
        extra=ops.routers_of(works.host.service),
    )
    app.state.consuming = works.consuming
    return app


async def run(
    service: Service,
    settings: Settings,
    *,
    policy: Policy,
    parts: frozenset[str] = PARTS,
    stopping: asyncio.Event | None = None,
) -> bool:
    """Run `parts` of a service until `stopping`, else SIGTERM or SIGINT; whether all of them ended cleanly.

    Raises `NotInPolicy`, and `ValueError` for settings that name no key set or no clock.
    """
    if stopping is None:
        stopping = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    # Every process answers health checks and operators; only one that serves has more to say.
    shown = service if "serve" in parts else replace(service, routes=())
    engine = connect(settings.service_dsn, name=service.name, pool=settings.pool)
    tracing = traces.begin(service.name)
    try:
        host = Host(
            shown,
            engine,
            settings.business_clock(),
            settings.seals(),
            tracing,
            settings.guard(),
            settings.portal_urls,
        )
        works = Works(host, settings, parts)
        http = server(app_of(works, policy, _verifier(settings)), settings.http_host, settings.http_port)
        # Bound here, because the server would end the process where a port is taken.
        with socket.create_server((settings.http_host, settings.http_port), backlog=BACKLOG_COUNT) as bound:
            return await _run(works, http, bound, stopping, settings.stop)
    finally:
        await engine.dispose()
        if tracing is not None:
            await tracing.stop()


async def _run(
    works: Works, http: Server, bound: socket.socket, stopping: asyncio.Event, seconds: float
) -> bool:
    serving = asyncio.create_task(http.serve(sockets=[bound]), name="serve")
    stop = asyncio.create_task(stopping.wait())
    starting = asyncio.create_task(works.start(), name="start")
    await asyncio.wait({starting, stop, serving}, return_when=asyncio.FIRST_COMPLETED)
    rounds: list[asyncio.Task[None]] = []
    if starting.done() and not starting.exception():
        log.info("run.started", service=works.host.service.name)
        rounds = [asyncio.create_task(work(), name=name) for name, work in works.rounds().items()]
        await asyncio.wait({*rounds, stop, serving}, return_when=asyncio.FIRST_COMPLETED)
    # Each of them works until it is told to stop; without one of them the others are of no use.
    left = [] if stop.done() else [task.get_name() for task in (serving, *rounds) if task.done()]
    clean = await _end(works, http, serving, rounds, seconds) and not left
    await _cancelled([starting, stop])
    failures = [task for task in (starting, serving, *rounds) if not task.cancelled() and task.exception()]
    if left:
        log.error("run.left", service=works.host.service.name, parts=left)
    for task in failures:
        log.error("run.failed", part=task.get_name(), exc_info=task.exception())
    if rounds and clean and not failures:
        await works.ended()
    log.info("run.ended", service=works.host.service.name, clean=clean and not failures)
    return clean and not failures


async def _end(
    works: Works,
    http: Server,
    serving: asyncio.Task[None],
    rounds: Sequence[asyncio.Task[None]],
    seconds: float,
) -> bool:
    """Take nothing new, finish what is in work, send what was told, answer what was asked; within `seconds`."""
    http.should_exit = True
    works.stop_taking()
    relaying = {task for task in rounds if task.get_name() == RELAY}
    waiting = {serving, *rounds} - relaying
    try:
        async with asyncio.timeout(seconds):
            await asyncio.wait(waiting)
            works.stop_sending()
            if relaying:
                await asyncio.wait(relaying)
    except TimeoutError:
        log.warning("run.cut", unfinished=[task.get_name() for task in {serving, *rounds} if not task.done()])
        await _cancelled([serving, *rounds])
        return False
    return True


async def _cancelled(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


def _verifier(settings: Settings) -> Verifier:
    return Verifier(keys_of(settings.jwks), settings.issuer)
