"""Portals to look at: a customer's quotes and orders, a client's visits and messages, a vendor's orders."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from playwright.async_api import Browser, StorageState

from backbone.auth import LOGIN_TYPE
from backbone.ids import new_id
from backbone.service import Host
from backbone.testing_issuer import Issuer
from contracts.changes import ChangeAnswered, DeliveryChangeAnswered
from contracts.instead import StandIn, SubstituteOffered
from contracts.materials import GoodsReady, RequirementsPlanned, SupplyLate
from contracts.orders import OrderLine, OrderPlaced, QuoteSent
from contracts.rfqs import RfqIssued
from contracts.service_desk import VisitBooked, VisitOffered
from contracts.shapes import DateStep, DemandLine, LineDate, LineQuantity, LotPart
from contracts.values import CostVector, Money, Quantity
from orders import commands as orders_commands
from orders import handlers as orders_handlers
from orders.__main__ import SERVICE as ORDERS
from service_desk import commands as desk_commands
from service_desk import handlers as desk_handlers
from service_desk.__main__ import SERVICE as SERVICE_DESK
from services.orders.tests import stage
from services.vendors.tests.made import request, terms, vendor
from services.vendors.tests.stage import Stage as Plant
from tests.browser.pages import hidden_routes
from tests.browser.street import a_database
from tests.browser.tower import served, service_host
from vendors import commands as vendors_commands
from vendors.__main__ import SERVICE as VENDORS
from vendors.domain.delivery import Shipped

CUSTOMER: Final = "c1"
VENDOR: Final = "steel-ltd"
OF_SERVICES: Final = {"orders": ORDERS, "service-desk": SERVICE_DESK, "vendors": VENDORS}
WHO: Final = {
    "orders": ("customer", CUSTOMER),
    "service-desk": ("customer", CUSTOMER),
    "vendors": ("vendor", VENDOR),
}
# What leads to pages: the front, the entrance, and the stations between two portals.
WAYS: Final = frozenset({"/", "/login", "/cross", "/vouch", "/crossed", "/farewell"})
# What each page is looked at with, by service and pattern: a name of the view, and its address.
VIEWS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {
    "orders": {
        "/portal": {"portal-orders": "/portal"},
        "/portal/quotes/{quote_id}": {
            "portal-quote": "/portal/quotes/{quote}",
            "portal-quote-sooner": "/portal/quotes/{sooner}",
            "portal-quote-refused": "/portal/quotes/{refused}",
        },
        "/portal/orders/{order_id}": {
            "portal-order-late": "/portal/orders/o1",
            "portal-order": "/portal/orders/o2",
        },
        "/portal/orders/{order_id}/changes/{change_id}": {"portal-change": "/portal/orders/o2/changes/x2"},
    },
    "service-desk": {
        "/portal": {"portal-visits": "/portal"},
        "/portal/visits/{visit_id}": {
            "portal-visit-offered": "/portal/visits/{offered}",
            "portal-visit-brought": "/portal/visits/{brought}",
        },
        "/portal/messages": {"portal-messages-none": "/portal/messages"},
        "/portal/orders/{order_id}/messages": {"portal-messages": "/portal/orders/o1/messages"},
        "/portal/tickets/{ticket_id}": {"portal-ticket": "/portal/tickets/t1"},
    },
    "vendors": {
        "/portal": {"portal-vendor": "/portal"},
        "/portal/purchase-orders/{purchase_order_id}": {
            "portal-purchase-asked": "/portal/purchase-orders/{asked}",
            "portal-purchase-sent": "/portal/purchase-orders/{sent}",
        },
        "/portal/rfqs/{rfq_id}": {"portal-rfq": "/portal/rfqs/{rfq}"},
    },
}


def pages_of(service: str) -> list[str]:
    """The patterns of a service's pages, but for the entrance that all have and the ways there."""
    found = [path for router in OF_SERVICES[service].routes for path in hidden_routes(router)]
    return [path for path in found if path not in WAYS]


@dataclass(frozen=True, slots=True)
class Portals:
    """Where both answer, and what addresses of their pages name in braces."""

    addresses: Mapping[str, str]
    issuer: Issuer
    names: Mapping[str, str]

    def login(self, service: str) -> str:
        """A token that signs in who looks at a service's pages, once."""
        claims = {"jti": new_id(), "sub": "ann"}
        return self.issuer.token(*WHO[service], header={"typ": LOGIN_TYPE}, claims=claims)

    async def signed_in(self, browser: Browser, service: str) -> StorageState:
        """What a browser keeps of the customer, or the vendor, who signed in."""
        token = self.login(service)
        context = await browser.new_context(base_url=self.addresses[service])
        page = await context.new_page()
        await page.goto(f"/login?token={token}&next=/portal")
        await page.get_by_role("button", name="Sign in").click()
        await page.wait_for_url("/portal")
        state = await context.storage_state()
        await context.close()
        return state


@asynccontextmanager
async def portals(postgres_url: str, folder: Path) -> AsyncIterator[Portals]:
    """Both of them, with something to see."""
    issuer = Issuer(folder)
    async with AsyncExitStack() as stack:
        addresses: dict[str, str] = {}
        names: dict[str, str] = {}
        for name, fill in (("orders", order), ("service-desk", deliver), ("vendors", buy)):
            database = await a_database(stack, postgres_url, name.replace("-", "_"))
            host = await stack.enter_async_context(service_host(OF_SERVICES[name], database, addresses))
            names |= await fill(host)
            addresses[name] = await stack.enter_async_context(served(host, issuer))
        yield Portals(addresses, issuer, names)


async def order(host: Host) -> dict[str, str]:
    """Quotes that wait, one to be had sooner and one at all; orders that are late and of which less is wanted."""
    first, _ = await stage.quoted(host)
    await _accepted(host, first, "o1")
    late = LineDate("L1.1", stage.SOON, stage.SOON + timedelta(days=7))
    await stage.heard(host, SupplyLate("o1", "the ship is late", "purchase", "p1", (late,)))
    await _accepted(host, await stage.quoted_again(host), "o2")
    fewer = orders_commands.RequestAmendment("x2", "o2", (LineQuantity("L1.1", Quantity(3)),), CUSTOMER)
    await host.do(orders_handlers.request_amendment, fewer)
    await stage.heard(host, ChangeAnswered("o2", "x2"), DeliveryChangeAnswered("o2", "x2"))
    quotes = {"quote": await stage.quoted_again(host), "sooner": await _sooner(host)}
    return {**quotes, "refused": await _refused(host)}


async def _sooner(host: Host) -> str:
    """A quote that could be kept sooner with a substitute."""
    quote_id = await stage.quoted_again(host)
    sent = (await stage.told(host, QuoteSent))[-1]
    steps = (DateStep("L1.1", Quantity(4), stage.SOON - timedelta(days=5)),)
    await stage.heard(
        host, SubstituteOffered(sent.promise_id, sent.need_id, 1, "plant-1", "card-a", "card-b", steps)
    )
    return quote_id


async def _refused(host: Host) -> str:
    """A quote of what cannot be promised as it is asked for, and could be with two substitutes."""
    quote_id, promise_id = await stage.refused_again(host)
    steps = (DateStep("L1.1", Quantity(4), stage.SOON),)
    also = (StandIn("plant-1", "lid-a", "lid-b"),)
    await stage.heard(
        host, SubstituteOffered(promise_id, "n", 1, "plant-1", "card-a", "card-b", steps, (), also)
    )
    return quote_id


async def _accepted(host: Host, quote_id: str, order_id: str) -> None:
    await host.do(orders_handlers.accept_quote, orders_commands.AcceptQuote(quote_id, order_id, CUSTOMER))
    planned = RequirementsPlanned(order_id, (DateStep("L1.1", Quantity(4), stage.SOON),), ())
    booked = VisitBooked(f"v-{order_id}", order_id, "L1.2", stage.SOON, stage.SOON, ("t1",))
    await stage.heard(host, planned, booked)


async def deliver(host: Host) -> dict[str, str]:
    """Goods that are offered, goods that were brought, a complaint that was answered, words about an order."""
    for order_id in ("o1", "o2"):
        await stage.heard(host, _placed(order_id), _ready(order_id))
    offers = {each.order_id: each for each in await stage.told(host, VisitOffered)}
    brought = offers["o2"]
    confirm = desk_commands.ConfirmVisit(brought.visit_id, brought.offer_no, CUSTOMER)
    await host.do(desk_handlers.confirm_visit, confirm)
    await host.do(desk_handlers.dispatch_goods, desk_commands.DispatchGoods(brought.visit_id, 0))
    opening = desk_commands.OpenTicket("t1", CUSTOMER, "o1", "complaint", 3, "Nobody came on Monday")
    await host.do(desk_handlers.open_ticket, opening)
    answer = desk_commands.ResolveTicket("t1", "we come on Tuesday", None, "agnes")
    await host.do(desk_handlers.resolve_ticket, answer)
    for author, party, text in (
        ("ann", CUSTOMER, "Which entrance?"),
        ("agent:a", None, "The one at the back"),
    ):
        said = desk_commands.WriteMessage(new_id(), CUSTOMER, "o1", text, None, author, party)
        await host.do(desk_handlers.write_message, said)
    return {"offered": offers["o1"].visit_id, "brought": brought.visit_id}


async def buy(host: Host) -> dict[str, str]:
    """An order that waits for its answer, one that was sent in part, an enquiry with a quotation."""
    plant = Plant(host)
    await plant.do(vendors_commands.RegisterVendor(vendor(VENDOR, skus=frozenset({"shaft", "bar"}))))
    await plant.do(vendors_commands.PublishTerms(terms()))
    await plant.requested("p1")
    sent, line_id = await plant.order("p1")
    await plant.acknowledge()
    part = (Shipped(line_id, Quantity(12)),)
    arrives = plant.clock.now() + timedelta(days=3)
    await plant.do(vendors_commands.NotifyShipment(sent, new_id(), part, arrives, VENDOR))
    await plant.requested("p2")
    asked, _ = await plant.order("p2")
    await plant.hear(request("p3", sku="bar"))
    (rfq,) = await plant.told(RfqIssued)
    price = Money(725, "EUR")
    await plant.do(vendors_commands.AnswerRfq(rfq.rfq_id, "quotation-1", VENDOR, price, 50, 4, ()))
    return {"asked": asked, "sent": sent, "rfq": rfq.rfq_id}


def _placed(order_id: str) -> OrderPlaced:
    wanted_at = stage.SOON
    line = DemandLine("L1", "good", "pc", Quantity(4), "piece", "plant-1", wanted_at)
    sold = (OrderLine(line, Money(100_00, "EUR"), wanted_at),)
    need, quote, promise = f"need-{order_id}", f"q-{order_id}", f"p-{order_id}"
    return OrderPlaced(order_id, need, quote, promise, CUSTOMER, "k1", "main", 2, "complete-order", sold)


def _ready(order_id: str) -> GoodsReady:
    lot = LotPart(f"lot-{order_id}", "pc", Quantity(4), CostVector(100, 20, 10, 5, "EUR"))
    return GoodsReady(order_id, "L1", 1, "plant-1", Quantity(4), (lot,))
