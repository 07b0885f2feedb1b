"""Work of runs from request to receipt, refused, wanted otherwise and withdrawn, on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts.answers import ActionMessageAccepted
from contracts.outside import WorkWithdrawn
from contracts.rfqs import RfqIssued, RfqWithdrawn
from contracts.shapes import ItemPart
from contracts.values import Money, Quantity
from contracts.vendors import (
    GoodsReceived,
    GoodsRejected,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderClosed,
    PurchaseOrderIssued,
    PurchaseRefused,
    ShipmentNotified,
)
from services.vendors.tests.made import DAY, HARD, NOW, internal, terms, vendor, work
from services.vendors.tests.stage import Stage, record
from vendors import commands
from vendors.domain.delivery import Shipped
from vendors.domain.policy import Policy
from vendors.domain.receipt import Arrival, ArrivedLot, TurnedAway
from vendors.domain.rfq import Rfq, RfqIsWithdrawn
from vendors.domain.states import WrongState
from vendors.domain.work import WorkHasNoSerials, WorkIsNotReturned

PLANNED = "planned r1"
GIVEN_UP = WorkWithdrawn("r1", PLANNED, "the run was given up")
CHARGED: dict[str, Any] = {"sku": "hardening", "cancellation_points": 2_000, "notice_days": 90}


async def asked(stage: Stage, *vendors: str, policy: Policy | None = None) -> None:
    """The work of r1 is wanted of vendors with terms for it."""
    await stage.opened(*vendors, policy=policy, **CHARGED)
    await stage.hear(work())


async def sent(stage: Stage, quantity: str) -> None:
    """The vendor sends so much back, done."""
    order_id, line_id = await stage.order(PLANNED)
    part = Shipped(line_id, Quantity(quantity))
    await stage.do(commands.NotifyShipment(order_id, "s1", (part,), NOW + 3 * DAY, "hard-ltd"))


async def enquired(stage: Stage) -> RfqIssued:
    """The work of r1 is wanted, and nobody has terms for it."""
    await stage.do(commands.RegisterVendor(vendor("hard-ltd", skus=frozenset({"hardening"}))))
    await stage.hear(work())
    (issued,) = await stage.told(RfqIssued)
    await stage.do(commands.AnswerRfq(issued.rfq_id, "q1", "hard-ltd", Money(700, "EUR"), 0, 4, ()))
    return issued


async def test_work_goes_from_request_to_receipt_and_every_fact_counts_once(stage: Stage) -> None:
    await asked(stage, "hard-ltd")
    (issued,) = await stage.told(PurchaseOrderIssued)
    assert (issued.run_id, issued.vendor_id, issued.vendor_kind) == ("r1", "hard-ltd", "external")
    assert issued.provided == (ItemPart("soft-shaft", Quantity(20)),)
    (line,) = issued.lines
    assert (line.planned_order_id, line.sku, line.wanted_at, line.serves) == (
        PLANNED, "hardening", NOW + 10 * DAY, (),
    )  # fmt: skip
    await stage.acknowledge("hard-ltd", PLANNED)
    await sent(stage, "20")
    order_id, line_id = await stage.order(PLANNED)
    arrived = Arrival(
        line_id, (ArrivedLot("w1", "load-7", Quantity(15), (HARD,)),), (TurnedAway(Quantity(5), "soft"),)
    )
    await stage.do(commands.ReceiveGoods(order_id, "rc1", (arrived,), 300, "warehouse-1"))
    await stage.receive((("load-8", "5"),), planned=PLANNED)
    first, second = await stage.told(GoodsReceived)
    assert (first.run_id, first.lines[0].complete, second.lines[0].complete) == ("r1", False, True)
    (part,) = first.lines[0].lots
    assert (part.vendor_lot, part.properties, part.cost.bought_in) == ("load-7", (HARD,), 15_300)
    assert [each.run_id for each in await stage.told(GoodsRejected)] == ["r1"]
    assert [each.run_id for each in await stage.told(OrderAcknowledged)] == ["r1"]
    assert [each.run_id for each in await stage.told(ShipmentNotified)] == ["r1"]
    assert len(await stage.told(PurchaseOrderClosed)) == 1
    assert await stage.states() == [("hard-ltd", "received")]


async def test_the_next_vendor_is_asked_and_then_the_run_hears_that_nobody_does_it(stage: Stage) -> None:
    await asked(stage, "first", "second")
    for party in ("first", "second"):
        order_id, _ = await stage.order(PLANNED)
        await stage.do(commands.RefuseOrder(order_id, "furnace is down", party))
    issued = await stage.told(PurchaseOrderIssued)
    assert [(each.vendor_id, each.run_id) for each in issued] == [("first", "r1"), ("second", "r1")]
    assert all(each.provided == work().provided for each in issued)
    (refused,) = await stage.told(PurchaseRefused)
    assert (refused.planned_order_id, refused.run_id) == (PLANNED, "r1")
    await stage.hear(replace(work(), needed_at=NOW + 30 * DAY))
    assert (await stage.states())[-1] == ("first", "ordered")


async def test_a_site_of_ours_is_never_asked_for_work_and_what_comes_is_never_inspected_here(
    stage: Stage,
) -> None:
    await stage.do(commands.RegisterVendor(internal("our-furnace")))
    inside = terms("inside", "our-furnace", vendor_kind="internal", sku="hardening")
    await stage.do(commands.PublishTerms(inside))
    await stage.hear(work())
    assert [each.run_id for each in await stage.told(PurchaseRefused)] == ["r1"]
    assert (await stage.told(RfqIssued), await stage.states()) == ([], [])
    await stage.do(commands.RegisterVendor(vendor("hard-ltd", inspect=True)))
    await stage.do(commands.PublishTerms(terms("outside", "hard-ltd", sku="hardening", inspect=True, rank=9)))
    await stage.hear(work())
    assert await stage.states() == [("hard-ltd", "ordered")]
    await stage.receive(planned=PLANNED)
    assert [each.lines[0].inspect for each in await stage.told(GoodsReceived)] == [False]


async def test_work_above_the_limit_waits_for_a_second_person_who_may_say_no(stage: Stage) -> None:
    await asked(stage, "hard-ltd", policy=Policy(approval_limit_minor=0))
    order_id, _ = await stage.order(PLANNED)
    await stage.do(commands.ApproveOrder(order_id, False, "too dear", "chief"))
    assert [(each.reason, each.run_id) for each in await stage.told(PurchaseRefused)] == [("too dear", "r1")]
    await stage.hear(work())
    order_id, _ = await stage.order(PLANNED)
    await stage.do(commands.ApproveOrder(order_id, True, "no other way", "chief"))
    assert [each.run_id for each in await stage.told(PurchaseOrderIssued)] == ["r1"]


async def test_work_without_terms_is_enquired_for_and_awarded(stage: Stage) -> None:
    issued = await enquired(stage)
    await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "the only one", "buyer-1"))
    (order,) = await stage.told(PurchaseOrderIssued)
    assert (order.run_id, order.provided) == ("r1", work().provided)


async def test_another_moment_is_asked_of_the_live_order_once_and_no_second_order_is_placed(
    stage: Stage,
) -> None:
    await asked(stage, "hard-ltd")
    await stage.acknowledge("hard-ltd", PLANNED)
    await stage.hear(work(needed_at=NOW + 30 * DAY))
    line = "SELECT wanted_at, redating, quantity_micro FROM purchase_lines"
    assert await stage.rows(line) == [(NOW + 30 * DAY, True, 20_000_000)]
    await stage.acknowledge("hard-ltd", PLANNED)
    await stage.hear(work(needed_at=NOW + 30 * DAY))
    assert await stage.rows(line) == [(NOW + 30 * DAY, False, 20_000_000)]
    promised = await stage.told(OrderAcknowledged)
    assert [each.lines[0].at for each in promised] == [NOW + 10 * DAY, NOW + 30 * DAY]
    assert len(await stage.told(PurchaseOrderIssued)) == 1


async def test_a_request_and_another_moment_in_one_batch_are_one_order_for_the_later_said(
    stage: Stage,
) -> None:
    await stage.opened("hard-ltd", **CHARGED)
    await stage.host.hear([record(work()), record(work(needed_at=NOW + 30 * DAY))])
    assert await stage.rows("SELECT wanted_at FROM purchase_lines") == [(NOW + 30 * DAY,)]
    assert await stage.rows("SELECT needed_at, told FROM sourcings") == [(NOW + 30 * DAY, 0)]
    await stage.acknowledge("hard-ltd", PLANNED)
    order_id, _ = await stage.order(PLANNED)
    mine = [each for each in await stage.records() if each.key == order_id]
    assert [int(each.attributes["ce_sequence"]) for each in mine] == [1, 2]


async def test_what_is_wanted_otherwise_while_vendors_quote_is_what_is_ordered(stage: Stage) -> None:
    issued = await enquired(stage)
    await stage.hear(work(quantity=Quantity(12), needed_at=NOW + 30 * DAY))
    await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "the only one", "buyer-1"))
    (order,) = await stage.told(PurchaseOrderIssued)
    assert (order.lines[0].quantity, order.lines[0].wanted_at) == (Quantity(12), NOW + 30 * DAY)


async def test_work_that_nobody_has_heard_of_yet_is_withdrawn_silently(stage: Stage) -> None:
    await asked(stage, "hard-ltd", policy=Policy(approval_limit_minor=0))
    await stage.hear(GIVEN_UP)
    assert await stage.states() == [("hard-ltd", "cancelled")]
    kinds = {type(each) for each in await stage.all_told()}
    assert kinds & {PurchaseOrderIssued, PurchaseOrderCancelled, PurchaseRefused} == set()
    order_id, _ = await stage.order(PLANNED)
    with pytest.raises(WrongState):
        await stage.do(commands.ApproveOrder(order_id, True, "fair", "chief"))


@pytest.mark.parametrize(
    ("steps", "state", "charge"),
    [
        ("", "cancelled", None),
        ("promised", "cancelled", 4_000),
        ("promised sent", "closed", 8_000 + 2_400),
        ("promised sent taken", "closed", 2_400),
    ],
)
async def test_open_work_is_withdrawn_at_the_charge_of_its_terms_and_what_is_done_is_owed(
    stage: Stage, steps: str, state: str, charge: int | None
) -> None:
    await asked(stage, "hard-ltd", "next-ltd")
    if "promised" in steps:
        await stage.acknowledge("hard-ltd", PLANNED)
    if "sent" in steps:
        await sent(stage, "8")
    if "taken" in steps:
        await stage.receive((("load-7", "8"),), planned=PLANNED)
    await stage.hear(GIVEN_UP, GIVEN_UP)
    assert await stage.states() == [("hard-ltd", state)]
    (cancelled,) = await stage.told(PurchaseOrderCancelled)
    owed = None if charge is None else Money(charge, "EUR")
    assert (cancelled.run_id, cancelled.charge) == ("r1", owed)
    assert cancelled.reason == "the run was given up"
    assert (await stage.told(PurchaseRefused), len(await stage.told(PurchaseOrderClosed))) == ([], 1)
    assert await stage.rows("SELECT kind FROM due WHERE kind = 'acknowledgement'") == []
    with pytest.raises(WrongState):
        await stage.receive((("load-8", "1"),), planned=PLANNED)


async def test_work_that_is_done_stays_done_when_it_is_withdrawn(stage: Stage) -> None:
    await asked(stage, "hard-ltd")
    await stage.receive(planned=PLANNED)
    told = len(await stage.all_told())
    await stage.hear(GIVEN_UP)
    assert (await stage.states(), len(await stage.all_told())) == ([("hard-ltd", "received")], told)


async def test_an_enquiry_for_withdrawn_work_is_over_and_nobody_wins_it(stage: Stage) -> None:
    issued = await enquired(stage)
    await stage.hear(GIVEN_UP)
    assert await stage.rows("SELECT state FROM rfqs") == [("withdrawn",)]
    assert await stage.rows("SELECT kind FROM due WHERE kind = 'quotations'") == []
    with pytest.raises(RfqIsWithdrawn):
        await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "too late", "buyer-1"))
    assert (await stage.told(PurchaseOrderIssued), await stage.told(PurchaseRefused)) == ([], [])
    await stage.hear(work())
    assert len(await stage.told(RfqIssued)) == 2


async def test_an_award_that_waits_for_a_second_person_ends_with_the_work(stage: Stage) -> None:
    await stage.do(commands.SetPolicy(Policy(approval_limit_minor=0), 0))
    issued = await enquired(stage)
    proposed: Rfq = await stage.do(commands.AwardRfq(issued.rfq_id, "q1", "the only one", "buyer-1"))
    assert proposed.state == "award-proposed"
    await stage.hear(GIVEN_UP)
    for agreed in (True, False):
        with pytest.raises(RfqIsWithdrawn):
            await stage.do(commands.DecideAward(issued.rfq_id, agreed, "chief"))
    assert await stage.told(PurchaseOrderIssued) == []


async def test_a_late_quotation_wins_no_work_whose_run_has_heard_that_nobody_does_it(stage: Stage) -> None:
    await stage.do(commands.RegisterVendor(vendor("hard-ltd", skus=frozenset({"hardening"}))))
    await stage.hear(work())
    (issued,) = await stage.told(RfqIssued)
    await stage.pass_time(days=3)
    assert [each.run_id for each in await stage.told(PurchaseRefused)] == ["r1"]
    with pytest.raises(RfqIsWithdrawn, match="no vendor quoted"):
        await stage.do(commands.AnswerRfq(issued.rfq_id, "q1", "hard-ltd", Money(700, "EUR"), 0, 4, ()))
    assert len(await stage.told(RfqWithdrawn)) == 1
    assert await stage.told(PurchaseOrderIssued) == []


async def test_work_that_was_refused_or_never_asked_for_is_withdrawn_without_a_word(stage: Stage) -> None:
    await stage.hear(WorkWithdrawn("r9", "planned r9", "never asked"))
    await stage.hear(work())
    await stage.hear(GIVEN_UP, replace(GIVEN_UP, run_id="another"))
    assert [type(each) for each in await stage.all_told()] == [PurchaseRefused]
    assert await stage.parked() == []
    assert await stage.rows("SELECT state FROM sourcings") == [("withdrawn",)]


async def test_a_wish_about_a_run_is_answered_by_production_alone_although_its_work_is_bought(
    stage: Stage,
) -> None:
    await asked(stage, "hard-ltd")
    told = len(await stage.all_told())
    for wish in (
        ActionMessageAccepted(PLANNED, "expedite", Quantity(20), NOW + 4 * DAY),
        ActionMessageAccepted(PLANNED, "cancel", Quantity(20), None),
        ActionMessageAccepted(PLANNED, "increase", Quantity(90), None),
    ):
        await stage.hear(wish)
    assert await stage.rows("SELECT state, wanted_at FROM purchase_lines") == [("ordered", NOW + 10 * DAY)]
    assert len(await stage.all_told()) == told


async def test_work_has_no_serial_numbers_and_does_not_go_back(stage: Stage) -> None:
    await asked(stage, "hard-ltd")
    order_id, line_id = await stage.order(PLANNED)
    marked = Arrival(line_id, (ArrivedLot("w1", "load-7", Quantity(2), (), ("s1", "s2")),))
    with pytest.raises(WorkHasNoSerials):
        await stage.do(commands.ReceiveGoods(order_id, "rc1", (marked,), 0, "warehouse-1"))
    receipt = await stage.receive(planned=PLANNED)
    lots = ((receipt.parts[0].lots[0].lot_id, Quantity(3)),)
    with pytest.raises(WorkIsNotReturned):
        await stage.do(commands.ReturnGoods(order_id, line_id, "b1", lots, True, "porous", "warehouse-1"))
