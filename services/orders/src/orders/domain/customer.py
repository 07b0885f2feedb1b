"""A customer, and the person to speak to."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.orders import ContactChanged, CustomerRegistered


@dataclass(frozen=True, slots=True)
class Customer:
    """Whom we deliver to; name, mail and address are personal and leave only on the contact topic."""

    customer_id: str
    contact_id: str
    address_id: str
    title: str
    name: str
    mail: str
    address: str
    priority: int

    def told(self) -> tuple[CustomerRegistered, ContactChanged]:
        """The fact that the customer is known, and how to reach its contact."""
        return (
            CustomerRegistered(self.customer_id, self.contact_id, self.address_id, self.priority),
            ContactChanged(self.contact_id, self.customer_id, self.name, self.mail, self.address),
        )
