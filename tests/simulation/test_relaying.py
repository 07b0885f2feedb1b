"""Two relays on one outbox: no fact is lost, each key keeps its order, and only trouble sends anything twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import pytest

from backbone import relay
from backbone.sending import send_rows
from tests.simulation.outbox import Producer, Row
from tests.simulation.relaying import send_all
from tests.simulation.world import Luck, luck_of

Without = Callable[[pytest.MonkeyPatch], None]
SEEDS = 120
TOGETHER = 20
FEW = 12
CALM = Luck(restarts=0.2)
SLOW = Luck(restarts=0, slow=0.3)
STORM = Luck(lost=0.03, slow=0.05, freezes=0.1, kills=0.1, outages=0.1, restarts=0.2)


@pytest.mark.parametrize("first", range(0, SEEDS, TOGETHER))
def test_of_twenty_seeds_every_fact_is_sent_in_order_and_both_runs_are_the_same(first: int) -> None:
    for seed in range(first, first + TOGETHER):
        luck = luck_of(seed)
        one, other = send_all(seed, luck), send_all(seed, luck)
        assert one.broken == [], f"seed {seed}"
        assert one.trace == other.trace, f"seed {seed}"


def test_in_a_storm_facts_come_twice_late_and_from_frozen_relays_and_none_is_lost_or_overtaken() -> None:
    seen: Counter[str] = Counter()
    for seed in range(FEW):
        outcome = send_all(seed, STORM)
        assert outcome.broken == [], f"seed {seed}"
        seen.update(outcome.seen)
    assert seen["twice"] > 0
    wanted = {
        "arrives late", "freeze", "thaw", "kill", "stop", "session ended: idle", "session ended: killed",
        "session ended: restart", "database answer lost", "kafka answer lost", "relay.interrupted", "slow",
    }  # fmt: skip
    assert wanted - set(seen) == set()


@pytest.mark.parametrize("luck", [CALM, SLOW], ids=["calm", "slow"])
def test_where_nothing_is_lost_nothing_is_sent_twice(luck: Luck) -> None:
    outcomes = [send_all(seed, luck) for seed in range(FEW)]
    assert [outcome.broken for outcome in outcomes] == [[]] * FEW
    assert [outcome.seen["twice"] for outcome in outcomes] == [0] * FEW


def without_the_lock(patch: pytest.MonkeyPatch) -> None:
    """Every relay takes itself for the one that may send."""

    async def always(connection: object, shard: int) -> bool:
        return True

    patch.setattr(relay, "locked", always)


def without_heartbeats(patch: pytest.MonkeyPatch) -> None:
    """The session falls silent while Kafka takes its time."""

    async def silent(connection: object, work: Coroutine[Any, Any, Any], heartbeat: float) -> Any:
        return await work

    patch.setattr(relay, "beating", silent)


@pytest.mark.parametrize(("without", "luck"), [(without_the_lock, CALM), (without_heartbeats, SLOW)])
def test_without_what_keeps_one_relay_active_facts_are_sent_twice(without: Without, luck: Luck) -> None:
    assert any(send_all(seed, luck, without).seen["twice"] for seed in range(FEW))


def without_waiting_for_kafka(patch: pytest.MonkeyPatch) -> None:
    """Rows are moved as soon as they are on their way."""
    sending = set()

    async def on_their_way(producer: Producer, rows: Sequence[Row], seconds: float) -> None:
        work = asyncio.create_task(send_rows(producer, rows, seconds))  # type: ignore[arg-type]
        sending.add(work)

    patch.setattr(relay, "send_rows", on_their_way)


def with_a_message_for_each_row(patch: pytest.MonkeyPatch) -> None:
    """Rows of one key are on their way at once, and may overtake each other."""

    async def at_once(producer: Producer, rows: Sequence[Row], seconds: float) -> None:
        await asyncio.gather(*(send_rows(producer, [row], seconds) for row in rows))  # type: ignore[list-item]

    patch.setattr(relay, "send_rows", at_once)


@pytest.mark.parametrize(
    ("without", "promise"),
    [
        (without_waiting_for_kafka, "moved before it was sent"),
        (with_a_message_for_each_row, "out of order"),
    ],
)
def test_without_one_acknowledged_batch_at_a_time_a_promise_breaks(without: Without, promise: str) -> None:
    luck = Luck(until=4, restarts=0)
    broken = next(filter(None, (send_all(seed, luck, without).broken for seed in range(FEW))), [])
    assert [each.partition(":")[0] for each in broken[:1]] == [promise]
