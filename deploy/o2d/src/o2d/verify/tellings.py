"""Telling: every fact stands once in its teller's log, in order, readable, under its own key, after its cause."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from contracts.topics import TOPICS
from o2d.verify.finding import Finding
from o2d.verify.log import Log, Told, Undecodable, decoded

# Two machines of one installation may disagree about the wall clock by so much.
CLOCKS_APART_MAX: Final = timedelta(seconds=2)
_TOPICS: Final = {topic.name: topic for topic in TOPICS}


def sequences(log: Log) -> Finding:
    """Per topic and key the sequence is 1, 2, 3 … in log order: nothing is missing, nothing told twice."""
    finding = Finding()
    last: dict[tuple[str, str], int] = {}
    for told in log.tellings:
        before = last.get((told.topic, told.key), 0)
        if not finding.that(told.sequence == before + 1):
            finding.say(f"{told.name} stands after no. {before}")
        last[told.topic, told.key] = told.sequence
    return finding


def identities(log: Log) -> Finding:
    """No two facts have the same id."""
    finding = Finding()
    seen: dict[str, Told] = {}
    for told in log.tellings:
        known = seen.setdefault(told.event_id, told)
        if not finding.that(known is told):
            finding.say(f"{told.name} has the id of {known.name}")
    return finding


def readable(log: Log) -> Finding:
    """Every fact decodes, stands in a topic of its teller that carries it, and under the key that it names."""
    finding = Finding()
    for told in log.tellings:
        wrong = _unreadable(told)
        if not finding.that(not wrong):
            finding.say(f"{told.name} {wrong}")
    return finding


def _unreadable(told: Told) -> str:
    topic = _TOPICS.get(told.topic)
    if topic is None:
        return "stands in a topic that is not declared"
    if topic.owner != told.service:
        return f"is told by {told.service}, its topic is owned by {topic.owner}"
    if told.kind not in topic.facts:
        return "is carried by another topic"
    if topic.compacted:
        return ""
    try:
        key = getattr(decoded(told), topic.key)
    except Undecodable as broken:
        return f"does not decode: {broken}"
    return "" if key == told.key else f"names the key {key}"


def causes(log: Log) -> Finding:
    """What a fact names as its cause was told, and before it."""
    finding = Finding()
    known = {told.event_id: told for told in log.tellings}
    for told in log.tellings:
        if told.causation is None:
            continue
        cause = known.get(told.causation)
        before = cause is not None and cause.recorded_at <= told.recorded_at + CLOCKS_APART_MAX
        if not finding.that(before):
            finding.say(
                f"{told.name} is caused by {cause.name if cause else told.causation}, "
                + ("which was told later" if cause else "which nobody told")
            )
    return finding
