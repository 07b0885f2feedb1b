"""Control charts: whether a process is steady, by the Western Electric rules.

A chart of individuals: sigma is the mean moving range of two neighbours over d2 = 1.128 (NIST/SEMATECH e-Handbook of
Statistical Methods, 6.3.2.2). The four rules are those of the Western Electric Statistical Quality Control Handbook
(1956): a point beyond three sigma; two of three beyond two sigma, four of five beyond one sigma, and eight in a row,
each on the same side of the centre.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from contracts.values import Quantity

POINTS_COUNT_MAX: Final = 200
# The least number of points that make limits of their own.
POINTS_COUNT_MIN: Final = 2
D2: Final = Fraction(1_128, 1_000)
# Rule: so many of so many neighbours lie on one side, beyond so many sigma.
RULES: Final = ((1, 1, 1, 3), (2, 2, 3, 2), (3, 4, 5, 1), (4, 8, 8, 0))


@dataclass(frozen=True, slots=True)
class Signal:
    """The point (from 0) at which a rule is broken: the last of those that break it."""

    point: int
    rule: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Centre and three-sigma limits of points, rounded to a millionth, and what is not chance among them."""

    centre: Quantity
    lower: Quantity
    upper: Quantity
    signals: tuple[Signal, ...]


def charted(points: Sequence[Quantity], baseline: int | None = None) -> Chart | None:
    """The chart of points in the order of time, its limits by the first `baseline` of them (all if absent).

    None for fewer than two, which make no limits.
    """
    known = [point.micro for point in points[:baseline]]
    if len(known) < POINTS_COUNT_MIN:
        return None
    centre = Fraction(sum(known), len(known))
    ranges = [abs(second - first) for first, second in pairwise(known)]
    sigma = Fraction(sum(ranges), len(ranges)) / D2
    off = [point.micro - centre for point in points]
    return Chart(
        Quantity.of_micro(round(centre)),
        Quantity.of_micro(round(centre - 3 * sigma)),
        Quantity.of_micro(round(centre + 3 * sigma)),
        tuple(
            Signal(place, rule)
            for place in range(len(points))
            for rule, least, window, sigmas in RULES
            if _broken(off[max(place + 1 - window, 0) : place + 1], least, sigmas * sigma)
        ),
    )


def _broken(off: Sequence[Fraction], least: int, beyond: Fraction) -> bool:
    """Whether so many, the last one among them, lie beyond a distance on the side of the last."""
    side = 1 if off[-1] > 0 else -1
    outside = [side * each > beyond for each in off]
    return outside[-1] and sum(outside) >= least
