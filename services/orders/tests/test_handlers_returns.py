"""Goods that clients send back, on a real PostgreSQL: heard several times, credited once, and read at the page."""

from __future__ import annotations

from typing import Any

import pytest

from backbone.errors import NotFound
from backbone.service import Host
from backbone.testing_pages import Visitor
from contracts import materials, service_desk
from contracts.orders import OrderCharged, OrderCompleted, ValueRevised
from contracts.returns import CreditGranted, ReturnAuthorised, ReturnReceived
from contracts.shapes import LotPart
from contracts.values import CostVector, Money, Quantity
from orders import commands, handlers, queries
from services.orders.tests.stage import heard, placed, told

COST = CostVector(100, 20, 30, 10, "EUR")
FREE = CostVector(0, 0, 0, 0, "EUR")


def stock(move_id: str, quantity: str, cost: CostVector, **back: Any) -> materials.StockMoved:
    """Goods have left for the order's line, or are back by a return."""
    return materials.StockMoved(
        "lot-1", move_id, "PC", "plant-1", Quantity(quantity), "returned" if back else "shipped", cost, "o1",
        "L1.1", **back,
    )  # fmt: skip


async def completed(host: Host) -> None:
    """Four computers and their installation were accepted."""
    await placed(host)
    lots = (LotPart("lot-1", "PC", Quantity(4), COST),)
    line = service_desk.DeliveredLine("L1.1", lots)
    await heard(
        host,
        service_desk.HandOverCompleted("h1", "o1", "plant-1", (line,), FREE, "ann"),
        service_desk.VisitCompleted("v1", "o1", "L1.2", Quantity(1), 60, (), FREE, "ann"),
        stock("m1", "4", COST),
    )
    assert len(await told(host, OrderCompleted)) == 1


async def allowed(host: Host, line_id: str = "L1.1") -> None:
    """One of the computers may be sent back."""
    command = commands.AuthoriseReturn("r1", "o1", line_id, Quantity(1), "scratched")
    await host.do(handlers.authorise_return, command)


async def test_what_came_back_is_credited_once_and_the_value_is_revised(host: Host) -> None:
    await completed(host)
    await allowed(host)
    (authorised,) = await told(host, ReturnAuthorised)
    assert (authorised.customer_id, authorised.quantity) == ("c1", Quantity(1))
    share = CostVector(25, 5, 7, 2, "EUR")
    back = ReturnReceived("r1", "o1", "L1.1", "plant-1", (LotPart("lot-1", "PC", Quantity(1), share),))
    await heard(host, back, stock("m2", "1", share, return_id="r1"))
    (granted,) = await told(host, CreditGranted)
    assert granted == CreditGranted("o1", "r1", "L1.1", Quantity(1), Money(1000, "EUR"))
    (charged,) = await told(host, OrderCharged)
    (completed_at,) = await told(host, OrderCompleted)
    assert charged == OrderCharged("o1", Money(completed_at.value.price - 1000, "EUR"))
    value = (await told(host, ValueRevised))[-1].value
    assert (value.price, value.bought_in, value.labour, value.capital, value.overhead) == (
        3000,
        75,
        15,
        23,
        8,
    )
    async with host.read() as sql:
        order = await queries.find_order(sql, "o1", party="c1")
    (one,) = order.returns
    assert (order.state, one.received, one.credit) == ("completed", Quantity(1), Money(1000, "EUR"))


async def test_what_other_moves_of_a_line_bring_back_is_no_return(host: Host) -> None:
    await completed(host)
    await heard(host, stock("m3", "1", COST, planned_order_id="p1"))
    assert await told(host, ValueRevised) == []
    with pytest.raises(NotFound):
        await allowed(host, "no-line")


async def test_a_client_reads_what_may_come_back_and_what_was_credited(host: Host, visitor: Visitor) -> None:
    await completed(host)
    await allowed(host)
    await visitor.sign_in("customer", "c1")
    assert "1 may be sent back" in await visitor.see("/portal/orders/o1")
    part = LotPart("lot-1", "PC", Quantity(1), FREE)
    await heard(host, ReturnReceived("r1", "o1", "L1.1", "plant-1", (part,)))
    assert "1 came, 10.00 EUR credited" in await visitor.see("/portal/orders/o1")
