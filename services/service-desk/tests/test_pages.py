"""The clients' pages: a time is confirmed, moved or declined, the word is given, questions and messages are written."""

from __future__ import annotations

import html
import re
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.desk_door import AGENT, CLIENT, DISPATCHER, OTHER, WAREHOUSE, Door
from tests.desk_made import at, lot, ready

from backbone.auth import Principal
from backbone.testing_pages import Visitor
from backbone.vouchers import vouch


@pytest.fixture
def visitor(door: Door) -> Visitor:
    return Visitor(door.client, door.issuer)


async def hand_over(door: Door) -> str:
    await door.stage.ordered(("L1", "pc"))
    await door.stage.hear(ready())
    return (await door.stage.offer()).visit_id


async def state(door: Door, visit_id: str) -> Any:
    return (await door.get(AGENT, f"/v1/visits/{visit_id}"))["state"]


async def test_a_client_confirms_at_the_page_and_takes_the_goods_there(door: Door, visitor: Visitor) -> None:
    visit_id = await hand_over(door)
    await visitor.sign_in(*CLIENT)
    place = f"/portal/visits/{visit_id}"
    assert "offered" in await visitor.see("/portal")
    assert "This time suits" in await visitor.see(place)
    answer = await visitor.act(place, act="confirm")
    assert (answer.status_code, answer.headers["location"]) == (303, place)
    await door.post(WAREHOUSE, f"/v1/visits/{visit_id}/dispatch")
    text = await visitor.see(place)
    assert "I take the goods" in text
    assert "This time suits" not in text
    assert (await visitor.act(place, f"{place}/word", act="accept")).status_code == 303
    assert await state(door, visit_id) == "completed"


async def test_another_time_is_asked_for_and_a_visit_is_declined_with_words(
    door: Door, visitor: Visitor
) -> None:
    visit_id = await hand_over(door)
    await visitor.sign_in(*CLIENT)
    place = f"/portal/visits/{visit_id}"
    moved = await visitor.act(place, act="move", starts_at=f"{at(9, 4):%Y-%m-%dT%H:%M}")
    assert moved.status_code == 303, moved.text
    assert "2026-03-04 09:00" in await visitor.see(place)
    assert (await visitor.act(place, act="decline", reason=" ")).status_code == 422
    assert (await visitor.act(place, act="decline", reason="we have moved")).status_code == 303
    assert await state(door, visit_id) == "declined"


async def test_a_part_is_refused_at_the_door_with_a_reason(door: Door, visitor: Visitor) -> None:
    visit_id = await hand_over(door)
    await visitor.sign_in(*CLIENT)
    place = f"/portal/visits/{visit_id}"
    await visitor.act(place, act="confirm")
    await door.post(WAREHOUSE, f"/v1/visits/{visit_id}/dispatch")
    (lot,) = (await door.get(CLIENT, f"/v1/visits/{visit_id}"))["lots"]
    left = {f"left {lot['line_id']} {lot['lot_id']}": "1"}
    silent = await visitor.act(place, f"{place}/word", act="accept", **left)
    assert silent.status_code == 422
    assert await state(door, visit_id) == "dispatched"
    answer = await visitor.act(place, f"{place}/word", act="accept", reason="one is scratched", **left)
    assert answer.status_code == 303, answer.text
    assert "one is scratched" in await visitor.see(place)


async def test_a_part_is_refused_at_the_door_however_its_line_and_its_lot_are_called(
    door: Door, visitor: Visitor
) -> None:
    await door.stage.ordered(("the desk / 1", "pc"))
    await door.stage.hear(ready("the desk / 1", lot("heat 7")))
    visit_id = (await door.stage.offer()).visit_id
    await visitor.sign_in(*CLIENT)
    place = f"/portal/visits/{visit_id}"
    await visitor.act(place, act="confirm")
    await door.post(WAREHOUSE, f"/v1/visits/{visit_id}/dispatch")
    (name,) = re.findall(r'name="(left [^"]*)"', await visitor.source(place))
    left = {html.unescape(name): "1"}
    answer = await visitor.act(place, f"{place}/word", act="accept", reason="one is scratched", **left)
    assert answer.status_code == 303, answer.text
    assert await state(door, visit_id) == "completed"


async def test_a_link_opens_one_page_and_only_the_acts_of_its_state(door: Door, visitor: Visitor) -> None:
    visit_id = await hand_over(door)
    given = await door.get(DISPATCHER, f"/v1/visits/{visit_id}/link")
    place = f"/portal/visits/{visit_id}"
    assert given["path"].endswith(f"&next=%2Fportal%2Fvisits%2F{visit_id}")
    await visitor.enter(given["token"], place)
    page = await visitor.source(place)
    assert "All of yours" not in page
    assert "/cross" not in page
    await visitor.see("/portal", 403)
    assert (await visitor.act(place, f"{place}/word", act="accept")).status_code == 403
    assert (await visitor.act(place, act="confirm")).status_code == 303
    spent = await visitor.act(place, act="decline", reason="we changed our mind")
    assert spent.status_code == 409, spent.text
    assert await state(door, visit_id) == "confirmed"


async def test_who_comes_from_orders_sees_and_does_what_is_theirs_and_nothing_else(
    door: Door, visitor: Visitor
) -> None:
    visit_id = await hand_over(door)
    place = f"/portal/visits/{visit_id}"
    await come(door, "c2")
    assert "None yet" in await visitor.see("/portal")
    unknown = await visitor.see("/portal/visits/nobody-knows", 404)
    assert await visitor.see(place, 404) == unknown.replace("nobody-knows", visit_id)
    await come(door, "c1")
    assert '<a href="http://orders/cross">Orders</a>' in await visitor.source("/portal")
    assert '<a href="http://orders/cross?next=/portal/orders/o1">' in await visitor.source(place)
    assert (await visitor.act(place, act="confirm")).status_code == 303
    assert await state(door, visit_id) == "confirmed"


async def come(door: Door, party: str) -> None:
    """Come from orders, where a customer has signed in."""
    set_out = await door.client.get("/cross")
    (lock,) = parse_qs(urlsplit(set_out.headers["location"]).query)["lock"]
    customer = Principal("ann", "customer", party, time.time() + 60)
    voucher = vouch(door.stage.host.seals, customer, here="orders", there="service-desk", lock=lock)
    answer = await door.client.get("/crossed", params={"voucher": voucher})
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text


async def test_a_client_writes_about_an_order_and_reads_the_answer(door: Door, visitor: Visitor) -> None:
    visit_id = await hand_over(door)
    await visitor.sign_in(*CLIENT)
    place = "/portal/orders/o1/messages"
    assert "Nothing was written yet" in await visitor.see(place)
    hello = "Which <b>entrance</b>?"
    assert (await visitor.act(place, text=hello)).status_code == 303
    await door.post(AGENT, "/v1/messages", {"text": "The back one", "order_id": "o1", "customer_id": "c1"})
    text = await visitor.see(place)
    assert hello in text
    assert text.index(hello) < text.index("The back one")
    assert "<b>entrance" not in await visitor.source(place)
    assert await state(door, visit_id) == "offered"
    await visitor.sign_in(*OTHER)
    assert "The back one" not in await visitor.see(place, 404)


async def test_a_complaint_is_opened_answered_and_opened_again(door: Door, visitor: Visitor) -> None:
    await hand_over(door)
    await visitor.sign_in(*CLIENT)
    # Its number is long: the orders that a client is visited for are offered.
    assert '<option value="o1"></option>' in await visitor.source("/portal")
    opened = await visitor.act(
        "/portal", "/portal/tickets", kind="complaint", subject="Nobody came", order_id="o1"
    )
    assert opened.status_code == 303, opened.text
    place = opened.headers["location"]
    ticket_id = place.rpartition("/")[2]
    assert "It is your turn" not in await visitor.see(place)
    await door.post(AGENT, f"/v1/tickets/{ticket_id}/waiting")
    assert "It is your turn" in await visitor.see(place)
    await door.post(AGENT, f"/v1/tickets/{ticket_id}/resolution", {"how": "we came on Tuesday"})
    assert "we came on Tuesday" in await visitor.see(place)
    assert (await visitor.act(place)).status_code == 303
    assert (await door.get(AGENT, f"/v1/tickets/{ticket_id}"))["state"] == "in-progress"


async def test_what_was_opened_last_stands_first_and_the_next_page_goes_on_from_there(
    door: Door, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service_desk.pages.visits.ROWS_COUNT", 2)
    await visitor.sign_in(*CLIENT)
    for subject in ("First asked", "Asked after it", "Asked last"):
        opened = await visitor.act("/portal", "/portal/tickets", kind="question", subject=subject)
        assert opened.status_code == 303, opened.text
    page = await visitor.see("/portal")
    assert -1 < page.find("Asked last") < page.find("Asked after it")
    assert "First asked" not in page
    (more,) = re.findall(r"/portal\?tickets_after=[^\"]+", await visitor.source("/portal"))
    rest = await visitor.see(more)
    assert ("First asked" in rest, "Asked after it" in rest) == (True, False)
