"""Batch records as callers see them: everything of a run in order, and who signed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from contracts.values import Quantity
from production.domain.record import Entry, Note, intact
from production.domain.signature import Meaning
from production.queries.counts import CountView, page_counts
from production.queries.masters import find_recipe
from production.queries.quality import InspectionView, page_inspections_of_run
from production.queries.runs import LotView, find_run, page_lots

SERIES_COUNT_MAX: Final = 1_000
LOTS_COUNT_MAX: Final = 1_000

ENTRIES_OF_RUN: Final = text(
    "SELECT run_id, entry_no, entry, digest FROM run_entries WHERE run_id = :run_id ORDER BY entry_no"
)
SIGNATURES_OF_RUN: Final = text(
    """
    SELECT signature_id, signed_by, meaning, digest, entries, signed_at FROM run_signatures
    WHERE run_id = :run_id ORDER BY signature_id
    """
)
SERIES_OF_RUN: Final = text(
    """
    SELECT operation_no, name, machine, count(*) AS readings, min(value_micro) AS minimum, max(value_micro) AS maximum,
           min(read_at) AS first_at, max(read_at) AS last_at
    FROM readings WHERE run_id = :run_id GROUP BY operation_no, name, machine
    ORDER BY operation_no, name, machine LIMIT :limit
    """
)

_entry: Reads[Entry] = reader(Entry)


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry of a record: its number from 1, what it says, and the digest that seals it with all before it."""

    entry_no: int
    entry: Entry
    digest: str


@dataclass(frozen=True, slots=True)
class SeriesView:
    """What a machine measured of a parameter at a run, in short; each reading is in the run's readings."""

    operation_no: int
    name: str
    machine: str
    readings: int
    minimum: Quantity
    maximum: Quantity
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class SignatureView:
    """A signature over the first `entries` entries; `current` says whether the record has not changed since."""

    signature_id: str
    signed_by: str
    meaning: Meaning
    digest: str
    entries: int
    signed_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class BatchRecordView:
    """All that happened at a run: by which recipe and whose word, its entries, machines, lots, inspections, signatures.

    `digest` is what a signature covers; `intact` is false when an entry is not as it was written.
    """

    run_id: str
    planned_order_id: str
    site_id: str
    state: str
    recipe_id: str
    recipe_version: int
    title: str
    author: str
    approver: str | None
    runs: Quantity
    done_runs: Quantity
    started_at: datetime | None
    ended_at: datetime | None
    entries: tuple[EntryView, ...]
    series: tuple[SeriesView, ...]
    counts: tuple[CountView, ...]
    lots: tuple[LotView, ...]
    inspections: tuple[InspectionView, ...]
    deviations: int
    digest: str
    intact: bool
    signatures: tuple[SignatureView, ...]


async def find_batch_record(sql: AsyncConnection, run_id: str) -> BatchRecordView:
    """The batch record of a run; raises `NotFound`."""
    run = await find_run(sql, run_id)
    recipe = await find_recipe(sql, run.recipe_id, run.recipe_version)
    asked = {"run_id": run_id}
    notes = [Note(*row) for row in await sql.execute(ENTRIES_OF_RUN, asked)]
    entries = tuple(EntryView(note.entry_no, _entry(note.text), note.digest) for note in notes)
    rows = await sql.execute(SERIES_OF_RUN, {**asked, "limit": SERIES_COUNT_MAX})
    series = tuple(_series(row) for row in rows)
    counts = await page_counts(sql, run_id, after="", limit=SERIES_COUNT_MAX)
    lots = await page_lots(sql, state=None, run_id=run_id, parent=None, after="", limit=LOTS_COUNT_MAX)
    head = run.floor.record
    signatures = tuple(_signature(row, head) for row in await sql.execute(SIGNATURES_OF_RUN, asked))
    whole = intact(notes) and (notes[-1].digest if notes else "") == head
    return BatchRecordView(
        run_id, run.planned_order_id, run.site_id, run.state, run.recipe_id, run.recipe_version,
        recipe.content.title, recipe.author, recipe.approver, run.runs, run.done_runs, run.floor.started_at,
        run.floor.ended_at, entries, series, tuple(count for _, count in counts), tuple(lot for _, lot in lots),
        tuple(await page_inspections_of_run(sql, run_id, LOTS_COUNT_MAX)),
        sum(len(each.entry.deviations) for each in entries), head, whole, signatures,
    )  # fmt: skip


def _series(row: Any) -> SeriesView:
    return SeriesView(
        row.operation_no, row.name, row.machine, row.readings, Quantity.of_micro(row.minimum),
        Quantity.of_micro(row.maximum), row.first_at, row.last_at,
    )  # fmt: skip


def _signature(row: Any, head: str) -> SignatureView:
    return SignatureView(
        row.signature_id,
        row.signed_by,
        row.meaning,
        row.digest,
        row.entries,
        row.signed_at,
        row.digest == head,
    )
