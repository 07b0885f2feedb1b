"""What materials hears of vendors: of the work of a run nothing, since production answers for its runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contracts import vendors
from contracts.values import Quantity
from materials import subscriptions
from services.materials.tests.made import NOW, acknowledged, issued, part, received

SHIPPED = vendors.ShippedLine("line-p", "p", "blank", Quantity(1), (part("B", "blank", "1"),))
OF_VENDORS = (
    issued("p", "blank", "1"),
    acknowledged("p", "blank", "1", NOW),
    vendors.AcknowledgementOverdue("po-p", "steel-ltd", ("p",)),
    vendors.PurchaseOrderRefused("po-p", "steel-ltd", ("p",), "no furnace"),
    vendors.PurchaseRefused("p", "no vendor"),
    vendors.ShipmentNotified("po-p", "steel-ltd", "external", "s", None, (SHIPPED,), NOW),
    received("p", part("B", "blank", "1")),
    vendors.GoodsRejected("po-p", "line-p", "p", "steel-ltd", Quantity(1), "soft"),
    vendors.PurchaseOrderCancelled("po-p", "steel-ltd", "external", ("p",), "not wanted"),
)


@pytest.mark.parametrize("fact", OF_VENDORS, ids=lambda fact: type(fact).__name__)
def test_the_work_of_a_run_is_nothing_that_comes_to_stock(fact: Any) -> None:
    (heard,) = [each for each in subscriptions.SUBSCRIPTIONS if each.fact is type(fact)]
    assert heard.translate(replace(fact, run_id="r")) is None
    assert heard.translate(fact).fact == fact


def test_no_fact_of_vendors_that_may_be_of_a_run_s_work_is_left_out() -> None:
    heard = [each.fact for each in subscriptions.SUBSCRIPTIONS if each.fact.__module__ == vendors.__name__]
    assert {kind for kind in heard if "run_id" in kind.__annotations__} == {type(fact) for fact in OF_VENDORS}
