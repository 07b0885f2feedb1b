"""A kept row as the fact that was heard."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import Row

from backbone.documents import reader
from contracts.topics import TOPICS
from control_tower.domain.heard import Heard

_FACTS: Final = {fact.__name__: fact for topic in TOPICS for fact in topic.facts}


@cache
def _reader(name: str) -> Any:
    return reader(_FACTS[name])


def heard_of(row: Row[Any]) -> Heard:
    """The fact in a row of `heard_facts`, its value given as text."""
    return Heard(
        str(row.event_id),
        row.topic,
        row.key,
        row.sequence,
        row.told_at,
        row.recorded_at,
        row.correlation_id,
        row.causation_id,
        _reader(row.name)(row.fact),
    )
