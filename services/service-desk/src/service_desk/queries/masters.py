"""Services, technicians, their calendars, capacities, the agreement and how clients are reached, as staff see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.shapes import ItemPart
from contracts.values import Quantity
from service_desk.domain.hours import Hours
from service_desk.domain.sla import Agreement, Target
from service_desk.domain.technician import Leave

Page = list[tuple[str, Any]]

SERVICES: Final = """
    SELECT service_id, title, minutes, people, skills, CAST(parts AS text) AS parts, site_id, capital_minor,
           overhead_minor, currency, version
    FROM services
"""
FIND_SERVICE: Final = text(SERVICES + "WHERE service_id = :service_id")
PAGE_SERVICES: Final = text(SERVICES + "WHERE service_id > :after ORDER BY service_id LIMIT :limit")
TECHNICIANS: Final = """
    SELECT technician_id, title, site_id, skills, CAST(hours AS text) AS hours, CAST(leaves AS text) AS leaves,
           travel_minutes, labour_minor, active, version
    FROM technicians
"""
FIND_TECHNICIAN: Final = text(TECHNICIANS + "WHERE technician_id = :technician_id")
PAGE_TECHNICIANS: Final = text(
    TECHNICIANS
    + """
    WHERE technician_id > :after AND (CAST(:site_id AS text) IS NULL OR site_id = :site_id)
      AND (CAST(:skill AS text) IS NULL OR :skill = ANY(skills))
    ORDER BY technician_id LIMIT :limit
    """
)
ENGAGEMENTS: Final = text(
    """
    SELECT engagements.slot_id, engagements.starts_at, engagements.ends_at, visit_id, order_id, state
    FROM engagements LEFT JOIN visits USING (slot_id)
    WHERE technician_id = :technician_id AND engagements.ends_at > :start AND engagements.starts_at < :until
    ORDER BY engagements.starts_at
    """
)
CAPACITIES: Final = text("SELECT skill, hours_micro, from_at FROM capacities ORDER BY skill")
AGREEMENT: Final = text(
    "SELECT CAST(hours AS text) AS hours, CAST(targets AS text) AS targets, credit_limit_minor, "
    "version FROM agreements"
)
REACHED: Final = text(
    """
    SELECT contacts.contact_id, name, mail, address FROM customers JOIN contacts USING (contact_id)
    WHERE customers.customer_id = :customer_id
    """
)

_parts: Reads[tuple[ItemPart, ...]] = reader(tuple[ItemPart, ...])
_hours: Reads[Hours] = reader(Hours)
_leaves: Reads[tuple[Leave, ...]] = reader(tuple[Leave, ...])
_targets: Reads[tuple[Target, ...]] = reader(tuple[Target, ...])


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service."""

    service_id: str
    title: str
    minutes: int
    people: int
    skills: tuple[str, ...]
    parts: tuple[ItemPart, ...]
    site_id: str
    capital_minor: int
    overhead_minor: int
    currency: str
    version: int


@dataclass(frozen=True, slots=True)
class TechnicianView:
    """A technician."""

    technician_id: str
    title: str
    site_id: str
    skills: tuple[str, ...]
    hours: Hours
    leaves: tuple[Leave, ...]
    travel_minutes: int
    labour_minor: int
    active: bool
    version: int


@dataclass(frozen=True, slots=True)
class EngagementView:
    """A stretch of time that is taken: for a visit, or held for a promise while there is none.

    One that is hit by a leave that was taken later waits for a dispatcher to move it.
    """

    slot_id: str
    starts_at: datetime
    ends_at: datetime
    visit_id: str | None
    order_id: str | None
    state: str | None
    hit_by_leave: bool


@dataclass(frozen=True, slots=True)
class CalendarView:
    """A technician's time from one moment to another, in minutes: working, taken, and free hours that are gone."""

    technician_id: str
    starts_at: datetime
    ends_at: datetime
    working_minutes: int
    taken_minutes: int
    gone_minutes: int
    leaves: tuple[Leave, ...]
    engagements: tuple[EngagementView, ...]


@dataclass(frozen=True, slots=True)
class CapacityView:
    """Hours of a skill in a week."""

    skill: str
    hours_per_week: Quantity
    from_at: datetime


@dataclass(frozen=True, slots=True)
class ReachedView:
    """How the client is reached."""

    contact_id: str
    name: str
    mail: str
    address: str


async def page_services(sql: AsyncConnection, *, after: str, limit: int) -> Page:
    """A page of services: (key, view) pairs after a key."""
    rows = await sql.execute(PAGE_SERVICES, {"after": after, "limit": limit})
    return [(row.service_id, _service(row)) for row in rows]


async def find_service(sql: AsyncConnection, service_id: str) -> ServiceView:
    """A service; raises `NotFound`."""
    row = (await sql.execute(FIND_SERVICE, {"service_id": service_id})).one_or_none()
    if row is None:
        raise NotFound(f"no service {service_id}")
    return _service(row)


async def page_technicians(
    sql: AsyncConnection, *, site_id: str | None, skill: str | None, after: str, limit: int
) -> Page:
    """A page of technicians: (key, view) pairs after a key."""
    asked = {"site_id": site_id, "skill": skill, "after": after, "limit": limit}
    rows = await sql.execute(PAGE_TECHNICIANS, asked)
    return [(row.technician_id, _technician(row)) for row in rows]


async def find_technician(sql: AsyncConnection, technician_id: str) -> TechnicianView:
    """A technician; raises `NotFound`."""
    row = (await sql.execute(FIND_TECHNICIAN, {"technician_id": technician_id})).one_or_none()
    if row is None:
        raise NotFound(f"no technician {technician_id}")
    return _technician(row)


async def find_calendar(
    sql: AsyncConnection, technician_id: str, start: datetime, days: int, now: datetime
) -> CalendarView:
    """A technician's calendar for some days; what was free and is over is gone, not stocked. Raises `NotFound`."""
    technician = await find_technician(sql, technician_id)
    until = start + timedelta(days=days)
    asked = {"technician_id": technician_id, "start": start, "until": until}
    taken = [_engagement(row, technician.leaves) for row in await sql.execute(ENGAGEMENTS, asked)]
    leaves = tuple(each for each in technician.leaves if each.meets(start, until))
    working, over = technician.hours.worked(start, until), min(max(now, start), until)
    past = technician.hours.worked(start, over) - _within(technician, taken, start, over)
    return CalendarView(
        technician_id,
        start,
        until,
        _minutes(working),
        _minutes(_within(technician, taken, start, until)),
        _minutes(max(past, timedelta())),
        leaves,
        tuple(taken),
    )


async def find_reached(sql: AsyncConnection, customer_id: str) -> ReachedView:
    """How a customer is reached; raises `NotFound`."""
    row = (await sql.execute(REACHED, {"customer_id": customer_id})).one_or_none()
    if row is None:
        raise NotFound(f"nobody is known at {customer_id}")
    return ReachedView(row.contact_id, row.name, row.mail, row.address)


def _engagement(row: Any, leaves: tuple[Leave, ...]) -> EngagementView:
    hit = any(leave.meets(row.starts_at, row.ends_at) for leave in leaves)
    return EngagementView(row.slot_id, row.starts_at, row.ends_at, row.visit_id, row.order_id, row.state, hit)


def _within(
    technician: TechnicianView, taken: list[EngagementView], start: datetime, end: datetime
) -> timedelta:
    stretches = [(max(each.starts_at, start), min(each.ends_at, end)) for each in taken]
    return sum((technician.hours.worked(*each) for each in stretches if each[0] < each[1]), timedelta())


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds() // 60)


async def list_capacities(sql: AsyncConnection) -> list[CapacityView]:
    """Hours in a week by skill."""
    rows = await sql.execute(CAPACITIES)
    return [CapacityView(row.skill, Quantity.of_micro(row.hours_micro), row.from_at) for row in rows]


async def find_agreement(sql: AsyncConnection) -> Agreement:
    """How quickly the desk answers; the usual until somebody has set it."""
    row = (await sql.execute(AGREEMENT)).one_or_none()
    return (
        Agreement()
        if row is None
        else Agreement(_hours(row.hours), _targets(row.targets), row.credit_limit_minor, row.version)
    )


def _service(row: Any) -> ServiceView:
    return ServiceView(
        row.service_id,
        row.title,
        row.minutes,
        row.people,
        tuple(row.skills),
        _parts(row.parts),
        row.site_id,
        row.capital_minor,
        row.overhead_minor,
        row.currency,
        row.version,
    )


def _technician(row: Any) -> TechnicianView:
    return TechnicianView(
        row.technician_id,
        row.title,
        row.site_id,
        tuple(row.skills),
        _hours(row.hours),
        _leaves(row.leaves),
        row.travel_minutes,
        row.labour_minor,
        row.active,
        row.version,
    )
