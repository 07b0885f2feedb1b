"""When machines and people are taken, in rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import text

from backbone.service import Tx
from contracts.values import Quantity
from production.domain.downtime import Downtime
from production.domain.scheduling import Booking

ADD_BOOKINGS: Final = text(
    """
    INSERT INTO bookings (run_id, operation_no, work_centre_id, machine_no, starts_at, ends_at, setup_minutes_micro,
                          load_id, crew_id, people)
    SELECT run_id, operation_no, work_centre_id, machine_no, starts_at, ends_at, setup_minutes_micro, load_id, crew_id,
           people
    FROM unnest(CAST(:run_id AS text[]), CAST(:operation_no AS bigint[]), CAST(:work_centre_id AS text[]),
                CAST(:machine_no AS int[]), CAST(:starts_at AS timestamptz[]), CAST(:ends_at AS timestamptz[]),
                CAST(:setup_minutes_micro AS bigint[]), CAST(:load_id AS text[]),
                CAST(:crew_id AS text[]), CAST(:people AS int[]))
         AS added(run_id, operation_no, work_centre_id, machine_no, starts_at, ends_at, setup_minutes_micro, load_id,
                  crew_id, people)
    """
)
LOAD_BOOKINGS: Final = text(
    """
    SELECT operation_no, work_centre_id, machine_no, starts_at, ends_at, load_id, crew_id, people FROM bookings
    WHERE work_centre_id = ANY(:work_centre_ids) AND ends_at > :after AND run_id <> ALL(:but)
    UNION ALL
    SELECT 0, work_centre_id, machine_no, starts_at, ends_at, NULL, NULL, 0 FROM downtimes
    WHERE work_centre_id = ANY(:work_centre_ids) AND ends_at > :after AND withdrawn_at IS NULL
    """
)
# Of crews, what they do beyond these work centres.
LOAD_MANNED: Final = text(
    """
    SELECT operation_no, work_centre_id, machine_no, starts_at, ends_at, load_id, crew_id, people FROM bookings
    WHERE crew_id = ANY(:crew_ids) AND work_centre_id <> ALL(:work_centre_ids) AND ends_at > :after
      AND run_id <> ALL(:but)
    """
)
# Of a crew, what lies in a stretch of time.
LOAD_RUNS_OF_CREW: Final = text(
    """
    SELECT DISTINCT run_id FROM bookings WHERE crew_id = :crew_id AND ends_at > :begin AND starts_at < :end
    ORDER BY run_id
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
    SELECT run_id, operation_no, work_centre_id, machine_no, starts_at, ends_at, setup_minutes_micro, load_id, crew_id,
           people
    FROM bookings
"""
LOAD_BOOKINGS_OF_RUNS: Final = text(_OF_RUNS + "WHERE run_id = ANY(:run_ids) ORDER BY run_id, operation_no")
LOAD_BOOKINGS_AT: Final = text(
    _OF_RUNS
    + "WHERE work_centre_id = ANY(:work_centre_ids) AND ends_at > :after ORDER BY run_id, operation_no"
)
LOAD_BOOKINGS_OF_CREWS: Final = text(
    _OF_RUNS + "WHERE crew_id = ANY(:crew_ids) AND ends_at > :after ORDER BY run_id, operation_no"
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
            "crew_id": [each.crew_id for _, each in rows],
            "people": [each.people for _, each in rows],
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
    return [_taken(row) for row in await tx.sql.execute(LOAD_BOOKINGS, values)]


async def load_manned(
    tx: Tx,
    crew_ids: Iterable[str],
    work_centre_ids: Iterable[str],
    after: datetime,
    but: Iterable[str] = (),
) -> list[Booking]:
    """When people of these crews are taken elsewhere than at these centres after a moment, `but` for these runs."""
    values = {
        "crew_ids": sorted(set(crew_ids)), "work_centre_ids": sorted(set(work_centre_ids)), "after": after,
        "but": sorted(set(but)),
    }  # fmt: skip
    return [_taken(row) for row in await tx.sql.execute(LOAD_MANNED, values)]


def _taken(row: Any) -> Booking:
    return Booking(
        row.operation_no, row.work_centre_id, row.machine_no, row.starts_at, row.ends_at, load_id=row.load_id,
        crew_id=row.crew_id, people=row.people,
    )  # fmt: skip


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


async def load_bookings_of_crews(
    tx: Tx, crew_ids: Iterable[str], after: datetime
) -> dict[str, tuple[Booking, ...]]:
    """What people of these crews are kept for after a moment, by run."""
    values = {"crew_ids": sorted(set(crew_ids)), "after": after}
    return _by_run(await tx.sql.execute(LOAD_BOOKINGS_OF_CREWS, values))


def _by_run(rows: Iterable[Any]) -> dict[str, tuple[Booking, ...]]:
    found: dict[str, list[Booking]] = {}
    for row in rows:
        found.setdefault(row.run_id, []).append(
            Booking(
                row.operation_no, row.work_centre_id, row.machine_no, row.starts_at, row.ends_at,
                Quantity.of_micro(row.setup_minutes_micro), row.load_id, row.crew_id, row.people,
            )
        )  # fmt: skip
    return {run_id: tuple(kept) for run_id, kept in found.items()}


async def load_runs_on(
    tx: Tx, work_centre_id: str, machine_no: int, begin: datetime, end: datetime
) -> list[str]:
    """The runs for which a machine is kept within a time."""
    values = {"work_centre_id": work_centre_id, "machine_no": machine_no, "begin": begin, "end": end}
    return [row.run_id for row in await tx.sql.execute(LOAD_RUNS_ON, values)]


async def load_runs_of_crew(tx: Tx, crew_id: str, begin: datetime, end: datetime) -> list[str]:
    """The runs for which people of a crew are kept within a time."""
    values = {"crew_id": crew_id, "begin": begin, "end": end}
    return [row.run_id for row in await tx.sql.execute(LOAD_RUNS_OF_CREW, values)]


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
