"""Customers and offers are taken up."""

from __future__ import annotations

from backbone.service import Batch, Tx
from orders import store
from orders.commands import KnowItem, PublishOffer, RegisterCustomer
from orders.domain.customer import Customer
from orders.domain.offer import Offer, in_own_units


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
    """Put offers into the catalogue, in the units in which their items are counted."""
    goods = [part.item for command in commands for part in command.components if part.kind == "good"]
    known = await store.load_counted(tx, goods)
    offers = []
    for command in commands:
        offer = Offer.published(
            offer_id=command.offer_id,
            title=command.title,
            kind=command.kind,
            price=command.price,
            components=in_own_units(command.components, known),
        )
        tx.emit(offer.told(), because=command)
        await store.add_offer(tx, offer)
        offers.append(offer)
    return offers


async def know_item(commands: Batch[KnowItem], tx: Tx) -> list[None]:
    """Keep how items are counted."""
    await store.save_items(tx, (command.counted for command in commands))
    return [None] * len(commands)
