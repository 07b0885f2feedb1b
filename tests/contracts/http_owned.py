"""Things of one customer and of one vendor at each service that lets parties in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from tests.desk_made import ready
from tests.desk_stage import Stage as DeskStage

from backbone.ids import new_id
from contracts.materials import PromiseOffered, RequirementsPlanned
from contracts.orders import PromiseRequested, QuoteSent
from contracts.returns import ReturnAuthorised
from contracts.rfqs import RfqIssued
from contracts.service_desk import VisitBooked
from contracts.shapes import DateStep, LineQuantity
from contracts.values import Quantity
from orders import commands as orders_commands
from orders import handlers as orders_handlers
from services.orders.tests import stage as orders_stage
from services.vendors.tests.made import request, terms, vendor
from services.vendors.tests.stage import Stage as VendorsStage
from tests.contracts.http_house import House
from vendors import commands as vendors_commands

Owned = Mapping[str, tuple[str, ...]]
CHANGE_ID: Final = "change-of-c1"
# What a path names beside the object itself.
BESIDE: Final = {"figure": "otif", "change_id": CHANGE_ID}
# Who owns nothing of what is made here; a link speaks for a customer.
OTHERS: Final = {"customer": "c2", "vendor": "wood-ltd", "link": "c2"}


async def _orders(house: House) -> dict[str, tuple[str, ...]]:
    """Two needs with their quotes, one of them ordered and promised; its customer asks for less."""
    host = house.host
    accepted, _ = await orders_stage.quoted(host)
    await host.do(orders_handlers.accept_quote, orders_commands.AcceptQuote(accepted, "order-of-c1", "c1"))
    promised = RequirementsPlanned("order-of-c1", (DateStep("L1.1", Quantity(4), orders_stage.SOON),), ())
    soon = orders_stage.SOON
    await orders_stage.heard(host, promised, VisitBooked("v1", "order-of-c1", "L1.2", soon, soon, ("t1",)))
    less = (LineQuantity("L1.1", Quantity(3)),)
    await host.do(
        orders_handlers.request_amendment,
        orders_commands.RequestAmendment(CHANGE_ID, "order-of-c1", less, "c1"),
    )
    need = await orders_stage.state(host, "box")
    await orders_stage.heard(host, need)
    asked = (await orders_stage.told(host, PromiseRequested))[-1]
    steps = (DateStep("L1", Quantity(4), orders_stage.SOON),)
    offered = PromiseOffered(asked.promise_id, need.need_id, 1, steps, asked.hold_until, ())
    await orders_stage.heard(host, offered)
    open_quote = (await orders_stage.told(host, QuoteSent))[-1].quote_id
    assert open_quote != accepted
    return {"need_id": (need.need_id,), "quote_id": (open_quote, accepted), "order_id": ("order-of-c1",)}


async def _vendors(house: House) -> dict[str, tuple[str, ...]]:
    """A vendor with terms, an order and an RFQ."""
    stage = VendorsStage(house.host)
    for vendor_id, skus in (("steel-ltd", {"shaft", "bar"}), ("wood-ltd", {"plank"})):
        await stage.do(vendors_commands.RegisterVendor(vendor(vendor_id, skus=frozenset(skus))))
    await stage.do(vendors_commands.PublishTerms(terms("terms-of-steel")))
    await stage.requested("planned-1")
    await stage.hear(request("planned-2", sku="bar"))
    order_id, _ = await stage.order("planned-1")
    (rfq,) = await stage.told(RfqIssued)
    assert rfq.vendor_ids == ("steel-ltd",)
    return {
        "vendor_id": ("steel-ltd",),
        "terms_id": ("terms-of-steel",),
        "purchase_order_id": (order_id,),
        "rfq_id": (rfq.rfq_id,),
    }


async def _service_desk(house: House) -> dict[str, tuple[str, ...]]:
    """A visit that waits for an answer, a hand-over, a return, a ticket and a conversation."""
    stage = DeskStage(house.host)
    await stage.opened()
    await stage.ordered(("L1", "setup"), order_id="order-of-c1")
    visit = (await stage.offer()).visit_id
    await stage.ordered(("L1", "pc"), order_id="other-order-of-c1", promise_id="p2")
    await stage.hear(ready(order_id="other-order-of-c1"))
    may = ReturnAuthorised("return-of-c1", "order-of-c1", "need-p1", "c1", "L1", Quantity(1), "scratched")
    await stage.hear(may)
    visits = (visit, (await stage.offer("hand-over")).visit_id)
    return {"visit_id": visits, "order_id": ("order-of-c1",), "return_id": ("return-of-c1",)}


MADE: Final[Mapping[str, Callable[[House], Any]]] = {
    "orders": _orders,
    "vendors": _vendors,
    "service_desk": _service_desk,
}


def made(house: House, package: str) -> Owned:
    """What one party owns, by the parameter that names it."""
    owned: dict[str, tuple[str, ...]] = house.wait(MADE[package](house))
    if package == "service_desk":
        heads = {**house.token("customer"), "content-type": "application/json"}
        ticket = b'{"kind":"question","subject":"when?","order_id":"order-of-c1"}'
        opened = house.send("POST", "/v1/tickets", {**heads, "idempotency-key": new_id()}, ticket).json()
        said = b'{"text":"hello","order_id":"order-of-c1"}'
        message = house.send("POST", "/v1/messages", {**heads, "idempotency-key": new_id()}, said).json()
        owned |= {"ticket_id": (opened["id"],), "conversation_id": (message["conversation_id"],)}
    return owned
