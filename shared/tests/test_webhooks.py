"""Endpoints at a service's door: registered, changed, given other secrets, switched; and what is kept of a secret."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.seals import Seals
from backbone.testing_issuer import Issuer
from backbone.webhooks.endpoint import ENDPOINTS_COUNT_MAX, SECRETS_COUNT_MAX
from backbone.webhooks.guard import Guard
from shared.tests.hooks import RUNG, SILENCED, Door, door_of, nowhere

OPEN = "https://93-184-216-34.example/hook"
CLOSED = "https://10-0-0-1.example/hook"


@pytest.fixture
async def door(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Door]:
    async with door_of(engine, Issuer(tmp_path), Guard(resolve=nowhere)) as here:
        yield here


async def test_an_endpoint_is_registered_shown_changed_and_forgotten(door: Door) -> None:
    await door.log(3)
    answer = await door.ask("POST", "/v1/webhooks", {"url": OPEN, "facts": [RUNG], "description": "a"})
    made = answer.json()
    place = answer.headers["location"]
    assert (answer.status_code, answer.headers["etag"]) == (201, '"1"')
    assert answer.headers["cache-control"] == "no-store"
    assert made["secret"].startswith("whsec_")
    view = await door.get(place)
    assert view == made["webhook"]
    assert (view["state"], view["cursor"], view["facts"]) == ("active", "0-3", [RUNG])
    assert (await door.get("/v1/webhooks"))["items"] == [view]
    assert "secret" not in view

    changed = await door.ask("PUT", place, {"url": f"{OPEN}/b"}, if_match='"1"')
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')
    assert (changed.json()["url"], changed.json()["facts"]) == (f"{OPEN}/b", [])
    assert (await door.ask("PUT", place, {"url": OPEN}, if_match='"1"')).status_code == 412
    assert (await door.ask("PUT", place, {"url": OPEN})).status_code == 428

    assert (await door.ask("DELETE", place)).json()["url"] == f"{OPEN}/b"
    assert (await door.ask("GET", place)).status_code == 404
    assert (await door.ask("DELETE", place)).status_code == 404
    assert (await door.get("/v1/webhooks"))["items"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"url": CLOSED}, "/url"),
        ({"url": "http://93-184-216-34.example/"}, "/url"),
        ({"url": OPEN, "facts": [RUNG, "o2d.nothing.v1"]}, "/facts/1"),
        ({"url": OPEN, "facts": [SILENCED]}, "/facts/0"),
        ({"url": OPEN, "facts": [RUNG, RUNG]}, "/facts"),
        ({"url": OPEN, "facts": ["x"] * 201}, "/facts"),
        ({"url": OPEN, "description": "x" * 501}, "/description"),
    ],
)
async def test_what_nothing_could_be_sent_to_is_refused_with_its_place(
    door: Door, body: dict[str, Any], pointer: str
) -> None:
    answer = await door.ask("POST", "/v1/webhooks", body)
    assert answer.status_code == 422
    assert pointer in {fault["pointer"] for fault in answer.json()["errors"]}
    place = f"/v1/webhooks/{(await door.register(OPEN))[0]}"
    assert (await door.ask("PUT", place, body, if_match='"1"')).status_code == 422


async def test_a_secret_is_kept_hidden_and_shown_again_to_the_same_key_alone(door: Door) -> None:
    asked = {"json": {"url": OPEN}, "idempotency_key": "one"}
    first = await door.ask("POST", "/v1/webhooks", asked["json"], idempotency_key="one")
    again = await door.ask("POST", "/v1/webhooks", asked["json"], idempotency_key="one")
    assert first.json() == again.json()
    assert len((await door.get("/v1/webhooks"))["items"]) == 1
    secret = first.json()["secret"]
    async with door.host.read() as sql:
        kept = (await sql.execute(text("SELECT hidden FROM webhook_secrets"))).scalar_one()
        body = (await sql.execute(text("SELECT body FROM asked_keys WHERE status = 201"))).scalar_one()
    assert secret not in kept
    assert secret.encode() not in bytes(body)
    assert door.host.seals.shown("webhook", kept) == secret


async def test_secrets_are_rotated_so_often_and_no_more(door: Door) -> None:
    webhook_id, first = await door.register(OPEN)
    place = f"/v1/webhooks/{webhook_id}/secrets"
    shown = {first}
    for _ in range(SECRETS_COUNT_MAX - 1):
        answer = await door.post(place)
        assert answer["before_ends_at"] is not None
        shown.add(answer["secret"])
    assert len(shown) == SECRETS_COUNT_MAX
    refused = await door.ask("POST", place)
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-secrets")
    ended = text("UPDATE webhook_secrets SET ends_at = now() WHERE ends_at IS NOT NULL")
    async with door.host.begin() as tx:
        await tx.sql.execute(ended)
    assert (await door.post(place))["secret"] not in shown


async def test_an_endpoint_is_disabled_with_a_reason_and_enabled(door: Door) -> None:
    webhook_id, _ = await door.register(OPEN)
    place = f"/v1/webhooks/{webhook_id}"
    off = await door.post(f"{place}/disable", {"reason": "it moves"})
    assert (off["state"], off["reason"], off["changed_by"]) == ("disabled", "it moves", "admin:a-admin")
    assert (await door.post(f"{place}/disable", {"reason": "again"}))["reason"] == "it moves"
    on = await door.post(f"{place}/enable")
    assert (on["state"], on["reason"]) == ("active", None)
    assert (await door.ask("POST", f"{place}/disable", {"reason": ""})).status_code == 422
    assert (await door.ask("POST", "/v1/webhooks/none/enable")).status_code == 404


async def test_a_service_sends_to_so_many_endpoints_and_no_more(door: Door) -> None:
    for _ in range(ENDPOINTS_COUNT_MAX):
        await door.register(OPEN)
    refused = await door.ask("POST", "/v1/webhooks", {"url": OPEN})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/too-many-webhooks")
    page = await door.get("/v1/webhooks?limit=15")
    assert (len(page["items"]), len((await door.get(page["next"]))["items"])) == (15, 5)


async def test_only_who_reads_the_log_asks_for_webhooks(door: Door) -> None:
    for method, path in (("GET", "/v1/webhooks"), ("POST", "/v1/webhooks"), ("DELETE", "/v1/webhooks/x")):
        assert (await door.ask(method, path, {"url": OPEN}, role="sales")).status_code == 403


def test_what_is_hidden_opens_for_its_kind_and_with_its_secrets_alone() -> None:
    old, new = "o" * 32, "n" * 32
    hidden = Seals([old]).hide("webhook", "whsec_x")
    assert Seals([new, old]).shown("webhook", hidden) == "whsec_x"
    assert Seals([old]).hide("webhook", "whsec_x") != hidden
    for seals, kind in ((Seals([new]), "webhook"), (Seals([old]), "link")):
        with pytest.raises(Exception, match="was not hidden here"):
            seals.shown(kind, hidden)
