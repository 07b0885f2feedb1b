"""Later dates at the customers' pages: taken, or the order is left while nothing of it was brought."""

from __future__ import annotations

from datetime import timedelta

from backbone.service import Host
from backbone.testing_pages import Visitor
from contracts.materials import SupplyLate
from contracts.service_desk import DeliveredLine, HandOverCompleted
from contracts.shapes import LineDate, LotPart
from contracts.values import CostVector, Quantity
from services.orders.tests.stage import SOON, heard, placed

LATE = SOON + timedelta(days=7)
COST = CostVector(100, 20, 30, 10, "EUR")


async def late(host: Host, visitor: Visitor) -> None:
    """An order that comes later than it was promised, and its customer at the pages."""
    await placed(host)
    await heard(host, SupplyLate("o1", "the ship is late", "purchase", "p1", (LineDate("L1.1", SOON, LATE),)))
    await visitor.sign_in("customer", "c1")


async def test_a_later_date_is_taken_at_the_page(host: Host, visitor: Visitor) -> None:
    await late(host, visitor)
    text = await visitor.see("/portal/orders/o1")
    assert "Later than promised: the ship is late" in text
    assert "2026-03-20" in text
    assert (await visitor.act("/portal/orders/o1", act="accept-dates")).status_code == 303
    text = await visitor.see("/portal/orders/o1")
    assert "Later than promised" not in text
    assert "promised for 2026-03-20" in text


async def test_a_late_order_is_left_at_the_page_with_a_reason(host: Host, visitor: Visitor) -> None:
    await late(host, visitor)
    refused = await visitor.act("/portal/orders/o1", act="cancel", reason=" ")
    assert refused.status_code == 422
    assert (await visitor.act("/portal/orders/o1", act="cancel", reason="too late for us")).status_code == 303
    assert "cancelled" in await visitor.see("/portal/orders/o1")


async def test_an_order_of_which_a_part_was_brought_is_not_left_and_says_why(
    host: Host, visitor: Visitor
) -> None:
    await late(host, visitor)
    assert "Leave the order" in await visitor.see("/portal/orders/o1")
    brought = (LotPart("lot-1", "PC", Quantity(1), COST),)
    part = DeliveredLine("L1.1", brought)
    await heard(host, HandOverCompleted("h1", "o1", "plant-1", (part,), COST, "ann"))
    text = await visitor.see("/portal/orders/o1")
    assert "The later dates suit" in text
    assert "Leave the order" not in text
    refused = await visitor.act("/portal/orders/o1", act="cancel", reason="too late for us")
    assert refused.status_code == 409
    assert "ask for a change of the rest" in refused.text
