"""Whole numbers out of parts: rounded once, and shared out so that nothing is lost."""

from __future__ import annotations

from collections.abc import Sequence


def halved_even(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest whole number, a tie to the even one; the denominator is above 0."""
    whole, rest = divmod(numerator, denominator)
    twice = 2 * rest
    return whole + (twice > denominator or (twice == denominator and whole % 2 == 1))


def shared(whole: int, weights: Sequence[int]) -> list[int]:
    """`whole` by weights such that the shares sum to it exactly: by largest remainder, of equal ones the earlier first.

    Weights are not below 0, and one of them is above.
    """
    total = sum(weights)
    shares = [whole * weight // total for weight in weights]
    rests = [whole * weight % total for weight in weights]
    for place in sorted(range(len(weights)), key=lambda at: (-rests[at], at))[: whole - sum(shares)]:
        shares[place] += 1
    return shares
