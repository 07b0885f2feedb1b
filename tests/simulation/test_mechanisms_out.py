"""Each mechanism is taken out of the product in turn, and some seed of a few breaks the promise that rests on it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from backbone import consume, inbox, lanes, marks, parking, replay, works
from backbone.service import host, told
from backbone.service.database import Trouble, answers
from tests.simulation.story import play
from tests.simulation.world import Luck

Without = Callable[[pytest.MonkeyPatch], None]
SEEDS = 60
CALM = Luck(restarts=0.5, slow=0.05)
LOSSES = Luck(restarts=0.3, lost=0.03, slow=0.05)
RETRIES = Luck(until=8, restarts=0.7, retried=0.5)
LEFT = Luck(until=12, restarts=0.15, early=True, leave=True, jars=1)
CUTS = Luck(restarts=0.5, hangs=0.2)
WAITS = Luck(restarts=0.4, early=True, lost=0.01)
AWAY = Luck(away=30, restarts=0.5, outages=0.2, early=True, jars=1)


def without_the_barrier(patch: pytest.MonkeyPatch) -> None:
    """Partitions go while their records are in work."""

    async def revoked(self: consume.Consuming) -> None:
        self._assigned, self._marks = frozenset(), {}
        self._round += 1

    patch.setattr(consume.Consuming, "revoked", revoked)


def without_the_low_water_mark(patch: pytest.MonkeyPatch) -> None:
    """The furthest record that is handled counts, not the first that is not."""

    def settle(self: marks.Mark, chunk: marks.Chunk, count: int) -> None:
        self.position = max(self.position, chunk.after)

    patch.setattr(marks.Mark, "settle", settle)


def with_a_commit_one_too_far(patch: pytest.MonkeyPatch) -> None:
    """A mark stands one record further than it should."""
    settle = marks.Mark.settle

    def further(self: marks.Mark, chunk: marks.Chunk, count: int) -> None:
        before = self.position
        settle(self, chunk, count)
        self.position += self.position > before

    patch.setattr(marks.Mark, "settle", further)


def without_the_inbox(patch: pytest.MonkeyPatch) -> None:
    """Everything is new."""

    async def everything(sql: Any, seen: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        await inbox.add_unseen(sql, seen)
        return set(seen)

    patch.setattr(told, "add_unseen", everything)


def without_one_commit_at_a_time(patch: pytest.MonkeyPatch) -> None:
    """A later commit may overtake an earlier one."""
    patch.setattr(asyncio, "Lock", _Open)


class _Open:
    async def __aenter__(self) -> None:
        return None

    async def __aexit__(self, *_: object) -> None:
        return None


def without_the_queue_of_a_parked_key(patch: pytest.MonkeyPatch) -> None:
    """Later facts of a parked key pass by."""

    async def none(sql: object, keys: object) -> set[parking.ParkedKey]:
        return set()

    patch.setattr(told, "parking", SimpleNamespace(**{**vars(parking), "lock_parked": none}))


def without_a_lane_for_each_key(patch: pytest.MonkeyPatch) -> None:
    """Records of one key are spread over the lanes."""
    numbers = count()
    patch.setattr(lanes, "hash", lambda key: next(numbers))


def without_the_watchdog(patch: pytest.MonkeyPatch) -> None:
    """Nobody sees that a client has gone silent."""

    async def asleep(self: consume.Consuming) -> None:
        await asyncio.Event().wait()

    patch.setattr(consume.Consuming, "_watch", asleep)


def without_repeats_in_a_lane(patch: pytest.MonkeyPatch) -> None:
    """What fails in a lane is taken as handled."""

    async def once(self: lanes.Lanes, records: Any) -> None:
        with suppress(DBAPIError):
            await self._handle(records)

    patch.setattr(lanes.Lanes, "_handled", once)


def without_a_look_for_what_others_parked(patch: pytest.MonkeyPatch) -> None:
    """Who has parked nothing itself tries nothing."""
    patch.setattr(works, "LOOK_SECONDS", 1e9)


def without_an_end_of_waiting(patch: pytest.MonkeyPatch) -> None:
    """Who is cancelled while it waits for its database goes on to say that it waits."""

    async def waited(at: Any) -> int:
        if await answers(at.engine):
            return 1
        at.database_away = True
        while not await answers(at.engine):
            await told._pause(1)
        at.database_away = False
        return 0

    patch.setattr(told, "_waited_for_database", waited)


def with_a_cancellation_that_gets_lost(patch: pytest.MonkeyPatch) -> None:
    """A commit that fails is raised in the place of the cancellation of who waited for it."""

    async def seen_through(commit: Coroutine[Any, Any, None]) -> None:
        ending = asyncio.ensure_future(commit)
        try:
            await asyncio.shield(ending)
        except asyncio.CancelledError:
            await ending
            raise

    patch.setattr(host, "_seen_through", seen_through)


def without_a_difference_between_troubles(patch: pytest.MonkeyPatch) -> None:
    """A lock or a connection that was lost in a replay is taken for the fact's own fault."""

    async def at_once(at: object, work: Callable[[frozenset[Any]], Any]) -> Any:
        return await work(frozenset())

    patch.setattr(replay, "persist", at_once)
    patch.setattr(replay, "trouble_of", lambda failure: Trouble.POISON)


@pytest.mark.parametrize(
    ("without", "luck", "promise"),
    [
        (without_the_barrier, CALM, "in work twice"),
        (without_the_low_water_mark, CALM, "committed beyond"),
        (with_a_commit_one_too_far, CALM, "committed beyond"),
        (without_the_inbox, LOSSES, "an effect twice"),
        (without_one_commit_at_a_time, RETRIES, "committed back"),
        (without_the_queue_of_a_parked_key, WAITS, "out of order"),
        (without_a_lane_for_each_key, CALM, "out of order"),
        (without_the_watchdog, Luck(deaf=0.5), "not converged"),
        (without_repeats_in_a_lane, LOSSES, "committed beyond"),
        (without_a_look_for_what_others_parked, LEFT, "not converged"),
        (without_an_end_of_waiting, AWAY, "not converged"),
        (with_a_cancellation_that_gets_lost, CUTS, "not converged"),
        (without_a_difference_between_troubles, WAITS, "parked for good"),
    ],
    ids=lambda given: getattr(given, "__name__", "").replace("_", " ") or None,
)
def test_without_a_mechanism_a_promise_breaks_that_holds_with_it(
    without: Without, luck: Luck, promise: str
) -> None:
    broken = next(filter(None, (_broken(seed, luck, without) for seed in range(SEEDS))), [])
    assert [each.partition(":")[0] for each in broken[:1]] == [promise]
    assert [_broken(seed, luck, None) for seed in range(3)] == [[], [], []]


def _broken(seed: int, luck: Luck, without: Without | None) -> list[str]:
    return play(seed, luck, without).broken
