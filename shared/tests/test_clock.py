"""Business clocks: they never go back, one that runs can be held, and whoever held it and died stops it for a while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from backbone import clock as clocks
from backbone.clock import RateClock, SteppedClock

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Wall:
    """Wall time that a test moves."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def monotonic(self) -> float:
        return self.seconds

    def now(self, zone: object) -> datetime:
        return START + timedelta(seconds=self.seconds)


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(clocks, "monotonic", wall.monotonic)
    monkeypatch.setattr(clocks, "datetime", wall)
    return wall


def test_a_clock_that_is_held_stands_still_and_can_be_stepped(wall: Wall) -> None:
    clock = RateClock(60, START)
    wall.seconds += 1
    clock.hold(30)
    assert (clock.mode, clock.now()) == ("stepped", START + timedelta(minutes=1))
    wall.seconds += 20
    assert clock.now() == START + timedelta(minutes=1)
    clock.advance(START + HOUR)
    assert (clock.mode, clock.now()) == ("stepped", START + HOUR)
    clock.advance(START)
    assert clock.now() == START + HOUR


def test_a_clock_that_nobody_holds_any_more_runs_on_from_where_it_stood(wall: Wall) -> None:
    clock = RateClock(60, START)
    clock.hold(30)
    clock.advance(START + HOUR)
    wall.seconds += 31
    assert clock.mode == "rate"
    at = clock.now()
    assert at == START + HOUR
    wall.seconds += 1
    assert clock.now() == at + timedelta(minutes=1)


def test_letting_go_lets_it_run_at_once(wall: Wall) -> None:
    clock = RateClock(1, START)
    clock.hold(30)
    clock.hold(0)
    wall.seconds += 5
    assert (clock.mode, clock.now()) == ("rate", START + timedelta(seconds=5))


def test_a_stepped_clock_stands_still_whether_it_is_held_or_not() -> None:
    clock = SteppedClock(START)
    clock.hold(0)
    assert (clock.mode, clock.now()) == ("stepped", START)
