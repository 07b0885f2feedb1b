"""What was heard, whom it names, and the lock on what is drawn from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import document, reader
from backbone.service import Tx
from contracts.topics import TOPICS
from control_tower.commands import NoteAct
from control_tower.domain.heard import Heard
from control_tower.domain.mentions import Subject, Tie
from control_tower.domain.picture import Picture
from control_tower.domain.pictures import FACTS_OF
from control_tower.store.recall import Recall, mark_of

ADD_HEARD: Final = text(
    """
    INSERT INTO heard_facts (event_id, name, topic, key, sequence, told_at, recorded_at, heard_at, correlation_id,
                             causation_id, fact)
    SELECT event_id, name, topic, key, sequence, told_at, recorded_at, :heard_at, correlation_id, causation_id,
           CAST(fact AS jsonb)
    FROM unnest(CAST(:event_id AS uuid[]), CAST(:name AS text[]), CAST(:topic AS text[]), CAST(:key AS text[]),
                CAST(:sequence AS bigint[]), CAST(:told_at AS timestamptz[]), CAST(:recorded_at AS timestamptz[]),
                CAST(:correlation_id AS text[]), CAST(:causation_id AS text[]), CAST(:fact AS text[]))
         WITH ORDINALITY AS heard(event_id, name, topic, key, sequence, told_at, recorded_at, correlation_id,
                                  causation_id, fact, place)
    ORDER BY place
    ON CONFLICT (event_id) DO NOTHING
    RETURNING event_id
    """
)
# Of facts that this very transaction keeps: no row can be there, and to look for one costs as much as to write it.
ADD_MENTIONS: Final = text(
    """
    INSERT INTO mentions (kind, subject_id, event_id)
    SELECT kind, subject_id, event_id
    FROM unnest(CAST(:kind AS text[]), CAST(:subject_id AS text[]), CAST(:event_id AS uuid[]))
         AS named(kind, subject_id, event_id)
    """
)
# Ordered here and below, because two batches that tie the same things without an order would deadlock.
ADD_TIES: Final = text(
    """
    INSERT INTO ties (from_kind, from_id, to_kind, to_id)
    SELECT from_kind, from_id, to_kind, to_id
    FROM unnest(CAST(:from_kind AS text[]), CAST(:from_id AS text[]), CAST(:to_kind AS text[]), CAST(:to_id AS text[]))
         AS tied(from_kind, from_id, to_kind, to_id)
    ORDER BY 1, 2, 3, 4
    ON CONFLICT DO NOTHING
    """
)
ADD_SUBJECTS: Final = text(
    """
    INSERT INTO subjects (kind, subject_id, state, label)
    SELECT kind, subject_id, '', ''
    FROM unnest(CAST(:kind AS text[]), CAST(:subject_id AS text[])) AS wanted(kind, subject_id)
    ORDER BY 1, 2
    ON CONFLICT DO NOTHING
    """
)
LOCK_SUBJECTS: Final = text(
    """
    SELECT kind, subject_id, drawn_from FROM subjects
    JOIN unnest(CAST(:kind AS text[]), CAST(:subject_id AS text[])) AS wanted(kind, subject_id)
      USING (kind, subject_id)
    ORDER BY subjects.kind, subjects.subject_id FOR UPDATE OF subjects
    """
)
LOAD_SUBJECTS: Final = text(
    """
    SELECT kind, subject_id FROM subjects WHERE (kind, subject_id) > (:kind, :subject_id) AND drawn_from <> 0
    ORDER BY kind, subject_id LIMIT :limit
    """
)
# Joined by what is wanted alone: as a relation, the pairs to draw multiply the rows before they narrow them.
LOAD_HEARD: Final = text(
    """
    SELECT wanted.kind, wanted.subject_id, event_id, name, topic, key, sequence, told_at, recorded_at,
           correlation_id, causation_id, CAST(fact AS text) AS fact
    FROM unnest(CAST(:kind AS text[]), CAST(:subject_id AS text[])) AS wanted(kind, subject_id)
    JOIN mentions USING (kind, subject_id)
    JOIN heard_facts USING (event_id)
    WHERE wanted.kind || ' ' || heard_facts.name = ANY(CAST(:drawn AS text[]))
    """
)
ADD_AUDIT: Final = text(
    """
    INSERT INTO audit_entries (audit_id, done_at, done_by, act, service, subscription, topic, key, reason, outcome)
    VALUES (:audit_id, :done_at, :done_by, :act, :service, :subscription, :topic, :key, :reason, :outcome)
    """
)


@dataclass(frozen=True, slots=True)
class About:
    """All facts that the picture of a thing is made of; `shown` is the picture whose rows stand, where it is known."""

    facts: Sequence[Heard]
    shown: Picture | None


_recall: Final = Recall()
_NAMED: Final = {fact.__name__: fact for topic in TOPICS for fact in topic.facts}


@cache
def _reader(name: str) -> Any:
    return reader(_NAMED[name])


async def add_heard(tx: Tx, heard: Sequence[Heard]) -> list[Heard]:
    """Keep facts, and say which of them were not kept before: one that was stays as it is."""
    columns: dict[str, Any] = {
        name: [getattr(one, name) for one in heard]
        for name in (
            "event_id",
            "name",
            "topic",
            "key",
            "sequence",
            "told_at",
            "recorded_at",
            "correlation_id",
            "causation_id",
        )
    }
    columns["fact"] = [document(one.fact) for one in heard]
    # Wall clock: rates and the age of the page are about real time, not about the business clock.
    columns["heard_at"] = datetime.now(UTC)
    added = {str(row.event_id) for row in await tx.sql.execute(ADD_HEARD, columns)}
    return [one for one in heard if one.event_id in added]


async def add_mentions(tx: Tx, named: Sequence[tuple[str, frozenset[Subject]]]) -> None:
    """Let each of these facts, which `add_heard` has just kept, be found from every thing that it names."""
    rows = [(kind, subject_id, event_id) for event_id, subjects in named for kind, subject_id in subjects]
    columns = {
        "kind": [row[0] for row in rows],
        "subject_id": [row[1] for row in rows],
        "event_id": [row[2] for row in rows],
    }
    await tx.sql.execute(ADD_MENTIONS, columns)


async def add_ties(tx: Tx, ties: Iterable[Tie]) -> None:
    """Tie things together; a tie that is there stays."""
    rows = sorted(ties)
    if rows:
        columns = {
            "from_kind": [start[0] for start, _ in rows],
            "from_id": [start[1] for start, _ in rows],
            "to_kind": [end[0] for _, end in rows],
            "to_id": [end[1] for _, end in rows],
        }
        await tx.sql.execute(ADD_TIES, columns)


async def load_subjects(tx: Tx, after: Subject, limit: int) -> list[Subject]:
    """The next things of which there is a picture, by kind and id."""
    asked = {"kind": after[0], "subject_id": after[1], "limit": limit}
    return [(row.kind, row.subject_id) for row in await tx.sql.execute(LOAD_SUBJECTS, asked)]


async def lock_facts(tx: Tx, fresh: Mapping[Subject, Sequence[Heard]]) -> dict[Subject, About]:
    """All facts that the pictures of these things are made of, in no order, `fresh` among them.

    The rows of the things are held, made where they are absent: whoever draws the same thing waits, and then sees all.
    """
    if not fresh:
        return {}
    marks = await _lock_subjects(tx, fresh)
    known = {subject: _recall.facts_of(subject, mark) for subject, mark in marks.items()}
    loaded = await _load_heard(tx, [subject for subject, facts in known.items() if facts is None])
    return {
        subject: About(
            loaded[subject] if facts is None else [*facts, *fresh[subject]],
            _recall.picture_of(subject, marks[subject]),
        )
        for subject, facts in known.items()
    }


async def _lock_subjects(tx: Tx, subjects: Iterable[Subject]) -> dict[Subject, int]:
    """What each thing is drawn from, its row held; rows of things that are not remembered are made where absent."""
    wanted = sorted(subjects)
    new = [subject for subject in wanted if not _recall.knows(subject)]
    if new:
        await tx.sql.execute(ADD_SUBJECTS, _columns(new))
    rows = (await tx.sql.execute(LOCK_SUBJECTS, _columns(wanted))).all()
    if len(rows) < len(wanted):
        # A row that is remembered went with the transaction that made it.
        await tx.sql.execute(ADD_SUBJECTS, _columns(wanted))
        rows = (await tx.sql.execute(LOCK_SUBJECTS, _columns(wanted))).all()
    return {(row.kind, row.subject_id): row.drawn_from for row in rows}


async def _load_heard(tx: Tx, subjects: Sequence[Subject]) -> dict[Subject, list[Heard]]:
    about: dict[Subject, list[Heard]] = {subject: [] for subject in subjects}
    if not subjects:
        return about
    drawn = [f"{kind} {name}" for kind in {kind for kind, _ in subjects} for name in FACTS_OF[kind]]
    for row in await tx.sql.execute(LOAD_HEARD, {**_columns(subjects), "drawn": drawn}):
        about[row.kind, row.subject_id].append(
            Heard(
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
        )
    return about


def recalled(about: Mapping[Subject, About], pictures: Iterable[Picture]) -> dict[Subject, int]:
    """The marks of what pictures are drawn from, which their rows get; facts and pictures are remembered until then."""
    marks = {}
    for one in pictures:
        subject = one.kind, one.subject_id
        facts = about[subject].facts
        marks[subject] = mark_of(facts)
        _recall.keep(subject, marks[subject], facts, one)
    return marks


def _columns(subjects: Sequence[Subject]) -> dict[str, list[str]]:
    return {"kind": [kind for kind, _ in subjects], "subject_id": [one for _, one in subjects]}


async def add_audit(tx: Tx, acts: Sequence[NoteAct]) -> None:
    """Keep what people did."""
    for act in acts:
        columns = {
            "audit_id": tx.new_id(),
            "done_at": datetime.now(UTC),
            "done_by": act.done_by,
            "act": act.act,
            "service": act.service,
            "subscription": act.subscription,
            "topic": act.topic,
            "key": act.key,
            "reason": act.reason,
            "outcome": act.outcome,
        }
        await tx.sql.execute(ADD_AUDIT, columns)
