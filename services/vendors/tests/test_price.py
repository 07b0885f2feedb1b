"""Prices are extended, converted and shared out to the cent."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rounding import halved_even
from contracts.values import Money, Quantity
from vendors.domain.price import CurrencyHasNoRate, Rates, allotted, worth

RATES = Rates("EUR", {"USD": 900_000})


@given(st.integers(-(10**18), 10**18), st.integers(1, 10**12))
def test_a_quotient_is_rounded_half_to_even(numerator: int, denominator: int) -> None:
    assert halved_even(numerator, denominator) == round(Fraction(numerator, denominator))


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**9), min_size=1, max_size=20))
def test_shares_sum_to_the_whole_and_differ_from_the_exact_ones_by_less_than_a_cent(
    whole: int, weights: list[int]
) -> None:
    shares = allotted(whole, weights)
    assert sum(shares) == whole
    even = weights if any(weights) else [1] * len(weights)
    for share, weight in zip(shares, even, strict=True):
        assert abs(share - Fraction(whole * weight, sum(even))) < 1


def test_a_price_is_extended_by_a_quantity_and_rounded_once() -> None:
    assert worth(333, Quantity("1.5")) == 500
    assert worth(1_000, Quantity("0.0005")) == 0
    assert worth(10**12, Quantity(10**11)) == 10**23


def test_only_currencies_with_a_rate_are_converted() -> None:
    assert RATES.converted(Money(1_005, "USD")) == Money(904, "EUR")
    assert RATES.converted(Money(7, "EUR")) == Money(7, "EUR")
    assert RATES.knows("USD")
    with pytest.raises(CurrencyHasNoRate, match="JPY"):
        RATES.converted(Money(1, "JPY"))
