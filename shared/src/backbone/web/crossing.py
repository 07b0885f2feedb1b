"""From one portal to the one beside it without signing in again; include `router` where a service has a `way`.

Who goes over opens `/cross` there, is led back to `/vouch` of the portal left, and with its voucher to `/crossed`, and
from there to `next`, a page of that portal. The browser keeps a key from the first step to the last: a voucher that
somebody else was given signs nobody in.
"""

from __future__ import annotations

import re
import time
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backbone import links, sessions, spent, vouchers
from backbone.auth import Principal, Unauthenticated
from backbone.errors import Forbidden
from backbone.service import Host, Way
from backbone.vouchers import NotVouched
from backbone.web.identity import principal_of
from backbone.web.login import PAGE_HEADERS, forget_session, keep_session, place_of
from backbone.web.problem import NoSuchPage

router: Final = APIRouter()

# Who has to sign in on the way has this long for it.
KEY_SECONDS: Final = 600
_LOCK: Final = re.compile(r"[A-Za-z0-9_-]{43}")


async def cross(request: Request) -> Response:
    """Set out from here, where somebody wants to be: the portal beside this one is asked who that is."""
    host, _, there = _ends(request)
    key = vouchers.new_key()
    answer = _led(_station(there, "vouch", _next(request), lock=vouchers.lock_of(key)))
    answer.set_cookie(
        _key_name(host),
        key,
        max_age=KEY_SECONDS,
        path="/",
        secure=host.is_secure,
        httponly=True,
        # It has to come along on the way back from another address.
        samesite="lax",
    )
    return answer


async def vouch(request: Request) -> Response:
    """Vouch for who signed in here, who may have to do so first; raises `Forbidden`."""
    host, way, there = _ends(request)
    lock = request.query_params.get("lock", "")
    if not _LOCK.fullmatch(lock):
        raise NotVouched("this is a station on the way from one portal to another; begin at a page")
    try:
        principal = await principal_of(request)
    except (Unauthenticated, links.LinkExpired):
        return _led(_station("", "login", _station("", "vouch", _next(request), lock=lock)))
    if not way.is_open_to(principal):
        raise Forbidden("the way to there is for those who signed in here, and may look there")
    voucher = vouchers.vouch(host.seals, principal, here=host.service.name, there=way.service, lock=lock)
    return _led(_station(there, "crossed", _next(request), voucher=voucher))


async def crossed(request: Request) -> Response:
    """Sign in whom the voucher names, for no longer than the session there lasts; raises `NotVouched`."""
    host, way, _ = _ends(request)
    given = request.query_params.get("voucher", "")
    voucher = vouchers.read(host.seals, given, here=host.service.name, way=way)
    # Spent before it is known whose browser this is: one that went astray is of no use to anybody.
    await _spend(host, voucher)
    if not voucher.fits(request.cookies.get(_key_name(host), "")):
        raise NotVouched("the way here began in another browser; take it again")
    ends_at = voucher.principal.expires_at
    cookie = sessions.of_principal(host.seals, voucher.principal, ends_at)
    answer = _led(_next(request))
    keep_session(answer, host, cookie, secure=host.is_secure, seconds=max(0, int(ends_at - time.time())))
    answer.delete_cookie(_key_name(host), path="/", secure=host.is_secure, httponly=True, samesite="lax")
    return answer


async def bid_farewell(request: Request) -> Response:
    """Sign out whom the portal beside this one has signed out, and go back there; raises `NotVouched`."""
    host, way, there = _ends(request)
    given = request.query_params.get("farewell", "")
    left = vouchers.who_left(host.seals, given, here=host.service.name, way=way)
    answer = _led(f"{there}/login")
    # Somebody else in this browser stays: nobody is signed out by the farewell of another.
    if await _is_here(request, way, left):
        forget_session(answer, host)
    return answer


def _ends(request: Request) -> tuple[Host, Way, str]:
    """Both ends of the way: this host, and the address of the other; raises `NoSuchPage` where there is none."""
    host: Host = request.app.state.host
    beside = host.beside
    if beside is None:
        raise NoSuchPage("nothing lives at this path")
    return host, *beside


async def _spend(host: Host, voucher: vouchers.Voucher) -> None:
    async with host.begin() as tx:
        fresh = await spent.spend(tx.sql, spent.LOGIN, voucher.login.mark, voucher.login.ends_at)
    if not fresh:
        raise NotVouched("this was used before; take the way again")


async def _is_here(request: Request, way: Way, left: Principal) -> bool:
    try:
        here = await principal_of(request)
    except (Unauthenticated, links.LinkExpired):
        return False
    return way.is_open_to(here) and (here.name, here.party) == (left.name, left.party)


def _key_name(host: Host) -> str:
    return sessions.cookie_name(f"{host.service.name}-crossing", secure=host.is_secure)


def _next(request: Request) -> str:
    return place_of(request.query_params.get("next", "/"))


def _station(there: str, path: str, after: str, **query: str) -> str:
    return f"{there}/{path}?{urlencode({**query, 'next': after})}"


def _led(place: str) -> RedirectResponse:
    return RedirectResponse(place, 303, headers=PAGE_HEADERS)


router.add_route("/cross", cross, methods=["GET"], include_in_schema=False)
router.add_route("/vouch", vouch, methods=["GET"], include_in_schema=False)
router.add_route("/crossed", crossed, methods=["GET"], include_in_schema=False)
router.add_route("/farewell", bid_farewell, methods=["GET"], include_in_schema=False)
