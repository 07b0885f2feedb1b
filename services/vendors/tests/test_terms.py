"""Terms: what can be published, what they cost, how much they sell, when they end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.materials import ItemDefined
from contracts.units import Counted, ItemUnit
from contracts.values import Money, Quantity
from contracts.vendors import PriceBreak, TermsExpired, TermsPublished
from services.vendors.tests.made import DAY, HARD, NOW, hardness, internal, terms, vendor
from services.vendors.tests.stage import Stage
from vendors import commands
from vendors.domain.policy import Policy, PolicyIsImpossible
from vendors.domain.terms import TermsAreImpossible
from vendors.domain.vendor import VendorIsIncomplete

IMPOSSIBLE: list[tuple[str, dict[str, Any]]] = [
    ("/prices", {"prices": ()}),
    ("/prices", {"prices": (PriceBreak(Quantity(1), 5), PriceBreak(Quantity(1), 6))}),
    ("/prices", {"prices": (PriceBreak(Quantity(11), 5),)}),
    ("/prices", {"prices": (PriceBreak(Quantity(1), -1),)}),
    ("/lead_days", {"lead_days": -1}),
    ("/rank", {"rank": 0}),
    ("/valid_to", {"valid_to": NOW - DAY}),
    ("/multiple", {"multiple": Quantity(0)}),
    ("/minimum", {"minimum": Quantity(12)}),
    ("/minimum", {"minimum": Quantity(-5)}),
]


@pytest.mark.parametrize(("pointer", "change"), IMPOSSIBLE)
def test_terms_on_which_nothing_can_be_ordered_are_refused(pointer: str, change: dict[str, Any]) -> None:
    with pytest.raises(TermsAreImpossible) as refused:
        terms(**change).checked(vendor())
    assert pointer in [broken for broken, _ in refused.value.pointers]


def test_the_nearest_possible_minimum_is_named() -> None:
    with pytest.raises(TermsAreImpossible) as refused:
        terms(minimum=Quantity(12)).checked(vendor())
    assert "nearest 15" in refused.value.pointers[0][1]


def test_a_site_does_not_buy_from_itself() -> None:
    with pytest.raises(TermsAreImpossible):
        terms(site_id="plant-2").checked(internal(site_id="plant-2"))
    assert terms(site_id="plant-1").checked(internal(site_id="plant-2"))


def test_breaks_are_kept_in_order_and_the_highest_one_reached_counts() -> None:
    jumbled = terms(prices=(PriceBreak(Quantity(100), 900), PriceBreak(Quantity(1), 1_000)))
    checked = jumbled.checked(vendor())
    assert [part.unit_price_minor for part in checked.prices] == [1_000, 900]
    assert checked.unit_price(Quantity(99)) == Money(1_000, "EUR")
    assert checked.unit_price(Quantity(100)) == Money(900, "EUR")


@given(st.integers(0, 500), st.integers(1, 50), st.integers(0, 20))
def test_a_lot_is_the_least_multiple_that_covers_the_need_and_the_minimum(
    need: int, multiple: int, times: int
) -> None:
    offered = terms(minimum=Quantity(multiple * times), multiple=Quantity(multiple))
    lot = offered.lot_for(Quantity(need))
    assert lot.micro % offered.multiple.micro == 0
    assert lot >= max(Quantity(need), offered.minimum)
    assert lot - offered.multiple < max(Quantity(need), offered.minimum)


def test_terms_are_valid_from_their_first_moment_to_before_their_last() -> None:
    offered = terms(valid_from=NOW, valid_to=NOW + DAY)
    assert offered.valid(NOW)
    assert not offered.valid(NOW - DAY)
    assert not offered.valid(NOW + DAY)


def test_terms_expire_once_and_not_before_their_time() -> None:
    offered = terms(valid_to=NOW)
    assert terms().expired(NOW)[1] is None
    gone, told = offered.expired(NOW)
    assert told == TermsExpired("t1", "steel-ltd", "shaft", "plant-1")
    assert gone.expired(NOW + DAY) == (gone, None)


def test_later_terms_end_earlier_ones() -> None:
    later = terms("t2", valid_from=NOW + DAY)
    assert terms().followed_by(later).valid_to == NOW + DAY
    assert terms(valid_to=NOW).followed_by(later).valid_to == NOW
    assert terms().ended(NOW).valid_to == NOW


def test_terms_that_begin_when_later_published_ones_have_ended_stay_as_they_are() -> None:
    next_year = terms(valid_from=NOW + 50 * DAY)
    assert next_year.followed_by(terms("t2", valid_from=NOW, valid_to=NOW + 50 * DAY)) == next_year
    instead = next_year.followed_by(terms("t2", valid_from=NOW, valid_to=NOW + 51 * DAY))
    assert instead.valid_to <= instead.valid_from


def test_stated_properties_have_to_lie_in_the_window() -> None:
    assert terms().delivers(())
    assert not terms().delivers((hardness(55, 60),))
    assert terms(properties=(HARD,)).delivers((hardness(55, 60),))
    assert not terms(properties=(HARD,)).delivers((hardness(59, 60),))


def test_an_internal_vendor_names_its_site_and_no_other_does() -> None:
    assert internal().checked().told().site_id == "plant-2"
    for broken in (vendor(site_id="plant-2"), replace(internal(), site_id=None)):
        with pytest.raises(VendorIsIncomplete):
            broken.checked()


def test_a_policy_out_of_range_is_refused_with_each_broken_figure() -> None:
    assert Policy().checked() == Policy()
    with pytest.raises(PolicyIsImpossible) as refused:
        Policy(answer_hours=0, late_days=-1).checked()
    assert [pointer for pointer, _ in refused.value.pointers] == ["/answer_hours", "/late_days"]


SHAFTS = Counted("shaft", "piece", Quantity(1), (ItemUnit("box", Quantity(10), Quantity(1)),))


def test_terms_in_another_unit_of_their_item_are_kept_in_its_own_and_nothing_is_rounded() -> None:
    said = terms(
        prices=(PriceBreak(Quantity(1), 9_000), PriceBreak(Quantity(20), 8_000)), minimum=Quantity(2)
    )
    kept = replace(said, multiple=Quantity(1)).in_own_unit(SHAFTS, "box")
    assert (kept.minimum, kept.multiple) == (Quantity(20), Quantity(10))
    assert kept.prices == (PriceBreak(Quantity(10), 900), PriceBreak(Quantity(200), 800))


@pytest.mark.parametrize(
    ("counted", "unit", "minor", "pointer"),
    [(SHAFTS, "kg", 9_000, "/minimum"), (SHAFTS, "box", 9_005, "/prices/0"), (None, "box", 9_000, "/sku")],
)
def test_terms_that_cannot_be_turned_exactly_are_refused_with_their_place(
    counted: Counted | None, unit: str, minor: int, pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        terms(prices=(PriceBreak(Quantity(1), minor),)).in_own_unit(counted, unit)
    assert [place for place, _ in refused.value.pointers] == [pointer]


async def test_terms_in_a_unit_that_materials_has_told_are_published_in_the_items_own(stage: Stage) -> None:
    await stage.do(commands.RegisterVendor(vendor("steel-ltd")))
    told = ItemDefined("shaft", "Shaft", "piece", Quantity(1), units=SHAFTS.units)
    await stage.hear(told)
    said = terms(prices=(PriceBreak(Quantity(1), 9_000),), minimum=Quantity(2), multiple=Quantity(1))
    await stage.do(commands.PublishTerms(said, "box"))
    (published,) = await stage.told(TermsPublished)
    assert (published.minimum, published.multiple) == (Quantity(20), Quantity(10))
    assert published.prices == (PriceBreak(Quantity(10), 900),)
