"""When a consumer asks the broker: not before it could begin with the answer, so that facts come in company."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from backbone.kafka import Place
from backbone.kafka_client import KafkaConsumer
from backbone.testing_support import eventually
from backbone.wire import Incoming
from shared.tests.grounds import Ground, running
from shared.tests.records import TIMES, Ear, consuming, send


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, int]]:
    """When the broker gave records, and how many."""
    taken: list[tuple[float, int]] = []
    take = KafkaConsumer.take

    async def noted(self: KafkaConsumer, *args: Any, **options: Any) -> Mapping[Place, Sequence[Incoming]]:
        came = await take(self, *args, **options)
        if came:
            taken.append((time.monotonic(), sum(map(len, came.values()))))
        return came

    monkeypatch.setattr(KafkaConsumer, "take", noted)
    return taken


async def test_what_comes_while_a_lane_works_comes_together_afterwards(
    ground: Ground, answers: list[tuple[float, int]]
) -> None:
    ear = Ear()
    async with running(consuming(ground, ear, lanes=1, times=replace(TIMES, room=60))):
        ear.gate.clear()
        await send(ground, 1)
        await eventually(lambda: any(ear.at_work.values()))
        await send(ground, 10, keys=10)
        ear.gate.set()
        await eventually(lambda: len(ear.heard) == 11)
    assert [count for _, count in answers] == [1, 10]


async def test_a_lane_that_works_for_long_is_not_waited_for(
    ground: Ground, answers: list[tuple[float, int]]
) -> None:
    ear = Ear()
    async with running(consuming(ground, ear, lanes=1)):
        ear.gate.clear()
        await send(ground, 1)
        await eventually(lambda: any(ear.at_work.values()))
        await send(ground, 1)
        await eventually(lambda: len(answers) == 2, of="an answer while the lane works")
        assert not ear.heard
        ear.gate.set()


async def test_facts_wait_for_company_after_a_few_have_come(
    ground: Ground, answers: list[tuple[float, int]]
) -> None:
    ear = Ear()
    async with running(consuming(ground, ear, times=replace(TIMES, gather=1.0))):
        await send(ground, 1)
        await eventually(lambda: len(ear.heard) == 1)
        await send(ground, 1)
        await eventually(lambda: len(ear.heard) == 2)
    (first, _), (second, _) = answers
    assert second - first >= 1.0
