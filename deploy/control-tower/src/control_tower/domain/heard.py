"""A fact as it was heard, and the one order in which the facts about a thing are read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Heard:
    """A fact with what its envelope says; `told_at` is business time, `recorded_at` the wall clock of its teller."""

    event_id: str
    topic: str
    key: str
    sequence: int
    told_at: datetime
    recorded_at: datetime
    correlation_id: str | None
    causation_id: str | None
    fact: object

    @property
    def name(self) -> str:
        """The fact's class name."""
        return type(self.fact).__name__

    @property
    def teller(self) -> str:
        """The service that told it."""
        return self.topic.partition(".")[0]


def impersonal(fact: Any) -> Any:
    """A fact without what it says of a person: that is for those who work with the person, and can be erased there."""
    named = [part.name for part in fields(fact) if part.metadata.get("personal")]
    return replace(fact, **dict.fromkeys(named, "")) if named else fact


def in_order(heard: Iterable[Heard]) -> list[Heard]:
    """Facts by time, but never against the sequence of their own key; the same for every order of arrival.

    Clocks of two processes may differ by a little, so time alone could turn two facts of one key around: the queues
    of the keys are merged by the time of their heads.
    """
    queues: dict[tuple[str, str], list[Heard]] = {}
    for one in sorted(heard, key=lambda one: (-one.sequence, one.event_id)):
        queues.setdefault((one.topic, one.key), []).append(one)
    merged = []
    while queues:
        place = min(queues, key=lambda place: _moment(queues[place][-1]))
        merged.append(queues[place].pop())
        if not queues[place]:
            del queues[place]
    return merged


def _moment(one: Heard) -> tuple[datetime, datetime, str]:
    return one.told_at, one.recorded_at, one.event_id
