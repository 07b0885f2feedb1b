"""What an operation gets of its request: who asks, the strict body, and the one road to `do` and `read`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from backbone import policy
from backbone.auth import Principal
from backbone.errors import Forbidden, Invalid, Refusal, Stale
from backbone.ids import new_id
from backbone.service import AskedKey, Handler, Host, Reply
from backbone.web.replies import response
from backbone.web.strict import parse, read_raw

T = TypeVar("T")
C = TypeVar("C")
A = TypeVar("A")

_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
_ETAG: Final = re.compile(r'"(\d{1,18})"')


class KeyMissing(Refusal):
    """A request that acts carries no Idempotency-Key."""

    status = 400


class VersionMissing(Refusal):
    """A request that changes something carries no If-Match."""

    status = 428


class Ask:
    """One request: its principal, its body, and the host that serves it."""

    __slots__ = ("_body", "host", "operation", "principal", "request")

    def __init__(self, request: Request, host: Host, principal: Principal, operation: str) -> None:
        self.request = request
        self.host = host
        self.principal = principal
        self.operation = operation
        self._body = b""

    @property
    def party(self) -> str | None:
        """The customer or vendor whose things the caller may see; None for staff."""
        return self.principal.party

    def whose(self, given: str | None, pointer: str) -> str:
        """The party that a body is about: a party's own, or the one that staff names.

        Raises `Forbidden` when a party names another, `Invalid` with `pointer` when staff names none.
        """
        if self.party is not None and given not in {None, self.party}:
            raise Forbidden("a party speaks for itself")
        party = self.party or given
        if party is None:
            raise Invalid("say whom this is for", [(pointer, "needed when staff asks")])
        return party

    @property
    def now(self) -> datetime:
        """The business time."""
        return self.host.clock.now()

    def new_id(self) -> str:
        """A fresh time-ordered id."""
        return new_id()

    async def body(self, kind: type[T]) -> T:
        """The strict body as a frozen dataclass; raises `Invalid`, `NotJson`, `BodyTooLarge`."""
        self._body = await read_raw(self.request)
        return parse(kind, self._body)

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A read-only connection for queries."""
        return self.host.read()

    async def act(self, handler: Handler[C, A], command: C, reply: Callable[[A], Reply]) -> Response:
        """Serve a command once for its Idempotency-Key; raises `KeyMissing`."""
        key = self.request.headers.get("idempotency-key", "")
        if not _KEY.fullmatch(key):
            raise KeyMissing("send an Idempotency-Key of 1 to 128 visible characters")
        path = "&".join(f"{name}={value}" for name, value in sorted(self.request.path_params.items()))
        digest = hashlib.sha256(path.encode() + b"\n" + self._body).digest()
        asked = AskedKey(self.principal.name, self.operation, key, digest)
        return response(await self.host.do(handler, command, key=asked, reply=reply))

    @property
    def expected_version(self) -> int:
        """The version that If-Match names; raises `VersionMissing` or `Stale`."""
        given = self.request.headers.get("if-match")
        if given is None:
            raise VersionMissing("send If-Match with the ETag that you have seen")
        tag = _ETAG.fullmatch(given)
        if tag is None:
            raise Stale("If-Match names no version of this")
        return int(tag[1])

    def number(self, name: str, *, usual: int, maximum: int) -> int:
        """A whole number from the query, 1 to `maximum`; raises `Invalid`."""
        given = self.request.query_params.get(name, str(usual))
        if not given.isascii() or not given.isdigit() or not 1 <= int(given) <= maximum:
            raise Invalid(f"{name} is a whole number from 1 to {maximum}", [(f"?{name}", "out of range")])
        return int(given)


async def _asked(request: Request) -> Ask:
    state = request.app.state
    host: Host = state.host
    endpoint: Any = request.scope["endpoint"]
    operation = f"{host.service.name}.{endpoint.__name__}"
    principal = await state.verifier.authenticate(request.headers.get("authorization"))
    policy.demand(state.policy, operation, principal.role)
    return Ask(request, host, principal, operation)


Asked = Annotated[Ask, Depends(_asked)]
