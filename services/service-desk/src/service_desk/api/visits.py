"""Visits and hand-overs over HTTP: seen, and moved or let go by a dispatcher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, filters_asked, found, lists, page_asked, paged, shows
from service_desk import commands, handlers, queries
from service_desk.api.forms import ReasonBody, Taken, changed
from service_desk.domain.form import said

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RescheduleBody:
    """Another time; without one, the next possible."""

    starts_at: datetime | None = None


MONDAY: Final = RescheduleBody(datetime(2026, 3, 9, 9, tzinfo=UTC))
GONE: Final = ReasonBody("the client has moved away")


@router.get("/v1/visits", **lists(queries.VisitView, *queries.VisitFilter.__dataclass_fields__))
async def list_visits(ask: Asked) -> Response:
    """Visits and hand-overs, the oldest first; narrowed by state, kind, order_id, site_id, technician_id."""
    after, limit = page_asked(ask)
    narrowed = queries.VisitFilter(**filters_asked(ask, *queries.VisitFilter.__dataclass_fields__))
    async with ask.read() as sql:
        rows = await queries.page_visits(sql, party=ask.party, wanted=narrowed, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.get("/v1/visits/{visit_id}", **shows(queries.VisitView))
async def show_visit(ask: Asked, visit_id: str) -> Response:
    """A visit or a hand-over."""
    async with ask.read() as sql:
        visit = await queries.find_visit(sql, visit_id, party=ask.party)
    return found(visit, version=visit.version)


@router.get("/v1/visits/{visit_id}/contact", **shows(queries.ReachedView))
async def show_contact(ask: Asked, visit_id: str) -> Response:
    """Where to go and whom to ask for."""
    async with ask.read() as sql:
        visit = await queries.find_visit(sql, visit_id, party=ask.party)
        return found(await queries.find_reached(sql, visit.customer_id))


@router.post("/v1/visits/{visit_id}/reschedule", **acts(Taken, body=RescheduleBody, example=MONDAY))
async def reschedule_visit(ask: Asked, visit_id: str) -> Response:
    """Offer the client a time, or the next possible one; also what is held, declined, or has nobody yet."""
    body = await ask.body(RescheduleBody)
    command = commands.RescheduleVisit(visit_id, body.starts_at)
    return await ask.act(handlers.reschedule_visit, command, reply=changed)


@router.post("/v1/visits/{visit_id}/cancellation", **acts(Taken, body=ReasonBody, example=GONE))
async def cancel_visit(ask: Asked, visit_id: str) -> Response:
    """Let a visit go that nobody has begun; its people are free."""
    body = await ask.body(ReasonBody)
    command = commands.CancelVisit(visit_id, said(body.reason, "/reason"))
    return await ask.act(handlers.cancel_visit, command, reply=changed)
