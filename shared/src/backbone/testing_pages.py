"""Somebody with a browser, without one: pages are read as text, and forms sent as the pages have filled them in."""

from __future__ import annotations

import html
import re
from typing import Final

import httpx

from backbone.ids import new_id
from backbone.testing_issuer import Issuer

_FILLED: Final = re.compile(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"')
_TAG: Final = re.compile(r"<[^>]*>")
_SPACE: Final = re.compile(r"\s+")


class Visitor:
    """Who looks at the pages of one service and acts there; `client` keeps the cookie."""

    def __init__(self, client: httpx.AsyncClient, issuer: Issuer) -> None:
        self._client = client
        self._issuer = issuer
        self._headers = {"origin": str(client.base_url).rstrip("/"), "accept": "text/html"}

    async def sign_in(self, role: str, party: str | None = None, place: str = "/portal") -> None:
        """Sign in by a token that is good once."""
        token = self._issuer.token(role, party, header={"typ": "login+jwt"}, claims={"jti": new_id()})
        await self.enter(token, place)

    async def enter(self, token: str, place: str) -> None:
        """Sign in by a token or a link, and go on to a place."""
        answer = await self._client.post(
            "/login", data={"token": token, "next": place}, headers=self._headers
        )
        assert (answer.status_code, answer.headers["location"]) == (303, place), answer.text

    async def source(self, place: str, status: int = 200) -> str:
        """The page at a place as it is written."""
        page = await self._client.get(place, headers=self._headers)
        assert page.status_code == status, page.text
        return page.text

    async def see(self, place: str, status: int = 200) -> str:
        """The page at a place as it is read."""
        body = (await self.source(place, status)).partition("</style>")[2]
        return _SPACE.sub(" ", html.unescape(_TAG.sub(" ", body)))

    async def act(self, place: str, to: str = "", **fields: str) -> httpx.Response:
        """What the form of a place answers (sent to another place where it says so), with `fields` instead."""
        page = (await self._client.get(place, headers=self._headers)).text
        filled = {name: html.unescape(value) for name, value in _FILLED.findall(page)}
        return await self._client.post(to or place, data={**filled, **fields}, headers=self._headers)
