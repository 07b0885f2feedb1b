"""What a client gets back by the answer to a ticket: never more than was charged, above a limit by two people."""

from __future__ import annotations

from dataclasses import dataclass

from backbone.errors import Invalid, Refusal
from contracts.values import Money


class CreditIsWrong(Invalid):
    """A credit is more than nothing, in the currency of its order, and at most what its customer is charged."""


class SecondPersonNeeded(Refusal):
    """Who proposed a credit does not decide on it."""


class NothingProposed(Refusal):
    """No credit of this ticket waits for a second person."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """An answer with a credit that a second person has to agree to."""

    how: str
    credit: Money
    by: str


@dataclass(frozen=True, slots=True)
class Account:
    """What an order's customer is charged in all, less what came back, and what other tickets have credited of it.

    `charged_minor` is absent for an order that was placed before it was told.
    """

    currency: str
    charged_minor: int | None
    credited_minor: int

    def demand_covers(self, credit: Money) -> None:
        """Raise `CreditIsWrong` for another currency, and for more than is left of what was charged."""
        if credit.currency != self.currency:
            raise CreditIsWrong(
                f"the order is in {self.currency}", [("/credit/currency", f"not {credit.currency}")]
            )
        if self.charged_minor is not None and credit.minor > self.charged_minor - self.credited_minor:
            left = max(self.charged_minor - self.credited_minor, 0)
            said = f"at most {left}: {self.charged_minor} charged, {self.credited_minor} credited before"
            raise CreditIsWrong("nobody gets back more than was charged", [("/credit/minor", said)])

    def needs_second(self, credit: Money, limit_minor: int) -> bool:
        """Whether one person alone may not grant it: with what the order was credited before it is above the limit."""
        return self.charged_minor is None or self.credited_minor + credit.minor > limit_minor


def demand_creditable(credit: Money | None, account: Account | None) -> None:
    """Raise `CreditIsWrong` for what cannot be credited; what is about no order was charged to nobody."""
    if credit is None:
        return
    if credit.minor <= 0:
        raise CreditIsWrong("a credit is more than nothing", [("/credit/minor", "above 0")])
    if account is None:
        raise CreditIsWrong("nothing was charged", [("/credit", "the ticket is about no order")])
    account.demand_covers(credit)
