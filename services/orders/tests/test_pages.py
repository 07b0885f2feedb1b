"""The customers' pages, signed in or by a link: quotes, later dates and changes are answered there."""

from __future__ import annotations

import html
from datetime import datetime, timedelta

import httpx
import pytest

from backbone.clock import SteppedClock
from backbone.service import Host
from backbone.testing_issuer import Issuer
from backbone.testing_pages import Visitor
from contracts.changes import ChangeAnswered, DeliveryChangeAnswered
from contracts.instead import StandIn, SubstituteOffered
from contracts.materials import ItemDefined, RequirementsPlanned, SupplyLate
from contracts.orders import OrderPlaced, PromiseRequested, WantedLine
from contracts.service_desk import VisitBooked
from contracts.shapes import DateStep, LineDate
from contracts.values import Quantity
from orders import commands, handlers
from services.orders.tests.stage import NOW, SOON, heard, placed, quoted, quoted_again, refused, told

LATE = SOON + timedelta(days=7)


async def test_a_customer_who_signs_in_sees_what_waits_and_orders_it(
    host: Host, browser: httpx.AsyncClient, issuer: Issuer, visitor: Visitor
) -> None:
    quote_id, _ = await quoted(host)
    await visitor.sign_in("customer", "c1")
    assert "good until" in await visitor.see("/portal")
    place = f"/portal/quotes/{quote_id}"
    text = await visitor.see(place)
    assert "4 pieces pc: PC" in text
    assert "EUR" in text
    assert "2026-03-13 08:00" in text
    answer = await visitor.act(place, act="accept")
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    assert "it is ordered" in await visitor.see(place)
    (order,) = await told(host, OrderPlaced)
    assert f"/portal/orders/{order.order_id}" in (await browser.get("/portal")).text


async def test_a_quote_is_left_by_a_button_and_is_taken_no_more(
    host: Host, browser: httpx.AsyncClient, issuer: Issuer, visitor: Visitor
) -> None:
    quote_id, _ = await quoted(host)
    await visitor.sign_in("customer", "c1")
    place = f"/portal/quotes/{quote_id}"
    assert (await visitor.act(place, act="decline")).status_code == 303
    assert "You have left this quote" in await visitor.see(place)
    assert "<button name" not in (await browser.get(place)).text


async def test_substitutes_are_let_stand_in_by_a_button_and_the_quote_waits_for_its_dates(
    host: Host, browser: httpx.AsyncClient, visitor: Visitor
) -> None:
    quote_id, promise_id = await quoted(host)
    sooner = (DateStep("L1.1", Quantity(4), SOON - timedelta(days=5)),)
    await heard(host, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", sooner))
    await visitor.sign_in("customer", "c1")
    place = f"/portal/quotes/{quote_id}"
    assert "by 2026-03-08 08:00 UTC with card-b instead of card-a" in await visitor.see(place)
    more = {"sku_1": "lid-a", "substitute_1": "lid-b"}
    also = (StandIn("plant-1", "lid-a", "lid-b"),)
    await heard(host, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", sooner, (), also))
    assert "with card-b instead of card-a and lid-b instead of lid-a." in await visitor.see(place)
    page = (await browser.get(place)).text
    assert all(f'name="{name}" value="{value}"' in page for name, value in more.items())
    act = {"act": "substitute", "sku": "card-a", "substitute": "card-b", **more}
    assert (await visitor.act(place, **act)).status_code == 303
    assert "dates are being looked for" in await visitor.see(place)
    asked = (await told(host, PromiseRequested))[-1]
    assert [each.substitute_sku for line in asked.lines for each in line.instead] == ["card-b", "lid-b"]


async def test_what_cannot_be_promised_is_listed_with_the_substitute_and_taken_or_left(
    host: Host, browser: httpx.AsyncClient, visitor: Visitor
) -> None:
    quote_id, promise_id = await refused(host)
    await visitor.sign_in("customer", "c1")
    place = f"/portal/quotes/{quote_id}"
    page = await visitor.see(place)
    assert "We cannot promise this" in page
    assert "Order this" not in page
    assert "Leave it" in page
    assert place not in (await browser.get("/portal")).text, "there is nothing to say yet"
    steps = (DateStep("L1.1", Quantity(4), SOON),)
    await heard(host, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", steps, ("L1.1",)))
    assert place in (await browser.get("/portal")).text
    assert "with card-b instead of card-a" in await visitor.see(place)
    act = {"act": "substitute", "sku": "card-a", "substitute": "card-b"}
    assert (await visitor.act(place, **act)).status_code == 303
    assert "dates are being looked for" in await visitor.see(place)


async def test_another_customer_finds_nothing(
    host: Host, browser: httpx.AsyncClient, issuer: Issuer, visitor: Visitor
) -> None:
    quote_id, _ = await quoted(host)
    await visitor.sign_in("customer", "c2")
    assert (await browser.get(f"/portal/quotes/{quote_id}")).status_code == 404
    assert "None yet" in await visitor.see("/portal")
    acted = await browser.post(f"/portal/quotes/{quote_id}", data={"act": "accept"})
    assert acted.status_code == 403


async def test_a_customer_finds_the_way_to_the_service_desk_and_staff_does_not(
    browser: httpx.AsyncClient, visitor: Visitor
) -> None:
    await visitor.sign_in("sales")
    assert "visits.example" not in await visitor.source("/portal")
    await visitor.sign_in("customer", "c1")
    page = await browser.get("/portal")
    assert '<a href="https://visits.example:8443/cross">Visits and service</a>' in page.text
    policy = page.headers["content-security-policy"]
    assert policy.endswith("form-action 'self' https://visits.example:8443")
    out = await visitor.act("/portal", "/logout")
    assert out.headers["location"].startswith("https://visits.example:8443/farewell?farewell=")


async def test_who_did_not_sign_in_is_led_to_the_entrance(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/portal")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2Fportal")


async def test_a_link_of_a_quote_opens_its_page_alone_and_answers_once(
    host: Host, browser: httpx.AsyncClient, issuer: Issuer, visitor: Visitor
) -> None:
    quote_id, _ = await quoted(host)
    sales = {**issuer.headers("sales"), "accept": "application/json"}
    given = await browser.get(f"/v1/quotes/{quote_id}/link", headers=sales)
    assert given.status_code == 200, given.text
    link = given.json()
    assert (
        await browser.get(f"/v1/quotes/{quote_id}/link", headers=issuer.headers("customer", "c1"))
    ).status_code == 403
    entrance = await browser.get(link["path"])
    assert link["token"] in html.unescape(entrance.text)
    place = f"/portal/quotes/{quote_id}"
    signed = await browser.post("/login", data={"token": link["token"], "next": place})
    assert signed.headers["location"] == place
    answer = await browser.get(place)
    page = answer.text
    assert "All of yours" not in page
    assert "visits.example" not in page + answer.headers["content-security-policy"]
    assert (await browser.get("/portal")).status_code == 403
    assert (await visitor.act(place, act="accept")).status_code == 303
    assert "it is ordered" in await visitor.see(place)
    assert len(await told(host, OrderPlaced)) == 1
    assert (await browser.get(f"/v1/quotes/{quote_id}/link", headers=sales)).status_code == 409


async def test_less_is_asked_for_offered_and_taken_at_pages(
    host: Host, browser: httpx.AsyncClient, issuer: Issuer, visitor: Visitor
) -> None:
    await placed(host)
    await visitor.sign_in("customer", "c1")
    messages = "https://visits.example:8443/cross?next=/portal/orders/o1/messages"
    assert f'<a href="{messages}">' in await visitor.source("/portal/orders/o1")
    asked = {"quantity L1.1": "3", "act": "amend"}
    answer = await visitor.act("/portal/orders/o1", "/portal/orders/o1/changes", **asked)
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    change_id = place.rpartition("/")[2]
    assert "2 answers to come" in await visitor.see(place)
    await heard(host, ChangeAnswered("o1", change_id), DeliveryChangeAnswered("o1", change_id))
    text = await visitor.see(place)
    assert "3 pieces pc: PC in all" in text
    assert "free of charge" in text
    assert (await visitor.act(place, act="commit")).status_code == 303
    assert "It is done as you wished" in await visitor.see(place)
    assert "3 pieces pc: PC" in await visitor.see("/portal/orders/o1")


@pytest.mark.parametrize("quantity", ["many", "1.2345678", "-1"])
async def test_a_quantity_that_is_none_is_refused_and_nothing_is_asked(
    host: Host, browser: httpx.AsyncClient, issuer: Issuer, visitor: Visitor, quantity: str
) -> None:
    await placed(host)
    await visitor.sign_in("customer", "c1")
    answer = await visitor.act(
        "/portal/orders/o1", "/portal/orders/o1/changes", act="amend", **{"quantity L1.1": quantity}
    )
    assert answer.status_code in {409, 422}, answer.text
    assert "amend pending" not in await visitor.see("/portal/orders/o1")


async def test_a_link_of_an_order_is_good_for_a_month_at_least_and_for_one_act(
    host: Host, browser: httpx.AsyncClient, issuer: Issuer, visitor: Visitor
) -> None:
    await placed(host)
    await heard(host, SupplyLate("o1", "the ship is late", "purchase", "p1", (LineDate("L1.1", SOON, LATE),)))
    sales = {**issuer.headers("sales"), "accept": "application/json"}
    assert isinstance(host.clock, SteppedClock)
    for days in (0, 29, 30, 61):
        host.clock.advance(NOW + timedelta(days=days))
        link = (await browser.get("/v1/orders/o1/link", headers=sales)).json()
        assert datetime.fromisoformat(link["expires_at"]) >= host.clock.now() + timedelta(days=30)
    await visitor.enter(link["token"], "/portal/orders/o1")
    assert (await visitor.act("/portal/orders/o1", act="accept-dates")).status_code == 303
    again = await visitor.act(
        "/portal/orders/o1", "/portal/orders/o1/changes", act="cancel", reason="too late"
    )
    assert again.status_code == 409, again.text
    assert "promised for 2026-03-20" in await visitor.see("/portal/orders/o1")


async def test_what_was_ordered_last_stands_first_and_is_called_as_it_was_offered(
    host: Host, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.pages.quotes.ROWS_COUNT", 2)
    await placed(host)
    for order_id in ("o2", "o3"):
        quote_id = await quoted_again(host)
        await host.do(handlers.accept_quote, commands.AcceptQuote(quote_id, order_id, "c1"))
    await visitor.sign_in("customer", "c1")
    page = await visitor.see("/portal")
    assert (page.find("Order o3") < page.find("Order o2"), "Order o1" in page) == (True, False)
    assert "4 pieces pc: PC" in page
    rest = await visitor.see("/portal?after=o2")
    assert ("Order o1" in rest, "Order o2" in rest) == (True, False)


async def test_what_is_added_or_stands_in_is_called_by_its_name_and_not_by_its_id(
    host: Host, visitor: Visitor
) -> None:
    quote_id, promise_id = await quoted(host)
    for sku, title in (("PC", "Office computer"), ("card-a", "Graphics card"), ("card-b", "Better card")):
        await heard(host, ItemDefined(sku, title, "piece", Quantity(1)))
    await visitor.sign_in("customer", "c1")
    assert "4 pieces pc: Office computer" in await visitor.see(f"/portal/quotes/{quote_id}")
    sooner = (DateStep("L1.1", Quantity(4), SOON - timedelta(days=5)),)
    also = (StandIn("plant-1", "lid-a", "lid-b"),)
    await heard(host, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", sooner, (), also))
    offered = "with Better card instead of Graphics card and lid-b instead of lid-a."
    assert offered in await visitor.see(f"/portal/quotes/{quote_id}")
    names = {"sku": "card-a", "substitute": "card-b", "sku_1": "lid-a", "substitute_1": "lid-b"}
    assert (await visitor.act(f"/portal/quotes/{quote_id}", act="substitute", **names)).status_code == 303
    await host.do(handlers.accept_quote, commands.AcceptQuote(await quoted_again(host), "o1", "c1"))
    await heard(host, RequirementsPlanned("o1", (), ()), VisitBooked("v1", "o1", "L1.2", SOON, SOON, ("t1",)))
    more = (WantedLine("n", "", Quantity(2), SOON, "box"), WantedLine("m", "", Quantity(1), SOON, "box"))
    for change_id, line in zip("xy", more, strict=True):
        asked = commands.RequestAmendment(change_id, "o1", (), "c1", (), (line,))
        await host.do(handlers.request_amendment, asked)
        assert f"{line.quantity} piece" in await visitor.see(f"/portal/orders/o1/changes/{change_id}")
    assert "2 pieces box by" in await visitor.see("/portal/orders/o1/changes/x")
    steps = (DateStep("n", Quantity(2), SOON),)
    await heard(host, ChangeAnswered("o1", "x", steps=steps), DeliveryChangeAnswered("o1", "x"))
    await host.do(handlers.decide_change, commands.DecideChange("o1", "x", True, "c1"))
    assert "2 pieces box" in await visitor.see("/portal/orders/o1")
    assert "2 pieces box" in await visitor.see("/portal")
