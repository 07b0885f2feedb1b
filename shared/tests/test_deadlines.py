"""Deadlines on a real PostgreSQL: once, when they have come, and only after what was told before them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from backbone import business_time
from backbone.clock import RateClock, SteppedClock
from backbone.consume import Consuming
from backbone.deadlines import Deadlines, DeadlineTimes, earliest_due
from backbone.errors import TellingBroken
from backbone.service import Batch, Host, Tx, due
from backbone.testing_support import eventually
from shared.tests.bells import BAD_NUMBER, START, Note, hang, listen, note_rings
from shared.tests.grounds import Ground, running
from shared.tests.records import TIMES, send

HOUR = timedelta(hours=1)
QUICK = DeadlineTimes(poll=0.05, catch_up=5)


async def at_once(seconds: float) -> bool:
    """A consumer that has handled everything."""
    return True


async def noted(ground: Ground) -> list[str]:
    return [row[0] for row in await ground.rows("SELECT bell_id FROM rings ORDER BY ring_id")]


async def test_a_deadline_is_heard_once_and_not_before_its_moment(ground: Ground) -> None:
    deadlines = Deadlines(ground.host, at_once, QUICK)
    await ground.host.do(hang, ["a", "b"])
    assert await deadlines.fire() == 0
    ground.host.clock.advance(START + HOUR)
    assert await earliest_due(ground.host) == START + HOUR
    assert await deadlines.fire() == 2
    assert await deadlines.fire() == 0
    assert await noted(ground) == ["a", "b"]
    assert await earliest_due(ground.host) is None


async def test_what_others_owe_is_due_by_the_wall_however_far_business_time_goes(ground: Ground) -> None:
    await ground.host.do(listen, "a")
    ground.host.clock.advance(START + 10_000 * HOUR)
    assert await earliest_due(ground.host) is None
    assert await Deadlines(ground.host, at_once, QUICK).fire() == 0
    late = Deadlines(ground.host, at_once, QUICK, recorded_now=lambda: datetime.now(UTC) + HOUR)
    assert await late.fire() == 1
    assert await noted(ground) == ["a"]


@pytest.mark.parametrize(("kind", "at"), [("curfew", HOUR), ("echo", START)])
async def test_a_kind_of_deadline_runs_in_one_time(
    ground: Ground, kind: str, at: datetime | timedelta
) -> None:
    async def mistaken(commands: Batch[str], tx: Tx) -> list[None]:
        tx.due(kind, "a", at)
        return [None] * len(commands)

    with pytest.raises(TellingBroken, match=f"a deadline {kind} runs in"):
        await ground.host.do(mistaken, "a")


async def test_two_runners_fire_a_deadline_once(ground: Ground) -> None:
    await ground.host.do(hang, [f"bell {n}" for n in range(200)])
    ground.host.clock.advance(START + HOUR)
    runners = [Deadlines(ground.host, at_once, QUICK) for _ in range(4)]
    await asyncio.gather(*(runner.fire() for runner in runners))
    assert sorted(await noted(ground)) == sorted(f"bell {n}" for n in range(200))


async def test_the_runner_wakes_when_the_clock_is_stepped_and_when_a_deadline_is_set(ground: Ground) -> None:
    slow = DeadlineTimes(poll=60, catch_up=5)
    async with running(Deadlines(ground.host, at_once, slow)):
        await ground.host.do(hang, ["a"])
        ground.host.clock.advance(START + HOUR)
        ground.host.dues_changed.set()
        await eventually(lambda: noted(ground))

        async def at_once_due(commands: Batch[str], tx: Tx) -> list[None]:
            tx.due("curfew", "b", tx.now, number=-2)
            return [None]

        await ground.host.do(at_once_due, "b")
        await eventually(lambda: _is(ground, ["a", "b"]))
        assert await ground.count("due") == 0


async def test_with_a_clock_that_runs_a_deadline_fires_by_itself(ground: Ground) -> None:
    host = Host(ground.tower.service, ground.host.engine, RateClock(60, START - HOUR))
    async with running(Deadlines(host, at_once, QUICK)):

        async def in_a_minute(commands: Batch[str], tx: Tx) -> list[None]:
            tx.due("curfew", "a", tx.now + timedelta(seconds=30), number=-1)
            return [None]

        await host.do(in_a_minute, "a")
        assert await noted(ground) == []
        await eventually(lambda: _is(ground, ["a"]))


async def test_a_fact_told_before_a_deadline_is_heard_before_it(ground: Ground) -> None:
    await ground.host.do(hang, ["bell 0"])
    consumer = Consuming(ground.host, ground.consumer, name=ground.tower.service.name, lanes=4, times=TIMES)
    await send(ground, 50, keys=1, numbers=[100 + n for n in range(50)])
    ground.host.clock.advance(START + HOUR)
    async with running(consumer, Deadlines(ground.host, consumer.caught_up, QUICK)):
        await eventually(lambda: ground.has("rings", 51))
    numbers = [row[0] for row in await ground.rows("SELECT number FROM rings ORDER BY ring_id")]
    assert numbers == [*range(100, 150), -1]


async def test_without_that_wait_the_deadline_comes_first(ground: Ground) -> None:
    await ground.host.do(hang, ["bell 0"])
    consumer = Consuming(ground.host, ground.consumer, name=ground.tower.service.name, lanes=4, times=TIMES)
    await send(ground, 50, keys=1, numbers=[100 + n for n in range(50)])
    ground.host.clock.advance(START + HOUR)
    deadlines = Deadlines(ground.host, at_once, QUICK)
    await deadlines.fire()
    async with running(consumer):
        await eventually(lambda: ground.has("rings", 51))
    numbers = [row[0] for row in await ground.rows("SELECT number FROM rings ORDER BY ring_id")]
    assert numbers[0] == -1


async def test_while_the_consumer_is_behind_no_deadline_fires(ground: Ground) -> None:
    async def never(seconds: float) -> bool:
        return False

    await ground.host.do(hang, ["a"])
    ground.host.clock.advance(START + HOUR)
    assert await Deadlines(ground.host, never, QUICK).fire() == 0
    assert await ground.count("due") == 1


async def moved_while_heard(ground: Ground) -> None:
    """The deadline is moved by an hour after it was read and before it is heard."""
    await ground.host.do(hang, ["a"])
    ground.host.clock.advance(START + HOUR)
    asked = asyncio.Event()

    async def caught_up_late(seconds: float) -> bool:
        return True

    deadlines = Deadlines(ground.host, caught_up_late, QUICK)
    hear = ground.host.hear

    async def hear_later(records: Any) -> None:
        async def move(commands: Batch[str], tx: Tx) -> list[None]:
            tx.due("curfew", "a", tx.now + HOUR, number=-3)
            return [None]

        await ground.host.do(move, "a")
        asked.set()
        await hear(records)

    ground.host.hear = hear_later  # type: ignore[method-assign]
    assert await deadlines.fire() == 1
    ground.host.hear = hear  # type: ignore[method-assign]
    assert asked.is_set()


async def test_a_deadline_that_was_moved_after_it_was_read_waits_for_its_new_moment(ground: Ground) -> None:
    await moved_while_heard(ground)
    assert await noted(ground) == []
    ground.host.clock.advance(START + 2 * HOUR)
    assert await Deadlines(ground.host, at_once, QUICK).fire() == 1
    assert await ground.rows("SELECT bell_id, number FROM rings") == [("a", -3)]


async def test_without_a_second_look_a_deadline_that_was_moved_comes_too_early(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def all_stand(sql: object, records: Any) -> set[str]:
        return due.due_ids(records)

    monkeypatch.setattr(due, "standing", all_stand)
    monkeypatch.setattr(due, "settle", all_stand)
    await moved_while_heard(ground)
    assert await noted(ground) == ["a"]


async def test_a_deadline_moved_by_a_transaction_that_is_not_yet_committed_is_not_handled_too_early(
    ground: Ground,
) -> None:
    await ground.host.do(hang, ["a"])
    ground.host.clock.advance(START + HOUR)
    moved, may_end = asyncio.Event(), asyncio.Event()

    async def move(commands: Batch[str], tx: Tx) -> list[None]:
        await tx.sql.execute(text("UPDATE due SET due_id = gen_random_uuid(), at = at + interval '1 day'"))
        moved.set()
        await may_end.wait()
        return [None]

    moving = asyncio.create_task(ground.host.do(move, "a"))
    await moved.wait()
    firing = asyncio.create_task(Deadlines(ground.host, at_once, QUICK).fire())
    await eventually(lambda: ground.rows(WAITS_FOR_LOCK), of="the deadline to wait for the row")
    may_end.set()
    await asyncio.gather(moving, firing)
    assert await noted(ground) == []
    assert await ground.count("due") == 1


async def test_a_deadline_that_fails_is_parked_and_fires_no_more(ground: Ground) -> None:
    async def bad(commands: Batch[str], tx: Tx) -> list[None]:
        tx.due("curfew", "bad", tx.now, number=BAD_NUMBER)
        tx.due("curfew", "good", tx.now, number=1)
        return [None]

    await ground.host.do(bad, "")
    deadlines = Deadlines(ground.host, at_once, QUICK)
    assert await deadlines.fire() == 2
    assert await deadlines.fire() == 0
    assert await noted(ground) == ["good"]
    assert await ground.rows("SELECT subscription, key, cause FROM parked_key") == [
        ("curfew", "curfew/bad", "ValueError: thirteen")
    ]


async def test_a_deadline_sets_itself_again(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    async def note_and_repeat(commands: Batch[Note], tx: Tx) -> list[None]:
        for command in commands:
            tx.due("curfew", command.bell_id, tx.now + HOUR, number=-1)
        return await note_rings(commands, tx)

    deadline = ground.tower.service.deadlines[0]
    again = type(deadline)(deadline.name, deadline.translate, note_and_repeat)
    monkeypatch.setitem(ground.tower.service.hearers, "due.curfew", (again,))
    await ground.host.do(hang, ["a"])
    deadlines = Deadlines(ground.host, at_once, QUICK)
    for hours in (1, 2, 3):
        ground.host.clock.advance(START + hours * HOUR)
        assert await deadlines.fire() == 1
        assert await deadlines.fire() == 0
    assert await noted(ground) == ["a", "a", "a"]


async def test_business_time_never_goes_back_over_a_restart(ground: Ground) -> None:
    ground.host.clock.advance(START + 5 * HOUR)
    await business_time.keep(ground.host)
    restarted = Host(ground.tower.service, ground.host.engine, SteppedClock(START))
    assert await business_time.load(restarted) == START + 5 * HOUR
    behind = Host(ground.tower.service, ground.host.engine, SteppedClock(START))
    await business_time.keep(behind)
    assert behind.clock.now() == START + 5 * HOUR
    running_clock = Host(ground.tower.service, ground.host.engine, RateClock(1, START))
    assert await business_time.load(running_clock) >= START + 5 * HOUR


WAITS_FOR_LOCK = (
    "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


async def _is(ground: Ground, bells: list[str]) -> bool:
    return await noted(ground) == bells
