"""Pages: a login token or a link becomes a cookie, and acts come from pages of ours alone."""

from __future__ import annotations

import html
import re
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import links
from backbone.ids import new_id
from backbone.service import Host
from backbone.testing_issuer import Issuer
from backbone.web.app import operations_of
from shared.tests import jar_doors, jars
from shared.tests.jar_doors import SEALS, door_of, host_of
from shared.tests.jars import START, OpenJar, open_jar

OURS = {"origin": "http://jars"}
BROWSER = {"accept": "text/html,application/xhtml+xml"}


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
async def host(engine: AsyncEngine) -> Host:
    await jars.host_on(engine)
    host = host_of(engine)
    await host.do(open_jar, OpenJar("a"))
    return host


@pytest.fixture
async def client(host: Host, issuer: Issuer) -> AsyncIterator[httpx.AsyncClient]:
    async with door_of(host, issuer) as client:
        yield client


def login_token(issuer: Issuer, mark: str | None = None, role: str = "admin") -> str:
    return issuer.token(role, header={"typ": "login+jwt"}, claims={"jti": mark or new_id()})


async def sign_in(client: httpx.AsyncClient, token: str, place: str = "/", **other: str) -> httpx.Response:
    return await client.post("/login", data={"token": token, "next": place}, headers={**OURS, **other})


async def form_token(client: httpx.AsyncClient) -> str:
    page = await client.get("/pages/jars/a")
    assert page.status_code == 200, page.text
    found = re.search(r"form_token value='([^']+)'", page.text)
    assert found is not None
    return html.unescape(found[1])


async def put(client: httpx.AsyncClient, token: str, key: str, **headers: str) -> httpx.Response:
    fields = {"count": "2", "form_token": token, "idempotency_key": key}
    return await client.post("/pages/jars/a", data=fields, headers={**OURS, **BROWSER, **headers})


async def test_a_login_token_becomes_a_cookie_that_scripts_cannot_read(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    answer = await sign_in(client, login_token(issuer), "/pages/jars/a")
    assert (answer.status_code, answer.headers["location"]) == (303, "/pages/jars/a")
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("o2d-jars=", "httponly", "samesite=strict", "path=/", "max-age="))
    assert "secure" not in cookie
    assert (await client.get("/pages/jars/a")).text.endswith("admin:a-admin")
    assert (await client.get("/v1/jars/a")).status_code == 200


async def test_over_tls_the_cookie_is_bound_to_its_host(client: httpx.AsyncClient, issuer: Issuer) -> None:
    answer = await sign_in(client, login_token(issuer), origin="https://jars")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-o2d-jars=")
    assert "Secure" in cookie


async def test_a_login_token_is_good_once_and_only_as_such(client: httpx.AsyncClient, issuer: Issuer) -> None:
    token = login_token(issuer, "once")
    assert (await client.get("/v1/jars/a", headers={"authorization": f"Bearer {token}"})).status_code == 401
    assert (await sign_in(client, token)).status_code == 303
    again = await sign_in(client, token)
    assert (again.status_code, again.json()["type"]) == (401, "/problems/login-spent")
    assert (await sign_in(client, login_token(issuer, "once"))).status_code == 401
    assert (await sign_in(client, issuer.token("admin"))).status_code == 401
    assert (await sign_in(client, "")).status_code == 401


async def test_looking_at_the_login_page_spends_nothing(client: httpx.AsyncClient, issuer: Issuer) -> None:
    token = login_token(issuer)
    for _ in range(3):
        page = await client.get("/login", params={"token": token, "next": "/pages/jars/a"})
        assert token in page.text
        assert page.headers["referrer-policy"] == "same-origin"
        assert "set-cookie" not in page.headers
    crooked = await client.get("/login", params={"token": "'><script>", "next": "'><script>"})
    assert "<script>" not in crooked.text
    assert (await sign_in(client, token)).status_code == 303


@pytest.mark.parametrize(
    "place", ["https://elsewhere", "//elsewhere", "/\\elsewhere", "elsewhere", "/a\r\nb", "", "/é"]
)
async def test_signing_in_never_leads_elsewhere(
    client: httpx.AsyncClient, issuer: Issuer, place: str
) -> None:
    assert (await sign_in(client, login_token(issuer), place)).headers["location"] == "/"


async def test_an_act_at_a_page_needs_our_origin_and_the_form_token(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    await sign_in(client, login_token(issuer))
    token = await form_token(client)
    for headers in (
        {"origin": "http://elsewhere"}, {"origin": "null"}, {"origin": ""}, {"origin": "http://jars.elsewhere"},
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"},
    ):  # fmt: skip
        assert (await put(client, token, new_id(), **headers)).status_code == 403, headers
    for wrong in ("", "x", SEALS.seal("form", {"sid": "another"}), SEALS.seal("session", {"sid": "x"})):
        assert (await put(client, wrong, new_id())).status_code == 403
    key = new_id()
    done = await put(client, token, key)
    assert (done.status_code, done.headers["location"]) == (303, "/pages/jars/a?2")
    assert (await put(client, token, key)).headers["location"] == "/pages/jars/a?2"
    assert (await put(client, token, new_id())).headers["location"] == "/pages/jars/a?4"
    assert (await put(client, token, "")).status_code == 400
    assert (await sign_in(client, login_token(issuer), origin="http://elsewhere")).status_code == 403


async def test_a_script_of_a_page_sends_the_form_token_as_a_header(
    client: httpx.AsyncClient, issuer: Issuer
) -> None:
    await sign_in(client, login_token(issuer))
    token = await form_token(client)
    headers = {**OURS, "idempotency-key": new_id()}
    refused = await client.post("/v1/jars/a/put", json={"count": 1}, headers=headers)
    assert refused.status_code == 403
    done = await client.post("/v1/jars/a/put", json={"count": 1}, headers={**headers, "x-form-token": token})
    assert done.json()["marbles"] == 1


async def test_a_bearer_token_needs_no_page(client: httpx.AsyncClient, issuer: Issuer) -> None:
    headers = {**issuer.headers("admin"), "idempotency-key": new_id(), "origin": "http://elsewhere"}
    assert (await client.post("/v1/jars/a/put", json={"count": 1}, headers=headers)).status_code == 200


async def test_a_link_opens_a_page_as_narrow_as_it_is(client: httpx.AsyncClient, host: Host) -> None:
    token = links.sign(
        SEALS,
        subject="anna",
        party="c1",
        parameter="jar_id",
        object_id="a",
        operations=["jars.show_page", "jars.put_by_form"],
        expires_at=START + timedelta(hours=1),
    )
    await sign_in(client, token)
    field = await form_token(client)
    assert (await client.get("/pages/jars/b")).status_code == 404
    assert (await client.get("/v1/jars/a")).status_code == 403
    assert (await put(client, field, new_id())).status_code == 303
    spent = await put(client, field, new_id())
    assert (spent.status_code, spent.headers["content-type"]) == (409, "text/html; charset=utf-8")
    host.clock.advance(START + timedelta(hours=1))
    assert (await client.get("/pages/jars/a")).status_code == 401


async def test_a_session_ends_with_its_time_and_by_signing_out(
    client: httpx.AsyncClient, issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sign_in(client, login_token(issuer))
    token = await form_token(client)
    assert (await client.post("/logout", headers=OURS)).status_code == 403
    with monkeypatch.context() as patch:
        later = time.time() + 12 * 3600 + 1
        patch.setattr(time, "time", lambda: later)
        assert (await client.get("/pages/jars/a")).status_code == 401
    out = await client.post("/logout", data={"form_token": token}, headers=OURS)
    assert (out.status_code, out.headers["location"]) == (303, "/login")
    assert not client.cookies
    client.cookies.set("o2d-jars", "session.x.y")
    assert (await client.get("/pages/jars/a")).status_code == 401


async def test_who_is_not_signed_in_is_led_to_the_entrance(client: httpx.AsyncClient) -> None:
    # Whose session is over when a form is sent has nothing to be led back to, and finds the entrance.
    lost = await client.post("/pages/jars/a", headers={**OURS, **BROWSER}, data={"amount": "1"})
    assert (lost.status_code, '<a href="/login">Sign in</a>' in lost.text) == (401, True)
    entrance = await client.get("/login", headers=BROWSER)
    assert "ask there for another" in entrance.text
    led = await client.get("/pages/jars/a", headers=BROWSER)
    assert (led.status_code, led.headers["location"]) == (303, "/login?next=%2Fpages%2Fjars%2Fa")
    assert (await client.get("/pages/jars/a")).status_code == 401


@pytest.mark.parametrize(
    "body", [b"count=\xff", b"count=1&count=2", b"count=%00", b"&".join(b"f%d=1" % n for n in range(1_001))]
)
async def test_a_malformed_form_is_refused(client: httpx.AsyncClient, issuer: Issuer, body: bytes) -> None:
    await sign_in(client, login_token(issuer))
    headers = {**OURS, "content-type": "application/x-www-form-urlencoded"}
    assert (await client.post("/pages/jars/a", content=body, headers=headers)).status_code == 422


async def test_metrics_are_for_operators(client: httpx.AsyncClient, issuer: Issuer) -> None:
    for role, party, status in (("customer", "c1", 403), ("sales", None, 403), ("admin", None, 200)):
        answer = await client.get("/metrics", headers=issuer.headers(role, party))
        assert answer.status_code == status
    assert (await client.get("/metrics")).status_code == 401


def test_routers_within_routers_count_as_operations() -> None:
    assert operations_of([jar_doors.jars]) == {"show_jar", "put", "show_page", "put_by_form"}
