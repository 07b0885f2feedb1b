"""What others have heard of parts of a lot: how much of it, and what that has cost."""

from __future__ import annotations

from typing import Final

from contracts.values import CostVector

# Millionths, then minor units of bought-in, labour, capital and overhead.
Told = tuple[int, int, int, int, int]
NOTHING: Final[Told] = (0, 0, 0, 0, 0)


def plus(one: Told, other: Told) -> Told:
    """Both together."""
    return (
        one[0] + other[0],
        one[1] + other[1],
        one[2] + other[2],
        one[3] + other[3],
        one[4] + other[4],
    )


def minus(one: Told, other: Told) -> Told:
    """The one without the other."""
    return plus(one, (-other[0], -other[1], -other[2], -other[3], -other[4]))


def told_of(micro: int, cost: CostVector) -> Told:
    """So much, at that cost."""
    return (micro, cost.bought_in, cost.labour, cost.capital, cost.overhead)


def cut(told: Told, micro: int, cost: CostVector | None = None) -> Told:
    """The part of it that goes with `micro` of it: at its share of the cost, or at what others say that it has cost.

    All of the rest goes with the last of it.
    """
    whole = told[0]
    if micro >= whole:
        return told
    if cost is None:
        share = [minor * micro // whole for minor in told[1:]]
    else:
        share = [max(0, min(said, minor)) for said, minor in zip(told_of(0, cost)[1:], told[1:], strict=True)]
    return (micro, share[0], share[1], share[2], share[3])
