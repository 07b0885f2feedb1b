"""Parked keys of a real service, seen and settled from the control tower, with who did it and why."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from backbone.auth import LOGIN_TYPE
from backbone.ids import new_id
from backbone.service import Host
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from orders.__main__ import SERVICE as ORDERS
from tests.browser.story import late_story, records_of
from tests.browser.tower import app_of, served, service_host, tower, visitor


@dataclass
class Scene:
    """A control tower beside orders, which has parked keys; somebody looks at the pages."""

    orders: Host
    tower: Host
    issuer: Issuer
    client: httpx.AsyncClient

    async def parked(self) -> int:
        """How many keys orders has parked."""
        async with self.orders.read() as sql:
            return int((await sql.execute(text("SELECT count(*) FROM parked_key"))).scalar_one())


@pytest.fixture
async def scene(database_of: DatabaseOf, tmp_path: Path) -> AsyncIterator[Scene]:
    issuer = Issuer(tmp_path)
    async with service_host(ORDERS, await database_of("orders")) as orders:
        needs = [one for one in records_of(late_story()) if one.topic == "orders.need.v1"]
        broken = [
            replace(needs[0], value=b"{", key=f"n{number}", headers=renewed(needs[0].headers))
            for number in (1, 2)
        ]
        await orders.hear(broken)
        async with served(orders, issuer) as address:
            beside = {"orders": address, "vendors": "http://127.0.0.1:9"}
            async with tower(await database_of("control_tower"), beside, issuer.stand_in()) as host:
                async with visitor(host, issuer) as client:
                    yield Scene(orders, host, issuer, client)


def renewed(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The headers of another fact of the same kind."""
    return tuple((name, new_id() if name == "ce_id" else value) for name, value in headers)


def forms_of(page: str, action: str) -> list[dict[str, str]]:
    """The hidden fields of the forms that go to `action`."""
    found = re.findall(rf'<form method="post" action="{action}"[^>]*>(.*?)</form>', page, re.DOTALL)
    field = r'<input type="hidden" name="([^"]+)" value="([^"]*)"'
    return [{name: unescape(value) for name, value in re.findall(field, form)} for form in found]


async def test_parked_keys_are_grouped_by_cause_and_a_service_that_is_away_is_named(scene: Scene) -> None:
    page = (await scene.client.get("/dead-letters")).text
    assert "2 keys with 2 facts on orders.need.v1" in page
    assert "the value does not decode" in page
    assert "<strong>vendors</strong> does not answer" in page
    services = (await scene.client.get("/services")).text
    assert "does not decode" in services


async def test_a_key_is_given_up_with_a_reason_that_both_sides_keep(scene: Scene) -> None:
    page = (await scene.client.get("/dead-letters")).text
    form = {**forms_of(page, "/dead-letters/discard")[0], "reason": "sent by hand"}
    answer = await scene.client.post("/dead-letters/discard", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, "/dead-letters#done")
    assert await scene.parked() == 1
    again = await scene.client.post("/dead-letters/discard", data=form)
    assert again.status_code == 303
    assert await scene.parked() == 1
    after = (await scene.client.get("/dead-letters")).text
    assert "sent by hand" in after
    assert "1 fact given up" in after
    assert "admin:a-admin" in after


async def test_keys_of_a_cause_are_counted_and_then_tried_again(scene: Scene) -> None:
    page = (await scene.client.get("/dead-letters")).text
    form = forms_of(page, "/dead-letters/replay")[0]
    assert (
        await scene.client.post("/dead-letters/replay", data={**form, "dry_run": "yes"})
    ).status_code == 303
    async with scene.orders.read() as sql:
        due = text("SELECT count(*) FROM parked_key WHERE next_at <= now()")
        assert (await sql.execute(due)).scalar_one() == 0
        form["idempotency_key"] = new_id()
        assert (await scene.client.post("/dead-letters/replay", data=form)).status_code == 303
    async with scene.orders.read() as sql:
        assert (await sql.execute(due)).scalar_one() == 2
    after = (await scene.client.get("/dead-letters")).text
    assert "2 keys would be tried again" in after
    assert "2 keys are tried again" in after


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"reason": " "}, 422),
        ({"service": "nobody"}, 422),
        ({"idempotency_key": ""}, 422),
        ({"key": ""}, 422),
    ],
)
async def test_a_form_that_says_too_little_has_no_effect(
    scene: Scene, fields: dict[str, str], status: int
) -> None:
    page = (await scene.client.get("/dead-letters")).text
    form = {**forms_of(page, "/dead-letters/discard")[0], "reason": "why not", **fields}
    assert (await scene.client.post("/dead-letters/discard", data=form)).status_code == status
    assert await scene.parked() == 2


async def test_who_signed_in_at_a_page_acts_with_the_form_of_the_session_only(scene: Scene) -> None:
    transport = httpx.ASGITransport(app_of(scene.tower, scene.issuer), raise_app_exceptions=False)
    page_headers = {"origin": "http://tower", "accept": "text/html"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://tower", headers=page_headers
    ) as person:
        token = scene.issuer.token(
            "admin", header={"typ": LOGIN_TYPE}, claims={"jti": new_id(), "sub": "ada"}
        )
        assert (await person.post("/login", data={"token": token, "next": "/"})).status_code == 303
        page = (await person.get("/dead-letters")).text
        form = {**forms_of(page, "/dead-letters/discard")[0], "reason": "known"}
        forged = {**form, "form_token": ""}
        assert (await person.post("/dead-letters/discard", data=forged)).status_code == 403
        assert await scene.parked() == 2
        assert (await person.post("/dead-letters/discard", data=form)).status_code == 303
        assert await scene.parked() == 1
        assert "admin:ada" in (await person.get("/dead-letters")).text


@pytest.mark.parametrize("role", ["planner", "sales", "technician"])
async def test_only_operators_see_parked_keys_and_how_services_stand(scene: Scene, role: str) -> None:
    async with visitor(scene.tower, scene.issuer, role) as client:
        assert (await client.get("/dead-letters")).status_code == 403
        services = await client.get("/services")
        assert services.status_code == 200
        assert "does not decode" not in services.text
