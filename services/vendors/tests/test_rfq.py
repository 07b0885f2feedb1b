"""RFQs: who may answer, how answers compare, and the one award."""

from __future__ import annotations

from typing import Any

import pytest

from backbone.errors import NotFound
from contracts.rfqs import QuotationReceived, RfqAwarded, RfqIssued
from contracts.values import Money, PropertyValue, Quantity
from services.vendors.tests.made import DAY, HARD, NOW, RATES, hardness, sourcing
from vendors.domain.policy import Policy
from vendors.domain.price import CurrencyHasNoRate
from vendors.domain.rfq import (
    NothingProposed,
    Quotation,
    QuotationIsImpossible,
    Rfq,
    RfqIsAwarded,
    SecondPersonNeeded,
)

POLICY = Policy(approval_limit_minor=20_000)


def issued(**changes: Any) -> Rfq:
    rfq, told = Rfq.issued(sourcing(**changes), ("a", "b"), rfq_id="r1", policy=POLICY, at=NOW)
    assert isinstance(told, RfqIssued)
    assert told.answer_by == NOW + 3 * DAY
    return rfq


def quoted(
    quotation_id: str, minor: int, *, vendor_id: str = "a", extras: int = 0, lead: int = 5,
    currency: str = "EUR", properties: tuple[PropertyValue, ...] = (),
) -> Quotation:  # fmt: skip
    return Quotation.given(
        quotation_id=quotation_id,
        vendor_id=vendor_id,
        unit_price=Money(minor, currency),
        extras_minor=extras,
        lead_days=lead,
        properties=properties,
        rates=RATES,
        at=NOW,
    )


def answered(rfq: Rfq, *quotations: Quotation) -> Rfq:
    for quotation in quotations:
        rfq, told = rfq.answered(quotation)
        assert isinstance(told, QuotationReceived)
    return rfq


def test_answers_are_compared_by_landed_price_in_our_currency_then_lead() -> None:
    rfq = answered(
        issued(),
        quoted("cheap but far", 900, extras=200),
        quoted("dollars", 1_150, vendor_id="b", currency="USD"),
        quoted("slow", 1_000, lead=9),
        quoted("quick", 1_000, lead=3),
    )
    assert [each.quotation_id for each in rfq.compared()] == ["quick", "slow", "dollars", "cheap but far"]


def test_an_answer_outside_the_window_is_kept_and_cannot_win() -> None:
    rfq = answered(
        issued(window=(hardness(55, 60),)), quoted("soft", 1), quoted("hard", 9, properties=(HARD,))
    )
    assert [each.quotation_id for each in rfq.compared()] == ["hard"]
    with pytest.raises(QuotationIsImpossible):
        rfq.proposed("soft", reason="cheap", by="buyer", policy=POLICY)


def test_a_vendor_that_was_not_asked_finds_no_rfq() -> None:
    with pytest.raises(NotFound):
        issued().answered(quoted("q", 1, vendor_id="stranger"))


def test_an_answer_that_cannot_be_compared_is_refused() -> None:
    with pytest.raises(QuotationIsImpossible):
        quoted("q", -1)
    with pytest.raises(CurrencyHasNoRate):
        quoted("q", 1, currency="JPY")


def test_an_award_below_the_limit_needs_one_person() -> None:
    rfq = answered(issued(), quoted("q1", 1_000))
    proposed, second = rfq.proposed("q1", reason="best price", by="buyer", policy=POLICY)
    assert second is False
    awarded, told = proposed.agreed(None)
    assert told == RfqAwarded("r1", "q1", "a", "best price", "buyer")
    assert awarded.awarded == "q1"


def test_an_award_above_the_limit_needs_another_person() -> None:
    proposed, second = answered(issued(), quoted("q1", 1_001)).proposed(
        "q1", reason="only one", by="buyer", policy=POLICY
    )
    assert second is True
    for decide in (proposed.agreed, proposed.disagreed):
        with pytest.raises(SecondPersonNeeded):
            decide("buyer")
    assert proposed.agreed("chief")[0].awarded == "q1"
    reopened = proposed.disagreed("chief")
    assert (reopened.state, reopened.proposal) == ("issued", None)
    with pytest.raises(NothingProposed):
        reopened.agreed("chief")


def test_there_is_one_award_whatever_arrives_afterwards() -> None:
    rfq = answered(issued(), quoted("q1", 1_000))
    awarded, _ = rfq.proposed("q1", reason="best", by="buyer", policy=POLICY)[0].agreed(None)
    late = answered(awarded, quoted("q2", 1, vendor_id="b"))
    assert (late.awarded, len(late.quotations)) == ("q1", 2)
    for again in (
        lambda: late.proposed("q2", reason="cheaper", by="buyer", policy=POLICY),
        lambda: late.agreed("chief"),
        lambda: late.disagreed("chief"),
    ):
        with pytest.raises(RfqIsAwarded):
            again()


def test_silence_ends_an_rfq_only_without_an_answer_and_a_late_one_may_still_win() -> None:
    assert issued().unanswered
    assert not answered(issued(), quoted("q1", 1)).unanswered
    late = answered(issued().silent(), quoted("q1", 1_000))
    assert late.proposed("q1", reason="late but here", by="buyer", policy=POLICY)[0].agreed(None)[0].awarded
    with pytest.raises(NotFound):
        late.proposed("q9", reason="?", by="buyer", policy=POLICY)
    assert issued().quantity == Quantity(20)
