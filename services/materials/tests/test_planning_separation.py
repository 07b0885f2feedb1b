"""What comes of one run is planned as one: outputs that drive it together, and what comes beside."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from materials.domain.planning.network import Network
from materials.domain.planning.pegs import pegs_of, supplies_of
from materials.domain.planning.plan import plan
from materials.domain.planning.separation import codes_of
from materials.domain.planning.site import Separation, Site
from o2d.bench.plan_data import array
from services.materials.tests.test_planning import Edge, counted, faults, site


def separated(demands: list[tuple[int, int, int]], gives: list[Edge], **rules: list[int]) -> Site:
    """Item 0 is separated into 1 and 2: a run takes 100 of it and gives 60 and 30; 3 comes beside."""
    before = site(4, [(1, 0, 100, 1)], demands, **rules)
    one = Separation(1, array([1, 2]), array([60, 30]), array([1, 1]))
    beside = Network.of(4, *(array([edge[place] for edge in gives]) for place in range(4)))
    return replace(before, separations=(one,), gives=beside)


def test_what_comes_of_one_run_is_planned_as_one() -> None:
    """raw -> 0.6 A + 0.3 B with A 60 on day 60, B 60 on day 60, A 30 on day 70: 2 runs, 200 raw, 30 of A left."""
    made = plan(separated([(1, 60, 60), (2, 60, 60), (1, 70, 30)], []))
    assert counted(made) == Counter({(1, 2, 60, 60): 1, (0, 200, 60, 60): 1})
    assert (made.orders.good.tolist(), made.given.quantity.tolist()) == ([120, 200], [60])


def test_runs_are_counted_over_all_outputs_and_what_is_on_hand_of_each() -> None:
    small = separated([(1, 10, 130), (2, 5, 20)], [], on_hand=[0, 10, 15, 0])
    made = plan(small)
    assert counted(made) == Counter(
        {(1, 1, 5, 5): 1, (0, 100, 5, 5): 1, (1, 1, 10, 10): 1, (0, 100, 10, 10): 1}
    )
    supplies = supplies_of(small, made)
    assert faults(small, made, supplies, pegs_of(made, supplies)) == []


def test_what_comes_beside_serves_needs_and_never_starts_a_run() -> None:
    small = separated([(1, 60, 60), (3, 70, 25)], [(1, 3, 20, 1)])
    made = plan(small)
    assert counted(made) == Counter({(1, 1, 60, 60): 1, (0, 100, 60, 60): 1, (3, 5, 70, 70): 1})
    assert codes_of(small).tolist() == [1, 0, 0, 1]


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 30), st.integers(1, 200)), max_size=12))
def test_a_separation_serves_everybody_and_no_run_is_too_many(wants: list[tuple[int, int, int]]) -> None:
    small = separated(wants, [(1, 3, 10, 1)])
    made = plan(small)
    supplies = supplies_of(small, made)
    assert faults(small, made, supplies, pegs_of(made, supplies)) == []
    runs = int(made.orders.quantity[made.orders.item == 1].sum())
    needed = [sum(quantity for item, _, quantity in wants if item == each) for each in (1, 2)]
    assert runs == max(-(-needed[0] // 60), -(-needed[1] // 30))
