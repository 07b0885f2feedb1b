"""What the catalogue is asked to do: customers, who is reached for them, offers, how items are counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contracts.orders import Component
from contracts.units import Counted
from contracts.values import Money
from orders.domain.customer import Customer


@dataclass(frozen=True, slots=True)
class RegisterCustomer:
    """Take up a customer and the person to speak to."""

    customer: Customer


@dataclass(frozen=True, slots=True)
class ChangeContact:
    """Another person is to be spoken to, or is reached otherwise."""

    customer_id: str
    name: str
    mail: str
    address: str


@dataclass(frozen=True, slots=True)
class EraseContact:
    """Forget who a customer's contact was."""

    customer_id: str


@dataclass(frozen=True, slots=True)
class PublishOffer:
    """Put a good, a service or a bundle into the catalogue."""

    offer_id: str
    title: str
    kind: Literal["good", "service", "bundle"]
    price: Money
    components: tuple[Component, ...]


@dataclass(frozen=True, slots=True)
class KnowItem:
    """Materials says how an item is counted."""

    counted: Counted
    title: str
