"""Less of what was asked of vendors: free, at the charge of the terms, or refused; what planners wish of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.answers import ActionMessageAccepted, PurchaseWishRefused
from contracts.changes import ChangeProbed, PurchaseChangeAnswered, PurchaseIncreased, PurchaseReduced
from contracts.materials import InternalSupplyPromised
from contracts.orders import ChangeCommitted, ChangeWithdrawn
from contracts.rfqs import RfqIssued, RfqWithdrawn
from contracts.shapes import ActionKind
from contracts.values import ZERO, Money, Quantity
from contracts.vendors import OrderAcknowledged, PurchaseOrderCancelled, PurchaseOrderIssued, PurchaseRefused
from services.vendors.tests.made import DAY, NOW, vendor
from services.vendors.tests.stage import Stage
from vendors import commands
from vendors.domain.changing import PLANNER_CANCELS
from vendors.domain.rfq import RfqIsWithdrawn

YES, NO = ChangeCommitted("o1", "x"), ChangeWithdrawn("o1", "x", "not after all")
CHARGED: dict[str, Any] = {"cancellation_points": 2_000, "notice_days": 2}


def probed(quantity: str = "0", change_id: str = "x", **changes: Any) -> ChangeProbed:
    """Materials asks whether the purchase for p1 could become so much."""
    planned = changes.pop("planned_order_id", "p1")
    return ChangeProbed(planned, change_id, changes.pop("supply", "purchase"), Quantity(quantity), NOW + DAY)


def wish(kind: ActionKind, days: float | None = None, quantity: str = "20") -> ActionMessageAccepted:
    return ActionMessageAccepted("p1", kind, Quantity(quantity), None if days is None else NOW + days * DAY)


async def answer(stage: Stage) -> PurchaseChangeAnswered:
    return (await stage.told(PurchaseChangeAnswered))[-1]


async def test_what_no_vendor_has_promised_is_given_up_free_of_charge_and_every_ask_is_answered_alike(
    stage: Stage,
) -> None:
    await stage.opened("steel-ltd", **CHARGED)
    await stage.requested()
    await stage.hear(probed("12"))
    assert await answer(stage) == PurchaseChangeAnswered("p1", "x", Quantity(15))
    await stage.hear(probed("12"))
    assert len(set(await stage.told(PurchaseChangeAnswered))) == 1


async def test_what_was_promised_costs_the_charge_of_its_terms_and_is_cancelled_with_it(stage: Stage) -> None:
    await stage.opened("steel-ltd", **CHARGED)
    await stage.requested()
    await stage.acknowledge()
    await stage.hear(probed())
    charge = Money(4_000, "EUR")
    assert await answer(stage) == PurchaseChangeAnswered("p1", "x", ZERO, None, charge, 2)
    assert await stage.states() == [("steel-ltd", "acknowledged")]
    await stage.hear(YES)
    assert await stage.states() == [("steel-ltd", "cancelled")]
    (cancelled,) = await stage.told(PurchaseOrderCancelled)
    assert (cancelled.reason, cancelled.charge) == ("its customer wants less", charge)
    assert len(await stage.told(PurchaseRefused)) == 1
    assert await stage.rows("SELECT charge_minor, charge_currency FROM purchase_lines") == [(4_000, "EUR")]


async def test_less_of_what_was_promised_is_bought_from_now_on_and_its_vendor_hears_of_it(
    stage: Stage,
) -> None:
    await stage.opened("steel-ltd", **CHARGED)
    await stage.requested()
    await stage.acknowledge()
    await stage.hear(probed("10"))
    await stage.hear(YES)
    (less,) = await stage.told(PurchaseReduced)
    assert (less.was, less.quantity, less.charge) == (Quantity(20), Quantity(10), Money(2_000, "EUR"))
    await stage.ship("10")
    await stage.receive((("heat-1", "10"),))
    assert await stage.states() == [("steel-ltd", "received")]


async def test_a_promise_that_is_near_cannot_be_given_up_any_more(stage: Stage) -> None:
    await stage.opened("steel-ltd", cancellation_points=2_000, notice_days=9)
    await stage.requested()
    await stage.acknowledge()
    await stage.pass_time(days=2)
    await stage.hear(probed())
    assert (
        await answer(stage)
    ).refused == "shaft is promised for 2026-03-12; its vendor wants 9 days' notice"
    await stage.hear(YES)
    assert await stage.states() == [("steel-ltd", "acknowledged")]


async def test_what_is_on_its_way_or_has_arrived_refuses(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.acknowledge()
    await stage.ship()
    await stage.hear(probed())
    assert str((await answer(stage)).refused).endswith("of shaft is shipped already")
    await stage.receive()
    await stage.hear(probed(change_id="y"))
    assert (await answer(stage)).refused == "what was bought of shaft has arrived already"


async def test_what_was_sent_while_the_customer_thought_comes_all_the_same_and_costs_no_charge(
    stage: Stage,
) -> None:
    await stage.opened("steel-ltd", **CHARGED)
    await stage.requested()
    await stage.acknowledge()
    await stage.hear(probed())
    await stage.ship()
    await stage.hear(YES)
    assert await stage.states() == [("steel-ltd", "shipped")]
    assert await stage.rows("SELECT charge_minor FROM purchase_lines") == [(0,)]


async def test_what_is_withdrawn_is_let_go_and_before_it_was_asked_leaves_a_tombstone(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.hear(probed())
    await stage.hear(NO)
    await stage.hear(YES)
    assert await stage.states() == [("steel-ltd", "ordered")]
    await stage.hear(ChangeWithdrawn("o1", "y", "too slow"))
    await stage.hear(probed(change_id="y"))
    assert (await answer(stage)).refused == "it was withdrawn before it was asked"


async def test_a_site_of_ours_gives_up_what_it_has_promised(stage: Stage) -> None:
    await stage.opened("our-boards")
    await stage.requested()
    order_id, line_id = await stage.order()
    await stage.hear(InternalSupplyPromised(order_id, line_id, "shaft", Quantity(20), NOW + 5 * DAY))
    await stage.hear(probed("10"), YES)
    (less,) = await stage.told(PurchaseReduced)
    assert (less.vendor_kind, less.purchase_line_id, less.quantity) == ("internal", line_id, Quantity(10))


async def test_what_is_not_asked_of_vendors_waits_or_is_none_of_their_business(stage: Stage) -> None:
    await stage.hear(probed(supply="run"), YES)
    assert await stage.parked() == []
    await stage.hear(probed(planned_order_id="unknown"))
    assert [waits for *_, waits in await stage.parked()] == ["unknown"]


async def test_vendors_are_asked_for_another_date_when_a_planner_accepts_the_message(stage: Stage) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.acknowledge()
    await stage.hear(wish("expedite", 4))
    rows = await stage.rows("SELECT wanted_at, redating FROM purchase_lines")
    assert rows == [(NOW + 4 * DAY, True)]
    await stage.acknowledge(at=NOW + timedelta(days=4))
    assert [line.at for fact in await stage.told(OrderAcknowledged) for line in fact.lines][
        -1
    ] == NOW + 4 * DAY


@pytest.mark.parametrize("shipped", [False, True])
async def test_a_cancelled_purchase_ends_unless_it_is_on_its_way(stage: Stage, shipped: bool) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.acknowledge()
    if shipped:
        await stage.ship()
    await stage.hear(wish("cancel"))
    ended = [fact.reason for fact in await stage.told(PurchaseOrderCancelled)]
    assert ended == ([] if shipped else ["a planner cancels it"])
    refused = await stage.told(PurchaseWishRefused)
    assert [(fact.kind, "shipped already" in fact.reason) for fact in refused] == [("cancel", True)] * shipped


async def test_a_wish_about_a_run_is_none_of_vendors_business(stage: Stage) -> None:
    await stage.hear(wish("expedite", 4), wish("cancel"))
    assert await stage.all_told() == []
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.do(commands.CancelOrder((await stage.order())[0], "sold out", ask_next=False))
    await stage.hear(wish("defer", 30))
    assert [fact.reason for fact in await stage.told(PurchaseWishRefused)] == ["no vendor is asked for shaft"]


async def test_what_nobody_would_supply_is_asked_of_everybody_again_when_a_planner_wants_it(
    stage: Stage,
) -> None:
    await stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await stage.requested()
    await stage.pass_time(days=3)
    assert [each.reason for each in await stage.told(PurchaseRefused)] == [
        "no vendor quoted for shaft in time"
    ]
    await stage.hear(wish("expedite", 9))
    first, second = await stage.told(RfqIssued)
    assert (second.vendor_ids, second.rfq_id != first.rfq_id) == (("a",), True)
    await stage.hear(wish("expedite", 9))
    assert [each.reason for each in await stage.told(PurchaseWishRefused)] == [
        "vendors are quoting for shaft"
    ]
    await stage.pass_time(days=3)
    assert len(await stage.told(PurchaseRefused)) == 2
    await stage.opened("b")
    await stage.hear(wish("expedite", 9))
    assert await stage.states() == [("b", "ordered")]
    assert [each.rfq_id for each in await stage.told(RfqWithdrawn)] == [first.rfq_id, second.rfq_id]


async def test_a_planner_who_cancels_what_nobody_would_supply_hears_so_and_no_late_quotation_wins(
    stage: Stage,
) -> None:
    await stage.do(commands.RegisterVendor(vendor("a", skus=frozenset({"shaft"}))))
    await stage.requested()
    (issued,) = await stage.told(RfqIssued)
    await stage.pass_time(days=3)
    await stage.do(commands.AnswerRfq(issued.rfq_id, "q1", "a", Money(700, "EUR"), 0, 4, ()))
    await stage.hear(wish("cancel"))
    assert [each.reason for each in await stage.told(PurchaseRefused)][1:] == [PLANNER_CANCELS]
    assert [each.reason for each in await stage.told(RfqWithdrawn)] == [PLANNER_CANCELS]
    with pytest.raises(RfqIsWithdrawn):
        await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "late but here", "buyer-1"))
    assert await stage.told(PurchaseOrderIssued) == []


async def test_more_of_a_purchase_is_asked_of_its_vendor_in_whole_lots_and_promised_when_the_vendor_says_so(
    stage: Stage,
) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.acknowledge()
    await stage.hear(wish("increase", quantity="31"))
    (more,) = await stage.told(PurchaseIncreased)
    assert (more.planned_order_id, more.was, more.quantity.micro >= Quantity(31).micro) == (
        "p1",
        Quantity(20),
        True,
    )
    assert await stage.rows("SELECT quantity_micro, redating FROM purchase_lines") == [
        (more.quantity.micro, True)
    ]
    await stage.acknowledge(quantity=more.quantity)
    last = (await stage.told(OrderAcknowledged))[-1]
    assert [line.quantity for line in last.lines] == [more.quantity]


@pytest.mark.parametrize(
    ("before", "quantity", "why"),
    [
        ("shipped", "40", "shipped already"),
        ("acknowledged", "20", "are ordered already"),
        ("acknowledged", "900000", "a second person"),
        ("cancelled", "40", "no vendor is asked"),
    ],
)
async def test_a_purchase_that_cannot_be_larger_says_why(
    stage: Stage, before: str, quantity: str, why: str
) -> None:
    await stage.opened("steel-ltd")
    await stage.requested()
    await stage.acknowledge()
    if before == "shipped":
        await stage.ship()
    if before == "cancelled":
        await stage.do(commands.CancelOrder((await stage.order())[0], "sold out", ask_next=False))
    await stage.hear(wish("increase", quantity=quantity))
    (refused,) = await stage.told(PurchaseWishRefused)
    assert (refused.kind, why in refused.reason) == ("increase", True)
    assert await stage.told(PurchaseIncreased) == []


async def test_what_is_owed_for_one_part_that_was_given_up_is_owed_beside_that_for_the_next(
    stage: Stage,
) -> None:
    await stage.opened("steel-ltd", **CHARGED)
    await stage.requested()
    await stage.acknowledge()
    await stage.hear(probed("15"), YES)
    await stage.hear(probed("10", "y"), ChangeCommitted("o1", "y"))
    charges = [fact.charge for fact in await stage.told(PurchaseReduced)]
    assert charges == [Money(1_000, "EUR")] * 2
    assert await stage.rows("SELECT charge_minor FROM purchase_lines") == [(2_000,)]
