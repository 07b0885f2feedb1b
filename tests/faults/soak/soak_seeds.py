"""Consumers in a simulated world, by many more seeds than the usual run has time for."""

from __future__ import annotations

import os

from tests.simulation.story import play
from tests.simulation.test_consuming import SEEDS

FIRST = int(os.environ.get("O2D_SOAK_SEED", "0")) + SEEDS
COUNT = 1_000
SHOWN = 100


def test_of_a_thousand_seeds_every_fact_takes_effect_once_and_in_order() -> None:
    for number, seed in enumerate(range(FIRST, FIRST + COUNT), start=1):
        assert play(seed).broken == [], f"seed {seed}"
        if number % SHOWN == 0:
            print(f"\n{number} of {COUNT} seeds, the last was {seed}", flush=True)
