"""A customer, and the person to speak to: who that is may change, and is forgotten when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from backbone.errors import Invalid, Refusal
from contracts.orders import ContactChanged, CustomerRegistered

PRIORITY_LAST: Final = 9
WORDS_CHARS_MAX: Final = 500


class ContactIsNeeded(Refusal):
    """Something is under way for the customer, and its contact has to be reached for that."""


def _too_long(said: Mapping[str, str]) -> list[tuple[str, str]]:
    most = f"at most {WORDS_CHARS_MAX} characters"
    return [(f"/{member}", most) for member, words in said.items() if len(words) > WORDS_CHARS_MAX]


@dataclass(frozen=True, slots=True)
class Contact:
    """The person to speak to; name, mail and address are personal, and empty once they are erased."""

    contact_id: str
    customer_id: str
    name: str
    mail: str
    address: str

    def changed(self, name: str, mail: str, address: str) -> tuple[Contact, list[ContactChanged]]:
        """Another person, or reached otherwise; raises `Invalid` for nobody and for words without end."""
        said = {"name": name, "mail": mail, "address": address}
        wrong = [(f"/{member}", "say it") for member, words in said.items() if not words.strip()]
        wrong += _too_long(said)
        if wrong:
            raise Invalid("nobody is reached by that", wrong)
        return self._told(name, mail, address)

    def erased(self, *, under_way: bool) -> tuple[Contact, list[ContactChanged]]:
        """Nobody, told as one of whom nothing is known; raises `ContactIsNeeded` while something is `under_way`."""
        if under_way:
            raise ContactIsNeeded(f"an order or a quote of customer {self.customer_id} is open")
        return self._told("", "", "")

    def _told(self, name: str, mail: str, address: str) -> tuple[Contact, list[ContactChanged]]:
        now = replace(self, name=name, mail=mail, address=address)
        if now == self:
            return self, []
        return now, [ContactChanged(self.contact_id, self.customer_id, name, mail, address)]


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
        wrong = _too_long(words)
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
