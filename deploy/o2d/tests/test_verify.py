"""Every check of `o2d verify` keeps silent where all is well, and names what breaks its promise."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from contracts import changes as c
from contracts import materials as m
from contracts import orders as o
from contracts import production as p
from contracts import recalls as r
from contracts import rfqs
from contracts import service_desk as d
from contracts import vendors as v
from contracts.shapes import Peg, Share
from contracts.values import Money, Quantity
from deploy.o2d.tests.planting import OF_FACTS, OF_ROWS, Change, after, broken, changed, without
from deploy.o2d.tests.story import DONE, FOUR, LATER, ONE, TWO, USED, VALUE, cost, ground, moved, story
from o2d.verify.catalogue import CHECKS, ENDED, prove


def test_where_all_is_well_every_check_looked_at_something_and_found_nothing() -> None:
    findings = dict(prove(ground(), [*OF_FACTS, ENDED]))
    assert {check.name: finding.first for check, finding in findings.items() if finding.wrong} == {}
    assert [check.name for check, finding in findings.items() if not finding.checked] == []


def test_every_check_has_a_name_of_its_own_and_a_promise() -> None:
    names = [check.name for check in [*CHECKS, ENDED]]
    assert len(set(names)) == len(names)
    assert all(check.promise.endswith((".", ":")) or check.name in OF_ROWS for check in [*CHECKS, ENDED])


SHIPPED = {"reason": "shipped", "lot_id": "lot-made"}
PURCHASE = next(
    fact
    for fact in story()
    if isinstance(fact, v.PurchaseOrderIssued) and fact.purchase_order_id == "purchase-1"
)
PLANTED: list[tuple[str, Change, str]] = [
    ("moves once", changed(m.StockMoved, {"move_id": "move-11"}, move_id="move-10"), "move-10"),
    (
        "lots above zero",
        changed(m.StockMoved, {"move_id": "move-7"}, quantity=Quantity(5)),
        "lot lot-boards of board: -1 after 5 consumed",
    ),
    (
        "lots keep cost",
        changed(m.StockMoved, {"move_id": "move-6"}, cost=cost(49)),
        "lot lot-inside: 1 minor units bought_in stay with 0 left",
    ),
    (
        "lots keep cost",
        changed(m.StockMoved, {"move_id": "move-7"}, cost=cost(401)),
        "lot lot-boards: -1 minor units bought_in stay with 2 left",
    ),
    (
        "lot status",
        after(
            m.LotStatusChanged,
            m.LotStatusChanged("lot-boards", "board", "works", "blocked", "scrapped", "rotten"),
            lot_id="lot-boards",
        ),
        "lot lot-boards goes from blocked to scrapped, it was released",
    ),
    (
        "run cost",
        changed(p.RunClosed, cost=cost(0, 30, 20, 11)),
        "run run-1: (200, 30, 20, 11) went in (bought in, labour, capital, overhead), (200, 30, 20, 10) came out",
    ),
    ("run way", after(p.RunClosed, p.RunResumed("run-1", "make-1")), "RunResumed"),
    ("run way", without(p.RunStarted), "MaterialConsumed"),
    (
        "produced is booked",
        without(m.StockMoved, move_id="move-8"),
        "for make-1: production says 2 for (200, 30, 20, 10), materials booked 0 for (0, 0, 0, 0)",
    ),
    (
        "consumed is booked",
        changed(m.StockMoved, {"move_id": "move-7"}, cost=cost(199)),
        "production says 2 for (200, 0, 0, 0), materials booked 2 for (199, 0, 0, 0)",
    ),
    (
        "run recipe",
        changed(p.RecipeApproved, version=2),
        "run run-1 is scheduled by recipe recipe-1 version 1",
    ),
    ("run recipe", changed(p.RecipeApproved, approver="ann"), "not approved"),
    ("run recipe", without(m.RunRequested), "run run-1 is scheduled by no recipe"),
    (
        "run mass",
        changed(m.ItemDefined, {"sku": "computer"}, unit="t"),
        "run run-1 made 1998 kg more than it took",
    ),
    ("run yield", changed(p.RunClosed, good_quantity=FOUR), "run run-1 counts 4 as good and made 2"),
    (
        "received is booked",
        changed(m.StockMoved, {"move_id": "move-1"}, cost=cost(399)),
        "lot lot-boards received for buy-1: vendors says 4 for (400, 0, 0, 0), materials booked 4 for (399, 0, 0, 0)",
    ),
    (
        "dispatched is booked",
        changed(m.StockMoved, {"move_id": "move-9"}, quantity=ONE),
        "lot lot-made dispatched for order-1: service-desk says 2 for (0, 0, 0, 0), materials booked 1",
    ),
    (
        "recalled stays",
        after(r.RecallFollowed, p.MaterialConsumed("run-1", "make-1", "works", (USED,))),
        "lot lot-boards was called back",
    ),
    (
        "recalled stays",
        after(r.RecallNotified, d.GoodsDispatched("visit-3", "order-1", "works", DONE)),
        "lot lot-made was called back",
    ),
    ("recall outcomes", without(r.RecallAnswered), "recall recall-1 is closed, open are ticket-1"),
    ("recall outcomes", without(p.LotDisposed), "recall recall-1 is closed, open are lot-boards"),
    (
        "lines pegged once",
        changed(m.RequirementsPlanned, pegs=2 * (Peg("line-1", "run", "make-1", TWO, LATER),)),
        "order order-1, line line-1: 4 pegged, 2 ordered",
    ),
    (
        "supplies serve once",
        changed(m.RunRequested, serves=(Share("order-1", "line-1", FOUR),)),
        "planned order make-1 of 2 serves 4",
    ),
    (
        "bought once",
        after(v.PurchaseOrderIssued, replace(PURCHASE, purchase_order_id="purchase-9")),
        "planned order buy-1 is bought by purchase-1, purchase-9",
    ),
    (
        "awarded once",
        after(rfqs.RfqAwarded, rfqs.RfqAwarded("rfq-1", "quotation-2", "vendor-2", "nicer", "buyer")),
        "RFQ rfq-1 is awarded twice",
    ),
    (
        "holds end once",
        after(m.ReservationReleased, m.HoldExpired("promise-1", "need-1")),
        "HoldExpired",
    ),
    (
        "visit way",
        after(d.GoodsDispatched, d.GoodsDispatched("visit-3", "order-1", "works", ())),
        "visit-3, no. 2) after GoodsDispatched",
    ),
    (
        "visit way",
        after(d.HandOverCompleted, d.HandOverCompleted("visit-3", "order-1", "works", (), cost(0), "client")),
        "visit-3, no. 3) after HandOverCompleted",
    ),
    ("visit way", without(d.GoodsDispatched), "visit-3, no. 1) after nothing"),
    (
        "visit way",
        after(d.VisitCompleted, d.VisitCancelled("visit-1", "order-1", "too late")),
        "visit-1, no. 3) after VisitCompleted",
    ),
    (
        "people booked once",
        changed(d.VisitBooked, {"visit_id": "visit-2"}, starts_at=LATER - timedelta(minutes=1)),
        "paul is booked for visit visit-2 and at the same time for visit-1",
    ),
    ("asks answered", without(m.PromiseOffered), "PromiseRequested promise-1 1: no answer"),
    ("asks answered", without(d.SlotsOffered), "SlotsRequested promise-1 1: no answer"),
    ("asks answered", without(p.RunScheduled), "RunRequested make-1: no answer"),
    (
        "asks answered",
        changed(v.PurchaseOrderIssued, {"purchase_order_id": "purchase-2"}, lines=()),
        "PurchaseRequested buy-2: no answer",
    ),
    (
        "asks answered",
        without(m.InternalSupplyPromised),
        "PurchaseOrderIssued purchase-line-2: no answer",
    ),
    (
        "order way",
        after(o.OrderCompleted, o.OrderCancelled("order-1", "promise-1", "too late")),
        "OrderCancelled",
    ),
    ("order way", without(o.OrderPlaced), "LineFulfilled"),
    (
        "change answered",
        after(o.ChangeWithdrawn, o.ChangeWithdrawn("order-1", "change-1", "again")),
        "of change change-1, which has ended",
    ),
    (
        "change answered",
        after(m.RequirementsPlanned, o.ChangeCommitted("order-1", "change-2")),
        "change change-2 is taken for None, answered: []",
    ),
    (
        "change answered",
        after(
            m.RequirementsPlanned,
            c.ChangeAnswered("order-1", "change-2", charge=Money(500, "EUR")),
            c.DeliveryChangeAnswered("order-1", "change-2"),
            o.ChangeCommitted("order-1", "change-2", Money(400, "EUR")),
        ),
        "change change-2 is taken for",
    ),
    (
        "order fulfilled",
        without(o.LineFulfilled, line_id="line-2"),
        "order order-1 is completed, line line-2 of 1 is fulfilled by nothing",
    ),
    ("order fulfilled", without(o.OrderPlaced), "order order-1 is completed and was never placed"),
    (
        "fulfilled is accepted",
        changed(o.LineFulfilled, {"line_id": "line-1"}, quantity=ONE),
        "order order-1, line line-1 is fulfilled by 1, 2 was accepted",
    ),
    (
        "fulfilled is accepted",
        without(d.VisitCompleted),
        "order order-1, line line-2 is fulfilled by 1, 0 was accepted",
    ),
    (
        "shipped is accepted",
        without(d.HandOverCompleted),
        "order order-1, line line-1, computer: 2 shipped, 0 accepted",
    ),
    (
        "shipped is accepted",
        without(m.StockMoved, move_id="move-11"),
        "order order-1, line line-2, cable: 0 shipped, 1 accepted",
    ),
    (
        "shipped is ordered",
        changed(m.StockMoved, SHIPPED, quantity=FOUR),
        "order order-1, line line-1: 4 of 2 computer shipped",
    ),
    (
        "value adds up",
        changed(o.OrderCompleted, value=replace(VALUE, margin=VALUE.margin + 1)),
        "does not add up",
    ),
    (
        "value happened",
        changed(o.OrderCompleted, value=replace(VALUE, labour=76, margin=VALUE.margin + 1)),
        "its lines cost (2500, {'EUR'}), its goods and visits (205, 77, 23, 10)",
    ),
    (
        "value happened",
        changed(o.OrderCompleted, value=replace(VALUE, price=2600, margin=VALUE.margin + 100)),
        "price 2600",
    ),
]


@pytest.mark.parametrize(("name", "change", "words"), PLANTED)
def test_what_breaks_a_promise_is_reported_by_its_name(name: str, change: Change, words: str) -> None:
    found = broken(ground(change(story())))
    assert words in found.get(name, f"nothing of {name}, but {found}")


def test_an_order_that_goes_on_is_reported_where_all_must_have_ended() -> None:
    going_on = ground(without(o.OrderCompleted)(story()))
    assert broken(going_on) == {}
    assert broken(going_on, [ENDED]) == {"orders ended": "order order-1 has not ended"}


def test_a_count_may_go_either_way_but_never_below_what_there_could_be() -> None:
    counted = after(
        m.StockMoved, moved("lot-boards", "move-12", "board", ONE, "adjusted", cost(100)), move_id="move-1"
    )
    more = changed(m.StockMoved, {"move_id": "move-7"}, quantity=Quantity(6))
    assert "lots above zero" not in broken(ground(counted(story())))
    assert "-1 after 6 consumed" in broken(ground(more(counted(story()))))["lots above zero"]


def test_a_lot_that_comes_from_another_site_of_ours_is_not_counted_twice() -> None:
    again = after(
        m.StockMoved, moved("lot-inside", "move-12", "case", ONE, "scrapped", cost(0)), move_id="move-6"
    )
    assert "lot lot-inside of case: -1" in broken(ground(again(story())))["lots above zero"]


def test_after_a_refusal_the_next_source_may_be_asked() -> None:
    second = after(
        v.PurchaseOrderIssued,
        v.PurchaseOrderRefused("purchase-1", "vendor-1", ("buy-1",), "sold out"),
        replace(PURCHASE, purchase_order_id="purchase-9"),
    )
    assert broken(ground(second(story()))) == {}


def test_a_run_is_weighed_only_where_all_that_went_in_is() -> None:
    counted = changed(m.ItemDefined, {"sku": "board"}, unit="pcs")
    heavy = changed(m.ItemDefined, {"sku": "computer"}, unit="t")
    assert "run mass" not in broken(ground(heavy(counted(story()))))
