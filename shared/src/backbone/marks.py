"""Marks: how far each partition is taken, handled and committed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from backbone.kafka import Offsets, Place
from backbone.wire import Incoming


class Chunk:
    """Records of one partition that were taken together; `after` is the offset that follows them."""

    __slots__ = ("after", "left")

    def __init__(self, after: int, left: int) -> None:
        self.after = after
        self.left = left


class Mark:
    """How far one partition is handled: everything below `position` is, and `committed` is what Kafka knows of it."""

    __slots__ = ("_chunks", "committed", "position", "taken")

    def __init__(self, first: int) -> None:
        self.position = self.committed = self.taken = first
        self._chunks: deque[Chunk] = deque()

    def take(self, records: Sequence[Incoming]) -> Chunk:
        """Enter records that were just taken, in order."""
        self.taken = records[-1].offset + 1
        chunk = Chunk(self.taken, len(records))
        self._chunks.append(chunk)
        return chunk

    def settle(self, chunk: Chunk, count: int) -> None:
        """`count` records of a chunk are handled; the position moves past what is handled without a gap."""
        chunk.left -= count
        while self._chunks and not self._chunks[0].left:
            self.position = self._chunks.popleft().after


def handled(place: Place, offsets: Offsets, marks: dict[Place, Mark]) -> int:
    """The offset below which everything of a partition is handled, here or by another member."""
    mark = marks.get(place)
    if mark is None or not offsets.mine:
        return offsets.at
    # Where nothing is in work, the client may stand further on than the last record: past what has no record.
    return max(mark.position, offsets.at) if mark.position == mark.taken else mark.position


def lags(offsets: dict[Place, Offsets], marks: dict[Place, Mark]) -> dict[Place, int]:
    """How many records of each partition are not handled yet."""
    return {place: max(one.end - handled(place, one, marks), 0) for place, one in offsets.items()}


def reached_all(targets: dict[Place, int], offsets: dict[Place, Offsets], marks: dict[Place, Mark]) -> bool:
    """Whether everything below these offsets is handled."""
    nowhere = Offsets(0, 0, False)
    return all(handled(place, offsets.get(place, nowhere), marks) >= end for place, end in targets.items())
