"""Services, technicians, their leaves and calendars, capacities and the agreement over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import (
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    filters_asked,
    found,
    listed,
    lists,
    page_asked,
    paged,
    placed,
    shows,
    whole,
)
from contracts.shapes import ItemPart
from contracts.values import Quantity
from service_desk import commands, handlers, queries
from service_desk.api.forms import Taken
from service_desk.domain.form import named
from service_desk.domain.hours import OFFICE, Hours
from service_desk.domain.service import Service
from service_desk.domain.sla import Agreement, Target
from service_desk.domain.technician import Leave, Technician

router = APIRouter()

CALENDAR_DAYS_MAX: Final = 92


@dataclass(frozen=True, slots=True)
class ServiceBody:
    """A service: minutes for one unit of as many people as named, each with all skills; parts for one unit.

    What an hour of its equipment, of the desk and of whoever does it costs is in minor units of `currency`.
    """

    service_id: str
    title: str
    minutes: int
    skills: tuple[str, ...]
    site_id: str
    people: int = 1
    parts: tuple[ItemPart, ...] = ()
    capital_minor: int = 0
    overhead_minor: int = 0
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class TechnicianBody:
    """A technician; hours are windows of weekdays in UTC.

    An hour of work costs `labour_minor` in minor units of the currency of the service that is done.
    """

    technician_id: str
    title: str
    site_id: str
    skills: tuple[str, ...]
    hours: Hours = OFFICE
    leaves: tuple[Leave, ...] = ()
    travel_minutes: int = 0
    labour_minor: int = 0
    active: bool = True


@dataclass(frozen=True, slots=True)
class LeavesBody:
    """All leaves of a technician."""

    leaves: tuple[Leave, ...]


@dataclass(frozen=True, slots=True)
class AgreementBody:
    """The desk's hours, and for each priority from 1 to 4 how soon it answers and solves, in working minutes.

    Above `credit_limit_minor`, for all credits of an order together, a second person agrees.
    """

    hours: Hours
    targets: tuple[Target, ...]
    credit_limit_minor: int = Agreement().credit_limit_minor


SETUP: Final = ServiceBody(
    "setup", "Set a computer up", 30, ("it",), "plant-1", parts=(ItemPart("cable", Quantity(1)),)
)
ANNA: Final = TechnicianBody("anna", "Anna", "plant-1", ("it",), travel_minutes=30, labour_minor=6_000)
AWAY: Final = LeavesBody((Leave(datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 7, 15, tzinfo=UTC)),))
AGREED: Final = AgreementBody(OFFICE, Agreement().targets)


@router.post("/v1/services", **creates(Taken, body=ServiceBody, example=SETUP))
async def define_service(ask: Asked) -> Response:
    """Take up a service, or say anew what it is."""
    body = await ask.body(ServiceBody)
    service = Service(
        placed(named(body.service_id, "/service_id"), "/service_id"),
        named(body.title, "/title"),
        body.minutes,
        body.people,
        frozenset(named(skill, f"/skills/{place}") for place, skill in enumerate(body.skills)),
        body.parts,
        named(body.site_id, "/site_id"),
        body.capital_minor,
        body.overhead_minor,
        body.currency,
    )
    return await ask.act(handlers.define_service, commands.DefineService(service), reply=_defined)


def _defined(service: Service) -> Reply:
    return created(
        f"/v1/services/{service.service_id}", Taken(service.service_id, "defined"), version=service.version
    )


@router.get("/v1/services", **lists(queries.ServiceView))
async def list_services(ask: Asked) -> Response:
    """Services by id."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_services(sql, after=after, limit=limit), limit)


@router.get("/v1/services/{service_id}", **shows(queries.ServiceView))
async def show_service(ask: Asked, service_id: str) -> Response:
    """A service."""
    async with ask.read() as sql:
        service = await queries.find_service(sql, service_id)
    return found(service, version=service.version)


@router.post("/v1/technicians", **creates(Taken, body=TechnicianBody, example=ANNA))
async def define_technician(ask: Asked) -> Response:
    """Take up a technician, or say anew who they are."""
    body = await ask.body(TechnicianBody)
    technician = Technician(
        placed(named(body.technician_id, "/technician_id"), "/technician_id"),
        named(body.title, "/title"),
        named(body.site_id, "/site_id"),
        frozenset(named(skill, f"/skills/{place}") for place, skill in enumerate(body.skills)),
        body.hours,
        body.leaves,
        body.travel_minutes,
        body.labour_minor,
        body.active,
    )
    return await ask.act(handlers.define_technician, commands.DefineTechnician(technician), reply=_known)


def _known(technician: Technician) -> Reply:
    key = technician.technician_id
    return created(f"/v1/technicians/{key}", Taken(key, _state(technician)), version=technician.version)


def _state(technician: Technician) -> str:
    return "active" if technician.active else "inactive"


@router.get("/v1/technicians", **lists(queries.TechnicianView, "site_id", "skill"))
async def list_technicians(ask: Asked) -> Response:
    """Technicians by id; narrowed by site_id, skill."""
    after, limit = page_asked(ask)
    asked = filters_asked(ask, "site_id", "skill")
    async with ask.read() as sql:
        rows = await queries.page_technicians(
            sql, site_id=asked["site_id"], skill=asked["skill"], after=after, limit=limit
        )
    return paged(ask, rows, limit)


@router.get("/v1/technicians/{technician_id}", **shows(queries.TechnicianView))
async def show_technician(ask: Asked, technician_id: str) -> Response:
    """A technician."""
    async with ask.read() as sql:
        technician = await queries.find_technician(sql, technician_id)
    return found(technician, version=technician.version)


@router.post("/v1/technicians/{technician_id}/leaves", **acts(Taken, body=LeavesBody, example=AWAY))
async def set_leaves(ask: Asked, technician_id: str) -> Response:
    """Say when a technician is away; visits that are booked already stay, a dispatcher moves them."""
    body = await ask.body(LeavesBody)
    command = commands.SetLeaves(technician_id, body.leaves)
    return await ask.act(
        handlers.set_leaves,
        command,
        reply=lambda each: done(Taken(each.technician_id, _state(each)), version=each.version),
    )


@router.get(
    "/v1/technicians/{technician_id}/calendar",
    **shows(queries.CalendarView, days=whole(CALENDAR_DAYS_MAX), back=whole(CALENDAR_DAYS_MAX)),
)
async def show_calendar(ask: Asked, technician_id: str) -> Response:
    """A technician's time from `back` days ago (0 unless told) for `days` days (14): taken, free, gone unused."""
    days = ask.number("days", usual=14, maximum=CALENDAR_DAYS_MAX)
    given = "back" in ask.request.query_params
    back = ask.number("back", usual=1, maximum=CALENDAR_DAYS_MAX) if given else 0
    midnight = ask.now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = midnight - timedelta(days=back)
    async with ask.read() as sql:
        return found(await queries.find_calendar(sql, technician_id, start, days, ask.now))


@router.get("/v1/capacities", **lists(queries.CapacityView, most=0))
async def list_capacities(ask: Asked) -> Response:
    """Hours in a week by skill."""
    async with ask.read() as sql:
        return listed(await queries.list_capacities(sql))


@router.get("/v1/sla-agreement", **shows(Agreement))
async def show_agreement(ask: Asked) -> Response:
    """How quickly the desk answers, and when it works."""
    async with ask.read() as sql:
        agreement = await queries.find_agreement(sql)
    return found(agreement, version=agreement.version)


@router.put("/v1/sla-agreement", **acts(Agreement, body=AgreementBody, example=AGREED, versioned=True))
async def set_agreement(ask: Asked) -> Response:
    """Change how quickly the desk answers; If-Match names the version that was seen (0 until one was set)."""
    body = await ask.body(AgreementBody)
    command = commands.SetAgreement(
        Agreement(body.hours, body.targets, body.credit_limit_minor), ask.expected_version
    )
    return await ask.act(handlers.set_agreement, command, reply=lambda now: done(now, version=now.version))
