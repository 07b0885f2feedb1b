"""The HTTP door of orders: strict bodies, kept answers, rights, on a real PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate
from sqlalchemy import text

from backbone.clock import SteppedClock
from backbone.ids import new_id
from backbone.service import Host
from backbone.service.database import connect
from backbone.testing_issuer import Issuer
from backbone.web import build_app
from contracts.instead import StandIn, SubstituteOffered
from contracts.policy import POLICY
from contracts.shapes import DateStep
from contracts.values import Quantity
from orders.__main__ import SERVICE
from services.orders.tests.stage import SOON, heard, quoted

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LINE = {"line_id": "L1", "quantity": "4", "wanted_at": "2026-04-01T00:00:00Z", "text": "shaft"}


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
async def host(database: str) -> AsyncIterator[Host]:
    engine = connect(database, name="test", pool=4)
    yield Host(SERVICE, engine, SteppedClock(NOW))
    await engine.dispose()


@pytest.fixture
async def client(host: Host, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    app = build_app(host, title="orders", policy=POLICY, verifier=issuer.verifier())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://orders") as client:
        yield client


async def state(client: httpx.AsyncClient, issuer: Issuer, body: Any, **more: Any) -> httpx.Response:
    headers = {
        "content-type": "application/json",
        "idempotency-key": new_id(),
        **issuer.headers("customer", "c1"),
        **more.pop("headers", {}),
    }
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post("/v1/needs", content=content, headers=headers, **more)


async def count(host: Host, table: str) -> int:
    async with host.read() as sql:
        return int((await sql.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


async def test_a_need_is_created_with_its_place_and_version(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answer = await state(client, issuer, {"lines": [LINE]})
    assert answer.status_code == 201, answer.text
    assert answer.headers["etag"] == '"1"'
    shown = await client.get(answer.headers["location"], headers=issuer.headers("customer", "c1"))
    assert shown.json()["state"] == "stated"


async def test_the_same_key_gives_the_same_answer_and_one_need(
    client: httpx.AsyncClient, issuer: Issuer, host: Host
) -> None:
    key = {"headers": {"idempotency-key": "once"}}
    first = await state(client, issuer, {"lines": [LINE]}, **key)
    again = await state(client, issuer, {"lines": [LINE]}, headers={"idempotency-key": "once"})
    assert (first.status_code, first.content, first.headers["location"]) == (
        again.status_code,
        again.content,
        again.headers["location"],
    )
    other = await state(
        client, issuer, {"lines": [{**LINE, "quantity": "5"}]}, headers={"idempotency-key": "once"}
    )
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-reused")
    assert await count(host, "needs") == 1


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b"{", 422, ""),
        (b'{"lines": [], "lines": []}', 422, ""),
        (b'{"lines": NaN}', 422, ""),
        (b'{"lines": [{"line_id": "a\\u0000b"}]}', 422, "/lines/0/line_id"),
        (b'{"lines": [{"line_id": "\\ud800"}]}', 422, "/lines/0/line_id"),
        (b"\xff\xfe", 422, ""),
        (b"[" * 200, 422, ""),
        (b"null", 422, ""),
        (json.dumps({"lines": [{**LINE, "quantity": 4}]}).encode(), 422, "/lines/0/quantity"),
        (json.dumps({"lines": [{**LINE, "quantity": "1e3"}]}).encode(), 422, "/lines/0/quantity"),
        (json.dumps({"lines": [{**LINE, "line_id": 7}]}).encode(), 422, "/lines/0/line_id"),
        (json.dumps({"lines": [{**LINE, "line_id": "a/b"}]}).encode(), 422, "/lines/0/line_id"),
        (json.dumps({"lines": [LINE, {**LINE, "line_id": ""}]}).encode(), 422, "/lines/1/line_id"),
        (json.dumps({"lines": [{**LINE, "colour": "red"}]}).encode(), 422, "/lines/0/colour"),
        (json.dumps({"lines": [{**LINE, "quantity": "0"}]}).encode(), 422, "/lines/0/quantity"),
        (json.dumps({"lines": [LINE], "state": "won"}).encode(), 422, "/state"),
        (
            json.dumps({"lines": [{**LINE, "wanted_at": "2026-04-01T00:00:00"}]}).encode(),
            422,
            "/lines/0/wanted_at",
        ),
        (b'{"text": "' + b"x" * 1_100_000 + b'"}', 413, None),
    ],
)
async def test_a_malformed_body_gets_a_pointer_and_has_no_effect(
    client: httpx.AsyncClient, issuer: Issuer, host: Host, body: bytes, status: int, pointer: str | None
) -> None:
    answer = await state(client, issuer, body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    if pointer is not None:
        assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert await count(host, "needs") == 0


async def test_needs_are_stated_many_at_once_and_what_cannot_be_needed_is_refused_by_itself(
    client: httpx.AsyncClient, issuer: Issuer, host: Host
) -> None:
    headers = {"idempotency-key": "many", **issuer.headers("customer", "c1")}
    body = {"acts": [{"lines": [LINE]}, {"lines": []}, {"lines": [LINE]}]}
    answer = await client.post("/v1/needs/batch", json=body, headers=headers)
    again = await client.post("/v1/needs/batch", json=body, headers=headers)
    taken, refused, also = answer.json()["answers"]
    assert (taken["status"], refused["status"], also["status"]) == (200, 422, 200)
    assert refused["type"] == "/problems/invalid"
    assert again.json() == answer.json()
    assert await count(host, "needs") == 2


@pytest.mark.parametrize("many", [0, 101])
async def test_the_number_of_acts_is_limited(client: httpx.AsyncClient, issuer: Issuer, many: int) -> None:
    headers = {"idempotency-key": "many", **issuer.headers("customer", "c1")}
    answer = await client.post("/v1/needs/batch", json={"acts": [{"lines": [LINE]}] * many}, headers=headers)
    assert answer.status_code == 422
    assert answer.json()["errors"] == [{"pointer": "/acts", "detail": "1 to 100"}]


async def test_what_is_missing_in_the_head_is_named(client: httpx.AsyncClient, issuer: Issuer) -> None:
    assert (
        await state(client, issuer, {"lines": [LINE]}, headers={"idempotency-key": ""})
    ).status_code == 400
    assert (await state(client, issuer, b"x", headers={"content-type": "text/plain"})).status_code == 415
    assert (await client.get("/v1/quotes")).status_code == 401
    assert (await client.get("/v1/nothing")).json()["type"] == "/problems/no-such-page"
    assert (await client.delete("/v1/quotes")).status_code == 405


async def test_limits_of_target_and_head(client: httpx.AsyncClient, issuer: Issuer) -> None:
    headers = issuer.headers("customer", "c1")
    assert (await client.get("/v1/quotes?after=" + "x" * 9_000, headers=headers)).status_code == 414
    assert (await client.get("/v1/quotes", headers={**headers, "x-large": "x" * 17_000})).status_code == 431
    assert (await client.get("/v1/quotes?limit=0", headers=headers)).status_code == 422


async def test_a_list_is_read_page_by_page_under_its_filters(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    for number in range(3):
        body = {
            "offer_id": f"o{number}",
            "title": "Shaft",
            "kind": "good",
            "price": {"minor": 100, "currency": "EUR"},
            "components": [
                {"kind": "good", "item": "shaft", "quantity": "1", "unit": "piece", "site_id": "plant-1"}
            ],
        }
        headers = {**issuer.headers("sales"), "idempotency-key": f"offer-{number}"}
        assert (await client.post("/v1/offers", json=body, headers=headers)).status_code == 201
    seen, path = [], "/v1/offers?limit=2&kind=good"
    while path:
        assert "kind=good" in path
        page = (await client.get(path, headers=issuer.headers("sales"))).json()
        seen += [offer["offer_id"] for offer in page["items"]]
        path = page["next"]
    assert seen == ["o0", "o1", "o2"]


async def test_a_customer_lets_substitutes_stand_in_that_others_do_not_see(
    host: Host, client: httpx.AsyncClient, issuer: Issuer
) -> None:
    quote_id, promise_id = await quoted(host)
    sooner = (DateStep("L1.1", Quantity(4), SOON - timedelta(days=5)),)
    await heard(host, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", sooner))
    place = f"/v1/quotes/{quote_id}"

    async def let(party: str, substitute: str = "card-b", also: Sequence[dict[str, str]] = ()) -> int:
        headers = {**issuer.headers("customer", party), "idempotency-key": new_id()}
        body = {"sku": "card-a", "substitute": substitute, "also": list(also)}
        return (await client.post(f"{place}/substitution", json=body, headers=headers)).status_code

    ours = issuer.headers("customer", "c1")
    (shown,) = (await client.get(place, headers=ours)).json()["alternatives"]
    assert (shown["sku"], shown["substitute"]) == ("card-a", "card-b")
    assert await let("c2") == 404
    assert await let("c1", "card-c") == 409
    assert await let("c1", also=[{"sku": "lid-a", "substitute": "lid-b"}]) == 409
    also = (StandIn("plant-1", "lid-a", "lid-b"),)
    await heard(host, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", sooner, (), also))
    both = (await client.get(place, headers=ours)).json()["alternatives"][-1]
    assert both["also"] == [{"sku": "lid-a", "substitute": "lid-b"}]
    assert await let("c1", also=both["also"]) == 200
    assert (await client.get(place, headers=ours)).json()["state"] == "draft"
    assert await let("c1") == 409


async def test_another_customers_need_is_unknown(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await state(client, issuer, {"lines": [LINE]})
    theirs = await client.get(answer.headers["location"], headers=issuer.headers("customer", "c2"))
    unknown = await client.get(f"/v1/needs/{new_id()}", headers=issuer.headers("customer", "c2"))
    assert (theirs.status_code, theirs.json()["type"]) == (404, unknown.json()["type"])
    foreign = await state(client, issuer, {"lines": [LINE], "customer_id": "c2"})
    assert foreign.status_code == 403


async def test_a_role_without_right_is_refused(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await client.post(
        "/v1/needs", headers={**issuer.headers("operator"), "idempotency-key": "k"}, json={}
    )
    assert answer.status_code == 403


async def test_the_description_is_valid_openapi_and_names_every_operation(client: httpx.AsyncClient) -> None:
    described = (await client.get("/openapi.json")).json()
    validate(described)
    assert described["openapi"].startswith("3.1")
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert all(each.get("summary") and each.get("description") for each in operations)
    assert (await client.get("/docs")).status_code == 200


async def test_every_answer_carries_the_guards(client: httpx.AsyncClient) -> None:
    for path in ("/livez", "/v1/nothing"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in headers["content-security-policy"]
