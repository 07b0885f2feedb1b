"""The vendors' pages: an order is promised as asked or otherwise, refused, sent; an enquiry is quoted."""

from __future__ import annotations

import re

import pytest

from backbone.testing_pages import Visitor
from contracts.materials import ItemDefined
from contracts.rfqs import RfqIssued
from contracts.units import ItemUnit
from contracts.values import Quantity
from contracts.vendors import OrderAcknowledged
from services.vendors.tests.door import BUYER, WAREHOUSE, Door
from services.vendors.tests.made import vendor
from vendors import commands
from vendors.pages import orders

STEEL = ("vendor", "steel-ltd")


@pytest.fixture
def visitor(door: Door) -> Visitor:
    return Visitor(door.client, door.issuer)


async def ordered(door: Door) -> tuple[str, str, str]:
    """Twenty shafts are ordered of steel-ltd; the order, its line, and where it is shown."""
    await door.stage.opened("steel-ltd")
    await door.stage.requested()
    order_id, line_id = await door.stage.order()
    return order_id, line_id, f"/portal/purchase-orders/{order_id}"


async def test_an_order_is_promised_as_asked_by_one_button_and_sent(door: Door, visitor: Visitor) -> None:
    order_id, line_id, place = await ordered(door)
    front = await door.client.get("/")
    assert (front.status_code, front.headers["location"]) == (303, "/portal")
    await visitor.sign_in(*STEEL)
    waits, _, every = (await visitor.see("/portal")).partition("All purchase orders")
    assert all("20 pieces shaft, ordered" in each for each in (waits, every))
    assert (await visitor.act(place, act="as-asked")).status_code == 303
    waits, _, every = (await visitor.see("/portal")).partition("All purchase orders")
    assert ("20 pieces shaft" in waits, "20 pieces shaft, acknowledged" in every) == (False, True)
    (told,) = await door.stage.told(OrderAcknowledged)
    assert told.lines[0].as_asked
    assert "promised: 20" in await visitor.see(place)
    nothing = await visitor.act(place, f"{place}/shipments", **{f"quantity {line_id}": "0"})
    assert nothing.status_code == 422
    sent = await visitor.act(place, f"{place}/shipments", **{f"quantity {line_id}": "12"})
    assert (sent.status_code, sent.headers["location"]) == (303, place)
    assert "12 sent" in await visitor.see(place)
    assert (await door.get(WAREHOUSE, f"/v1/purchase-orders/{order_id}"))["order"]["lines"][0][
        "shipped"
    ] == "12"


async def test_less_and_later_is_promised_in_a_form(door: Door, visitor: Visitor) -> None:
    order_id, line_id, place = await ordered(door)
    await visitor.sign_in(*STEEL)
    (line,) = (await door.get(BUYER, f"/v1/purchase-orders/{order_id}"))["order"]["lines"]
    later = line["wanted_at"].replace("2026-0", "2027-0")[:16]
    fields = {f"quantity {line_id}": "15", f"moment {line_id}": later}
    assert (await visitor.act(place, act="deltas", **fields)).status_code == 303
    (told,) = await door.stage.told(OrderAcknowledged)
    (promised,) = told.lines
    assert (str(promised.quantity), promised.as_asked) == ("15", False)
    assert f"{promised.at:%Y-%m-%dT%H:%M}" == later
    assert promised.unit_price.minor == line["unit_price"]["minor"]


@pytest.mark.parametrize(
    "wrong",
    ["", "much", "1.234", "Infinity", "NaN", "1e999999999", "-3"],
    ids=lambda given: given or "nothing",
)
async def test_a_price_that_is_none_is_refused_and_nothing_is_promised(
    door: Door, visitor: Visitor, wrong: str
) -> None:
    _, line_id, place = await ordered(door)
    await visitor.sign_in(*STEEL)
    answer = await visitor.act(place, act="deltas", **{f"price {line_id}": wrong})
    assert answer.status_code == 422, answer.text
    assert line_id in answer.text
    assert await door.stage.told(OrderAcknowledged) == []


async def test_an_order_is_refused_with_words(door: Door, visitor: Visitor) -> None:
    _, _, place = await ordered(door)
    await visitor.sign_in(*STEEL)
    assert (await visitor.act(place, act="refuse", reason="")).status_code == 422
    assert (await visitor.act(place, act="refuse", reason="sold out")).status_code == 303
    assert "All of it as asked" not in await visitor.see(place)


async def test_another_vendor_finds_nothing_and_staff_says_nothing_for_a_vendor(
    door: Door, visitor: Visitor
) -> None:
    _, _, place = await ordered(door)
    await visitor.sign_in("vendor", "other")
    await visitor.see(place, 404)
    assert "None yet" in await visitor.see("/portal")
    await visitor.sign_in("buyer")
    assert "All of it as asked" not in await visitor.see(place)
    assert (await visitor.act(place, act="as-asked")).status_code == 403


async def test_an_enquiry_is_quoted_and_the_winner_reads_it(door: Door, visitor: Visitor) -> None:
    await door.stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await door.stage.requested()
    (issued,) = await door.stage.told(RfqIssued)
    place = f"/portal/rfqs/{issued.rfq_id}"
    await visitor.sign_in("vendor", "a")
    assert "20 pieces shaft" in await visitor.see("/portal")
    quoted = {"unit_price": "7.25", "extras": "0.50", "lead_days": "4"}
    assert (await visitor.act(place, **quoted, currency="EUR")).status_code == 303
    assert "7.25 EUR each, 4 days" in await visitor.see(place)
    assert (await visitor.act(place, **{**quoted, "lead_days": "4.5"})).status_code == 422
    (quotation,) = (await door.get(BUYER, f"/v1/rfqs/{issued.rfq_id}"))["quotations"]
    await door.stage.do(
        commands.AwardRfq(issued.rfq_id, quotation["quotation_id"], "the only one", "buyer-1")
    )
    text = await visitor.see(place)
    assert "you have won" in text
    assert "Quote a price" not in text


async def test_lists_that_are_long_go_on_on_another_page_the_newest_first(
    door: Door, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await door.stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await door.stage.requested("p1", "p2")
    first, second = [f"/portal/rfqs/{each.rfq_id}" for each in await door.stage.told(RfqIssued)]
    monkeypatch.setattr(orders, "ROWS_COUNT", 1)
    await visitor.sign_in("vendor", "a")
    page = await visitor.source("/portal")
    onward = re.findall(r'href="(/portal\?rfqs_after=[^"]+)"', page)
    assert (first in page, second in page, len(onward)) == (False, True, 1)
    following = await visitor.source(onward[0])
    assert (first in following, second in following) == (True, False)


async def test_a_vendor_sees_what_was_ordered_last_first_and_what_waits_longest(
    door: Door, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    await door.stage.opened("steel-ltd")
    await door.stage.requested("p1", "p2")
    (first, _), (second, _) = await door.stage.order("p1"), await door.stage.order("p2")
    await visitor.sign_in(*STEEL)
    waits, _, every = (await visitor.source("/portal")).partition("All purchase orders")
    assert waits.index(first) < waits.index(second)
    assert every.index(second) < every.index(first)
    monkeypatch.setattr(orders, "ROWS_COUNT", 1)
    _, _, page = (await visitor.source("/portal")).partition("All purchase orders")
    (onward,) = re.findall(r'href="(/portal\?after=[^"]+)"', page)
    _, _, following = (await visitor.source(onward)).partition("All purchase orders")
    assert (second in page, first in following, second in following) == (True, True, False)


async def test_what_comes_in_boxes_is_promised_and_sent_in_boxes(door: Door, visitor: Visitor) -> None:
    _, line_id, place = await ordered(door)
    await visitor.sign_in(*STEEL)
    assert "<select" not in await visitor.source(place), "an item that has one unit leaves no choice"
    units = (ItemUnit("box", Quantity(10), Quantity(1)),)
    await door.stage.hear(ItemDefined("shaft", "Shaft", "piece", Quantity(1), units=units))
    assert "<option>piece</option><option>box</option>" in await visitor.source(place)
    fields = {f"quantity {line_id}": "2", f"price {line_id}": "100", f"unit {line_id}": "box"}
    assert (await visitor.act(place, act="deltas", **fields)).status_code == 303
    (told,) = await door.stage.told(OrderAcknowledged)
    assert (told.lines[0].quantity, told.lines[0].as_asked) == (Quantity(20), True)
    sent = {f"quantity {line_id}": "1.2", f"unit {line_id}": "box"}
    assert (await visitor.act(place, f"{place}/shipments", **sent)).status_code == 303
    assert "12 sent" in await visitor.see(place)
    odd = await visitor.act(place, f"{place}/shipments", **{**sent, f"quantity {line_id}": "0.25"})
    assert odd.status_code == 422


async def test_an_order_is_promised_in_parts_in_a_form_with_a_row_for_each(
    door: Door, visitor: Visitor
) -> None:
    _, line_id, place = await ordered(door)
    await visitor.sign_in(*STEEL)
    assert f'href="{place}?parts=2"' in await visitor.source(place)
    rows = f"{place}?parts=3"
    assert f"part moment 3 {line_id}" in await visitor.source(rows)
    nothing = await visitor.act(rows, act="parts")
    assert nothing.status_code == 422
    fields = {
        f"part quantity 1 {line_id}": "12",
        f"part moment 1 {line_id}": "2026-03-07T08:00",
        f"part quantity 2 {line_id}": "8",
        f"part moment 2 {line_id}": "2026-03-14T08:00",
    }
    assert (await visitor.act(rows, act="parts", **fields)).status_code == 303
    (told,) = await door.stage.told(OrderAcknowledged)
    assert [(str(each.quantity), f"{each.at:%m-%d}") for each in told.lines[0].schedule] == [
        ("12", "03-07"),
        ("8", "03-14"),
    ]
    shown = await visitor.see(place)
    assert "promised: 12 for" in shown
    assert ", 8 for" in shown


@pytest.mark.parametrize("parts", ["", "0", "-1", "many", "²", "1000000"])
async def test_rows_for_parts_are_as_many_as_can_be(door: Door, visitor: Visitor, parts: str) -> None:
    _, line_id, place = await ordered(door)
    await visitor.sign_in(*STEEL)
    shown = await visitor.source(f"{place}?parts={parts}")
    assert ("part quantity 24 " in shown) is (parts == "1000000")
    assert f"part quantity 25 {line_id}" not in shown
