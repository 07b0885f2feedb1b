"""The app of a service: its routes, what every service has beside them, and the guards before both."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from html import escape
from typing import Any, Final

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backbone import policy as policies
from backbone.auth import Verifier
from backbone.errors import Forbidden, Refusal
from backbone.policy import Policy
from backbone.service import Host
from backbone.service.asked import problem_of
from backbone.web import describe, problem
from backbone.web.live import Listeners
from backbone.web.paper import paper
from backbone.web.replies import response

_QUOTED: Final = re.compile("`([^`]+)`")
Check = Callable[[], Awaitable[bool]]

TARGET_BYTES_MAX: Final = 8 * 1024
HEAD_BYTES_MAX: Final = 16 * 1024
UNTRACED: Final[TelemetryConfig] = {"tracing": False, "metrics": False, "logs": False}
METRICS_ROLES: Final = frozenset({"admin", "system"})
_GUARDS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (
        b"content-security-policy",
        b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ),
)


class TargetTooLong(Refusal):
    """The request's path and query are longer than any that is served."""

    status = 414


class HeadTooLarge(Refusal):
    """The request's headers are larger than any that are served."""

    status = 431


class TargetHoldsNul(Refusal):
    """The request's path or query has a NUL character, which no text that is kept may have."""

    status = 400


class _Guards:
    """Limits before, security headers after; plain ASGI, because it runs on every request."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(g for g in _GUARDS if g[0] not in present)]
            await send(message)

        if len(scope["raw_path"] or b"") + len(scope["query_string"]) > TARGET_BYTES_MAX:
            await response(problem_of(TargetTooLong("the target is too long")))(scope, receive, guarded)
        elif sum(len(name) + len(value) for name, value in scope["headers"]) > HEAD_BYTES_MAX:
            await response(problem_of(HeadTooLarge("the headers are too large")))(scope, receive, guarded)
        elif b"%00" in (scope["raw_path"] or b"") or b"%00" in scope["query_string"]:
            await response(problem_of(TargetHoldsNul("NUL is not allowed")))(scope, receive, guarded)
        else:
            await self._app(scope, receive, guarded)


def build_app(
    host: Host,
    *,
    title: str,
    policy: Policy,
    verifier: Verifier,
    readiness: Sequence[Check] = (),
    liveness: Sequence[Check] = (),
    extra: Sequence[APIRouter] = (),
    listeners: Listeners | None = None,
) -> FastAPI:
    """The app of `host`'s service; raises `NotInPolicy` when an operation is missing from the policy."""
    app = FastAPI(
        title=title,
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        telemetry=host.traces.of_requests() if host.traces else UNTRACED,
    )
    routers = (*host.service.routes, *extra)
    policies.check(policy, {f"{host.service.name}.{name}" for name in operations_of(routers)})
    app.state.host, app.state.policy, app.state.verifier = host, policy, verifier
    app.state.listeners = listeners or Listeners()
    for router in routers:
        app.include_router(router)
    app.add_exception_handler(Refusal, problem.on_refusal)
    app.add_exception_handler(HTTPException, problem.on_http)
    app.add_exception_handler(RequestValidationError, problem.on_validation)
    app.add_exception_handler(ClientDisconnect, problem.on_gone)
    app.add_exception_handler(Exception, problem.on_failure)
    _add_open_pages(app, readiness, liveness)
    app.add_middleware(_Guards)
    return app


def _add_open_pages(app: FastAPI, readiness: Sequence[Check], liveness: Sequence[Check]) -> None:
    described: dict[str, Any] = {}

    async def alive(request: Request) -> Response:
        return PlainTextResponse("alive")

    async def live(request: Request) -> Response:
        return await _states(liveness)

    async def ready(request: Request) -> Response:
        return await _states(readiness)

    async def openapi(request: Request) -> Response:
        if not described:
            described.update(describe.document(app, app.state.host.service.types_sent))
        return JSONResponse(described)

    async def docs(request: Request) -> Response:
        if not described:
            described.update(describe.document(app, app.state.host.service.types_sent))
        return _docs_page(described)

    async def metrics(request: Request) -> Response:
        principal = await app.state.verifier.authenticate(request.headers.get("authorization"))
        if principal.role not in METRICS_ROLES:
            raise Forbidden(f"{principal.role} may not do this")
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    for path, page in {
        "/livez": live,
        "/startupz": alive,
        "/readyz": ready,
        "/openapi.json": openapi,
        "/docs": docs,
        "/metrics": metrics,
        "/problems/{code}": problem.show_problem,
    }.items():
        app.add_route(path, page)


async def _states(checks: Sequence[Check]) -> Response:
    states = {check.__name__: await check() for check in checks}
    return JSONResponse(states, 200 if all(states.values()) else 503)


def _docs_page(described: dict[str, Any]) -> Response:
    parts = [
        '<p>Every operation of this service. <a href="/openapi.json">The OpenAPI document</a> has the bodies, '
        "the refusals and an example of each.</p>"
    ]
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            told = escape(operation.get("description") or operation.get("summary", ""))
            told = _QUOTED.sub(r"<code>\1</code>", told)
            parts.append(f"<h2><code>{method.upper()} {escape(path)}</code></h2><p>{told}</p>")
    return paper(described["info"]["title"], "".join(parts))


def operations_of(routers: Sequence[APIRouter]) -> set[str]:
    """The names of all operations that routers serve, with those of routers that are included in them."""
    return {name for router in routers for route in router.routes for name in _operations(route)}


def _operations(route: BaseRoute) -> set[str]:
    if isinstance(route, APIRoute):
        return {str(getattr(route.endpoint, "__name__", route.name))}
    included = getattr(route, "original_router", None)
    inner: Sequence[BaseRoute] = included.routes if isinstance(included, APIRouter) else ()
    if isinstance(route, Mount):
        inner = route.routes
    return {name for each in inner for name in _operations(each)}
