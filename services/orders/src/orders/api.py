"""The HTTP door of orders: body, path and principal become a command."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import (
    Ask,
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    filter_asked,
    found,
    lists,
    page_asked,
    paged,
    shows,
)
from contracts.orders import Component, WantedLine
from contracts.shapes import DeliveryPolicy
from contracts.values import Money, Quantity, Window
from orders import commands, handlers, queries
from orders.domain.customer import Customer
from orders.domain.need import Need
from orders.domain.offer import Offer
from orders.domain.order import Order
from orders.domain.quote import Quote

router = APIRouter()


@dataclass(frozen=True, slots=True)
class CustomerBody:
    """A customer and the person to speak to."""

    customer_id: str
    title: str
    name: str
    mail: str
    address: str
    priority: int = 2


@dataclass(frozen=True, slots=True)
class Taken:
    """The id under which something was taken up."""

    id: str


@dataclass(frozen=True, slots=True)
class OfferBody:
    """A good, a service or a bundle, and what one unit of it contains."""

    offer_id: str
    title: str
    kind: Literal["good", "service", "bundle"]
    price: Money
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class LineBody:
    """One thing that is needed; `required` are property windows, `offer_id` names an offer outright."""

    line_id: str
    quantity: Quantity
    wanted_at: datetime
    text: str = ""
    offer_id: str | None = None
    required: Window = ()


@dataclass(frozen=True, slots=True)
class NeedBody:
    """What a customer needs; `customer_id` is for staff, a customer's own is known."""

    lines: tuple[LineBody, ...]
    text: str = ""
    delivery_policy: DeliveryPolicy = "complete-order"
    customer_id: str | None = None
    address_id: str = "main"


@dataclass(frozen=True, slots=True)
class ReasonBody:
    """Why it is done."""

    reason: str


@dataclass(frozen=True, slots=True)
class NeedView:
    """A need and how far it is."""

    need_id: str
    customer_id: str
    state: str
    attention: str | None
    stated_at: datetime

    @classmethod
    def of(cls, need: Need) -> NeedView:
        """The view of a need."""
        return cls(need.need_id, need.customer_id, need.state, need.attention, need.stated_at)


@router.post("/v1/customers", **creates(Taken, body=CustomerBody))
async def register_customer(ask: Asked) -> Response:
    """Take up a customer and the person to speak to."""
    body = await ask.body(CustomerBody)
    customer = Customer(
        body.customer_id,
        f"contact-{body.customer_id}",
        "main",
        body.title,
        body.name,
        body.mail,
        body.address,
        body.priority,
    )
    return await ask.act(
        handlers.register_customer,
        commands.RegisterCustomer(customer),
        reply=lambda customer: created(f"/v1/customers/{customer.customer_id}", Taken(customer.customer_id)),
    )


@router.post("/v1/offers", **creates(Taken, body=OfferBody))
async def publish_offer(ask: Asked) -> Response:
    """Put a good, a service or a bundle into the catalogue."""
    body = await ask.body(OfferBody)
    command = commands.PublishOffer(body.offer_id, body.title, body.kind, body.price, body.components)
    return await ask.act(handlers.publish_offer, command, reply=_published)


def _published(offer: Offer) -> Reply:
    return created(f"/v1/offers/{offer.offer_id}", Taken(offer.offer_id), version=offer.version)


@router.get("/v1/offers", **lists(queries.OfferView))
async def list_offers(ask: Asked) -> Response:
    """The catalogue, by offer id."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_offers(sql, after=after, limit=limit), limit)


@router.post("/v1/needs", **creates(NeedView, body=NeedBody))
async def state_need(ask: Asked) -> Response:
    """State what a customer needs; a quote follows as soon as material and people are promised."""
    body = await ask.body(NeedBody)
    return await ask.act(
        handlers.state_need,
        _state_need(ask, body),
        reply=lambda need: created(f"/v1/needs/{need.need_id}", NeedView.of(need), version=need.version),
    )


def _state_need(ask: Ask, body: NeedBody) -> commands.StateNeed:
    customer_id = ask.whose(body.customer_id, "/customer_id")
    lines = tuple(
        WantedLine(line.line_id, line.text, line.quantity, line.wanted_at, line.offer_id, line.required)
        for line in body.lines
    )
    return commands.StateNeed(
        ask.new_id(), customer_id, body.address_id, body.text, lines, body.delivery_policy
    )


@router.get("/v1/needs/{need_id}", **shows(queries.NeedDetail))
async def show_need(ask: Asked, need_id: str) -> Response:
    """A need, with its quote once there is one."""
    async with ask.read() as sql:
        need = await queries.find_need(sql, need_id, party=ask.party)
    return found(need, version=need.version)


@router.get("/v1/quotes", **lists(queries.QuoteView, "state"))
async def list_quotes(ask: Asked) -> Response:
    """Quotes, the oldest first."""
    after, limit = page_asked(ask)
    state = filter_asked(ask, "state")
    async with ask.read() as sql:
        page = await queries.page_quotes(sql, party=ask.party, state=state, after=after, limit=limit)
    return paged(ask, page, limit)


@router.get("/v1/quotes/{quote_id}", **shows(queries.QuoteView))
async def show_quote(ask: Asked, quote_id: str) -> Response:
    """A quote with its lines, prices and dates."""
    async with ask.read() as sql:
        quote = await queries.find_quote(sql, quote_id, party=ask.party)
    return found(quote, version=quote.version)


@router.post("/v1/quotes/{quote_id}/accept", **acts(Taken))
async def accept_quote(ask: Asked, quote_id: str) -> Response:
    """Order what a quote offers; the answer names the order."""
    command = commands.AcceptQuote(quote_id, ask.new_id(), ask.party)
    return await ask.act(handlers.accept_quote, command, reply=_ordered)


def _ordered(order: Order) -> Reply:
    return done(Taken(order.order_id), version=order.version)


@router.post("/v1/quotes/{quote_id}/decline", **acts(Taken))
async def decline_quote(ask: Asked, quote_id: str) -> Response:
    """Leave a quote; what it held is free again."""
    return await ask.act(handlers.decline_quote, commands.DeclineQuote(quote_id, ask.party), reply=_left)


def _left(quote: Quote) -> Reply:
    return done(Taken(quote.quote_id), version=quote.version)


@router.get("/v1/orders", **lists(queries.OrderView, "state"))
async def list_orders(ask: Asked) -> Response:
    """Orders, the oldest first."""
    after, limit = page_asked(ask)
    state = filter_asked(ask, "state")
    async with ask.read() as sql:
        page = await queries.page_orders(sql, party=ask.party, state=state, after=after, limit=limit)
    return paged(ask, page, limit)


@router.get("/v1/orders/{order_id}", **shows(queries.OrderView))
async def show_order(ask: Asked, order_id: str) -> Response:
    """An order with its lines on all their axes."""
    async with ask.read() as sql:
        order = await queries.find_order(sql, order_id, party=ask.party)
    return found(order, version=order.version)


@router.post("/v1/orders/{order_id}/accept-dates", **acts(Taken))
async def accept_new_dates(ask: Asked, order_id: str) -> Response:
    """Take the later dates of an order at risk as its promise."""
    command = commands.AcceptNewDates(order_id, ask.party)
    return await ask.act(handlers.accept_new_dates, command, reply=_ordered)


@router.post("/v1/orders/{order_id}/cancel", **acts(Taken, body=ReasonBody))
async def cancel_order(ask: Asked, order_id: str) -> Response:
    """Leave an order that comes later than it was promised, free of charge."""
    body = await ask.body(ReasonBody)
    command = commands.CancelOrder(order_id, body.reason, ask.party)
    return await ask.act(handlers.cancel_order, command, reply=_ordered)
