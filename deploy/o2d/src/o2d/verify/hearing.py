"""Hearing: what was told was heard, once, by every subscription that listens; and nothing else was."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from o2d.verify.finding import Finding
from o2d.verify.log import Log, Told

# The name of a subscription to facts begins so; the others are deadlines.
FACT_PREFIX: Final = "on_"


@dataclass(frozen=True, slots=True)
class Heard:
    """A row of an inbox: a subscription of a service has seen a fact."""

    service: str
    subscription: str
    event_id: str
    seen_at: datetime


def heard_were_told(log: Log, heard: Sequence[Heard]) -> Finding:
    """Every fact that a subscription has seen stands in a log."""
    finding = Finding()
    known = {told.event_id for told in log.tellings}
    for row in _facts(heard):
        if not finding.that(row.event_id in known):
            finding.say(f"{row.service}.{row.subscription} has seen {row.event_id}, which nobody told")
    return finding


def told_were_heard(log: Log, heard: Sequence[Heard]) -> Finding:
    """A subscription that has heard a kind of fact has heard each one that was told since: no effect is lost.

    Facts from before the first thing it saw are left out: it did not listen yet, or has forgotten them since.
    """
    finding = Finding()
    known = {told.event_id: told for told in log.tellings}
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    first: dict[tuple[str, str], datetime] = {}
    kinds: dict[tuple[str, str], set[type]] = defaultdict(set)
    for row in _facts(heard):
        place = (row.service, row.subscription)
        seen[place].add(row.event_id)
        told = known.get(row.event_id)
        if told is not None and told.kind is not None:
            first[place] = min(first.get(place, told.recorded_at), told.recorded_at)
            kinds[place].add(told.kind)
    by_kind: dict[type, list[Told]] = defaultdict(list)
    for told in log.tellings:
        if told.kind is not None:
            by_kind[told.kind].append(told)
    for place in sorted(kinds):
        for told in (told for kind in kinds[place] for told in by_kind[kind]):
            if told.recorded_at >= first[place] and not finding.that(told.event_id in seen[place]):
                finding.say(f"{'.'.join(place)} has never seen {told.name}")
    return finding


def _facts(heard: Sequence[Heard]) -> list[Heard]:
    return [row for row in heard if row.subscription.startswith(FACT_PREFIX)]
