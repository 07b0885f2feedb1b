"""Whatever happens: every fact takes effect once and in order, and everything comes to rest."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.simulation.story import play
from tests.simulation.world import Luck

# `o2d soak seeds` goes on from here.
SEEDS = 100
TOGETHER = 5
TOLD_COUNT_MIN = 10
STORM = Luck(
    lost=0.01, slow=0.02, conflict=0.02, retried=0.1, hangs=0.02, freezes=0.08, kills=0.05, outages=0.05, restarts=0.2,
    deaf=0.1, early=True, poison=True,
)  # fmt: skip


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_of_five_seeds_every_fact_takes_effect_once_in_order_and_both_runs_are_the_same(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        one, other = play(seed), play(seed)
        assert one.broken == [], f"seed {seed}"
        assert one.trace == other.trace, f"seed {seed}"
        assert one.seen["told"] > TOLD_COUNT_MIN, f"seed {seed}"


def test_no_two_seeds_are_alike() -> None:
    traces = {tuple(play(seed).trace) for seed in range(5)}
    assert len(traces) == 5


def test_in_a_storm_all_that_this_layer_is_for_does_happen_and_no_promise_breaks() -> None:
    seen: Counter[str] = Counter()
    for seed in range(24):
        outcome = play(seed, STORM)
        assert outcome.broken == [], f"seed {seed}"
        seen.update(outcome.seen)
    wanted = {
        "generation", "freeze", "thaw", "kill", "stop", "out: left", "out: silent", "commit fenced",
        "consume.undrained", "consume.uncommitted", "consume.rebuilt", "kafka answer lost", "database answer lost",
        "session ended: idle in transaction", "session ended: killed", "session ended: restart", "lock waits",
        "deadlock",
        "database.away", "database.back", "hear.divided", "hear.parked", "lane.repeats", "freed", "told again", "deaf",
        "operator replays", "commit retried", "commit hangs", "round.interrupted", "start.waits", "fell", "ended",
    }  # fmt: skip
    assert wanted - set(seen) == set()


@pytest.mark.parametrize("seed", range(3))
def test_where_nothing_goes_wrong_nothing_is_done_twice(seed: int) -> None:
    outcome = play(seed, Luck(restarts=0))
    assert outcome.broken == []
    assert outcome.converged_after == 0
    assert not {"commit fenced", "consume.undrained", "lock waits", "lane.repeats"} & set(outcome.seen)
