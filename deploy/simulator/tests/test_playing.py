"""A play goes on while people act or time has something to bring, and says when it is stuck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from simulator.doors import Doors, Person, Refused
from simulator.people.person import Turn
from simulator.playing import Play, Stuck

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)
ANN = Person("buyer", "ann")


@dataclass
class Calendar:
    """A clock whose services are due at some moments."""

    due: list[datetime]
    now: datetime = NOW

    async def rest(self) -> datetime:
        return self.now

    async def step(self, moments: Sequence[datetime]) -> datetime | None:
        coming = [each for each in [*self.due, *moments] if each > self.now]
        if not coming:
            return None
        self.now = min(coming)
        return self.now


@dataclass
class Sleeper:
    """Does one thing at a moment, and says before when that will be."""

    at: datetime
    woken: list[datetime] = field(default_factory=list)
    title: str = "sleeper"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        turn = Turn()
        if not self.woken and turn.due(self.at, now):
            self.woken.append(now)
            turn.done("wakes")
        return turn


def answers(*statuses: int) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(statuses[min(len(seen), len(statuses)) - 1], json={"items": [], "next": None})

    return httpx.MockTransport(answer), seen


def played(clock: Calendar, *people: Sleeper) -> tuple[Play, list[str]]:
    told: list[str] = []

    async def finished() -> bool:
        return all(person.woken for person in people)

    doors = Doors({}, lambda who: who.name, answers(200)[0])
    return Play(doors, clock, people, finished, lambda at, who, what: told.append(f"{at:%d} {what}")), told


async def test_time_goes_to_the_moments_that_people_name_and_that_services_have() -> None:
    clock = Calendar([NOW + 5 * DAY])
    play, told = played(clock, Sleeper(NOW + 2 * DAY), Sleeper(NOW + 5 * DAY))
    assert await play.run() == NOW + 5 * DAY
    assert told == ["04 wakes", "07 wakes"]
    assert (play.acts, play.steps) == (2, 2)


async def test_when_nobody_is_due_any_more_the_play_says_that_it_is_stuck() -> None:
    play, _ = played(Calendar([]), Sleeper(NOW + DAY))
    play.people = []
    with pytest.raises(Stuck, match="nothing happens any more"):
        await play.run()


async def test_an_act_that_is_tried_again_is_the_same_act_and_another_body_another_one() -> None:
    transport, seen = answers(200)
    async with Doors({"orders": "http://orders"}, lambda who: f"token-of-{who.name}", transport) as doors:
        await doors.post(ANN, "orders", "/v1/x", {"a": 1, "b": 2})
        await doors.post(ANN, "orders", "/v1/x", {"b": 2, "a": 1})
        await doors.post(ANN, "orders", "/v1/x", {"a": 2})
        await doors.post(ANN, "orders", "/v1/x", {"a": 2}, again="second")
    keys = [request.headers["idempotency-key"] for request in seen]
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3
    assert seen[0].headers["authorization"] == "Bearer token-of-ann"


async def test_a_refusal_is_raised_with_what_was_asked_and_answered() -> None:
    transport, _ = answers(409)
    async with Doors({"orders": "http://orders"}, lambda who: "t", transport) as doors:
        with pytest.raises(Refused, match="POST orders /v1/x: 409") as refused:
            await doors.post(ANN, "orders", "/v1/x")
    assert refused.value.status == 409
