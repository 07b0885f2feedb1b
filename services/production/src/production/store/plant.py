"""Calendars and work centres in their rows; to define one again replaces it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import text

from backbone.documents import Reads, document, reader
from backbone.service import Tx
from contracts.shapes import Shift
from contracts.topics import CALENDAR, WORK_CENTRE
from contracts.values import Quantity
from production.domain.plant import Calendar, WorkCentre

# The row is there before it is locked, so that two who define the same thing at once wait for each other.
MAKE_CALENDAR: Final = text(
    """
    INSERT INTO calendars (calendar_id, weekdays, opens_at_hour, closes_at_hour, days_off, shifts, version, told)
    VALUES (:calendar_id, '{}', 0, 24, '{}', '[]', 0, 0) ON CONFLICT DO NOTHING
    """
)
LOCK_CALENDAR: Final = text("SELECT told FROM calendars WHERE calendar_id = :calendar_id FOR UPDATE")
SAVE_CALENDAR: Final = text(
    """
    UPDATE calendars SET weekdays = :weekdays, opens_at_hour = :opens_at_hour, closes_at_hour = :closes_at_hour,
        days_off = :days_off, shifts = CAST(:shifts AS jsonb), told = :told, version = version + 1
    WHERE calendar_id = :calendar_id RETURNING version
    """
)
_CALENDARS: Final = """
    SELECT calendar_id, weekdays, opens_at_hour, closes_at_hour, days_off, CAST(shifts AS text) AS shifts
    FROM calendars WHERE calendar_id = ANY(:ids) ORDER BY calendar_id
"""
LOAD_CALENDARS: Final = text(_CALENDARS)
# Whoever takes a calendar for a work centre reads it only.
LOCK_CALENDARS: Final = text(_CALENDARS + "FOR SHARE")
MAKE_WORK_CENTRE: Final = text(
    """
    INSERT INTO work_centres (work_centre_id, site_id, title, calendar_id, machines, currency, version, told)
    VALUES (:work_centre_id, '', '', '', 1, '', 0, 0) ON CONFLICT DO NOTHING
    """
)
LOCK_WORK_CENTRE: Final = text(
    "SELECT told FROM work_centres WHERE work_centre_id = :work_centre_id FOR UPDATE"
)
SAVE_WORK_CENTRE: Final = text(
    """
    UPDATE work_centres SET site_id = :site_id, title = :title, calendar_id = :calendar_id, machines = :machines,
        currency = :currency, told = :told, version = version + 1
    WHERE work_centre_id = :work_centre_id RETURNING version
    """
)
# With the rates that hold at a moment.
_CENTRES: Final = """
    SELECT work_centre_id, site_id, title, calendar_id, machines, labour_rate_minor, machine_rate_minor,
           overhead_rate_micro, currency
    FROM work_centres CROSS JOIN LATERAL (
        SELECT labour_rate_minor, machine_rate_minor, overhead_rate_micro FROM work_centre_rates AS dated
        WHERE dated.work_centre_id = work_centres.work_centre_id AND withdrawn_at IS NULL
          AND starts_at <= greatest(CAST(:at AS timestamptz), 'epoch')
        ORDER BY starts_at DESC, rate_no DESC LIMIT 1
    ) AS rates
"""
_CENTRES_NAMED: Final = _CENTRES + "WHERE work_centre_id = ANY(:ids) ORDER BY work_centre_id "
LOAD_WORK_CENTRES: Final = text(_CENTRES_NAMED)
LOAD_CENTRES_BY: Final = text(_CENTRES + "WHERE calendar_id = :calendar_id ORDER BY work_centre_id")
LOCK_WORK_CENTRES: Final = text(_CENTRES_NAMED + "FOR UPDATE OF work_centres")

_shifts: Reads[tuple[Shift, ...]] = reader(tuple[Shift, ...])


async def lock_calendar(tx: Tx, calendar_id: str) -> None:
    """Hold a calendar's row, a new one if there is none."""
    key = {"calendar_id": calendar_id}
    await tx.sql.execute(MAKE_CALENDAR, key)
    tx.locked(CALENDAR, {calendar_id: (await tx.sql.execute(LOCK_CALENDAR, key)).scalar_one()})


async def save_calendar(tx: Tx, calendar: Calendar) -> int:
    """Write a locked calendar; the answer is its version."""
    values = {
        "calendar_id": calendar.calendar_id,
        "weekdays": list(calendar.weekdays),
        "opens_at_hour": calendar.opens_at_hour,
        "closes_at_hour": calendar.closes_at_hour,
        "days_off": list(calendar.days_off),
        "shifts": document(calendar.shifts),
        "told": tx.tells(CALENDAR, calendar.calendar_id),
    }
    return int((await tx.sql.execute(SAVE_CALENDAR, values)).scalar_one())


async def load_calendars(tx: Tx, calendar_ids: Iterable[str]) -> dict[str, Calendar]:
    """The calendars of these ids that are here."""
    rows = await tx.sql.execute(LOAD_CALENDARS, {"ids": sorted(set(calendar_ids))})
    return {row.calendar_id: _calendar_of(row) for row in rows}


async def lock_calendars(tx: Tx, calendar_ids: Iterable[str]) -> dict[str, Calendar]:
    """The calendars of these ids that are here; nobody defines them anew now."""
    rows = await tx.sql.execute(LOCK_CALENDARS, {"ids": sorted(set(calendar_ids))})
    return {row.calendar_id: _calendar_of(row) for row in rows}


def _calendar_of(row: Any) -> Calendar:
    return Calendar(
        row.calendar_id, tuple(row.weekdays), row.opens_at_hour, row.closes_at_hour, tuple(row.days_off),
        _shifts(row.shifts),
    )  # fmt: skip


async def lock_work_centre(tx: Tx, work_centre_id: str) -> None:
    """Hold a work centre's row, a new one if there is none."""
    key = {"work_centre_id": work_centre_id}
    await tx.sql.execute(MAKE_WORK_CENTRE, key)
    tx.locked(WORK_CENTRE, {work_centre_id: (await tx.sql.execute(LOCK_WORK_CENTRE, key)).scalar_one()})


async def save_work_centre(tx: Tx, centre: WorkCentre) -> int:
    """Write a locked work centre without its rates; the answer is its version."""
    values = {
        "work_centre_id": centre.work_centre_id,
        "site_id": centre.site_id,
        "title": centre.title,
        "calendar_id": centre.calendar_id,
        "machines": centre.machines,
        "currency": centre.currency,
        "told": tx.tells(WORK_CENTRE, centre.work_centre_id),
    }
    return int((await tx.sql.execute(SAVE_WORK_CENTRE, values)).scalar_one())


async def load_work_centres(tx: Tx, work_centre_ids: Iterable[str]) -> dict[str, WorkCentre]:
    """The work centres of these ids that are here, with the rates of now."""
    rows = await tx.sql.execute(LOAD_WORK_CENTRES, {"ids": sorted(set(work_centre_ids)), "at": tx.now})
    return {row.work_centre_id: _centre_of(row) for row in rows}


async def load_centres_by(tx: Tx, calendar_id: str) -> dict[str, WorkCentre]:
    """The work centres that work by a calendar."""
    rows = await tx.sql.execute(LOAD_CENTRES_BY, {"calendar_id": calendar_id, "at": tx.now})
    return {row.work_centre_id: _centre_of(row) for row in rows}


async def lock_work_centres(tx: Tx, work_centre_ids: Iterable[str]) -> dict[str, WorkCentre]:
    """The work centres of these ids that are here, locked in key order: nobody else books their machines now."""
    rows = await tx.sql.execute(LOCK_WORK_CENTRES, {"ids": sorted(set(work_centre_ids)), "at": tx.now})
    return {row.work_centre_id: _centre_of(row) for row in rows}


def _centre_of(row: Any) -> WorkCentre:
    return WorkCentre(
        row.work_centre_id,
        row.site_id,
        row.title,
        row.calendar_id,
        row.machines,
        row.labour_rate_minor,
        row.machine_rate_minor,
        Quantity.of_micro(row.overhead_rate_micro),
        row.currency,
    )
