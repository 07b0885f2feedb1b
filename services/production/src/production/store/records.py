"""Batch records of runs and their signatures in rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import text

from backbone.documents import document
from backbone.service import Tx
from production.domain.record import Entry, Note, noted
from production.domain.run import Run
from production.domain.signature import Signature

ADD_NOTES: Final = text(
    """
    INSERT INTO run_entries (run_id, entry_no, entry, digest)
    SELECT run_id, entry_no, entry, digest
    FROM unnest(CAST(:run_id AS text[]), CAST(:entry_no AS int[]), CAST(:entry AS text[]), CAST(:digest AS text[]))
         AS added(run_id, entry_no, entry, digest)
    """
)
LOAD_SIGNATURES: Final = text(
    """
    SELECT signature_id, run_id, signed_by, meaning, digest, entries, signed_at FROM run_signatures
    WHERE run_id = ANY(:run_ids) ORDER BY signature_id
    """
)
LOAD_PEOPLE: Final = text(
    "SELECT DISTINCT run_id, CAST(entry AS jsonb) ->> 'by' AS person FROM run_entries WHERE run_id = ANY(:run_ids)"
)
ADD_SIGNATURES: Final = text(
    """
    INSERT INTO run_signatures (signature_id, run_id, signed_by, meaning, digest, entries, signed_at)
    SELECT signature_id, run_id, signed_by, meaning, digest, entries, :signed_at
    FROM unnest(CAST(:signature_id AS text[]), CAST(:run_id AS text[]), CAST(:signed_by AS text[]),
                CAST(:meaning AS text[]), CAST(:digest AS text[]), CAST(:entries AS int[]))
         AS added(signature_id, run_id, signed_by, meaning, digest, entries)
    """
)


def add_entry(run: Run, entry: Entry, notes: list[Note]) -> Run:
    """The run with an entry more in its record; the entry itself is put to `notes`, to be added with them."""
    run, written = noted(run, document(entry))
    notes.append(written)
    return run


async def add_notes(tx: Tx, notes: Sequence[Note]) -> None:
    """Keep entries of records, one statement for all; their runs are locked, and saved with the new digests."""
    if not notes:
        return
    await tx.sql.execute(
        ADD_NOTES,
        {
            "run_id": [each.run_id for each in notes],
            "entry_no": [each.entry_no for each in notes],
            "entry": [each.text for each in notes],
            "digest": [each.digest for each in notes],
        },
    )


async def load_signatures(tx: Tx, run_ids: Sequence[str]) -> dict[str, list[Signature]]:
    """The signatures of runs, the oldest first."""
    found: dict[str, list[Signature]] = {run_id: [] for run_id in run_ids}
    for row in await tx.sql.execute(LOAD_SIGNATURES, {"run_ids": sorted(set(run_ids))}):
        found[row.run_id].append(Signature(*row))
    return found


async def load_people(tx: Tx, run_ids: Sequence[str]) -> dict[str, set[str]]:
    """Who acted at runs, by their records."""
    found: dict[str, set[str]] = {run_id: set() for run_id in run_ids}
    for row in await tx.sql.execute(LOAD_PEOPLE, {"run_ids": sorted(set(run_ids))}):
        found[row.run_id].add(row.person)
    return found


async def add_signatures(tx: Tx, signatures: Sequence[Signature]) -> None:
    """Keep signatures, one statement for all."""
    await tx.sql.execute(
        ADD_SIGNATURES,
        {
            "signed_at": tx.now,
            "signature_id": [each.signature_id for each in signatures],
            "run_id": [each.run_id for each in signatures],
            "signed_by": [each.signed_by for each in signatures],
            "meaning": [each.meaning for each in signatures],
            "digest": [each.digest for each in signatures],
            "entries": [each.entries for each in signatures],
        },
    )
