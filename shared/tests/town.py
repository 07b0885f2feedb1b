"""A town of two portals beside each other, and a browser that goes to both."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.clock import SteppedClock
from backbone.ids import new_id
from backbone.service import Host, Way
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from backbone.web.crossing import router as crossing
from backbone.web.login import router as login
from shared.tests import jar_doors
from shared.tests.jar_doors import SEALS
from shared.tests.jars import SERVICE, START

CUSTOMERS = frozenset({"customer"})
PORTALS = {"jars": "http://jars", "lids": "http://lids"}
WAYS = {"jars": Way("lids", "Lids & more", CUSTOMERS), "lids": Way("jars", "Jars", CUSTOMERS)}
POLICY = {
    f"{name}.{operation}": frozenset({"customer", "vendor", "admin", "link"})
    for name in PORTALS
    for operation in ("show_jar", "put", "show_page", "put_by_form")
}
PAGE = "/pages/jars/a"


@dataclass
class Town:
    """Two portals beside each other, and a browser that may go to both."""

    client: httpx.AsyncClient
    issuer: Issuer

    async def sign_in(
        self, portal: str = "jars", role: str = "customer", party: str | None = "c1", place: str = "/"
    ) -> None:
        claims = {"jti": new_id(), "sub": "ann"}
        token = self.issuer.token(role, party, header={"typ": "login+jwt"}, claims=claims)
        await self.enter(portal, token, place)

    async def enter(self, portal: str, token: str, place: str = "/") -> None:
        answer = await self.client.post(
            f"http://{portal}/login",
            data={"token": token, "next": place},
            headers={"origin": f"http://{portal}"},
        )
        assert (answer.status_code, answer.headers["location"]) == (303, place), answer.text

    async def set_out(self, there: str = "lids") -> str:
        """The first step: where the portal somebody goes to leads back to."""
        return await self.led(f"http://{there}/cross")

    async def led(self, place: str) -> str:
        answer = await self.client.get(place)
        assert answer.status_code == 303, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return answer.headers["location"]

    async def cross(self, there: str = "lids") -> None:
        """All steps of the way."""
        assert await self.led(await self.led(await self.set_out(there))) == "/"

    async def status(self, portal: str, place: str = PAGE) -> int:
        return (await self.client.get(f"http://{portal}{place}")).status_code

    async def is_at(self, portal: str) -> str:
        """Whom a portal takes this browser for."""
        return (await self.client.get(f"http://{portal}{PAGE}")).text.rpartition(">")[2]

    async def sign_out(self, portal: str) -> httpx.Response:
        page = await self.client.get(f"http://{portal}{PAGE}")
        found = re.search(r"form_token value='([^']+)'", page.text)
        assert found is not None
        origin = {"origin": f"http://{portal}"}
        return await self.client.post(
            f"http://{portal}/logout", data={"form_token": found[1]}, headers=origin
        )


def browser_of(engine: AsyncEngine, issuer: Issuer, portals: dict[str, str]) -> httpx.AsyncClient:
    """A browser that keeps each portal's cookies apart, as addresses do."""
    mounts: dict[str, Any] = {}
    for name in PORTALS:
        service = replace(SERVICE, name=name, routes=(jar_doors.jars, login, crossing), way=WAYS[name])
        host = Host(service, engine, SteppedClock(START), SEALS, portals=portals)
        app = build_app(host, title=name, policy=POLICY, verifier=issuer.verifier())
        mounts[f"all://{name}"] = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(mounts=mounts)
