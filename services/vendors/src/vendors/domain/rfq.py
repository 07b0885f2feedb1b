"""A request for quotation: vendors are asked, answers are compared, one wins, once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backbone.errors import Invalid, NotFound, Refusal
from contracts.rfqs import QuotationReceived, RfqAwarded, RfqIssued, RfqWithdrawn
from contracts.values import Money, PropertyValue, Quantity, Window, admits
from vendors.domain.policy import Policy
from vendors.domain.price import UNIT_PRICE_MINOR_MAX, Rates, worth
from vendors.domain.sourcing import Sourcing
from vendors.domain.states import RFQ, moved
from vendors.domain.terms import LEAD_DAYS_MAX

QUOTATIONS_COUNT_MAX: Final = 200


class RfqIsAwarded(Refusal):
    """The RFQ has its one winner; what arrives afterwards is kept and changes nothing."""


class RfqIsWithdrawn(Refusal):
    """What is asked for is not wanted from those who were asked; no quotation for it is taken, and none wins."""


class SecondPersonNeeded(Refusal):
    """Nobody confirms what they proposed themselves."""


class NothingProposed(Refusal):
    """No award waits for a second person."""


class QuotationIsImpossible(Invalid):
    """The answer cannot be compared with others."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """A vendor's answer: the price of one unit, extras (freight, duty) for one unit, lead in days."""

    quotation_id: str
    vendor_id: str
    unit_price: Money
    extras: Money
    landed: Money
    lead_days: int
    properties: tuple[PropertyValue, ...]
    received_at: datetime

    @classmethod
    def given(
        cls,
        *,
        quotation_id: str,
        vendor_id: str,
        unit_price: Money,
        extras_minor: int,
        lead_days: int,
        properties: tuple[PropertyValue, ...],
        rates: Rates,
        at: datetime,
    ) -> Quotation:
        """An answer with its landed price of one unit in our currency.

        Raises `QuotationIsImpossible` and `CurrencyHasNoRate`.
        """
        broken = [
            (pointer, f"lies between 0 and {most}")
            for pointer, value, most in (
                ("/unit_price/minor", unit_price.minor, UNIT_PRICE_MINOR_MAX),
                ("/extras_minor", extras_minor, UNIT_PRICE_MINOR_MAX),
                ("/lead_days", lead_days, LEAD_DAYS_MAX),
            )
            if not 0 <= value <= most
        ]
        if broken:
            raise QuotationIsImpossible("a figure is out of its range", broken)
        extras = Money(extras_minor, unit_price.currency)
        landed = rates.converted(unit_price + extras)
        return cls(quotation_id, vendor_id, unit_price, extras, landed, lead_days, properties, at)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Which quotation somebody wants to win, and why; it waits for a second person."""

    quotation_id: str
    reason: str
    proposed_by: str


@dataclass(frozen=True, slots=True)
class Rfq:
    """Who is asked for a price of what, by when, and what they answered."""

    rfq_id: str
    planned_order_id: str
    sku: str
    quantity: Quantity
    unit: str
    site_id: str
    needed_at: datetime
    window: Window
    vendor_ids: tuple[str, ...]
    issued_at: datetime
    answer_by: datetime
    state: str = "issued"
    quotations: tuple[Quotation, ...] = ()
    proposal: Proposal | None = None
    awarded: str | None = None
    correlation_id: str | None = None
    version: int = 1
    withdrawn_because: str | None = None

    @classmethod
    def issued(
        cls, sourcing: Sourcing, vendor_ids: tuple[str, ...], *, rfq_id: str, policy: Policy, at: datetime
    ) -> tuple[Rfq, RfqIssued]:
        """Ask these vendors for what a planned order needs."""
        rfq = cls(
            rfq_id,
            sourcing.planned_order_id,
            sourcing.sku,
            sourcing.quantity,
            sourcing.unit,
            sourcing.site_id,
            sourcing.needed_at,
            sourcing.window,
            vendor_ids,
            at,
            at + policy.quotation_within,
            correlation_id=sourcing.correlation_id,
        )
        return rfq, RfqIssued(
            rfq_id, rfq.planned_order_id, rfq.sku, rfq.quantity, rfq.vendor_ids, rfq.answer_by
        )

    def answered(self, quotation: Quotation) -> tuple[Rfq, QuotationReceived]:
        """A vendor's answer, taken whenever it comes.

        Raises `NotFound` for a vendor that was not asked, and `RfqIsWithdrawn`.
        """
        if quotation.vendor_id not in self.vendor_ids:
            raise NotFound(f"no RFQ {self.rfq_id}")
        self._stands()
        if len(self.quotations) >= QUOTATIONS_COUNT_MAX:
            raise QuotationIsImpossible(f"an RFQ has at most {QUOTATIONS_COUNT_MAX} answers")
        told = QuotationReceived(
            self.rfq_id,
            quotation.quotation_id,
            quotation.vendor_id,
            quotation.unit_price,
            quotation.lead_days,
            quotation.landed,
        )
        return replace(self, quotations=(*self.quotations, quotation)), told

    def quotation(self, quotation_id: str) -> Quotation:
        """One answer; raises `NotFound`."""
        for quotation in self.quotations:
            if quotation.quotation_id == quotation_id:
                return quotation
        raise NotFound(f"RFQ {self.rfq_id} has no quotation {quotation_id}")

    def compared(self) -> tuple[Quotation, ...]:
        """The answers that deliver what is needed, best first: landed price, lead, time of answer."""
        fitting = (each for each in self.quotations if admits(self.window, each.properties))
        return tuple(sorted(fitting, key=lambda each: (each.landed.minor, each.lead_days, each.quotation_id)))

    def proposed(self, quotation_id: str, *, reason: str, by: str, policy: Policy) -> tuple[Rfq, bool]:
        """The award as somebody wants it; whether a second person has to agree.

        Raises `NotFound`, `RfqIsAwarded`, `RfqIsWithdrawn`, `QuotationIsImpossible` for a quotation outside the
        property window.
        """
        self._stands()
        if self.awarded is not None:
            raise RfqIsAwarded(f"RFQ {self.rfq_id} was awarded to quotation {self.awarded}")
        quotation = self.quotation(quotation_id)
        if not admits(self.window, quotation.properties):
            raise QuotationIsImpossible("the quotation does not state the properties that are needed")
        second = policy.needs_second(worth(quotation.landed.minor, self.quantity))
        state = moved(RFQ, f"RFQ {self.rfq_id}", self.state, "award-proposed")
        return replace(self, state=state, proposal=Proposal(quotation_id, reason, by)), second

    def agreed(self, by: str | None) -> tuple[Rfq, RfqAwarded]:
        """The one award; `by` is the second person where one is needed. Raises `SecondPersonNeeded`, `WrongState`."""
        proposal = self._decided(by)
        winner = self.quotation(proposal.quotation_id)
        state = moved(RFQ, f"RFQ {self.rfq_id}", self.state, "awarded")
        awarded = replace(self, state=state, awarded=winner.quotation_id)
        told = RfqAwarded(
            self.rfq_id, winner.quotation_id, winner.vendor_id, proposal.reason, proposal.proposed_by
        )
        return awarded, told

    def disagreed(self, by: str) -> Rfq:
        """A second person does not agree: the RFQ is open for another award."""
        self._decided(by)
        return replace(self, state=moved(RFQ, f"RFQ {self.rfq_id}", self.state, "issued"), proposal=None)

    def _stands(self) -> None:
        if self.withdrawn_because is not None:
            raise RfqIsWithdrawn(f"RFQ {self.rfq_id} was withdrawn: {self.withdrawn_because}")

    def _decided(self, by: str | None) -> Proposal:
        self._stands()
        if self.awarded is not None:
            raise RfqIsAwarded(f"RFQ {self.rfq_id} was awarded to quotation {self.awarded}")
        if self.proposal is None:
            raise NothingProposed(f"no award of RFQ {self.rfq_id} waits for a second person")
        if by == self.proposal.proposed_by:
            raise SecondPersonNeeded(f"{by} proposed this award; somebody else decides on it")
        return self.proposal

    @property
    def unanswered(self) -> bool:
        """Whether its time is up without any answer that could win."""
        return self.state == "issued" and not self.compared()

    def silent(self) -> Rfq:
        """Nobody answered in time; a late answer is still taken, and may still win."""
        return replace(self, state=moved(RFQ, f"RFQ {self.rfq_id}", self.state, "silent"))

    def withdrawn(self, reason: str) -> tuple[Rfq, RfqWithdrawn]:
        """Nobody shall win it any more; answers are kept."""
        state = moved(RFQ, f"RFQ {self.rfq_id}", self.state, "withdrawn")
        gone = replace(self, state=state, withdrawn_because=reason)
        return gone, RfqWithdrawn(self.rfq_id, self.planned_order_id, reason)
