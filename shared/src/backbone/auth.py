"""Bearer tokens: who asks, in which role, for which party."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
import warnings
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError, SecurityWarning

from backbone.errors import Refusal
from backbone.keyset import KeyFile, Keys
from backbone.policy import PARTY_ROLES, ROLES

AUDIENCE: Final = "o2d"
TOKEN_TYPE: Final = "at+jwt"  # noqa: S105  (a media type, not a secret)
LOGIN_TYPE: Final = "login+jwt"
ALGORITHMS: Final = ["EdDSA", "Ed25519", "ES256"]
TOKEN_CHARS_MAX: Final = 4_096
VERIFIED_COUNT_MAX: Final = 10_000
LEEWAY_SECONDS: Final = 5
LINK_ROLE: Final = "link"
# Who a service with pages asks for: `role:subject`, by a token that says that its bearer may.
ON_BEHALF_OF: Final = "o2d-on-behalf-of"
# With it: the login token by which that person has just proved who that is.
SIGN_IN: Final = "o2d-sign-in"
STAND_IN_ROLE: Final = "system"

_FORM: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_HEADER_MEMBERS: Final = frozenset({"alg", "typ", "kid"})
_SUBJECT: Final = re.compile(r"[\x21-\x7e]{1,128}")
PARTY_CHARS_MAX: Final = 128


class Unauthenticated(Refusal):
    """The request carries no token that can be trusted."""

    status = 401
    challenge: str = "Bearer"


class SignInIsOld(Unauthenticated):
    """What is asked for takes a token that was got by signing in just now (RFC 9470)."""

    def __init__(self, age_seconds_max: int) -> None:
        super().__init__(f"sign in anew: this takes a sign-in less than {age_seconds_max} seconds old")
        self.challenge = f'Bearer error="insufficient_user_authentication", max_age="{age_seconds_max}"'


class LoginSpent(Unauthenticated):
    """The login token was used before; ask for another one."""


@dataclass(frozen=True, slots=True)
class Login:
    """A login token that was used for one act: the id under which it is spent, and its end by the wall clock."""

    mark: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Scope:
    """What a signed link is for: one object, named by a path parameter, and the operations that are allowed on it.

    `expires_at` is a moment of business time.
    """

    link_id: str
    parameter: str
    object_id: str
    operations: frozenset[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: a subject in a role; `party` is the customer or vendor whose things it may see, None for staff.

    `expires_at` is a moment of the wall clock (seconds). `scope` narrows a signed link; `session` names the cookie
    of a person at a page, who must prove for each act that it comes from a page of ours. `stands_in`: may ask for
    people who signed in with it. `signed_in_at` (wall clock) is when the person behind a token proved who that is,
    for one act alone where that was by a `login`.
    """

    subject: str
    role: str
    party: str | None
    expires_at: float
    scope: Scope | None = None
    session: str | None = field(default=None, compare=False)
    stands_in: bool = field(default=False, compare=False)
    signed_in_at: float | None = field(default=None, compare=False)
    login: Login | None = field(default=None, compare=False)

    @property
    def name(self) -> str:
        """Role and subject: whose idempotency keys they are, and who did it."""
        return f"{self.role}:{self.subject}"


class Verifier:
    """Checks tokens against a key set; a verified token is remembered until it expires or its key is withdrawn."""

    def __init__(self, keys: Path | Keys, issuer: str) -> None:
        self._keys: Keys = KeyFile(keys) if isinstance(keys, Path) else keys
        self._issuer = issuer
        self._verified: OrderedDict[bytes, tuple[Principal, str]] = OrderedDict()

    async def authenticate(self, authorization: str | None) -> Principal:
        """The principal of an Authorization header, keys fetched anew if need be; raises `Unauthenticated`."""
        token = bearer(authorization)
        remembered = self._remembered(_mark(token))
        if remembered is not None:
            return remembered
        if self._keys.find(_key_id(token)) is None:
            await self._keys.refresh()
        return self.of_token(token)

    def principal(self, authorization: str | None) -> Principal:
        """The principal of an Authorization header by the keys at hand; raises `Unauthenticated`."""
        return self.of_token(bearer(authorization))

    def of_token(self, token: str) -> Principal:
        """The principal of a token; raises `Unauthenticated`."""
        mark = _mark(token)
        remembered = self._remembered(mark)
        if remembered is not None:
            return remembered
        claims, kid = self._checked(token, TOKEN_TYPE)
        principal = principal_of(claims)
        self._verified[mark] = (principal, kid)
        if len(self._verified) > VERIFIED_COUNT_MAX:
            self._verified.popitem(last=False)
        return principal

    def _remembered(self, mark: bytes) -> Principal | None:
        known = self._verified.get(mark)
        if known is None:
            return None
        principal, kid = known
        if principal.expires_at <= time.time() or self._keys.find(kid) is None:
            del self._verified[mark]
            return None
        self._verified.move_to_end(mark)
        return principal

    async def of_login(self, token: str) -> tuple[Principal, str]:
        """The principal of a token that is good for one login, and the id under which it is spent.

        Raises `Unauthenticated`; such a token is no bearer token.
        """
        if self._keys.find(_key_id(token, LOGIN_TYPE)) is None:
            await self._keys.refresh()
        claims, _ = self._checked(token, LOGIN_TYPE)
        mark = claims.get("jti")
        if not isinstance(mark, str) or not _SUBJECT.fullmatch(mark):
            raise Unauthenticated("the token has no id")
        return principal_of(claims), mark

    def _checked(self, token: str, kind: str) -> tuple[Mapping[str, Any], str]:
        try:
            kid = _key_id(token, kind)
            key = self._keys.find(kid)
            if key is None:
                raise ValueError("no such key")
            # Issuers still write EdDSA, the older name of Ed25519, which the library warns of each time.
            with warnings.catch_warnings(action="ignore", category=SecurityWarning):
                claims = jwt.decode(token, key, algorithms=ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY_SECONDS,
                iss={"essential": True, "value": self._issuer},
                aud={"essential": True, "value": AUDIENCE},
                exp={"essential": True},
                sub={"essential": True},
            ).validate(claims)
        except (JoseError, ValueError, KeyError, TypeError, OverflowError) as broken:
            raise Unauthenticated("the token is not valid") from broken
        return claims, kid


def _mark(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def bearer(authorization: str | None) -> str:
    """The token of an Authorization header; raises `Unauthenticated`."""
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > TOKEN_CHARS_MAX:
        raise Unauthenticated("send a bearer token")
    return token


def _key_id(token: str, kind: str | None = None) -> str:
    """The key a token names; its header says no more than what it must (no `jku`, `jwk`, `crit` …)."""
    try:
        if not _FORM.fullmatch(token):
            raise ValueError("not three parts")
        for part in token.split("."):
            _canonical(part)
        header = json.loads(_canonical(token.partition(".")[0]))
        if (
            not isinstance(header, dict)
            or header.keys() != _HEADER_MEMBERS
            or header["alg"] not in ALGORITHMS
        ):
            raise ValueError("not a header of ours")
        if kind is not None and header["typ"] != kind:
            raise ValueError("another kind of token")
        kid = header["kid"]
        if not isinstance(kid, str):
            raise ValueError("the token names no key")
    except (ValueError, TypeError, RecursionError) as broken:
        raise Unauthenticated("the token is not valid") from broken
    return kid


def _canonical(part: str) -> bytes:
    """The bytes of a part; raises `ValueError` when other letters would stand for the same bytes."""
    content = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(content).rstrip(b"=") != part.encode():
        raise ValueError("not the one way to write this")
    return content


def principal_of(claims: Mapping[str, Any]) -> Principal:
    """The principal that checked claims name; raises `Unauthenticated`."""
    subject, role, party = claims.get("sub"), claims.get("role"), claims.get("party")
    if not isinstance(role, str) or role not in ROLES or role == LINK_ROLE:
        raise Unauthenticated("the token names no role that exists")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise Unauthenticated("the token names nobody")
    if (role in PARTY_ROLES) != (party is not None):
        raise Unauthenticated("a token of this role names its party, and of no other")
    if party is not None and not (
        isinstance(party, str) and party.isprintable() and 1 <= len(party) <= PARTY_CHARS_MAX
    ):
        raise Unauthenticated("the token's party is no id")
    stands_in = claims.get("stands_in", False)
    if not isinstance(stands_in, bool) or (stands_in and role != STAND_IN_ROLE):
        raise Unauthenticated("a token of this role stands in for nobody")
    # A session that lasts says when it began; else the token is as old as the sign-in.
    began = claims.get("auth_time", claims.get("iat"))
    signed_in_at = float(began) if isinstance(began, int | float) and not isinstance(began, bool) else None
    return Principal(
        subject, role, party, float(claims["exp"]), stands_in=stands_in, signed_in_at=signed_in_at
    )


def on_behalf_of(bearer: Principal, named: str) -> Principal:
    """The person, `role:subject`, for whom another service asks: it may what the person may, under the person's name.

    Customers, vendors and links are asked for by nobody: their things are theirs. Raises `Unauthenticated`.
    """
    role, _, subject = named.partition(":")
    if not bearer.stands_in:
        raise Unauthenticated("this token stands in for nobody")
    if role not in ROLES - PARTY_ROLES - {STAND_IN_ROLE} or not _SUBJECT.fullmatch(subject):
        raise Unauthenticated("there is nobody of that name to stand in for")
    return replace(bearer, subject=subject, role=role, stands_in=False, signed_in_at=None)


async def signed_in(verifier: Verifier, person: Principal, token: str) -> Principal:
    """A person for whom another service asks, who has proved by a login token who that is.

    Raises `Unauthenticated` for a token that is not valid, or somebody else's.
    """
    proved, mark = await verifier.of_login(token)
    if proved.name != person.name:
        raise Unauthenticated("the login token is somebody else's")
    login = Login(mark, datetime.fromtimestamp(proved.expires_at, UTC))
    return replace(person, signed_in_at=proved.signed_in_at, login=login)
