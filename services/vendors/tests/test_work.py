"""The work of a run that is bought: whom it is asked of, what is not said of it, its other moment and its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts.shapes import ItemPart
from contracts.values import Money, Quantity
from contracts.vendors import (
    AcknowledgementOverdue,
    GoodsReceived,
    GoodsRejected,
    OrderAcknowledged,
    PurchaseOrderCancelled,
    PurchaseOrderClosed,
    PurchaseOrderIssued,
    PurchaseOrderRefused,
    PurchaseRefused,
    ShipmentNotified,
)
from services.vendors.tests.made import DAY, HARD, NOW, RATES, internal, order, source, terms, vendor, work
from vendors.domain.answer import LineAnswer
from vendors.domain.delivery import Receipt, Shipment, Shipped, receive, ship
from vendors.domain.line import MoreThanOrdered
from vendors.domain.policy import Policy
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.receipt import Arrival, ArrivedLot, TurnedAway
from vendors.domain.sourcing import Sourcing, WorkIsOver
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor
from vendors.domain.work import WorkHasNoSerials, WorkIsNotReturned, returnable, wanted_by, withdrawn

VENDORS: dict[str, Vendor] = {"a": vendor("a"), "b": vendor("b"), "ours": internal("ours")}
CHARGED = terms(cancellation_points=2_000, notice_days=90)


def wanted(**changes: Any) -> Sourcing:
    return Sourcing.requested(work(**changes), "root")


def hardening(terms_id: str, vendor_id: str = "a", **changes: Any) -> Terms:
    return terms(terms_id, vendor_id, sku="hardening", **changes)


def issued(**changes: Any) -> tuple[PurchaseOrder, list[object]]:
    """The order of the work of r1: 20 at 10.00."""
    return PurchaseOrder.placed(
        wanted(),
        source(**changes),
        purchase_order_id="po1",
        purchase_line_id="pl1",
        policy=Policy(),
        rates=RATES,
        by="system",
        approved_by=None,
        at=NOW,
    )


def asked() -> PurchaseOrder:
    return issued()[0]


def promised(**deltas: Any) -> PurchaseOrder:
    return asked().acknowledged([LineAnswer("pl1", **deltas)], NOW)[0]


def sent(of: PurchaseOrder, quantity: str) -> tuple[PurchaseOrder, list[object]]:
    return ship(of, Shipment("s1", "po1", (Shipped("pl1", Quantity(quantity)),), NOW + DAY, NOW))


def taken(of: PurchaseOrder, *lots: ArrivedLot, bad: str = "") -> tuple[PurchaseOrder, Receipt, list[object]]:
    rejected = (TurnedAway(Quantity(bad), "soft"),) if bad else ()
    return receive(
        of, [Arrival("pl1", lots, rejected)], receipt_id="rc1", extras_minor=0, rates=RATES, by="w", at=NOW
    )


def done(quantity: str, **changes: Any) -> ArrivedLot:
    return ArrivedLot("part-1", "load-7", Quantity(quantity), **changes)


def test_work_is_asked_for_under_the_run_and_its_planned_order_on_what_we_provide() -> None:
    made = wanted()
    assert (made.planned_order_id, made.run_id, made.correlation_id) == ("planned r1", "r1", "root")
    assert (made.serves, made.window) == ((), ())
    assert made.provided == (ItemPart("soft-shaft", Quantity(20)),)


def test_a_site_of_ours_is_never_asked_for_work() -> None:
    offered = [hardening("inside", "ours", vendor_kind="internal", rank=1), hardening("outside", "b", rank=2)]
    assert [each.terms_id for each in wanted().ranked(offered, VENDORS, RATES, NOW)] == ["outside"]
    assert wanted().quoters({"hardening": frozenset(VENDORS)}, VENDORS) == ("a", "b")


def test_work_is_not_ordered_in_larger_lots_than_there_is_to_work_on() -> None:
    offered = [hardening("large", "a", minimum=Quantity(50)), hardening("fitting", "b", rank=9)]
    assert [each.terms_id for each in wanted().ranked(offered, VENDORS, RATES, NOW)] == ["fitting"]


def test_work_is_never_inspected_here_and_what_was_promised_of_it_is_not_measured() -> None:
    one, _ = issued(of=vendor(inspect=True), inspect=True, properties=(HARD,))
    assert (one.lines[0].inspect, one.lines[0].properties) == (False, ())
    assert order(vendor(inspect=True)).lines[0].inspect


def test_every_fact_of_the_order_says_the_run() -> None:
    one, told = issued()
    assert told[0] == replace(told[0], run_id="r1", provided=work().provided)  # type: ignore[type-var]
    late, overdue = one.unanswered(NOW + 2 * DAY)
    answered, acknowledged = late.acknowledged((), NOW)
    on_its_way, shipped = sent(answered, "20")
    part, _, received = taken(on_its_way, done("15"), bad="5")
    _, closed = part.short_closed("enough")
    _, refused = one.refused("sold out", NOW)
    _, nobody = wanted().refused("nobody")
    _, dearer = one.acknowledged([LineAnswer("pl1", unit_price_minor=9_999)], NOW)[0].price_taken(NOW)
    facts = [
        *told, *overdue, *acknowledged, *shipped, *received, *closed, *refused, nobody, *dearer,
    ]  # fmt: skip
    of_run = [each for each in facts if not isinstance(each, PurchaseOrderClosed)]
    assert {type(each) for each in of_run} == {
        PurchaseOrderIssued, AcknowledgementOverdue, OrderAcknowledged, ShipmentNotified, GoodsReceived,
        GoodsRejected, PurchaseOrderCancelled, PurchaseOrderRefused, PurchaseRefused,
    }  # fmt: skip
    assert {getattr(each, "run_id", None) for each in of_run} == {"r1"}


def test_what_arrives_of_work_is_so_much_done_with_what_was_measured_under_the_vendors_load() -> None:
    one, _, (told, *_) = taken(promised(), done("12", properties=(HARD,)))
    assert isinstance(told, GoodsReceived)
    (line,) = told.lines
    (part,) = line.lots
    assert (part.sku, part.quantity, part.vendor_lot) == ("hardening", Quantity(12), "load-7")
    assert (part.properties, part.cost.bought_in) == ((HARD,), 12_000)
    assert (line.complete, line.inspect, one.lines[0].balance) == (False, False, Quantity(8))


def test_work_that_is_turned_away_is_done_again() -> None:
    one, _, (told,) = taken(promised(), bad="20")
    assert (type(told), one.lines[0].state, one.lines[0].balance) == (GoodsRejected, "rejected", Quantity(20))
    again, _, _ = taken(one, done("20"))
    assert again.closed


def test_more_work_than_was_asked_is_not_taken_whatever_the_tolerance_of_goods() -> None:
    with pytest.raises(MoreThanOrdered):
        taken(promised(), done("21"))
    assert taken(promised(), done("20"))[0].closed


def test_serial_numbers_make_no_sense_of_work_and_the_place_is_named() -> None:
    with pytest.raises(WorkHasNoSerials) as refused:
        taken(promised(), done("2", serials=("s1", "s2")))
    assert [place for place, _ in refused.value.pointers] == ["/lines/0/lots/0/serials"]


def test_work_that_was_taken_does_not_go_back() -> None:
    returnable(order())
    with pytest.raises(WorkIsNotReturned, match="rework is another run"):
        returnable(asked())


def test_another_moment_is_asked_of_the_vendor_unless_it_has_promised_it_itself() -> None:
    moved = wanted_by(promised(), NOW + 20 * DAY).lines[0]
    assert (moved.wanted_at, moved.redating) == (NOW + 20 * DAY, True)
    later = promised(at=NOW + 15 * DAY)
    assert wanted_by(later, NOW + 15 * DAY) == later
    assert wanted_by(later, NOW + 10 * DAY) == later
    waiting, _ = PurchaseOrder.placed(
        wanted(), source(), purchase_order_id="po1", purchase_line_id="pl1", rates=RATES, by="system",
        policy=Policy(approval_limit_minor=0), approved_by=None, at=NOW,
    )  # fmt: skip
    assert not wanted_by(waiting, NOW + 20 * DAY).lines[0].redating


@pytest.mark.parametrize(
    ("shipped", "arrived", "state", "charge"),
    [
        ("", "", "cancelled", 4_000),
        # Eight are done and on their way: they are owed, and the charge falls on the other twelve.
        ("8", "", "closed", 8_000 + 2_400),
        ("8", "8", "closed", 2_400),
        ("", "15", "closed", 1_000),
    ],
)
def test_what_is_open_of_withdrawn_work_ends_at_the_charge_of_its_terms_and_what_is_done_is_owed(
    shipped: str, arrived: str, state: str, charge: int
) -> None:
    one = promised()
    if shipped:
        one, _ = sent(one, shipped)
    if arrived:
        one, _, _ = taken(one, done(arrived))
    ended, facts = withdrawn(one, CHARGED, "the run was given up", RATES)
    (told,) = [each for each in facts if isinstance(each, PurchaseOrderCancelled)]
    assert (told.reason, told.charge, told.run_id) == ("the run was given up", Money(charge, "EUR"), "r1")
    assert (ended.lines[0].state, ended.lines[0].charge) == (state, Money(charge, "EUR"))
    assert isinstance(facts[-1], PurchaseOrderClosed)


def test_work_that_nobody_has_promised_is_withdrawn_free_of_charge() -> None:
    for on in (CHARGED, None):
        _, (told, _) = withdrawn(asked(), on, "given up", RATES)
        assert isinstance(told, PurchaseOrderCancelled)
        assert told.charge is None


def test_work_is_wanted_otherwise_while_vendors_quote_and_by_its_moment_alone_once_it_is_ordered() -> None:
    other = work(quantity=Quantity(12), needed_at=NOW + DAY, provided=())
    quoting = wanted().quoting(["a"]).said_again(other)
    assert (quoting.quantity, quoting.needed_at, quoting.provided) == (Quantity(12), NOW + DAY, ())
    ordered = wanted().ordered("a").said_again(other)
    assert (ordered.quantity, ordered.needed_at) == (Quantity(20), NOW + DAY)
    assert len(ordered.provided) == 1


def test_nobody_wins_work_that_is_over_and_it_can_be_asked_for_again() -> None:
    over = wanted().quoting(["a"]).withdrawn()
    refused, _ = wanted().quoting(["a"]).refused("no vendor quoted")
    for each in (over, refused):
        with pytest.raises(WorkIsOver, match="nobody is asked for it any more"):
            each.awarded("a")
        assert each.again(work()).state == "asked"
    assert wanted().quoting(["a"]).awarded("a").state == "ordered"
    assert over.withdrawn() == over
