"""Calendars and work centres over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    Asked,
    Response,
    created,
    creates,
    found,
    lists,
    page_asked,
    paged,
    placed,
    shows,
)
from contracts.shapes import Shift
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import Taken
from production.domain.form import named
from production.domain.plant import Calendar, WorkCentre

router = APIRouter()


@dataclass(frozen=True, slots=True)
class CalendarBody:
    """Weekdays 0 (Monday) to 6 with the same hours (UTC), or shifts instead, and days off like 2026-12-24.

    A night that begins at 22 closes at 30, which is six on the next morning. A shift has weekdays and hours of its own,
    in minutes after midnight; of a pause there are two shifts, one before and one after it.
    """

    calendar_id: str
    weekdays: tuple[int, ...] = ()
    opens_at_hour: int | None = None
    closes_at_hour: int | None = None
    days_off: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkCentreBody:
    """People and machines of one kind; rates in minor units an hour, overhead as a part of both."""

    work_centre_id: str
    site_id: str
    title: str
    calendar_id: str
    machines: int
    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Quantity
    currency: str = "EUR"


WEEK: Final = CalendarBody("two-shifts", (0, 1, 2, 3, 4), 6, 22, ("2026-12-24",))
FURNACE: Final = WorkCentreBody(
    "furnace", "plant-1", "Furnace", "two-shifts", 1, 3_800, 9_500, Quantity("0.12")
)


@router.post("/v1/calendars", **creates(Taken, body=CalendarBody, example=WEEK))
async def define_calendar(ask: Asked) -> Response:
    """Say when work is done."""
    body = await ask.body(CalendarBody)
    calendar = Calendar.said(
        placed(named(body.calendar_id, "/calendar_id"), "/calendar_id"),
        body.weekdays,
        body.opens_at_hour,
        body.closes_at_hour,
        body.days_off,
        body.shifts,
    )
    return await ask.act(
        handlers.define_calendar,
        commands.DefineCalendar(calendar, ask.principal.subject),
        reply=lambda made: created(f"/v1/calendars/{made.calendar_id}", Taken(made.calendar_id, "defined")),
    )


@router.get("/v1/calendars", **lists(queries.CalendarView))
async def list_calendars(ask: Asked) -> Response:
    """Calendars, by id."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_calendars(sql, after=after, limit=limit), limit)


@router.get("/v1/calendars/{calendar_id}", **shows(queries.CalendarView))
async def show_calendar(ask: Asked, calendar_id: str) -> Response:
    """A calendar."""
    async with ask.read() as sql:
        return found(await queries.find_calendar(sql, calendar_id))


@router.post("/v1/work-centres", **creates(Taken, body=WorkCentreBody, example=FURNACE))
async def define_work_centre(ask: Asked) -> Response:
    """Say where work is done, and what an hour of it costs."""
    body = await ask.body(WorkCentreBody)
    centre = WorkCentre(
        placed(named(body.work_centre_id, "/work_centre_id"), "/work_centre_id"),
        named(body.site_id, "/site_id"), named(body.title, "/title"),
        body.calendar_id, body.machines, body.labour_rate_minor, body.machine_rate_minor, body.overhead_rate,
        body.currency,
    )  # fmt: skip
    return await ask.act(
        handlers.define_work_centre,
        commands.DefineWorkCentre(centre, ask.principal.subject),
        reply=lambda made: created(
            f"/v1/work-centres/{made.work_centre_id}", Taken(made.work_centre_id, "defined")
        ),
    )


@router.get("/v1/work-centres", **lists(queries.CentreView))
async def list_work_centres(ask: Asked) -> Response:
    """Work centres, by id."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_centres(sql, at=ask.now, after=after, limit=limit), limit)


@router.get("/v1/work-centres/{work_centre_id}", **shows(queries.CentreView))
async def show_work_centre(ask: Asked, work_centre_id: str) -> Response:
    """A work centre."""
    async with ask.read() as sql:
        return found(await queries.find_centre(sql, work_centre_id, ask.now))


@router.get("/v1/work-centres/{work_centre_id}/bookings", **lists(queries.BookingView))
async def list_bookings(ask: Asked, work_centre_id: str) -> Response:
    """When the machines of a work centre are taken from now on, and by which runs."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_bookings(sql, work_centre_id, since=ask.now, after=after, limit=limit)
    return paged(ask, rows, limit)
