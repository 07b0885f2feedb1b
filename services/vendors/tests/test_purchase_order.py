"""A purchase order: second person, answers with deltas, refusal, silence, ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backbone.errors import NotFound
from contracts.values import Money, Quantity
from contracts.vendors import (
    AcknowledgementOverdue,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderClosed,
    PurchaseOrderIssued,
    PurchaseOrderRefused,
)
from services.vendors.tests.made import DAY, NOW, RATES, internal, order, source, sourcing
from vendors.domain.answer import AnswerIsImpossible, LineAnswer
from vendors.domain.policy import Policy
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.rfq import SecondPersonNeeded
from vendors.domain.states import LINE_LIVE, PURCHASE_LINE, WrongState

ALL = ()


def placed(policy: Policy, **changes: Any) -> tuple[PurchaseOrder, list[object]]:
    arguments: dict[str, Any] = {
        "purchase_order_id": "po1",
        "purchase_line_id": "pl1",
        "policy": policy,
        "rates": RATES,
        "by": "buyer-1",
        "approved_by": None,
        "at": NOW,
    }
    return PurchaseOrder.placed(sourcing(), source(), **{**arguments, **changes})


def said(**deltas: Any) -> list[LineAnswer]:
    return [LineAnswer("pl1", **deltas)]


def test_an_order_below_the_limit_is_issued_at_once_with_a_time_to_answer() -> None:
    issued, (told,) = placed(Policy(approval_limit_minor=20_000))
    assert isinstance(told, PurchaseOrderIssued)
    assert told.answer_by == NOW + timedelta(hours=24)
    assert told.lines[0].planned_order_id == "p1"
    assert issued.lines[0].state == "ordered"


def test_an_order_above_the_limit_waits_for_somebody_else() -> None:
    waiting, told = placed(Policy(approval_limit_minor=19_999))
    assert (waiting.awaits_approval, told) == (True, [])
    with pytest.raises(SecondPersonNeeded):
        waiting.approved("buyer-1", DAY, NOW)
    agreed, (issued,) = waiting.approved("chief", DAY, NOW)
    assert isinstance(issued, PurchaseOrderIssued)
    assert agreed.approved_by == "chief"
    with pytest.raises(WrongState, match="nobody's approval"):
        agreed.approved("chief", DAY, NOW)
    with pytest.raises(WrongState):
        waiting.acknowledged(ALL, NOW)
    with pytest.raises(WrongState):
        waiting.refused("no", NOW)


def test_what_a_second_person_agreed_to_before_needs_no_other() -> None:
    issued, told = placed(Policy(approval_limit_minor=0), approved_by="chief")
    assert (issued.awaits_approval, len(told)) == (False, 1)


def test_an_acknowledgement_as_asked_is_told_once() -> None:
    answered, (told,) = order().acknowledged(ALL, NOW + DAY)
    assert isinstance(told, OrderAcknowledged)
    (line,) = told.lines
    assert (line.as_asked, line.quantity, line.at) == (True, Quantity(20), NOW + 10 * DAY)
    again, nothing = answered.acknowledged(ALL, NOW + 2 * DAY)
    assert nothing == []
    assert again.answered_at == NOW + DAY


@pytest.mark.parametrize(
    ("deltas", "as_asked"),
    [
        ({"quantity": Quantity(12)}, False),
        ({"at": NOW + 20 * DAY}, False),
        ({"unit_price_minor": 1_020}, False),
        ({"at": NOW + 5 * DAY}, True),
    ],
)
def test_deltas_within_tolerance_are_promises(deltas: dict[str, Any], as_asked: bool) -> None:
    answered, (told,) = order().acknowledged(said(**deltas), NOW)
    assert isinstance(told, OrderAcknowledged)
    assert told.lines[0].as_asked is as_asked
    assert answered.lines[0].state == "acknowledged"
    assert answered.lines[0].balance == Quantity(20)


def test_a_price_beyond_tolerance_waits_for_a_buyer() -> None:
    dear, nothing = order().acknowledged(said(unit_price_minor=1_021), NOW)
    assert nothing == []
    assert dear.lines[0].state == "quoted"
    taken, (told,) = dear.price_taken(NOW)
    assert isinstance(told, OrderAcknowledged)
    assert told.lines[0].unit_price == Money(1_021, "EUR")
    assert taken.lines[0].agreed_price == Money(1_021, "EUR")
    with pytest.raises(WrongState):
        taken.price_taken(NOW)


def test_a_declined_price_ends_the_order_unless_an_earlier_promise_stands() -> None:
    dear, _ = order().acknowledged(said(unit_price_minor=2_000), NOW)
    ended, told = dear.price_declined("too dear")
    assert ended.closed
    assert [type(fact) for fact in told] == [PurchaseOrderCancelled, PurchaseOrderClosed]
    promised, _ = order().acknowledged(ALL, NOW)
    dearer, _ = promised.acknowledged(said(unit_price_minor=2_000), NOW)
    kept, nothing = dearer.price_declined("a promise is a promise")
    assert (kept.lines[0].state, nothing) == ("acknowledged", [])
    assert kept.lines[0].agreed_price == Money(1_000, "EUR")


def test_a_site_of_ours_may_answer_with_any_transfer_price() -> None:
    answered, told = order(internal()).acknowledged(said(unit_price_minor=5_000), NOW)
    assert len(told) == 1
    assert answered.lines[0].state == "acknowledged"


@pytest.mark.parametrize(
    "deltas", [{"quantity": Quantity(0)}, {"quantity": Quantity(21)}, {"unit_price_minor": -1}]
)
def test_an_impossible_promise_is_refused(deltas: dict[str, Any]) -> None:
    with pytest.raises(AnswerIsImpossible):
        order().acknowledged(said(**deltas), NOW)


def test_a_line_that_is_not_there_cannot_be_answered() -> None:
    with pytest.raises(NotFound):
        order().acknowledged([LineAnswer("other")], NOW)


def test_the_first_promised_date_stays_unless_we_asked_for_another() -> None:
    first, _ = order().acknowledged(said(at=NOW + 12 * DAY), NOW)
    moved, told = first.acknowledged(said(at=NOW + 15 * DAY), NOW)
    assert len(told) == 1
    assert moved.lines[0].first_at == NOW + 12 * DAY
    redated, _ = moved.redated("pl1", NOW + 30 * DAY, NOW).acknowledged(said(at=NOW + 30 * DAY), NOW)
    assert redated.lines[0].first_at == NOW + 30 * DAY
    assert redated.lines[0].answer is not None
    assert redated.lines[0].answer.as_asked


def test_a_refusal_ends_the_order_and_is_told() -> None:
    refused, told = order().refused("sold out", NOW)
    assert [type(fact) for fact in told] == [PurchaseOrderRefused, PurchaseOrderClosed]
    assert refused.lines[0].state == "cancelled"
    with pytest.raises(WrongState):
        refused.refused("again", NOW)
    with pytest.raises(WrongState):
        refused.acknowledged(ALL, NOW)


def test_silence_is_told_once_and_a_late_answer_is_taken() -> None:
    assert order().unanswered(NOW)[1] == []
    overdue, (told,) = order().unanswered(NOW + DAY)
    assert told == AcknowledgementOverdue("po1", "steel-ltd", ("p1",))
    assert overdue.unanswered(NOW + 2 * DAY)[1] == []
    late, (answer,) = overdue.acknowledged(ALL, NOW + 3 * DAY)
    assert isinstance(answer, OrderAcknowledged)
    assert late.unanswered(NOW + 4 * DAY)[1] == []


def test_an_answered_or_ended_order_is_never_overdue() -> None:
    answered, _ = order().acknowledged(ALL, NOW)
    cancelled, _ = order().cancelled("not needed")
    assert answered.unanswered(NOW + 9 * DAY)[1] == []
    assert cancelled.unanswered(NOW + 9 * DAY)[1] == []


def test_what_the_vendor_never_heard_of_is_cancelled_without_a_word() -> None:
    waiting, _ = placed(Policy(approval_limit_minor=0))
    cancelled, told = waiting.cancelled("no")
    assert (cancelled.closed, told) == (True, [])
    with pytest.raises(WrongState):
        cancelled.cancelled("again")


def test_every_state_leads_to_known_states_and_ended_ones_are_not_live() -> None:
    for state, targets in PURCHASE_LINE.items():
        assert targets <= set(PURCHASE_LINE)
        assert (state in LINE_LIVE) or targets <= {"part-received"}


def test_a_price_stays_once_goods_are_on_their_way() -> None:
    sent = order()
    line = replace(sent.lines[0], state="shipped")
    with pytest.raises(WrongState, match="its price is agreed"):
        sent.put(replace(line, answer=order().acknowledged(ALL, NOW)[0].lines[0].answer)).acknowledged(
            said(unit_price_minor=1_001), NOW
        )
