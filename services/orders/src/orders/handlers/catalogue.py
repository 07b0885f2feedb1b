"""Customers and offers are taken up."""

from __future__ import annotations

from backbone.service import Batch, Tx
from contracts.orders import ContactChanged, CustomerRegistered
from orders import store
from orders.commands import PublishOffer, RegisterCustomer
from orders.domain.offer import Offer


async def register_customer(commands: Batch[RegisterCustomer], tx: Tx) -> list[RegisterCustomer]:
    """Take up customers; how to reach a person goes out on its own topic."""
    for command in commands:
        tx.emit(
            CustomerRegistered(command.customer_id, command.contact_id, command.address_id, command.priority),
            ContactChanged(
                command.contact_id, command.customer_id, command.name, command.mail, command.address
            ),
            because=command,
        )
        await store.add_customer(tx, command)
    return list(commands)


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
