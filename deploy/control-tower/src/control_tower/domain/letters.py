"""Parked keys grouped by what stopped them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from control_tower.domain.mentions import TOPIC_NAMES, kind_of_topic

# What differs from key to key says nothing about the cause.
_OWN: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+|'[^']*'|\"[^\"]*\"")
SAMPLES_COUNT_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """A parked key as its service describes it."""

    service: str
    subscription: str
    topic: str
    key: str
    kind: str
    cause: str
    waits_for: str | None
    attempts: int
    parked_at: str
    next_at: str | None
    facts: int

    @property
    def kind_of_key(self) -> str:
        """The kind of thing that the key names; empty for a topic that is none of ours."""
        return kind_of_topic(self.topic) if self.topic in TOPIC_NAMES else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Keys that one cause stopped at one subscription; `samples` are the oldest of them."""

    service: str
    subscription: str
    topic: str
    kind: str
    cause: str
    keys: int
    facts: int
    samples: tuple[Letter, ...]


def groups_of(letters: Iterable[Letter]) -> list[Group]:
    """Letters by service, subscription and cause; what waits for nobody (poison) first, then the largest group."""
    found: dict[tuple[str, str, str, str, str], list[Letter]] = {}
    for one in letters:
        like = _OWN.sub("…", one.cause)
        found.setdefault((one.service, one.subscription, one.topic, one.kind, like), []).append(one)
    groups = []
    for (service, subscription, topic, kind, like), members in found.items():
        members.sort(key=lambda one: (one.parked_at, one.key))
        cause = like if len(members) > 1 else members[0].cause
        facts = sum(one.facts for one in members)
        samples = tuple(members[:SAMPLES_COUNT_MAX])
        groups.append(Group(service, subscription, topic, kind, cause, len(members), facts, samples))
    return sorted(
        groups, key=lambda one: (one.kind != "poison", -one.keys, one.service, one.subscription, one.cause)
    )
