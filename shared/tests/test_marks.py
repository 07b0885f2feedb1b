"""Marks under every order in which work may end: never past what is in work, and never behind what is done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from backbone.kafka import Offsets
from backbone.lanes import BATCH_RECORDS_MAX, Lanes
from backbone.marks import Mark, handled, lags
from backbone.wire import Incoming


def record(offset: int, key: str = "k", partition: int = 0) -> Incoming:
    return Incoming("t", partition, offset, key, (), b"", 1)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_the_position_is_the_first_chunk_that_is_not_done(sizes: list[int], chance: object) -> None:
    mark, start, parts = Mark(5), 5, []
    for size in sizes:
        chunk = mark.take([record(offset) for offset in range(start, start + size)])
        parts += [(chunk, 1)] * size
        start += size
    chance.shuffle(parts)  # type: ignore[attr-defined]
    chunks = list(dict.fromkeys(sorted((chunk for chunk, _ in parts), key=lambda chunk: chunk.after)))
    for chunk, count in parts:
        mark.settle(chunk, count)
        undone = [each for each in chunks if each.left]
        before = [each.after for each in chunks if not undone or each.after < undone[0].after]
        assert mark.position == max([5, *before])
    assert mark.position == mark.taken == start


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abcdef")), max_size=60),
    st.integers(1, 5),
    st.integers(1, 7),
)
def test_lanes_hand_on_every_record_once_and_each_key_in_order(
    told: list[tuple[int, str]], lanes: int, size: int
) -> None:
    records = [record(offset, key, partition) for offset, (partition, key) in enumerate(told)]
    heard: list[Incoming] = []

    async def hear(batch: Sequence[Incoming]) -> None:
        assert len(batch) <= BATCH_RECORDS_MAX
        await asyncio.sleep(0)
        heard.extend(batch)

    async def work() -> dict[int, Mark]:
        marks = {partition: Mark(0) for partition in range(3)}
        roads = Lanes(lanes, hear, lambda batch: None)
        roads.start()
        for start in range(0, len(records), size):
            for partition, mark in marks.items():
                part = [one for one in records[start : start + size] if one.partition == partition]
                if part:
                    roads.put(mark, part)
        assert await roads.until(lambda: roads.idle, 5)
        await roads.stop()
        return marks

    marks = asyncio.run(work())
    assert sorted(one.offset for one in heard) == list(range(len(records)))
    for key in "abcdef":
        for partition in range(3):
            mine = [one.offset for one in heard if (one.key, one.partition) == (key, partition)]
            assert mine == sorted(mine)
    assert all(mark.position == mark.taken for mark in marks.values())


def test_lag_counts_what_is_in_work_and_trusts_the_client_past_what_has_no_record() -> None:
    mark = Mark(10)
    chunk = mark.take([record(offset) for offset in range(10, 15)])
    marks = {("t", 0): mark}
    offsets = {("t", 0): Offsets(20, 20, True), ("t", 1): Offsets(3, 8, False)}
    assert lags(offsets, marks) == {("t", 0): 10, ("t", 1): 5}
    mark.settle(chunk, 5)
    assert handled(("t", 0), offsets["t", 0], marks) == 20
    assert lags(offsets, marks) == {("t", 0): 0, ("t", 1): 5}
