"""Who asks: a bearer token, a signed link, or a person at a page; and what a link or a page narrows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request

from backbone import links, sessions
from backbone.auth import (
    ON_BEHALF_OF,
    SIGN_IN,
    Principal,
    Unauthenticated,
    Verifier,
    bearer,
    on_behalf_of,
    signed_in,
)
from backbone.errors import Forbidden, NotFound
from backbone.seals import kind_of
from backbone.service import Host
from backbone.web.forms import FORM_TOKEN, form_of, is_form

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_TOKEN_HEADER: Final = "x-form-token"  # noqa: S105  (the name of a header)


class NotFromOurPage(Forbidden):
    """An act with a page's cookie came from elsewhere than a page of ours."""


async def principal_of(request: Request) -> Principal:
    """Who asks; raises `Unauthenticated`, `LinkExpired`."""
    host: Host = request.app.state.host
    verifier: Verifier = request.app.state.verifier
    authorization = request.headers.get("authorization")
    if authorization is not None:
        token = bearer(authorization)
        if kind_of(token) == links.KIND:
            return links.principal_of(host.seals, token, host.clock.now())
        principal = await verifier.authenticate(authorization)
        named = request.headers.get(ON_BEHALF_OF)
        if named is None:
            return principal
        person, proof = on_behalf_of(principal, named), request.headers.get(SIGN_IN)
        return person if proof is None else await signed_in(verifier, person, proof)
    for name in sessions.cookie_names(host.service.name):
        cookie = request.cookies.get(name)
        if cookie is not None:
            return sessions.principal_of(host.seals, cookie, host.clock.now())
    raise Unauthenticated("sign in, or send a bearer token")


def demand_scope(principal: Principal, operation: str, parameters: Mapping[str, Any]) -> None:
    """Keep a link to what it is for; raises `Forbidden` for another operation, `NotFound` for another object."""
    scope = principal.scope
    if scope is None:
        return
    if operation not in scope.operations:
        raise Forbidden("this link is not for that")
    if parameters.get(scope.parameter) != scope.object_id:
        raise NotFound("nothing of that name is there")


async def demand_page(request: Request, principal: Principal) -> None:
    """Take an act with a cookie only from a page of ours: same origin, and the form token of the session.

    Raises `NotFromOurPage`. A request without a cookie's session is left alone.
    """
    if principal.session is None or request.method in SAFE:
        return
    demand_origin(request)
    given = request.headers.get(FORM_TOKEN_HEADER)
    if given is None and is_form(request):
        given = (await form_of(request)).get(FORM_TOKEN, "")
    if not sessions.is_form_token(request.app.state.host.seals, principal.session, given or ""):
        raise NotFromOurPage("the form is not of this session; open the page again")


def demand_origin(request: Request) -> str:
    """The origin of a request that comes from a page of ours; raises `NotFromOurPage`."""
    origin = request.headers.get("origin", "")
    authority = request.headers.get("host", "")
    # Behind a proxy that ends TLS the page's own scheme is https while ours is http.
    if not authority or origin not in {f"{request.url.scheme}://{authority}", f"https://{authority}"}:
        raise NotFromOurPage("acts come from a page of ours")
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise NotFromOurPage("acts come from a page of ours")
    return origin
