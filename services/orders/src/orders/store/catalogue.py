"""Customers, contacts and offers in their rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.errors import Refusal
from backbone.service import Tx
from contracts.orders import Component
from contracts.topics import CONTACT, CUSTOMER, OFFER
from contracts.units import Counted
from contracts.values import Money
from orders.domain.customer import Contact, Customer
from orders.domain.offer import Offer

OFFERS_COUNT_MAX: Final = 5_000

_counted: Reads[Counted] = reader(Counted)
SAVE_ITEMS: Final = text(
    """
    INSERT INTO items (sku, counted, title)
    SELECT sku, CAST(counted AS jsonb), title
    FROM unnest(CAST(:sku AS text[]), CAST(:counted AS text[]), CAST(:title AS text[])) AS told(sku, counted, title)
    ORDER BY sku ON CONFLICT (sku) DO UPDATE SET counted = excluded.counted, title = excluded.title
    """
)
LOAD_COUNTED: Final = text("SELECT CAST(counted AS text) AS counted FROM items WHERE sku = ANY(:skus)")
ADD_CUSTOMER: Final = text(
    """
    INSERT INTO customers (customer_id, title, contact_id, address_id, priority, version, told)
    VALUES (:customer_id, :title, :contact_id, :address_id, :priority, 1, :told)
    ON CONFLICT DO NOTHING RETURNING customer_id
    """
)
ADD_CONTACT: Final = text(
    """
    INSERT INTO contacts (contact_id, customer_id, name, mail, address, version, told)
    VALUES (:contact_id, :customer_id, :name, :mail, :address, 1, :told)
    ON CONFLICT DO NOTHING RETURNING contact_id
    """
)
LOAD_CONTACTS: Final = text(
    "SELECT customer_id, contact_id FROM customers WHERE customer_id = ANY(:customer_ids)"
)
LOCK_CONTACTS: Final = text(
    """
    SELECT contacts.contact_id, contacts.customer_id, name, mail, address, contacts.told
    FROM contacts JOIN customers USING (contact_id) WHERE customers.customer_id = ANY(:customer_ids)
    ORDER BY contacts.contact_id FOR UPDATE OF contacts
    """
)
SAVE_CONTACTS: Final = text(
    """
    UPDATE contacts SET name = saved.name, mail = saved.mail, address = saved.address, told = saved.told,
                        version = version + 1
    FROM unnest(CAST(:contact_id AS text[]), CAST(:name AS text[]), CAST(:mail AS text[]), CAST(:address AS text[]),
                CAST(:told AS bigint[])) AS saved(contact_id, name, mail, address, told)
    WHERE contacts.contact_id = saved.contact_id
    """
)
# A quote that can still be taken leads to goods that have to be brought.
LOAD_UNDER_WAY: Final = text(
    """
    SELECT customer_id FROM orders WHERE state = 'open' AND customer_id = ANY(:customer_ids)
    UNION SELECT customer_id FROM quotes WHERE state IN ('draft', 'sent') AND customer_id = ANY(:customer_ids)
    """
)
LOAD_PRIORITIES: Final = text(
    "SELECT customer_id, priority FROM customers WHERE customer_id = ANY(:customer_ids)"
)
ADD_OFFER: Final = text(
    """
    INSERT INTO offers (offer_id, title, kind, price_minor, currency, components, version, told)
    VALUES (:offer_id, :title, :kind, :price_minor, :currency, CAST(:components AS jsonb), 1, :told)
    ON CONFLICT DO NOTHING RETURNING offer_id
    """
)
LOAD_OFFERS: Final = text(
    """
    SELECT offer_id, title, kind, price_minor, currency, CAST(components AS text) AS components, version FROM offers
    WHERE offer_id = ANY(:offer_ids) OR :whole
    ORDER BY offer_id LIMIT :limit
    """
)

_components: Reads[tuple[Component, ...]] = reader(tuple[Component, ...])


class AlreadyThere(Refusal):
    """Something of that id exists already."""


async def add_customer(tx: Tx, customer: Customer) -> None:
    """Insert a customer and its contact; raises `AlreadyThere`."""
    tx.added(CUSTOMER, [customer.customer_id])
    tx.added(CONTACT, [customer.contact_id])
    values = {
        "customer_id": customer.customer_id,
        "title": customer.title,
        "contact_id": customer.contact_id,
        "address_id": customer.address_id,
        "priority": customer.priority,
        "told": tx.tells(CUSTOMER, customer.customer_id),
    }
    if (await tx.sql.execute(ADD_CUSTOMER, values)).first() is None:
        raise AlreadyThere(f"customer {customer.customer_id} is registered already")
    contact = {
        "contact_id": customer.contact_id,
        "customer_id": customer.customer_id,
        "name": customer.name,
        "mail": customer.mail,
        "address": customer.address,
        "told": tx.tells(CONTACT, customer.contact_id),
    }
    if (await tx.sql.execute(ADD_CONTACT, contact)).first() is None:
        raise AlreadyThere(f"contact {customer.contact_id} is registered already")


async def load_contacts(tx: Tx, customer_ids: Iterable[str]) -> dict[str, str]:
    """The contact of each customer, by customer id."""
    rows = await tx.sql.execute(LOAD_CONTACTS, {"customer_ids": sorted(set(customer_ids))})
    return {row.customer_id: row.contact_id for row in rows}


async def lock_contacts(tx: Tx, customer_ids: Iterable[str]) -> dict[str, Contact]:
    """The contact of each customer that is known, by customer id, locked in key order."""
    rows = (await tx.sql.execute(LOCK_CONTACTS, {"customer_ids": sorted(set(customer_ids))})).all()
    tx.locked(CONTACT, {row.contact_id: row.told for row in rows})
    return {
        row.customer_id: Contact(row.contact_id, row.customer_id, row.name, row.mail, row.address)
        for row in rows
    }


async def save_contacts(tx: Tx, contacts: Iterable[Contact]) -> None:
    """Write locked contacts back."""
    changed = list(contacts)
    columns: dict[str, list[Any]] = {
        name: [getattr(each, name) for each in changed] for name in ("contact_id", "name", "mail", "address")
    }
    columns["told"] = [tx.tells(CONTACT, each.contact_id) for each in changed]
    await tx.sql.execute(SAVE_CONTACTS, columns)


async def load_under_way(tx: Tx, customer_ids: Iterable[str]) -> set[str]:
    """The customers of whom an order or a quote is open."""
    rows = await tx.sql.execute(LOAD_UNDER_WAY, {"customer_ids": sorted(set(customer_ids))})
    return {row.customer_id for row in rows}


async def load_priorities(tx: Tx, customer_ids: Iterable[str]) -> dict[str, int]:
    """How early each customer is served when there is too little for all, by customer id, of those that are known."""
    rows = await tx.sql.execute(LOAD_PRIORITIES, {"customer_ids": sorted(set(customer_ids))})
    return {row.customer_id: row.priority for row in rows}


async def add_offer(tx: Tx, offer: Offer) -> None:
    """Insert an offer; raises `AlreadyThere`."""
    tx.added(OFFER, [offer.offer_id])
    values = {
        "offer_id": offer.offer_id,
        "title": offer.title,
        "kind": offer.kind,
        "price_minor": offer.price.minor,
        "currency": offer.price.currency,
        "components": document(offer.components),
        "told": tx.tells(OFFER, offer.offer_id),
    }
    if (await tx.sql.execute(ADD_OFFER, values)).first() is None:
        raise AlreadyThere(f"offer {offer.offer_id} is published already")


async def load_offers(tx: Tx, offer_ids: Iterable[str], *, whole: bool) -> list[Offer]:
    """The named offers, or the whole catalogue when a line has to be searched for."""
    rows = await tx.sql.execute(
        LOAD_OFFERS, {"offer_ids": sorted(set(offer_ids)), "whole": whole, "limit": OFFERS_COUNT_MAX}
    )
    return [
        Offer(
            row.offer_id,
            row.title,
            row.kind,
            Money(row.price_minor, row.currency),
            _components(row.components),
            row.version,
        )
        for row in rows
    ]


async def save_items(tx: Tx, items: Iterable[tuple[Counted, str]]) -> None:
    """Keep how items are counted and called; of one item the last word counts."""
    last = {counted.sku: (document(counted), title) for counted, title in items}
    counted, titles = ([each[place] for each in last.values()] for place in (0, 1))
    await tx.sql.execute(SAVE_ITEMS, {"sku": list(last), "counted": counted, "title": titles})


async def load_counted(tx: Tx, skus: Iterable[str]) -> dict[str, Counted]:
    """How each of these items is counted, of those that are known."""
    rows = await tx.sql.execute(LOAD_COUNTED, {"skus": sorted(set(skus))})
    return {each.sku: each for each in (_counted(row.counted) for row in rows)}
