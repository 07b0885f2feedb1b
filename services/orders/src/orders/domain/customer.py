"""A customer, and the person to speak to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from backbone.errors import Invalid
from contracts.orders import ContactChanged, CustomerRegistered

PRIORITY_LAST: Final = 9
WORDS_CHARS_MAX: Final = 500


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

    def checked(self) -> Customer:
        """Itself; raises `Invalid` for words without end or a priority that is none."""
        words = {"title": self.title, "name": self.name, "mail": self.mail, "address": self.address}
        most = f"at most {WORDS_CHARS_MAX} characters"
        wrong = [(f"/{member}", most) for member, said in words.items() if len(said) > WORDS_CHARS_MAX]
        if not 1 <= self.priority <= PRIORITY_LAST:
            wrong.append(("/priority", f"1 to {PRIORITY_LAST}"))
        if wrong:
            raise Invalid("the customer cannot be taken up as it stands", wrong)
        return self

    def told(self) -> tuple[CustomerRegistered, ContactChanged]:
        """The fact that the customer is known, and how to reach its contact."""
        return (
            CustomerRegistered(self.customer_id, self.contact_id, self.address_id, self.priority),
            ContactChanged(self.contact_id, self.customer_id, self.name, self.mail, self.address),
        )
