"""What `o2d verify` says of runs whose work a vendor does: it was asked for and answered, and no lot came by it."""

from __future__ import annotations

from typing import Any

from contracts import production as p
from contracts import vendors as v
from contracts.outside import WorkRequested, WorkWithdrawn
from contracts.shapes import ItemPart
from contracts.values import Money
from deploy.o2d.tests.planting import Change, after, broken
from deploy.o2d.tests.story import LATER, TWO, USED, ground, story

RUN = ("run-1", "make-1")
WORK = WorkRequested(*RUN, "hardening", TWO, "pcs", "works", LATER, (ItemPart("board", TWO, ()),))
LINE = v.PurchaseLine(
    "purchase-line-9", "make-1", "hardening", TWO, "pcs", Money(500, "EUR"), "works", LATER, (), ()
)
ORDER = v.PurchaseOrderIssued(
    "purchase-9", "vendor-1", "external", None, (LINE,), LATER, run_id="run-1", provided=WORK.provided
)
DONE = v.GoodsReceived(
    "purchase-9",
    "vendor-1",
    "external",
    "receipt-9",
    (v.ReceivedLine("purchase-line-9", "make-1", "works", (USED,), complete=True, inspect=False),),
    run_id="run-1",
)


def told(*facts: Any) -> Change:
    return after(p.RunScheduled, *facts)


def test_work_that_is_wanted_of_a_vendor_is_answered_or_wanted_no_more() -> None:
    silent = {"asks answered": "WorkRequested make-1: no answer"}
    assert broken(ground(told(WORK)(story()))) == silent
    for answer in (
        ORDER,
        v.PurchaseRefused("make-1", "nobody does it", "run-1"),
        WorkWithdrawn(*RUN, "split"),
    ):
        assert broken(ground(told(WORK, answer)(story()))) == {}


def test_work_that_was_done_is_no_lot_that_came_to_stock() -> None:
    assert broken(ground(told(WORK, ORDER, DONE)(story()))) == {}


def test_the_work_of_a_run_is_bought_once() -> None:
    more = v.PurchaseOrderIssued("purchase-10", "vendor-2", "external", None, (LINE,), LATER, run_id="run-1")
    found = broken(ground(told(WORK, ORDER, more)(story())))
    assert found == {"bought once": "planned order make-1 is bought by purchase-10, purchase-9"}
