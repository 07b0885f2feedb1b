"""Vouchers: what the portal that somebody leaves tells the one beside it of who comes, once and within a minute."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from backbone.auth import Login, Principal
from backbone.errors import Forbidden
from backbone.ids import new_id
from backbone.seals import Broken, Seals
from backbone.service import Way

KIND: Final = "voucher"
FAREWELL_KIND: Final = "farewell"
LIFE_SECONDS: Final = 60
KEY_BYTES: Final = 32


class NotVouched(Forbidden):
    """Nothing that can be trusted says who comes from the portal beside this one; take the way from there again."""


@dataclass(frozen=True, slots=True)
class Voucher:
    """Who comes, in the session there until `principal.expires_at` (wall clock); it is spent as a `login` is.

    Only the browser that keeps the key to its `lock` may come by it.
    """

    principal: Principal
    login: Login
    lock: str

    def fits(self, key: str) -> bool:
        """Whether a browser's key is the one that this was made for."""
        return hmac.compare_digest(lock_of(key), self.lock)


def new_key() -> str:
    """What a browser that sets out keeps to itself."""
    return secrets.token_urlsafe(KEY_BYTES)


def lock_of(key: str) -> str:
    """What may be seen of a key: 43 characters, of which no key follows."""
    return base64.urlsafe_b64encode(hashlib.sha256(key.encode()).digest()).rstrip(b"=").decode()


def vouch(seals: Seals, principal: Principal, *, here: str, there: str, lock: str) -> str:
    """The text by which `here` vouches for somebody at `there`, for the browser with the key to `lock`."""
    content = {"id": new_id(), "until": principal.expires_at, "lock": lock}
    return seals.seal(KIND, {**_claims(principal, here, there), **content})


def read(seals: Seals, given: str, *, here: str, way: Way) -> Voucher:
    """The voucher that the service at the other end of `way` made for `here`; raises `NotVouched`."""
    had = _opened(seals, KIND, given, here, way)
    principal = Principal(had["sub"], had["role"], had["party"], float(had["until"]))
    return Voucher(principal, Login(had["id"], datetime.fromtimestamp(had["exp"], UTC)), had["lock"])


def farewell(seals: Seals, principal: Principal, *, here: str, there: str) -> str:
    """The text by which `here` tells `there` that somebody has signed out."""
    return seals.seal(FAREWELL_KIND, _claims(principal, here, there))


def who_left(seals: Seals, given: str, *, here: str, way: Way) -> Principal:
    """Who has signed out at the other end of `way`, by its farewell to `here`; raises `NotVouched`."""
    had = _opened(seals, FAREWELL_KIND, given, here, way)
    return Principal(had["sub"], had["role"], had["party"], float(had["exp"]))


def _claims(principal: Principal, here: str, there: str) -> dict[str, Any]:
    return {
        "sub": principal.subject,
        "role": principal.role,
        "party": principal.party,
        "iss": here,
        "aud": there,
        "exp": int(time.time()) + LIFE_SECONDS,
    }


def _opened(seals: Seals, kind: str, given: str, here: str, way: Way) -> Mapping[str, Any]:
    try:
        had = seals.opened(kind, given)
    except Broken as broken:
        raise NotVouched("what should say who comes was not sealed by us") from broken
    if (had["iss"], had["aud"]) != (way.service, here):
        raise NotVouched("what should say who comes was made for another place")
    if had["exp"] <= time.time():
        raise NotVouched("the way here took too long; take it again")
    if had["role"] not in way.roles:
        raise NotVouched("this way is not for that role")
    return had
