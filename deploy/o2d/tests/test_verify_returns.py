"""What a client sends back, as `o2d verify` proves it: credited, in stock again, and out of what the order has cost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import materials as m
from contracts import orders as o
from contracts.returns import CreditGranted, ReturnAuthorised, ReturnReceived
from contracts.shapes import ValueAdded
from contracts.values import Money
from deploy.o2d.tests.planting import Change, after, broken, changed, without
from deploy.o2d.tests.story import ONE, TWO, cost, ground, moved, part, story

SPENT = cost(100, 15, 10, 5)
RETURN: list[Any] = [
    ReturnAuthorised("return-1", "order-1", "need-1", "customer-1", "line-1", ONE, "scratched"),
    ReturnReceived("return-1", "order-1", "line-1", "works", (part("lot-made", "computer", ONE, SPENT),)),
    moved(
        "lot-made", "move-13", "computer", ONE, "returned", SPENT,
        order_id="order-1", line_id="line-1", return_id="return-1",
    ),
    CreditGranted("order-1", "return-1", "line-1", ONE, Money(500, "EUR")),
    o.ValueRevised("order-1", ValueAdded("EUR", 2000, 105, 62, 13, 5, 1815), "goods came back after the end"),
]  # fmt: skip
sent_back = after(o.OrderCompleted, *RETURN)


def test_what_came_back_and_was_credited_breaks_nothing() -> None:
    assert broken(ground(sent_back(story()))) == {}


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("value happened", without(m.StockMoved, move_id="move-13")),
        ("value happened", changed(CreditGranted, credit=Money(499, "EUR"))),
        ("value happened", changed(m.StockMoved, {"move_id": "move-13"}, cost=replace(SPENT, labour=14))),
        ("lots keep cost", after(m.StockMoved, moved("lot-made", "m9", "computer", TWO, "scrapped", SPENT))),
        ("order way", without(o.OrderPlaced)),
    ],
)
def test_what_does_not_fit_is_found(name: str, change: Change) -> None:
    assert name in broken(ground(change(sent_back(story()))))
