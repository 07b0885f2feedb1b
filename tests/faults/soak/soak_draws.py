"""What holds of whatever is drawn, by other draws than the usual run makes: those are the same each time."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.plugins.drawing import CHANCE

FIRST = int(os.environ.get("O2D_SOAK_SEED", "0"))
ROUNDS = 5


def test_in_five_rounds_of_other_draws_everything_holds() -> None:
    for seed in range(FIRST, FIRST + ROUNDS):
        print(f"\ndrawing by seed {seed}", flush=True)
        words = ["-q", "-m", "hypothesis", f"--hypothesis-profile={CHANCE}", f"--hypothesis-seed={seed}"]
        done = subprocess.run([sys.executable, "-m", "pytest", *words], check=False)
        assert done.returncode == 0, f"seed {seed}"
