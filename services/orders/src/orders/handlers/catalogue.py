"""Customers and offers are taken up."""

from __future__ import annotations

from backbone.service import Batch, Tx
from orders import store
from orders.commands import PublishOffer, RegisterCustomer
from orders.domain.customer import Customer
from orders.domain.offer import Offer


async def register_customer(commands: Batch[RegisterCustomer], tx: Tx) -> list[Customer]:
    """Take up customers; how to reach a person goes out on its own topic."""
    customers = []
    for command in commands:
        customer = command.customer
        tx.emit(*customer.told(), because=command)
        await store.add_customer(tx, customer)
        customers.append(customer)
    return customers


async def publish_offer(commands: Batch[PublishOffer], tx: Tx) -> list[Offer]:
    """Put offers into the catalogue."""
    offers = []
    for command in commands:
        offer = Offer.published(
            offer_id=command.offer_id,
            title=command.title,
            kind=command.kind,
            price=command.price,
            components=command.components,
        )
        tx.emit(offer.told(), because=command)
        await store.add_offer(tx, offer)
        offers.append(offer)
    return offers
