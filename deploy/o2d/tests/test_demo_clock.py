"""The business time of a demo: clocks that run by themselves stand at one moment before anybody acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from backbone.clock import Clock, SteppedClock
from o2d.asking import Services
from o2d.demo.clock import DemoClock
from shared.tests.bells import START

MOMENT = timedelta(milliseconds=7)


class Running(SteppedClock):
    """A clock that has run on whenever it is looked at, until it is held."""

    mode = cast(Any, "rate")

    def now(self) -> datetime:
        if self.mode == "rate":
            self.advance(super().now() + MOMENT)
        return super().now()

    def hold(self, seconds: float) -> None:
        self.mode = "stepped" if seconds else "rate"


class Clocks:
    """Services of which nothing but their clocks is asked."""

    def __init__(self, **clocks: Clock) -> None:
        self.clocks = clocks
        self.names = tuple(clocks)

    async def get(self, service: str, path: str) -> Mapping[str, object]:
        clock = self.clocks[service]
        count = dict.fromkeys(("outbox", "lag", "parked", "retries_due", "told", "heard"), 0)
        now = clock.now().isoformat()
        return {"mode": clock.mode, "now": now, "earliest_due": None, "quiescent": True, **count}

    async def post(self, service: str, path: str, body: Mapping[str, Any]) -> None:
        clock = self.clocks[service]
        clock.advance(max(clock.now(), datetime.fromisoformat(body["to"])))
        clock.hold(body.get("hold_seconds", 0))


@pytest.mark.parametrize("ahead", [timedelta(0), MOMENT, timedelta(days=3)])
async def test_clocks_that_run_are_held_all_at_one_moment(ahead: timedelta) -> None:
    clocks = {"orders": Running(START), "materials": Running(START + ahead), "vendors": Running(START)}
    demo = DemoClock(cast(Services, Clocks(**clocks)))
    await demo.stand_still()
    assert {clock.mode for clock in clocks.values()} == {"stepped"}
    assert {clock.now() for clock in clocks.values()} == {await demo.rest()}
    await demo.let_go()
    assert {clock.mode for clock in clocks.values()} == {"rate"}


async def test_stepped_clocks_that_were_started_again_are_brought_to_the_latest_of_their_moments() -> None:
    clocks = {"orders": SteppedClock(START), "materials": SteppedClock(START + MOMENT)}
    await DemoClock(cast(Services, Clocks(**clocks))).stand_still()
    assert {clock.now() for clock in clocks.values()} == {START + MOMENT}
