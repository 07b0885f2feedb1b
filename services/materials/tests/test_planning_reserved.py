"""What orders and holds have reserved stays theirs in every version; the rest is pegged by day."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from materials.domain.planning.pegs import Pegs, pegs_of, supplies_of
from materials.domain.planning.plan import plan
from materials.domain.planning.site import Site
from services.materials.tests.test_planning import faults, site, sites


@given(sites(), st.integers(0, 2**16 - 1))
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
def test_what_is_reserved_stays_where_it_is_and_the_rest_is_pegged_whole(
    given_site: Site, chosen: int
) -> None:
    made = plan(given_site)
    supplies = supplies_of(given_site, made)
    usual = pegs_of(made, supplies)
    picked = [row for row in range(usual.quantity.size) if chosen >> row % 16 & 1]
    # Any pairs of one item will do, as long as none is more than is wanted or given.
    hard = Pegs(usual.requirement[picked], usual.supply[picked], usual.quantity[picked])
    pegs = pegs_of(made, supplies, hard)
    assert faults(given_site, made, supplies, pegs) == []
    kept = Counter(
        zip(*(column.tolist() for column in (pegs.requirement, pegs.supply, pegs.quantity)), strict=True)
    )
    assert (
        not Counter(zip(*(c.tolist() for c in (hard.requirement, hard.supply, hard.quantity)), strict=True))
        - kept
    )
    assert (np.diff(made.requirements.item[pegs.requirement]) >= 0).all(), "in the order of items"


def test_a_reservation_goes_before_who_needs_it_sooner() -> None:
    small = site(1, [], [(0, 5, 4), (0, 9, 4)], on_hand=[4])
    made = plan(small)
    supplies = supplies_of(small, made)
    one = np.array([1], dtype=np.int32)
    hard = Pegs(one, np.array([0], dtype=np.int32), np.array([4]))
    pegs = pegs_of(made, supplies, hard)
    assert list(zip(*(c.tolist() for c in (pegs.requirement, pegs.supply, pegs.quantity)), strict=True)) == [
        (0, 1, 4), (1, 0, 4),
    ]  # fmt: skip
