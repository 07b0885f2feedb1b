"""How hypothesis draws in every test: for as long as it takes, since a slow machine is no fault of what is tested.

A run of all tests judges a commit, so it draws the same examples of it each time; `o2d soak draws` goes on from there.
"""

from __future__ import annotations

from typing import Final

from hypothesis import HealthCheck, settings

CHANCE: Final = "chance"

settings.register_profile(
    "o2d", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.register_profile(
    CHANCE, settings.get_profile("o2d"), derandomize=False, database=None, print_blob=True
)
settings.load_profile("o2d")
