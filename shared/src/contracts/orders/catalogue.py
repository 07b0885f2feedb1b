"""Who is a customer, how they are reached, and what is on offer to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from contracts.shapes import Kind
from contracts.values import Money, Quantity, Window


@dataclass(frozen=True, slots=True)
class ContactChanged:
    """How a person can be reached has changed; the only fact with personal data, on a compacted topic.

    Of a contact that was erased nothing personal is said: who keeps a copy keeps that of it.
    """

    contact_id: str
    customer_id: str
    name: str = field(metadata={"personal": True})
    mail: str = field(metadata={"personal": True})
    address: str = field(metadata={"personal": True})

    @property
    def erased(self) -> bool:
        """Whether it says of nobody how they are reached."""
        return not (self.name or self.mail or self.address)


@dataclass(frozen=True, slots=True)
class CustomerRegistered:
    """A customer is known; the service desk needs to know where and for whom it works."""

    customer_id: str
    contact_id: str
    address_id: str
    priority: int


@dataclass(frozen=True, slots=True)
class Component:
    """One good or service that an offer contains, for one unit of the offer.

    `reference_minor` is what it would cost alone, in the offer's currency: the price of a bundle is shared by that.
    """

    kind: Kind
    item: str
    quantity: Quantity
    unit: str
    site_id: str
    window: Window = ()
    reference_minor: int | None = None


@dataclass(frozen=True, slots=True)
class OfferPublished:
    """A good, a service or a bundle is on offer at a price for one unit."""

    offer_id: str
    title: str
    kind: Literal["good", "service", "bundle"]
    price: Money
    components: tuple[Component, ...]
