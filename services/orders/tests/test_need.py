"""Needs and the catalogue, without any database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.orders import Component, WantedLine
from contracts.values import Money, PropertyWindow, Quantity
from orders.domain.need import Need
from orders.domain.offer import Offer, match
from orders.domain.quote import added, drafted
from orders.domain.states import WrongState

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HARD = PropertyWindow("hardness", "HRC", Quantity(58), Quantity(62))


def line(**changes: object) -> WantedLine:
    usual = WantedLine("L1", "a hardened shaft", Quantity(5), NOW + timedelta(days=30))
    return replace(usual, **changes)  # type: ignore[arg-type]


def stated(*lines: WantedLine) -> Need:
    return Need.stated(
        need_id="n1",
        customer_id="c1",
        address_id="main",
        text="",
        lines=lines,
        delivery_policy="partial",
        at=NOW,
    )


def offer(offer_id: str, title: str, minor: int, window: tuple[PropertyWindow, ...] = ()) -> Offer:
    component = Component("good", f"{offer_id}-item", Quantity(1), "piece", "plant-1", window)
    return Offer.published(
        offer_id=offer_id, title=title, kind="good", price=Money(minor, "EUR"), components=(component,)
    )


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        (line(quantity=Quantity(0)), "/lines/0/quantity"),
        (line(wanted_at=NOW), "/lines/0/wanted_at"),
        (line(text=""), "/lines/0"),
    ],
)
def test_a_line_that_cannot_be_needed_is_refused_with_its_pointer(wrong: WantedLine, pointer: str) -> None:
    with pytest.raises(Invalid) as refusal:
        stated(wrong)
    assert pointer in dict(refusal.value.pointers)


def test_two_lines_of_one_name_are_refused() -> None:
    with pytest.raises(Invalid):
        stated(line(), line())


def test_a_named_offer_wins_over_words() -> None:
    offers = [offer("a", "hardened shaft", 100), offer("b", "something else", 100)]
    assert match(line(offer_id="b"), offers) == offers[1]


def test_required_properties_exclude_an_offer_that_promises_less() -> None:
    wide = PropertyWindow("hardness", "HRC", Quantity(50), Quantity(62))
    soft, hard = offer("a", "shaft", 100, (wide,)), offer("b", "shaft", 200, (HARD,))
    assert match(line(required=(HARD,)), [soft, hard]) == hard


def test_nothing_fitting_is_no_match() -> None:
    assert match(line(text="a bicycle"), [offer("a", "hardened shaft", 100)]) is None


def test_a_lost_need_is_not_won() -> None:
    lost = stated(line()).moved("lost")
    with pytest.raises(WrongState, match="nothing any more"):
        lost.moved("won")


@given(quantity=st.integers(1, 10**6), price=st.integers(0, 10**6))
def test_a_quote_costs_quantity_times_price(quantity: int, price: int) -> None:
    wanted = line(quantity=Quantity(quantity))
    quote, promise = drafted(
        stated(wanted),
        [(wanted, offer("a", "shaft", price))],
        quote_id="q",
        promise_id="p",
        priority=1,
        at=NOW,
    )
    assert quote.price == Money(quantity * price, "EUR")
    assert promise.demand[0].quantity == Quantity(quantity)


def test_a_bundle_becomes_a_line_for_each_component_with_the_price_on_the_first() -> None:
    bundle = Offer.published(
        offer_id="b",
        title="computer with installation",
        kind="bundle",
        price=Money(1000, "EUR"),
        components=(
            Component("good", "PC", Quantity(1), "piece", "plant-1"),
            Component("service", "INSTALL", Quantity("0.5"), "visit", "plant-1"),
        ),
    )
    wanted = line(quantity=Quantity(4))
    quote, _ = drafted(stated(wanted), [(wanted, bundle)], quote_id="q", promise_id="p", priority=1, at=NOW)
    assert [(each.demand.line_id, each.demand.quantity, each.price.minor) for each in quote.lines] == [
        ("L1.1", Quantity(4), 4000),
        ("L1.2", Quantity(2), 0),
    ]


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**6), min_size=2, max_size=6).filter(any))
def test_the_price_of_a_bundle_is_shared_by_what_its_parts_cost_alone_to_the_cent(
    minor: int, alone: list[int]
) -> None:
    parts = tuple(
        Component("good", f"part-{number}", Quantity(1), "piece", "plant-1", reference_minor=each)
        for number, each in enumerate(alone)
    )
    bundle = Offer.published(
        offer_id="b", title="set", kind="bundle", price=Money(minor, "EUR"), components=parts
    )
    wanted = line(quantity=Quantity(3))
    quote, _ = drafted(stated(wanted), [(wanted, bundle)], quote_id="q", promise_id="p", priority=1, at=NOW)
    prices = [each.price.minor for each in quote.lines]
    assert sum(prices) == 3 * minor
    for price, each in zip(prices, alone, strict=True):
        assert abs(price * sum(alone) - 3 * minor * each) < sum(alone)


@pytest.mark.parametrize("alone", [(100, None), (0, 0), (-1, 5)])
def test_parts_say_all_what_they_cost_alone_or_none(alone: tuple[int | None, ...]) -> None:
    parts = tuple(
        Component("good", "part", Quantity(1), "piece", "plant-1", reference_minor=each) for each in alone
    )
    with pytest.raises(Invalid, match="published"):
        Offer.published(offer_id="b", title="set", kind="bundle", price=Money(1000, "EUR"), components=parts)


def test_no_part_of_a_bundle_is_called_as_another_line_of_the_need_is() -> None:
    parts = (
        Component("good", "PC", Quantity(1), "piece", "plant-1"),
        Component("service", "INSTALL", Quantity(1), "visit", "plant-1"),
    )
    bundle = Offer.published(
        offer_id="b", title="computer", kind="bundle", price=Money(1000, "EUR"), components=parts
    )
    lines = (line(line_id="1"), line(line_id="1.1"))
    matched = [(lines[0], bundle), (lines[1], offer("a", "shaft", 100))]
    quote, _ = drafted(stated(*lines), matched, quote_id="q", promise_id="p", priority=1, at=NOW)
    assert [each.demand.line_id for each in quote.lines] == ["1.2", "1.3", "1.1"]


@pytest.mark.parametrize(
    ("lines", "pointer"),
    [
        ((line(quantity=Quantity(10**11)),), "/lines/0/quantity"),
        ((line(quantity=Quantity(10**9)), line(line_id="L2", quantity=Quantity(10**9))), "/lines"),
    ],
)
def test_what_is_too_much_to_be_paid_is_not_quoted(lines: tuple[WantedLine, ...], pointer: str) -> None:
    matched = [(each, offer("a", "shaft", 10**6)) for each in lines]
    with pytest.raises(Invalid) as refusal:
        drafted(stated(*lines), matched, quote_id="q", promise_id="p", priority=1, at=NOW)
    assert pointer in dict(refusal.value.pointers)


def test_what_is_too_much_to_be_paid_is_not_added_to_an_order() -> None:
    with pytest.raises(Invalid) as refusal:
        added([line(offer_id="a", quantity=Quantity(10**11))], [offer("a", "shaft", 10**6)], NOW)
    assert "/added/0/quantity" in dict(refusal.value.pointers)
