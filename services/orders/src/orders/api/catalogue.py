"""Customers, who is reached for them, and offers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Asked, Response, acts, created, creates, done, lists, page_asked, paged, placed
from contracts.orders import Component
from contracts.values import Money, Quantity
from orders import commands, handlers, queries
from orders.api.forms import Taken
from orders.domain.customer import Contact, Customer
from orders.domain.offer import Offer

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
class ContactBody:
    """The person to speak to for a customer, and how they are reached."""

    name: str
    mail: str
    address: str


@dataclass(frozen=True, slots=True)
class OfferBody:
    """A good, a service or a bundle, and what one unit of it contains."""

    offer_id: str
    title: str
    kind: Literal["good", "service", "bundle"]
    price: Money
    components: tuple[Component, ...]


ACME: Final = CustomerBody("acme", "Acme Ltd", "Ada Brown", "ada@acme.example", "1 High Street, Leeds")
BEA: Final = ContactBody("Bea Gray", "bea@acme.example", "2 High Street, Leeds")
CHAIR: Final = OfferBody(
    "chair",
    "Chair",
    "good",
    Money(9_900, "EUR"),
    (Component("good", "chair", Quantity(1), "piece", "plant-1"),),
)


@router.post("/v1/customers", **creates(Taken, body=CustomerBody, example=ACME))
async def register_customer(ask: Asked) -> Response:
    """Take up a customer and the person to speak to."""
    body = await ask.body(CustomerBody)
    customer = Customer(
        placed(body.customer_id, "/customer_id"),
        f"contact-{body.customer_id}",
        "main",
        body.title,
        body.name,
        body.mail,
        body.address,
        body.priority,
    ).checked()
    return await ask.act(
        handlers.register_customer,
        commands.RegisterCustomer(customer),
        reply=lambda customer: created(f"/v1/customers/{customer.customer_id}", Taken(customer.customer_id)),
    )


@router.post("/v1/customers/{customer_id}/contact", **acts(Taken, body=ContactBody, example=BEA))
async def change_contact(ask: Asked, customer_id: str) -> Response:
    """Speak to another person for a customer, or reach the same one otherwise."""
    body = await ask.body(ContactBody)
    command = commands.ChangeContact(customer_id, body.name, body.mail, body.address)
    return await ask.act(handlers.change_contact, command, reply=_reached)


@router.post("/v1/customers/{customer_id}/contact/erasure", **acts(Taken))
async def erase_contact(ask: Asked, customer_id: str) -> Response:
    """Forget name, mail and address of the person who was spoken to for a customer, here and at the service desk."""
    return await ask.act(handlers.erase_contact, commands.EraseContact(customer_id), reply=_reached)


def _reached(contact: Contact) -> Reply:
    return done(Taken(contact.customer_id))


@router.post("/v1/offers", **creates(Taken, body=OfferBody, example=CHAIR))
async def publish_offer(ask: Asked) -> Response:
    """Put a good, a service or a bundle into the catalogue."""
    body = await ask.body(OfferBody)
    command = commands.PublishOffer(
        placed(body.offer_id, "/offer_id"), body.title, body.kind, body.price, body.components
    )
    return await ask.act(handlers.publish_offer, command, reply=_published)


def _published(offer: Offer) -> Reply:
    return created(f"/v1/offers/{offer.offer_id}", Taken(offer.offer_id), version=offer.version)


@router.get("/v1/offers", **lists(queries.OfferView))
async def list_offers(ask: Asked) -> Response:
    """The catalogue, by offer id."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_offers(sql, after=after, limit=limit), limit)
