"""What an operation gets of its request: who asks, the strict body, and the one road to `do` and `read`."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from backbone import links, policy, sessions, spent
from backbone.auth import Principal, SignInIsOld, Verifier
from backbone.errors import Forbidden, Invalid, Refusal, Refused, Stale
from backbone.ids import new_id
from backbone.seals import Seals
from backbone.service import AskedKey, Batch, Handler, Host, Reply, Together, Tx
from backbone.web import identity
from backbone.web.describe import ENTITY_TAG
from backbone.web.forms import FORM_KEY, FORM_TOKEN, form_of, is_form
from backbone.web.live import Listeners, Source
from backbone.web.problem import answer_to
from backbone.web.strict import parse, read_raw
from backbone.wire import encode

T = TypeVar("T")
C = TypeVar("C")
A = TypeVar("A")

NUMBER_DIGITS_MAX: Final = 18
_KEY: Final = re.compile(r"[\x21-\x7e]{1,128}")
_ETAG: Final = re.compile(r'"([0-9]{1,18})"')
_ANY_TAG: Final = re.compile(ENTITY_TAG)


class KeyMissing(Refusal):
    """A request that acts carries no Idempotency-Key."""

    status = 400


class NoEntityTag(Refusal):
    """If-Match carries something else than an entity tag."""

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

    def demand_fresh_sign_in(self, age_seconds_max: int) -> None:
        """Raise `SignInIsOld` unless who asks has signed in at most so long ago, by the wall clock."""
        began = self.principal.signed_in_at
        if began is None or time.time() - began > age_seconds_max:
            raise SignInIsOld(age_seconds_max)

    async def shown_login(self, token: str) -> Principal:
        """Whom a login token names that somebody shows at a page; it is not spent by that. Raises `Unauthenticated`."""
        verifier: Verifier = self.request.app.state.verifier
        principal, _ = await verifier.of_login(token)
        return principal

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

    async def act(
        self, handler: Handler[C, A] | Together[C, A], command: C, reply: Callable[[A], Reply]
    ) -> Response:
        """Serve a command once for its Idempotency-Key; raises `KeyMissing`."""
        form = await form_of(self.request) if self._at_page else {}
        key = self.request.headers.get("idempotency-key", form.get(FORM_KEY, ""))
        if not _KEY.fullmatch(key):
            raise KeyMissing("send an Idempotency-Key of 1 to 128 visible characters")
        asked = AskedKey(self.principal.name, self.operation, key, self._digest(form))
        return answer_to(
            self.request, await self.host.do(self._once(handler), command, key=asked, reply=reply)
        )

    def _digest(self, form: Mapping[str, str]) -> bytes:
        path = "&".join(f"{name}={value}" for name, value in sorted(self.request.path_params.items()))
        fields = sorted((name, value) for name, value in form.items() if name != FORM_TOKEN)
        return hashlib.sha256(path.encode() + b"\n" + (encode(fields) if fields else self._body)).digest()

    def _once(self, handler: Handler[C, A] | Together[C, A]) -> Handler[C, A] | Together[C, A]:
        """A link, or a login shown for an act, serves once: spent with its act, it stays good where that is refused."""
        scope, login = self.principal.scope, self.principal.login
        if scope is None and login is None:
            return handler
        serve: Handler[C, A | Refused] = handler.serve if isinstance(handler, Together) else handler

        async def once(commands: Batch[C], tx: Tx) -> Sequence[A]:
            if scope is not None:
                await links.spend(tx, scope)
            if login is not None:
                await spent.spend_login(tx.sql, login)
            (answer,) = await serve(commands, tx)
            if isinstance(answer, Refused):
                raise answer.refusal
            return [answer]

        return once

    @property
    def _at_page(self) -> bool:
        return self.principal.session is not None and is_form(self.request)

    async def form(self) -> Mapping[str, str]:
        """The fields of a page's form; raises `Invalid`, `BodyTooLarge`."""
        return await form_of(self.request)

    @property
    def form_token(self) -> str:
        """What each form of a page carries in its hidden field `form_token`; empty where nobody signed in."""
        session = self.principal.session
        return sessions.form_token(self.host.seals, session) if session else ""

    @property
    def seals(self) -> Seals:
        """What links are signed with; raises `NoSecret`."""
        return self.host.seals

    def live(self, source: Source) -> Response:
        """A stream of server-sent events from `source`; raises `TooManyListeners`."""
        listeners: Listeners = self.request.app.state.listeners
        return listeners.respond(self.request, self.principal, self.host.clock, source)

    @property
    def expected_version(self) -> int:
        """The version that If-Match names; raises `VersionMissing`, `NoEntityTag` or `Stale`."""
        given = self.request.headers.get("if-match")
        if given is None:
            raise VersionMissing("send If-Match with the ETag that you have seen")
        if not _ANY_TAG.fullmatch(given):
            raise NoEntityTag("If-Match carries one entity tag, in quotes")
        tag = _ETAG.fullmatch(given)
        if tag is None:
            raise Stale("If-Match names no version of this")
        return int(tag[1])

    def number(self, name: str, *, usual: int, maximum: int) -> int:
        """A whole number from the query, 1 to `maximum`; raises `Invalid`."""
        given = self.request.query_params.get(name, str(usual))
        # The length comes first: Python refuses to read a number of thousands of digits.
        digits = len(given) <= NUMBER_DIGITS_MAX and given.isascii() and given.isdigit()
        if not digits or not 1 <= int(given) <= maximum:
            raise Invalid(f"{name} is a whole number from 1 to {maximum}", [(f"?{name}", "out of range")])
        return int(given)


async def _asked(request: Request) -> Ask:
    state = request.app.state
    host: Host = state.host
    endpoint: Any = request.scope["endpoint"]
    operation = f"{host.service.name}.{endpoint.__name__}"
    principal = await identity.principal_of(request)
    policy.demand(state.policy, operation, principal.role)
    identity.demand_scope(principal, operation, request.path_params)
    await identity.demand_page(request, principal)
    return Ask(request, host, principal, operation)


Asked = Annotated[Ask, Depends(_asked)]
