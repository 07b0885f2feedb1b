"""From one portal to the one beside it: as the same person, in the same browser, once, and back out of both."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone import links, sessions, vouchers
from backbone.auth import Principal, Scope
from backbone.ids import new_id
from backbone.seals import Seals
from backbone.service import Way
from backbone.settings import Settings
from backbone.testing_issuer import Issuer
from shared.tests import jars
from shared.tests.jar_doors import SEALS
from shared.tests.jars import START, OpenJar, open_jar
from shared.tests.town import PAGE, PORTALS, Town, browser_of


@pytest.fixture
async def town(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Town]:
    await (await jars.host_on(engine)).do(open_jar, OpenJar("a"))
    issuer = Issuer(tmp_path)
    async with browser_of(engine, issuer, PORTALS) as client:
        yield Town(client, issuer)


async def test_who_signed_in_at_one_is_the_same_at_the_other_and_for_no_longer(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        hours_ago = time.time() - 11 * 3600
        patch.setattr(time, "time", lambda: hours_ago)
        await town.sign_in()
    assert await town.status("lids") == 401
    await town.cross("lids")
    assert await town.is_at("lids") == await town.is_at("jars") == "customer:ann"
    (cookie,) = (each for each in town.client.cookies.jar if each.name == "o2d-lids")
    session = sessions.principal_of(SEALS, str(cookie.value), START)
    assert (session.role, session.party, session.subject) == ("customer", "c1", "ann")
    assert session.expires_at == int(hours_ago) + 12 * 3600
    assert cookie.expires is not None
    assert abs(cookie.expires - session.expires_at) <= 2
    await town.cross("jars")
    assert await town.is_at("jars") == "customer:ann"
    with monkeypatch.context() as patch:
        patch.setattr(time, "time", lambda: hours_ago + 12 * 3600)
        assert await town.status("lids") == 401


async def test_the_cookie_of_the_other_portal_is_kept_from_scripts(town: Town) -> None:
    await town.sign_in()
    answer = await town.client.get(await town.led(await town.set_out()))
    kept, key = answer.headers.get_list("set-cookie")
    assert all(part in kept.lower() for part in ("o2d-lids=", "httponly", "samesite=strict", "path=/"))
    assert key.startswith("o2d-lids-crossing=")
    assert "Max-Age=0" in key
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_a_voucher_is_good_once(town: Town) -> None:
    await town.sign_in()
    place = await town.led(await town.set_out())
    key = town.client.cookies["o2d-lids-crossing"]
    assert await town.led(place) == "/"
    town.client.cookies.clear()
    again = await town.client.get(place, headers={"cookie": f"o2d-lids-crossing={key}"})
    assert (again.status_code, again.json()["type"]) == (403, "/problems/not-vouched")
    assert "used before" in again.json()["detail"]
    assert again.headers["referrer-policy"] == "no-referrer"
    assert await town.status("lids") == 401


async def test_a_voucher_signs_nobody_in_but_who_set_out_and_is_of_no_use_after_that(
    engine: AsyncEngine, town: Town
) -> None:
    """Nobody can be made to be somebody else by being led to a place, nor be robbed by what a place says."""
    await town.sign_in()
    place = await town.led(await town.set_out())
    async with browser_of(engine, town.issuer, PORTALS) as another:
        for _ in ("who has never set out", "who has set out"):
            led = await another.get(place)
            assert led.status_code == 403, led.text
            assert "o2d-lids" not in another.cookies
            place = await town.led(await town.set_out())
            await another.get("http://lids/cross")
    await town.client.get("http://lids/cross")
    assert (await town.client.get(place)).status_code == 403


def voucher_of(seals: Seals = SEALS, kind: str = vouchers.KIND, **other: Any) -> str:
    """A voucher for the key `k`, right but for what is said."""
    right = {
        "id": new_id(), "sub": "ann", "role": "customer", "party": "c1", "iss": "jars", "aud": "lids",
        "exp": int(time.time()) + 60, "until": int(time.time()) + 3600, "lock": vouchers.lock_of("k"),
    }  # fmt: skip
    return seals.seal(kind, {**right, **other})


async def taken(town: Town, voucher: str, portal: str = "lids") -> int:
    key = {"cookie": f"o2d-{portal}-crossing=k"}
    answer = await town.client.get(f"http://{portal}/crossed", params={"voucher": voucher}, headers=key)
    assert answer.status_code == 303 or answer.json()["type"] == "/problems/not-vouched"
    return answer.status_code


async def test_a_voucher_is_of_the_one_portal_for_the_other_sealed_by_us_and_young(town: Town) -> None:
    assert await taken(town, voucher_of()) == 303
    for wrong in (
        {"aud": "jars"}, {"aud": "vendors"}, {"iss": "lids"}, {"iss": "vendors"}, {"exp": int(time.time())},
        {"role": "vendor"}, {"role": "admin", "party": None}, {"lock": vouchers.lock_of("l")},
    ):  # fmt: skip
        assert await taken(town, voucher_of(**wrong)) == 403, wrong
    stranger = Seals(["what somebody else knows, just as long as ours"])
    right = voucher_of()
    for broken in (
        "", "x", right[:-2], right.replace("voucher.", "link."), voucher_of(stranger),
        voucher_of(kind="session"), voucher_of(kind=vouchers.FAREWELL_KIND),
    ):  # fmt: skip
        assert await taken(town, broken) == 403, broken
    assert await taken(town, voucher_of(), "jars") == 403


async def test_a_voucher_is_no_token_no_link_and_no_session(town: Town) -> None:
    voucher = voucher_of()
    bearer = {"authorization": f"Bearer {voucher}"}
    assert (await town.client.get(f"http://lids{PAGE}", headers=bearer)).status_code == 401
    answer = await town.client.post(
        "http://lids/login", data={"token": voucher}, headers={"origin": "http://lids"}
    )
    assert answer.status_code == 401
    cookie = {"cookie": f"o2d-lids={voucher}"}
    assert (await town.client.get(f"http://lids{PAGE}", headers=cookie)).status_code == 401


async def test_nothing_but_the_settings_says_where_the_way_leads(town: Town) -> None:
    await town.sign_in()
    back = await town.led("http://lids/cross?from=http://elsewhere&to=//elsewhere&next=http://elsewhere")
    assert back.startswith("http://jars/vouch?lock=")
    onward = await town.led(f"{back}&next=http://elsewhere&to=elsewhere")
    assert onward.startswith("http://lids/crossed?voucher=")
    assert await town.led(f"{onward}&next=http://elsewhere") == "/"
    for lock in ("", "x", "x" * 44, "x" * 42 + "%0A", "x" * 42 + "/"):
        assert (await town.client.get(f"http://jars/vouch?lock={lock}")).status_code == 403


PLACES = [
    ("/pages/jars/a", "/pages/jars/a"), ("/jars?of=%C3%A9&after=a%2Fb", "/jars?of=%C3%A9&after=a%2Fb"),
    ("http://elsewhere", "/"), ("//elsewhere", "/"), ("/\\elsewhere", "/"), ("", "/"),
]  # fmt: skip


@pytest.mark.parametrize(("asked", "reached"), PLACES)
async def test_the_way_ends_at_the_page_that_was_asked_for(town: Town, asked: str, reached: str) -> None:
    await town.sign_in()
    back = await town.led(f"http://lids/cross?{urlencode({'next': asked})}")
    assert await town.led(await town.led(back)) == reached


async def test_who_has_to_sign_in_on_the_way_goes_on_after_that(town: Town) -> None:
    back = await town.led("http://lids/cross?next=/pages/jars/a?b%3Dc%26d")
    entrance = await town.led(back)
    assert entrance.startswith("/login?next=%2Fvouch%3Flock%3D")
    page = await town.client.get(f"http://jars{entrance}")
    assert page.headers["content-security-policy"].endswith("form-action 'self' http://lids")
    (onward,) = parse_qs(urlsplit(entrance).query)["next"]
    await town.sign_in(place=onward)
    assert await town.led(await town.led(f"http://jars{onward}")) == "/pages/jars/a?b=c&d"
    assert await town.is_at("lids") == "customer:ann"


async def test_a_link_a_bearer_and_other_roles_are_vouched_for_by_nobody(town: Town) -> None:
    back = await town.set_out()
    bearer = town.issuer.headers("customer", "c1")
    assert (await town.client.get(back, headers=bearer)).status_code == 403
    for role, party in (("admin", None), ("vendor", "v1")):
        await town.sign_in("jars", role, party)
        assert (await town.client.get(back)).status_code == 403
        assert (await town.sign_out("jars")).headers["location"] == "/login"
    link = links.sign(
        SEALS,
        subject="anna",
        party="c1",
        parameter="jar_id",
        object_id="a",
        operations=["jars.show_page"],
        expires_at=START + timedelta(hours=1),
    )
    await town.enter("jars", link)
    assert (await town.client.get(back)).status_code == 403
    assert (await town.sign_out("jars")).headers["location"] == "/login"


def test_a_way_that_names_links_is_closed_to_them_all_the_same() -> None:
    way = Way("lids", "Lids", frozenset({"customer", "link"}))
    scope = Scope("x", "jar_id", "a", frozenset({"jars.show_page"}), START)
    by_link = Principal("anna", "link", "c1", time.time() + 60, scope, session="s")
    assert not way.is_open_to(by_link)
    assert way.is_open_to(replace(by_link, role="customer", scope=None))


async def test_who_signs_out_at_one_is_signed_out_at_the_other(town: Town) -> None:
    await town.sign_in()
    await town.cross("lids")
    out = await town.sign_out("lids")
    farewell = out.headers["location"]
    assert farewell.startswith("http://jars/farewell?farewell=")
    assert await town.status("lids") == 401
    assert await town.is_at("jars") == "customer:ann"
    assert await town.led(farewell) == "http://lids/login"
    assert await town.status("jars") == 401
    assert await town.led(farewell) == "http://lids/login"


async def test_nobody_is_signed_out_by_the_farewell_of_another(town: Town) -> None:
    eve = Principal("eve", "customer", "c2", time.time() + 60)
    await town.sign_in("jars", "customer", "c1")
    for who in (eve, replace(eve, party="c1"), replace(eve, subject="ann")):
        farewell = vouchers.farewell(SEALS, who, here="lids", there="jars")
        assert await town.led(f"http://jars/farewell?farewell={farewell}") == "http://lids/login"
        assert await town.is_at("jars") == "customer:ann"
    ann = replace(eve, subject="ann", party="c1")
    for wrong in (
        "", "x", vouchers.farewell(SEALS, ann, here="jars", there="lids"),
        vouchers.vouch(SEALS, ann, here="lids", there="jars", lock=vouchers.lock_of("k")),
    ):  # fmt: skip
        answer = await town.client.get(f"http://jars/farewell?farewell={wrong}")
        assert answer.status_code == 403
        assert await town.is_at("jars") == "customer:ann"


async def test_the_entrance_shows_the_way_from_where_somebody_may_have_signed_in(town: Town) -> None:
    page = (await town.client.get("http://jars/login")).text
    assert "<a href=/cross>Go on from Lids &amp; more</a>" in page
    assert "/cross" not in (await town.client.get("http://jars/login?token=x")).text


@pytest.mark.parametrize("portals", [{}, {"jars": "http://jars"}, {"lids": "http://lids"}])
async def test_without_the_addresses_of_both_there_is_no_way(
    engine: AsyncEngine, town: Town, portals: dict[str, str]
) -> None:
    async with browser_of(engine, town.issuer, portals) as client:
        for place in (
            "cross",
            f"vouch?lock={vouchers.lock_of('k')}",
            "crossed?voucher=x",
            "farewell?farewell=x",
        ):
            assert (await client.get(f"http://jars/{place}")).status_code == 404
        alone = Town(client, town.issuer)
        await alone.sign_in()
        page = await client.get("http://jars/login")
        assert "/cross" not in page.text
        assert page.headers["content-security-policy"].endswith("form-action 'self'")
        assert (await alone.sign_out("jars")).headers["location"] == "/login"


async def test_over_tls_both_cookies_are_bound_to_their_host(engine: AsyncEngine, town: Town) -> None:
    async with browser_of(engine, town.issuer, {name: f"https://{name}" for name in PORTALS}) as client:
        set_out = await client.get("http://lids/cross")
        assert set_out.headers["location"].startswith("https://jars/vouch?lock=")
        key = set_out.headers["set-cookie"]
        assert key.startswith("__Host-o2d-lids-crossing=")
        assert "Secure" in key
        given = {"cookie": "__Host-o2d-lids-crossing=k"}
        answer = await client.get(f"http://lids/crossed?voucher={voucher_of()}", headers=given)
        kept, _ = answer.headers.get_list("set-cookie")
        assert kept.startswith("__Host-o2d-lids=session.")
        assert "Secure" in kept


@pytest.mark.parametrize(
    "address",
    [
        "",
        "orders.example",
        "https://orders.example/",
        "https://a;script-src",
        "https://a b",
        "ftp://a",
        "https://a:x",
    ],
)
def test_an_address_of_a_portal_that_is_no_origin_is_refused_at_the_start(address: str) -> None:
    def told(where: str) -> Settings:
        return Settings(service_dsn="x", kafka_bootstrap="y", portal_urls={"orders": where})

    assert told("https://orders.example:8443").portal_urls == {"orders": "https://orders.example:8443"}
    with pytest.raises(ValidationError, match="portal_urls"):
        told(address)
