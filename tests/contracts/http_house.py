"""Each service behind its HTTP door, in this process, on a database of its own, for tests that go through all doors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Final, TypeVar
from urllib.parse import quote, unquote

import httpx
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.types import Message

from backbone import links, ops
from backbone.clock import SteppedClock
from backbone.seals import Seals
from backbone.service import Host, Service
from backbone.service.database import connect
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from backbone.web.describe import MARK, document
from backbone.webhooks.guard import Guard
from contracts.policy import POLICY

T = TypeVar("T")

PACKAGES: Final = ("orders", "materials", "production", "vendors", "service_desk")
# The control tower has a door, too; it is a house of pages and describes few operations.
HOUSES: Final = (*PACKAGES, "control_tower")
SERVICES: Final[Mapping[str, Service]] = {
    package: import_module(f"{package}.__main__").SERVICE for package in HOUSES
}
NOW: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
# Whose things a role from outside may see; staff has no party.
PARTIES: Final = {"customer": "c1", "vendor": "steel-ltd"}
_SECRET: Final = "a secret of thirty-two bytes or more"
_PARAMETER: Final = re.compile(r"{(\w+)}")


def described(package: str) -> dict[str, Any]:
    """The OpenAPI document of a service, as it serves it."""
    app = FastAPI(
        title=SERVICES[package].name, version="1", generate_unique_id_function=lambda route: route.name
    )
    for router in (*SERVICES[package].routes, *ops.routers_of(SERVICES[package])):
        app.include_router(router)
    return document(app, SERVICES[package].types_sent)


DOCUMENTS: Final = {package: described(package) for package in HOUSES}


@dataclass(frozen=True, slots=True)
class Door:
    """An operation and where it is asked for; `path` has its parameters in braces."""

    package: str
    operation: str
    method: str
    path: str

    @property
    def name(self) -> str:
        """The operation as the policy names it."""
        return f"{SERVICES[self.package].name}.{self.operation}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(_PARAMETER.findall(self.path))

    @property
    def is_page(self) -> bool:
        """Whether people look at it, and send forms there: no description has it."""
        return self.path.startswith("/portal")

    def at(self, *values: str) -> str:
        """Its path with these values."""
        given = iter(values)
        return _PARAMETER.sub(lambda _: quote(next(given), safe=""), self.path)


def example_of(door: Door) -> Any:
    """The body that the description of a door shows; an empty one where it reads none, or forms."""
    if door.is_page:
        return {}
    operation = DOCUMENTS[door.package]["paths"][door.path][door.method.lower()]
    return operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example", {})


def bodies_of(package: str) -> Iterator[tuple[type, Any]]:
    """The kind of each JSON body that a service reads, and what the description shows of it."""
    for router in (*SERVICES[package].routes, *ops.routers_of(SERVICES[package])):
        for route in _routes(router):
            mark = (route.openapi_extra or {}).get(MARK, {})
            if "body" in mark:
                module, _, name = mark["body"].rpartition(".")
                yield getattr(import_module(module), name), mark.get("example", {})


def doors_of(package: str) -> list[Door]:
    """Every operation of a service, pages too, which no description has."""
    return [
        Door(package, route.endpoint.__name__, method, route.path)
        for router in (*SERVICES[package].routes, *ops.routers_of(SERVICES[package]))
        for route in _routes(router)
        for method in sorted(route.methods or ())
    ]


def _routes(router: APIRouter) -> Iterator[APIRoute]:
    for route in router.routes:
        if isinstance(route, APIRoute):
            yield route
        elif isinstance(inner := getattr(route, "original_router", None), APIRouter):
            yield from _routes(inner)


def may(package: str, operation: str) -> frozenset[str]:
    """The roles that may do an operation."""
    return POLICY[f"{SERVICES[package].name}.{operation}"]


async def _anywhere(host: str, port: int) -> tuple[str, ...]:
    """The address of any name, since names of others need a network."""
    return ("93.184.216.34",)


class House:
    """A service that answers requests one after another, from tests that are not async themselves."""

    def __init__(self, package: str, database: str, folder: Path) -> None:
        self._runner = asyncio.Runner()
        self.issuer = Issuer(folder)
        self.policy = dict(POLICY)
        self._tokens: dict[tuple[str, str | None], dict[str, str]] = {}
        self.engine = connect(database, name="test", pool=2)
        self.host = Host(
            SERVICES[package],
            self.engine,
            SteppedClock(NOW),
            Seals([_SECRET]),
            guard=Guard(resolve=_anywhere),
        )
        self._app = build_app(
            self.host,
            title=self.host.service.name,
            policy=self.policy,
            verifier=self.issuer.verifier(),
            extra=ops.routers_of(self.host.service),
        )
        transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://house")

    def token(self, role: str, party: str | None = None) -> dict[str, str]:
        """The Authorization header of a role, for its usual party or another one."""
        who = (role, party or PARTIES.get(role))
        if who not in self._tokens:
            self._tokens[who] = self.issuer.headers(*who)
        return self._tokens[who]

    def link(self, door: Door, *values: str, party: str = "c1") -> dict[str, str]:
        """The Authorization header of a link that names an operation and the object that comes first in its path."""
        parameter = door.parameters[0] if door.parameters else "nothing_id"
        token = links.sign(
            self.host.seals,
            subject="anna",
            party=party,
            parameter=parameter,
            object_id=values[0] if values else "x",
            operations=[door.name],
            expires_at=NOW + timedelta(days=1),
        )
        return {"authorization": f"Bearer {token}"}

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> httpx.Response:
        """The answer to a request."""
        return self.wait(self._client.request(method, url, headers=dict(headers), content=body))

    def status(self, method: str, url: str, headers: Mapping[str, str]) -> int:
        """The status of the answer; who asked is gone when it begins, so a stream ends there."""
        return self.wait(self._began(method, url, headers))

    async def _began(self, method: str, url: str, headers: Mapping[str, str]) -> int:
        begun = asyncio.Event()
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])
        statuses: list[int] = []

        async def receive() -> Message:
            if (message := next(asked, None)) is not None:
                return message
            await begun.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                begun.set()

        path, _, query = url.partition("?")
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http", "method": method,
            "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1), "server": ("house", 80),
        }  # fmt: skip
        await self._app(scope, receive, send)
        return statuses[0]

    def wait(self, awaited: Awaitable[T]) -> T:
        """What comes of something that is awaited."""

        async def whole() -> T:
            return await awaited

        return self._runner.run(whole())

    def close(self) -> None:
        """Let the connections go."""
        with self._runner:
            self.wait(self._client.aclose())
            self.wait(self.engine.dispose())
