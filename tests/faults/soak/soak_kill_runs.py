"""Each step of a run: production dies in it before its effect is kept, and after."""

from __future__ import annotations

import pytest

from tests.faults.processes import Installation
from tests.faults.test_kill_runs import COMMITTED, HANDLED, STEPS, place, prove, survives

__all__ = ["place"]


@pytest.mark.parametrize("point", [HANDLED, COMMITTED])
async def test_a_run_is_done_once_although_its_production_is_killed_in_each_step_at_one_point(
    place: Installation, point: str
) -> None:
    await prove(place, await survives(place, [point] * len(STEPS)))
