"""Signing in at a page: a one-time token or a link becomes a cookie; include `router` where pages live."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from backbone import links, sessions, spent, vouchers
from backbone.auth import Login, Principal, Verifier
from backbone.seals import kind_of
from backbone.service import Host
from backbone.web.forms import form_of
from backbone.web.identity import demand_origin, demand_page, principal_of
from backbone.web.paper import paper

router: Final = APIRouter()

_PLACE: Final = re.compile(r"/(?![/\\])[!-~]{0,2000}")
# With `no-referrer` a browser would send `Origin: null` with the form, and nobody could tell where it came from.
PAGE_HEADERS: Final = {"referrer-policy": "same-origin", "cache-control": "no-store"}


async def show_login(request: Request) -> Response:
    """A page with one button. The token is spent by the button: what only looks at links must not spend it."""
    host: Host = request.app.state.host
    token = html.escape(request.query_params.get("token", ""), quote=True)
    place = html.escape(place_of(request.query_params.get("next", "/")), quote=True)
    field = (
        f"<input type=hidden name=token value='{token}'><p>The link was made for you; it signs in once.</p>"
        if token
        else "<p><label>Token <input name=token type=password autocomplete=off required></label></p>"
        "<p class=quiet>A link that signs in, or its token, comes from whoever invited you or runs this service, "
        "and serves once: ask there for another.</p>"
    )
    return paper(
        "Sign in",
        f"<form method=post action=/login>{field}<input type=hidden name=next value='{place}'>"
        f"<p><button>Sign in</button></p></form>{'' if token else _onward_from(host)}",
        headers=PAGE_HEADERS,
        # Who signs in on the way there goes on to there.
        forms_to=() if host.beside is None else (host.beside[1],),
    )


async def sign_in(request: Request) -> Response:
    """Exchange the token for a cookie and go on to `next`; raises `Unauthenticated`, `NotFromOurPage`."""
    origin = demand_origin(request)
    form = await form_of(request)
    host: Host = request.app.state.host
    token = form.get("token", "").strip()
    if kind_of(token) == links.KIND:
        links.principal_of(host.seals, token, host.clock.now())
        cookie = sessions.of_link(host.seals, token)
    else:
        cookie = await _exchanged(host, request.app.state.verifier, token)
    answer = _onward(form.get("next", "/"))
    keep_session(answer, host, cookie, secure=origin.startswith("https://"))
    return answer


async def sign_out(request: Request) -> Response:
    """Forget the cookie, and let the portal beside this one do the same; raises `NotFromOurPage`."""
    host: Host = request.app.state.host
    principal = await principal_of(request)
    await demand_page(request, principal)
    answer = RedirectResponse(_way_out(host, principal), 303, headers=PAGE_HEADERS)
    forget_session(answer, host)
    return answer


async def _exchanged(host: Host, verifier: Verifier, token: str) -> str:
    principal, mark = await verifier.of_login(token)
    async with host.begin() as tx:
        await spent.spend_login(tx.sql, Login(mark, datetime.fromtimestamp(principal.expires_at, UTC)))
    return sessions.of_principal(host.seals, principal)


def keep_session(
    answer: Response, host: Host, cookie: str, *, secure: bool, seconds: int = sessions.SESSION_SECONDS
) -> None:
    """Let the browser keep a session's cookie for so long."""
    answer.set_cookie(
        sessions.cookie_name(host.service.name, secure=secure),
        cookie,
        max_age=seconds,
        path="/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def forget_session(answer: Response, host: Host) -> None:
    """Let the browser forget the session's cookie."""
    for name, secure in zip(sessions.cookie_names(host.service.name), (True, False), strict=True):
        answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="strict")


def _way_out(host: Host, principal: Principal) -> str:
    """Where somebody goes who signs out: to the entrance, by way of the other portal that the sign-in was for."""
    if host.beside is None or not host.beside[0].is_open_to(principal):
        return "/login"
    way, there = host.beside
    token = vouchers.farewell(host.seals, principal, here=host.service.name, there=way.service)
    return f"{there}/farewell?{urlencode({'farewell': token})}"


def _onward_from(host: Host) -> str:
    """For who has signed in at the portal beside this one: the way from there."""
    if host.beside is None:
        return ""
    title = html.escape(host.beside[0].title)
    return f"<p><a href=/cross>Go on from {title}</a>, if you have signed in there.</p>"


def _onward(place: str) -> Response:
    return RedirectResponse(place_of(place), 303, headers=PAGE_HEADERS)


def place_of(given: str) -> str:
    """The path of ours that was asked for; the first page where it was anything else."""
    return given if _PLACE.fullmatch(given) else "/"


router.add_route("/login", show_login, methods=["GET"], include_in_schema=False)
router.add_route("/login", sign_in, methods=["POST"], include_in_schema=False)
router.add_route("/logout", sign_out, methods=["POST"], include_in_schema=False)
