"""Customers and offers are taken up; who is reached for a customer changes, or is forgotten."""

from __future__ import annotations

from collections.abc import Mapping

from backbone.errors import NotFound
from backbone.service import Batch, Tx, changed
from orders import store
from orders.commands import ChangeContact, EraseContact, KnowItem, PublishOffer, RegisterCustomer
from orders.domain.customer import Contact, Customer
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


async def change_contact(commands: Batch[ChangeContact], tx: Tx) -> list[Contact]:
    """Speak to another person, or reach the same one otherwise; raises `NotFound` for an unknown customer."""
    known = await store.lock_contacts(tx, (command.customer_id for command in commands))
    contacts = dict(known)
    for command in commands:
        contact = _known(contacts, command.customer_id)
        contacts[command.customer_id], facts = contact.changed(command.name, command.mail, command.address)
        tx.emit(*facts, because=command)
    await store.save_contacts(tx, changed(known, contacts))
    return [contacts[command.customer_id] for command in commands]


async def erase_contact(commands: Batch[EraseContact], tx: Tx) -> list[Contact]:
    """Forget who was spoken to, here and wherever it was told; raises `NotFound` and `ContactIsNeeded`."""
    known = await store.lock_contacts(tx, (command.customer_id for command in commands))
    contacts = dict(known)
    under_way = await store.load_under_way(tx, contacts)
    for command in commands:
        contact = _known(contacts, command.customer_id)
        contacts[command.customer_id], facts = contact.erased(under_way=command.customer_id in under_way)
        tx.emit(*facts, because=command)
    await store.save_contacts(tx, changed(known, contacts))
    return [contacts[command.customer_id] for command in commands]


def _known(contacts: Mapping[str, Contact], customer_id: str) -> Contact:
    contact = contacts.get(customer_id)
    if contact is None:
        raise NotFound(f"no customer {customer_id}")
    return contact


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
    """Keep how items are counted and called."""
    await store.save_items(tx, ((command.counted, command.title) for command in commands))
    return [None] * len(commands)
