"""The door for programs, who may pass any door, and what is open to all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from backbone.policy import ROLES
from backbone.service import Host
from backbone.testing_issuer import Issuer
from contracts.policy import POLICY
from tests.browser.story import late_story, masters, records_of, whole_story
from tests.browser.tower import app_of, hear, tower, visitor

OUTSIDE = ("customer", "vendor")
STAFF = sorted(ROLES - {*OUTSIDE, "link"})
PATHS = {
    "/": "show_overview",
    "/live/overview": "follow_overview",
    "/orders": "show_orders",
    "/orders/order-1": "show_order",
    "/orders/order-1/flow": "show_flow",
    "/v1/orders/order-1/timeline": "show_timeline",
    "/messages": "show_messages",
    "/shortages": "show_shortages",
    "/promise": "show_promise",
    "/vendors": "show_vendors",
    "/vendors/v-steel": "show_vendor_scorecard",
    "/vendors/v-steel/otif": "show_vendor_figure",
    "/clocks": "show_clocks",
    "/what-if": "show_what_if",
    "/plans": "show_plans",
    "/imports": "show_imports",
    "/orders/order-1/pegs": "show_pegs",
    "/items": "show_items",
    "/items/bolt": "show_item",
    "/lots/bolts": "show_lot",
    "/certificates/bolts": "show_certificate",
    "/certificate-files/bolts": "show_certificate_file",
    "/recalls": "show_recalls",
    "/recalls/r1": "show_recall",
    "/runs": "show_runs",
    "/schedule": "show_gantt",
    "/values": "show_values",
    "/things/run/run-cut-order-1": "show_thing",
    "/services": "show_services",
    "/dead-letters": "show_dead_letters",
}


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    async with tower(database) as host:
        yield host


@pytest.fixture
async def client(host: Host, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async with visitor(host, issuer) as client:
        yield client


async def timeline(client: httpx.AsyncClient, query: str = "") -> dict[str, Any]:
    answer = await client.get(f"/v1/orders/order-1/timeline{query}", headers={"accept": "application/json"})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_timeline_is_followed_by_its_cursor(client: httpx.AsyncClient, host: Host) -> None:
    records, told = records_of([*whole_story(), *masters()]), len(late_story())
    await host.hear([*records[:told], *records[len(whole_story()) :]])
    first = await timeline(client)
    assert first["state"] == "at risk"
    assert first["why"].startswith("8 pcs Gearbox is expected 2 days after the promised date")
    assert first["steps"][0]["title"] == "Need stated"
    assert first["steps"][1]["because"] == "Need stated"
    later = await timeline(client, f"?after={first['cursor']}")
    assert later["steps"] == []
    assert later["cursor"] == first["cursor"]
    await host.hear(records[told : len(whole_story())])
    ended = await timeline(client, f"?after={later['cursor']}")
    assert ended["state"] == "completed"
    assert len(ended["steps"]) == len(whole_story()) - told


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, "1.0", "%C2%B2"])
async def test_a_cursor_that_is_none_of_ours_is_refused(client: httpx.AsyncClient, after: str) -> None:
    answer = await client.get(f"/v1/orders/order-1/timeline?after={after}", headers={"accept": "*/*"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid")


async def test_an_order_that_nobody_heard_of_is_not_found(client: httpx.AsyncClient) -> None:
    answer = await client.get("/v1/orders/nothing/timeline", headers={"accept": "*/*"})
    assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")


@pytest.mark.parametrize("path", PATHS)
async def test_nobody_from_outside_and_nobody_unknown_sees_anything(
    host: Host, issuer: Issuer, path: str
) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app_of(host, issuer)), base_url="http://tower"
    ) as client:
        for role in OUTSIDE:
            answer = await client.get(path, headers=issuer.headers(role, "p1"))
            assert answer.status_code == 403, (role, path)
        assert (await client.get(path)).status_code == 401
        entrance = await client.get(path, headers={"accept": "text/html"})
        assert (entrance.status_code, entrance.headers["location"].partition("?")[0]) == (303, "/login")


@pytest.mark.parametrize("role", STAFF)
async def test_staff_see_what_the_policy_allows_them(host: Host, issuer: Issuer, role: str) -> None:
    await hear(host, whole_story())
    async with visitor(host, issuer, role) as client:
        for path, operation in PATHS.items():
            if operation != "follow_overview":
                allowed = role in POLICY[f"control-tower.{operation}"]
                assert (await client.get(path)).status_code == (200 if allowed else 403), (role, path)


async def test_the_description_holds_what_programs_ask(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    validate(described)
    assert "/v1/orders/{order_id}/timeline" in described["paths"]
    assert "/orders" not in described["paths"]


async def test_styles_and_scripts_are_open_and_kept_for_long(host: Host, issuer: Issuer) -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app_of(host, issuer)), base_url="http://tower"
    ) as client:
        style = await client.get("/static/tower.css")
        assert (style.status_code, style.headers["content-type"]) == (200, "text/css; charset=utf-8")
        assert "immutable" in style.headers["cache-control"]
        for name in ("nothing.css", "../templates/frame.html", "%2e%2e/settings.py"):
            assert (await client.get(f"/static/{name}")).status_code == 404


@pytest.mark.parametrize(
    "query", ["?state=at+risk", "?q=order", "?q=acme", "?q=%27%3B--", "?state=%3Cscript%3E"]
)
async def test_the_list_of_orders_is_narrowed_and_never_broken(
    client: httpx.AsyncClient, host: Host, query: str
) -> None:
    await hear(host, late_story())
    page = await client.get(f"/orders{query}")
    assert page.status_code == 200
    assert ("/orders/order-1" in page.text) == (query in {"?state=at+risk", "?q=order", "?q=acme"})
    assert "<script>" not in page.text.replace("<script src", "")
