"""When machines are taken, in rows, and what items are counted in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.units import Counted
from contracts.values import Quantity
from production.domain.downtime import Downtime
from production.domain.scheduling import Booking

ADD_BOOKINGS: Final = text(
    """
    INSERT INTO bookings (run_id, operation_no, work_centre_id, machine_no, starts_at, ends_at, setup_minutes_micro,
                          load_id)
    SELECT run_id, operation_no, work_centre_id, machine_no, starts_at, ends_at, setup_minutes_micro, load_id
    FROM unnest(CAST(:run_id AS text[]), CAST(:operation_no AS bigint[]), CAST(:work_centre_id AS text[]),
                CAST(:machine_no AS int[]), CAST(:starts_at AS timestamptz[]), CAST(:ends_at AS timestamptz[]),
                CAST(:setup_minutes_micro AS bigint[]), CAST(:load_id AS text[]))
         AS added(run_id, operation_no, work_centre_id, machine_no, starts_at, ends_at, setup_minutes_micro, load_id)
    """
)
LOAD_BOOKINGS: Final = text(
    """
    SELECT operation_no, work_centre_id, machine_no, starts_at, ends_at, load_id FROM bookings
    WHERE work_centre_id = ANY(:work_centre_ids) AND ends_at > :after AND run_id <> ALL(:but)
    UNION ALL
    SELECT 0, work_centre_id, machine_no, starts_at, ends_at, NULL FROM downtimes
    WHERE work_centre_id = ANY(:work_centre_ids) AND ends_at > :after AND withdrawn_at IS NULL
    """
)
LOAD_DOWNTIMES: Final = text(
    """
    SELECT work_centre_id, machine_no, starts_at, ends_at FROM downtimes
    WHERE work_centre_id = ANY(:work_centre_ids) AND ends_at > :after AND withdrawn_at IS NULL
    ORDER BY starts_at, downtime_id
    """
)
_OF_RUNS: Final = """
    SELECT run_id, operation_no, work_centre_id, machine_no, starts_at, ends_at, setup_minutes_micro, load_id
    FROM bookings
"""
LOAD_BOOKINGS_OF_RUNS: Final = text(_OF_RUNS + "WHERE run_id = ANY(:run_ids) ORDER BY run_id, operation_no")
LOAD_BOOKINGS_AT: Final = text(
    _OF_RUNS
    + "WHERE work_centre_id = ANY(:work_centre_ids) AND ends_at > :after ORDER BY run_id, operation_no"
)
# Of one machine, what lies in a stretch of time.
LOAD_RUNS_ON: Final = text(
    """
    SELECT DISTINCT run_id FROM bookings
    WHERE work_centre_id = :work_centre_id AND machine_no = :machine_no AND ends_at > :begin AND starts_at < :end
    ORDER BY run_id
    """
)
ADD_DOWNTIMES: Final = text(
    """
    INSERT INTO downtimes (downtime_id, work_centre_id, machine_no, kind, reason, starts_at, ends_at, told_by)
    SELECT downtime_id, work_centre_id, machine_no, kind, reason, starts_at, ends_at, told_by
    FROM unnest(CAST(:downtime_id AS text[]), CAST(:work_centre_id AS text[]), CAST(:machine_no AS int[]),
                CAST(:kind AS text[]), CAST(:reason AS text[]), CAST(:starts_at AS timestamptz[]),
                CAST(:ends_at AS timestamptz[]), CAST(:told_by AS text[]))
         AS added(downtime_id, work_centre_id, machine_no, kind, reason, starts_at, ends_at, told_by)
    """
)
LOCK_DOWNTIMES: Final = text(
    """
    SELECT downtime_id, work_centre_id, machine_no, kind, reason, starts_at, ends_at, told_by, withdrawn_at,
           withdrawn_by
    FROM downtimes WHERE downtime_id = ANY(:downtime_ids) ORDER BY downtime_id FOR UPDATE
    """
)
SAVE_DOWNTIMES: Final = text(
    """
    UPDATE downtimes SET withdrawn_at = changed.withdrawn_at, withdrawn_by = changed.withdrawn_by
    FROM unnest(CAST(:downtime_id AS text[]), CAST(:withdrawn_at AS timestamptz[]), CAST(:withdrawn_by AS text[]))
         AS changed(downtime_id, withdrawn_at, withdrawn_by)
    WHERE downtimes.downtime_id = changed.downtime_id
    """
)
FREE_MACHINES: Final = text("DELETE FROM bookings WHERE run_id = ANY(:run_ids)")
SAVE_ITEMS: Final = text(
    """
    INSERT INTO items (sku, quantum_micro, unit, counted)
    SELECT sku, quantum_micro, unit, CAST(counted AS jsonb)
    FROM unnest(CAST(:sku AS text[]), CAST(:quantum_micro AS bigint[]), CAST(:unit AS text[]), CAST(:counted AS text[]))
         AS known(sku, quantum_micro, unit, counted)
    ORDER BY sku ON CONFLICT (sku) DO UPDATE
    SET quantum_micro = excluded.quantum_micro, unit = excluded.unit, counted = excluded.counted
    """
)
LOAD_UNITS: Final = text("SELECT sku, unit FROM items WHERE sku = ANY(:skus) AND unit IS NOT NULL")
LOAD_COUNTED: Final = text(
    "SELECT CAST(counted AS text) AS counted FROM items WHERE sku = ANY(:skus) AND counted IS NOT NULL"
)
_counted: Reads[Counted] = reader(Counted)
LOAD_QUANTA: Final = text("SELECT sku, quantum_micro FROM items WHERE sku = ANY(:skus)")


async def add_bookings(tx: Tx, bookings: Mapping[str, Iterable[Booking]]) -> None:
    """Keep machines for runs (bookings by run), one statement for all."""
    rows = [(run_id, each) for run_id, kept in bookings.items() for each in kept]
    if not rows:
        return
    await tx.sql.execute(
        ADD_BOOKINGS,
        {
            "run_id": [run_id for run_id, _ in rows],
            "operation_no": [each.operation_no for _, each in rows],
            "work_centre_id": [each.work_centre_id for _, each in rows],
            "machine_no": [each.machine_no for _, each in rows],
            "starts_at": [each.starts_at for _, each in rows],
            "ends_at": [each.ends_at for _, each in rows],
            "setup_minutes_micro": [each.setup_minutes.micro for _, each in rows],
            "load_id": [each.load_id for _, each in rows],
        },
    )


async def save_bookings(tx: Tx, bookings: Mapping[str, Iterable[Booking]]) -> None:
    """Keep other machines for runs than before (bookings by run)."""
    if bookings:
        await tx.sql.execute(FREE_MACHINES, {"run_ids": sorted(bookings)})
        await add_bookings(tx, bookings)


async def load_bookings(
    tx: Tx, work_centre_ids: Iterable[str], after: datetime, but: Iterable[str] = ()
) -> list[Booking]:
    """When machines of these centres are taken, or stand still, after a moment, `but` for these runs."""
    values = {"work_centre_ids": sorted(set(work_centre_ids)), "after": after, "but": sorted(set(but))}
    return [
        Booking(
            row.operation_no,
            row.work_centre_id,
            row.machine_no,
            row.starts_at,
            row.ends_at,
            load_id=row.load_id,
        )
        for row in await tx.sql.execute(LOAD_BOOKINGS, values)
    ]


async def load_downtimes(tx: Tx, work_centre_ids: Iterable[str], after: datetime) -> list[Booking]:
    """When machines of these centres stand still after a moment."""
    values = {"work_centre_ids": sorted(set(work_centre_ids)), "after": after}
    rows = await tx.sql.execute(LOAD_DOWNTIMES, values)
    return [Booking(0, row.work_centre_id, row.machine_no, row.starts_at, row.ends_at) for row in rows]


async def load_bookings_of_runs(tx: Tx, run_ids: Iterable[str]) -> dict[str, tuple[Booking, ...]]:
    """What is kept for each of these runs, by operation."""
    return _by_run(await tx.sql.execute(LOAD_BOOKINGS_OF_RUNS, {"run_ids": sorted(set(run_ids))}))


async def load_bookings_at(
    tx: Tx, work_centre_ids: Iterable[str], after: datetime
) -> dict[str, tuple[Booking, ...]]:
    """What is kept at these centres after a moment, by run."""
    values = {"work_centre_ids": sorted(set(work_centre_ids)), "after": after}
    return _by_run(await tx.sql.execute(LOAD_BOOKINGS_AT, values))


def _by_run(rows: Iterable[Any]) -> dict[str, tuple[Booking, ...]]:
    found: dict[str, list[Booking]] = {}
    for row in rows:
        found.setdefault(row.run_id, []).append(
            Booking(
                row.operation_no, row.work_centre_id, row.machine_no, row.starts_at, row.ends_at,
                Quantity.of_micro(row.setup_minutes_micro), row.load_id,
            )
        )  # fmt: skip
    return {run_id: tuple(kept) for run_id, kept in found.items()}


async def load_runs_on(
    tx: Tx, work_centre_id: str, machine_no: int, begin: datetime, end: datetime
) -> list[str]:
    """The runs for which a machine is kept within a time."""
    values = {"work_centre_id": work_centre_id, "machine_no": machine_no, "begin": begin, "end": end}
    return [row.run_id for row in await tx.sql.execute(LOAD_RUNS_ON, values)]


async def save_items(tx: Tx, items: Mapping[str, Counted]) -> None:
    """Keep how items are counted."""
    values = {
        "sku": list(items),
        "quantum_micro": [each.quantum.micro for each in items.values()],
        "unit": [each.unit for each in items.values()],
        "counted": [document(each) for each in items.values()],
    }
    await tx.sql.execute(SAVE_ITEMS, values)


async def load_quanta(tx: Tx, skus: Iterable[str]) -> dict[str, Quantity]:
    """What these items are never divided below, as far as they are known."""
    rows = await tx.sql.execute(LOAD_QUANTA, {"skus": sorted(set(skus))})
    return {row.sku: Quantity.of_micro(row.quantum_micro) for row in rows}


async def load_counted(tx: Tx, skus: Iterable[str]) -> dict[str, Counted]:
    """How these items are counted, as far as it is known."""
    rows = await tx.sql.execute(LOAD_COUNTED, {"skus": sorted(set(skus))})
    return {each.sku: each for each in (_counted(row.counted) for row in rows)}


async def load_units(tx: Tx, skus: Iterable[str]) -> dict[str, str]:
    """What these items are counted in, as far as it is known."""
    rows = await tx.sql.execute(LOAD_UNITS, {"skus": sorted(set(skus))})
    return {row.sku: row.unit for row in rows}


async def add_downtimes(tx: Tx, downtimes: Sequence[Downtime]) -> None:
    """Keep when machines stand still, one statement for all."""
    await tx.sql.execute(
        ADD_DOWNTIMES,
        {
            "downtime_id": [each.downtime_id for each in downtimes],
            "work_centre_id": [each.work_centre_id for each in downtimes],
            "machine_no": [each.machine_no for each in downtimes],
            "kind": [each.kind for each in downtimes],
            "reason": [each.reason for each in downtimes],
            "starts_at": [each.starts_at for each in downtimes],
            "ends_at": [each.ends_at for each in downtimes],
            "told_by": [each.by for each in downtimes],
        },
    )


async def lock_downtimes(tx: Tx, downtime_ids: Iterable[str]) -> dict[str, Downtime]:
    """These times in which machines stand still, those that are here."""
    rows = await tx.sql.execute(LOCK_DOWNTIMES, {"downtime_ids": sorted(set(downtime_ids))})
    return {row.downtime_id: Downtime(*row) for row in rows}


async def save_downtimes(tx: Tx, downtimes: Iterable[Downtime]) -> None:
    """Write which of them are withdrawn."""
    changed = list(downtimes)
    await tx.sql.execute(
        SAVE_DOWNTIMES,
        {
            "downtime_id": [each.downtime_id for each in changed],
            "withdrawn_at": [each.withdrawn_at for each in changed],
            "withdrawn_by": [each.withdrawn_by for each in changed],
        },
    )
