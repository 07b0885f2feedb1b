"""Sourcing: who is asked first, who next, and when nobody is left."""

from __future__ import annotations

import pytest

from contracts.values import Quantity
from contracts.vendors import PriceBreak, PurchaseRefused
from services.vendors.tests.made import (
    DAY,
    HARD,
    NOW,
    RATES,
    hardness,
    internal,
    request,
    sourcing,
    terms,
    vendor,
)
from vendors.domain.sourcing import AlreadySourced, Sourcing
from vendors.domain.states import WrongState
from vendors.domain.terms import Terms
from vendors.domain.vendor import Vendor

VENDORS: dict[str, Vendor] = {name: vendor(name) for name in ("a", "b", "c", "d")}


def ids(found: list[Terms]) -> list[str]:
    return [each.terms_id for each in found]


def test_rank_comes_first_then_cost_in_our_currency_then_lead() -> None:
    offered = [
        terms("slow", "a", rank=2, lead_days=9),
        terms("quick", "b", rank=2),
        terms("dollars", "c", rank=2, currency="USD", prices=(PriceBreak(Quantity(1), 1_050),)),
        terms("first", "d", rank=1, prices=(PriceBreak(Quantity(1), 9_999),)),
    ]
    assert ids(sourcing().ranked(offered, VENDORS, RATES, NOW)) == ["first", "dollars", "quick", "slow"]


def test_the_price_of_the_whole_lot_decides_not_that_of_one_unit() -> None:
    big = terms("big", "a", prices=(PriceBreak(Quantity(1), 900),), minimum=Quantity(100))
    small = terms("small", "b", prices=(PriceBreak(Quantity(1), 1_000),))
    assert ids(sourcing().ranked([big, small], VENDORS, RATES, NOW)) == ["small", "big"]


def test_only_terms_that_fit_are_ranked() -> None:
    vendors = {**VENDORS, "ours": internal("ours", "plant-1")}
    misfits = [
        terms("other item", "a", sku="bolt"),
        terms("other site", "a", site_id="plant-2"),
        terms("past", "a", valid_to=NOW),
        terms("expired", "a", state="expired"),
        terms("no rate", "a", currency="JPY"),
        terms("itself", "ours", vendor_kind="internal"),
    ]
    assert sourcing().ranked(misfits, vendors, RATES, NOW) == []
    hard = sourcing(window=(hardness(55, 60),))
    offered = [terms("soft", "a"), terms("hard", "b", properties=(HARD,))]
    assert ids(hard.ranked(offered, VENDORS, RATES, NOW)) == ["hard"]


def test_a_vendor_that_was_tried_is_not_asked_again() -> None:
    once = sourcing().ordered("a").reopened()
    assert ids(once.ranked([terms("x", "a"), terms("y", "b")], VENDORS, RATES, NOW)) == ["y"]
    assert once.quoters({"shaft": frozenset({"a", "b"})}, VENDORS) == ("b",)


def test_a_served_request_stays_as_it_is_and_a_refused_one_may_be_made_again() -> None:
    assert sourcing().ordered("a").served
    assert sourcing().quoting(["a"]).served
    refused, told = sourcing().ordered("a").reopened().refused("nobody")
    assert told == PurchaseRefused("p1", "nobody")
    again = refused.again(request(quantity=Quantity(7), needed_at=NOW + DAY))
    assert (again.state, again.tried, again.quantity) == ("asked", frozenset(), Quantity(7))


def test_an_award_is_refused_when_an_order_was_placed_meanwhile() -> None:
    with pytest.raises(AlreadySourced):
        sourcing().ordered("a").awarded("b")
    assert sourcing().quoting(["b"]).awarded("b").state == "ordered"


def test_a_state_is_not_left_against_the_table() -> None:
    with pytest.raises(WrongState, match="asked"):
        sourcing().reopened().ordered("a").quoting(["b"])


def test_the_root_is_that_of_the_cause_or_of_the_one_order_it_serves() -> None:
    assert Sourcing.requested(request(), "root").correlation_id == "root"
    assert sourcing().correlation_id == "need-1"
    assert sourcing(serves=()).correlation_id is None
