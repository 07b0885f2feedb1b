"""A person at a page: the cookie that stands for a token, and the form token that proves a page of ours."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from backbone import links
from backbone.auth import Principal, Unauthenticated
from backbone.ids import new_id
from backbone.seals import Broken, Seals

KIND: Final = "session"
FORM_KIND: Final = "form"
SESSION_SECONDS: Final = 12 * 3600


def cookie_name(service: str, *, secure: bool) -> str:
    """The cookie's name: a port is no border for cookies, so each service has its own."""
    return f"__Host-o2d-{service}" if secure else f"o2d-{service}"


def cookie_names(service: str) -> tuple[str, str]:
    """The names under which the cookie may come, the stricter one first."""
    return cookie_name(service, secure=True), cookie_name(service, secure=False)


def of_principal(seals: Seals, principal: Principal, ends_at: float | None = None) -> str:
    """A cookie with the claims of a principal, good until a moment of the wall's time, or for half a day."""
    return seals.seal(
        KIND,
        {
            "sid": new_id(),
            "sub": principal.subject,
            "role": principal.role,
            "party": principal.party,
            "exp": int(time.time()) + SESSION_SECONDS if ends_at is None else int(ends_at),
        },
    )


def of_link(seals: Seals, token: str) -> str:
    """A cookie that stands for a link: it ends with the link, and is as narrow."""
    return seals.seal(KIND, {"sid": new_id(), "link": token, "exp": int(time.time()) + SESSION_SECONDS})


def principal_of(seals: Seals, cookie: str, now: datetime) -> Principal:
    """The principal of a cookie at a moment of business time; raises `Unauthenticated`, `LinkExpired`."""
    try:
        had: Mapping[str, Any] = seals.opened(KIND, cookie)
    except Broken as broken:
        raise Unauthenticated("sign in again") from broken
    if had["exp"] <= time.time():
        raise Unauthenticated("the session is over; sign in again")
    if "link" in had:
        return replace(links.principal_of(seals, had["link"], now), session=had["sid"])
    return Principal(had["sub"], had["role"], had["party"], float(had["exp"]), session=had["sid"])


def form_token(seals: Seals, session: str) -> str:
    """What each form of a session's pages carries in a hidden field."""
    return seals.seal(FORM_KIND, {"sid": session})


def is_form_token(seals: Seals, session: str, given: str) -> bool:
    """Whether a form token is of this session."""
    try:
        return bool(seals.opened(FORM_KIND, given)["sid"] == session)
    except Broken:
        return False
