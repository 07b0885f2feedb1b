"""Proposed schedules in rows, what a whole site is made of, and what setups take after each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.production import ScheduledOperation
from contracts.values import Quantity
from production.domain.crew import skills_asked
from production.domain.scheduling import Booking
from production.domain.scheduling.proposal import RUNS_COUNT_MAX, Proposal
from production.domain.scheduling.site import Changeover, Move, Site
from production.store.bookings import load_bookings_of_runs, load_downtimes
from production.store.crews import lock_crews
from production.store.plant import load_calendars, lock_work_centres
from production.store.recipes import load_recipes
from production.store.runs import RUNS, load_runs_found

KEPT_COUNT: Final = 20

OPEN_RUNS: Final = text(
    RUNS
    + """
    WHERE site_id = :site_id AND state IN ('scheduled', 'allowed', 'running', 'held') ORDER BY run_id LIMIT :limit
    """
)
CENTRES_OF_SITE: Final = text(
    "SELECT work_centre_id FROM work_centres WHERE site_id = :site_id ORDER BY work_centre_id"
)
CLEAR_CHANGEOVERS: Final = text("DELETE FROM changeovers WHERE work_centre_id = ANY(:work_centre_ids)")
ADD_CHANGEOVERS: Final = text(
    """
    INSERT INTO changeovers (work_centre_id, from_family, to_family, minutes_micro)
    SELECT work_centre_id, from_family, to_family, minutes_micro
    FROM unnest(CAST(:work_centre_id AS text[]), CAST(:from_family AS text[]), CAST(:to_family AS text[]),
                CAST(:minutes_micro AS bigint[]))
         AS added(work_centre_id, from_family, to_family, minutes_micro)
    """
)
LOAD_CHANGEOVERS: Final = text(
    """
    SELECT work_centre_id, from_family, to_family, minutes_micro FROM changeovers
    WHERE work_centre_id = ANY(:work_centre_ids) ORDER BY work_centre_id, from_family, to_family
    """
)
ADD_SCHEDULE: Final = text(
    """
    INSERT INTO schedules (schedule_id, site_id, state, frozen_hours, damping_minutes, asked_by, asked_at, runs_count,
                           moved_count, late_was_count, late_count, tardy_seconds_was, tardy_seconds)
    VALUES (:schedule_id, :site_id, :state, :frozen_hours, :damping_minutes, :asked_by, :asked_at, 0, 0, 0, 0, 0, 0)
    """
)
LOCK_SCHEDULE: Final = text(
    """
    SELECT schedule_id, site_id, frozen_hours, damping_minutes, asked_by, asked_at, state, frozen_until_at, runs_count,
           moved_count, late_was_count, late_count, tardy_seconds_was, tardy_seconds, accepted_by,
           rejected_by
    FROM schedules WHERE schedule_id = :schedule_id FOR UPDATE
    """
)
SAVE_SCHEDULE: Final = text(
    """
    UPDATE schedules SET state = :state, frozen_until_at = :frozen_until_at, runs_count = :runs_count,
        moved_count = :moved_count, late_was_count = :late_was_count, late_count = :late_count,
        tardy_seconds_was = :tardy_seconds_was, tardy_seconds = :tardy_seconds, accepted_by = :accepted_by,
        rejected_by = :rejected_by
    WHERE schedule_id = :schedule_id
    """
)
# Of each site the newest few are kept with their moves; of older ones the row alone.
SWEEP_MOVES: Final = text(
    """
    DELETE FROM schedule_moves WHERE schedule_id IN (
        SELECT schedule_id FROM schedules WHERE site_id = :site_id ORDER BY asked_at DESC, schedule_id DESC
        OFFSET :kept)
       OR schedule_id = :schedule_id
    """
)
ADD_MOVES: Final = text(
    """
    INSERT INTO schedule_moves (schedule_id, run_id, run_version, starts_was_at, ends_was_at, starts_at, ends_at,
                                due_at, cause, operations, bookings)
    SELECT :schedule_id, run_id, run_version, starts_was_at, ends_was_at, starts_at, ends_at, due_at, cause,
           CAST(operations AS jsonb), CAST(bookings AS jsonb)
    FROM unnest(CAST(:run_id AS text[]), CAST(:run_version AS bigint[]), CAST(:starts_was_at AS timestamptz[]),
                CAST(:ends_was_at AS timestamptz[]), CAST(:starts_at AS timestamptz[]), CAST(:ends_at AS timestamptz[]),
                CAST(:due_at AS timestamptz[]), CAST(:cause AS text[]), CAST(:operations AS text[]),
                CAST(:bookings AS text[]))
         AS added(run_id, run_version, starts_was_at, ends_was_at, starts_at, ends_at, due_at, cause, operations,
                  bookings)
    """
)
LOAD_MOVES: Final = text(
    """
    SELECT run_id, run_version, starts_was_at, ends_was_at, starts_at, ends_at, due_at, cause,
           CAST(operations AS text) AS operations, CAST(bookings AS text) AS bookings
    FROM schedule_moves WHERE schedule_id = :schedule_id AND bookings <> '[]' ORDER BY run_id
    """
)

_operations: Reads[tuple[ScheduledOperation, ...]] = reader(tuple[ScheduledOperation, ...])
_bookings: Reads[tuple[Booking, ...]] = reader(tuple[Booking, ...])


async def load_centres_of_site(tx: Tx, site_id: str) -> list[str]:
    """The work centres of a site."""
    return [row.work_centre_id for row in await tx.sql.execute(CENTRES_OF_SITE, {"site_id": site_id})]


async def load_site(tx: Tx, site_id: str) -> Site:
    """All open runs of a site with what is kept for them, of one moment: its work centres are locked."""
    runs = await load_runs_found(tx, OPEN_RUNS, {"site_id": site_id, "limit": RUNS_COUNT_MAX})
    recipes = await load_recipes(tx, {(run.recipe_id, run.recipe_version) for run in runs})
    names = {
        *await load_centres_of_site(tx, site_id),
        *(each.work_centre_id for run in runs for each in run.operations),
    }
    centres = await lock_work_centres(tx, names)
    crews = await lock_crews(tx, skills_asked(recipes.values()))
    hours = {each.calendar_id for each in centres.values()} | {each.calendar_id for each in crews.values()}
    return Site(
        runs,
        {key: recipe.content for key, recipe in recipes.items()},
        await load_bookings_of_runs(tx, (run.run_id for run in runs)),
        centres,
        await load_calendars(tx, hours),
        await load_downtimes(tx, centres, tx.now),
        await load_changeovers(tx, centres),
        crews,
    )


async def load_changeovers(tx: Tx, work_centre_ids: Iterable[str]) -> dict[str, list[Changeover]]:
    """What setups take after each other at these centres."""
    found: dict[str, list[Changeover]] = {}
    for row in await tx.sql.execute(LOAD_CHANGEOVERS, {"work_centre_ids": sorted(set(work_centre_ids))}):
        found.setdefault(row.work_centre_id, []).append(
            Changeover(row.from_family, row.to_family, Quantity.of_micro(row.minutes_micro))
        )
    return found


async def save_changeovers(tx: Tx, changeovers: dict[str, tuple[Changeover, ...]]) -> None:
    """Keep what setups take at these (locked) centres, and nothing else of them."""
    await tx.sql.execute(CLEAR_CHANGEOVERS, {"work_centre_ids": sorted(changeovers)})
    rows = [(name, each) for name, kept in changeovers.items() for each in kept]
    await tx.sql.execute(
        ADD_CHANGEOVERS,
        {
            "work_centre_id": [name for name, _ in rows],
            "from_family": [each.from_family for _, each in rows],
            "to_family": [each.to_family for _, each in rows],
            "minutes_micro": [each.minutes.micro for _, each in rows],
        },
    )


async def add_schedule(tx: Tx, proposal: Proposal) -> None:
    """Write down a schedule that is asked for."""
    names = ("schedule_id", "site_id", "state", "frozen_hours", "damping_minutes", "asked_by", "asked_at")
    await tx.sql.execute(ADD_SCHEDULE, {name: getattr(proposal, name) for name in names})


async def lock_schedule(tx: Tx, schedule_id: str) -> Proposal | None:
    """A schedule, its row locked; None when there is none."""
    row: Any = (await tx.sql.execute(LOCK_SCHEDULE, {"schedule_id": schedule_id})).one_or_none()
    return None if row is None else Proposal(*row)


async def save_schedule(tx: Tx, proposal: Proposal) -> None:
    """Write a locked schedule back."""
    names = (
        "schedule_id", "state", "runs_count", "moved_count", "late_was_count", "late_count", "tardy_seconds_was",
        "tardy_seconds", "accepted_by", "rejected_by",
    )  # fmt: skip
    values = {name: getattr(proposal, name) for name in names}
    await tx.sql.execute(SAVE_SCHEDULE, {**values, "frozen_until_at": proposal.frozen_until})


async def add_moves(tx: Tx, proposal: Proposal, moves: Sequence[Move]) -> None:
    """Keep what a schedule moves; those of old schedules of the site go."""
    keys = {"schedule_id": proposal.schedule_id, "site_id": proposal.site_id, "kept": KEPT_COUNT}
    await tx.sql.execute(SWEEP_MOVES, keys)
    plain = (
        "run_id",
        "run_version",
        "starts_was_at",
        "ends_was_at",
        "starts_at",
        "ends_at",
        "due_at",
        "cause",
    )
    await tx.sql.execute(
        ADD_MOVES,
        {
            "schedule_id": proposal.schedule_id,
            **{name: [getattr(move, name) for move in moves] for name in plain},
            "operations": [document(move.operations) for move in moves],
            "bookings": [document(move.bookings) for move in moves],
        },
    )


async def load_moves(tx: Tx, schedule_id: str) -> list[Move]:
    """The runs that a schedule moves."""
    return [
        Move(
            row.run_id, row.run_version, row.starts_was_at, row.ends_was_at, row.starts_at, row.ends_at, row.due_at,
            row.cause, _operations(row.operations), _bookings(row.bookings),
        )
        for row in await tx.sql.execute(LOAD_MOVES, {"schedule_id": schedule_id})
    ]  # fmt: skip
