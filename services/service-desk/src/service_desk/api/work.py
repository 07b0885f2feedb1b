"""What warehouse and technicians do over HTTP: goods leave, work begins, is reported, nobody was there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import Ask, Asked, Response, acts
from contracts.service_desk import PartUsed
from contracts.values import Quantity
from service_desk import commands, handlers
from service_desk.api.forms import Taken, changed
from service_desk.domain.form import MINOR_MAX, named, number
from service_desk.domain.report import Saying

router = APIRouter()


@dataclass(frozen=True, slots=True)
class DispatchBody:
    """What the way costs, in minor units of the order's currency."""

    freight_minor: int = 0


@dataclass(frozen=True, slots=True)
class PartBody:
    """So much of an item from the stock of a site."""

    sku: str
    quantity: Quantity
    site_id: str


@dataclass(frozen=True, slots=True)
class ReportBody:
    """Work done: minutes of the whole team, units (all that was ordered if absent), parts; why other parts than
    the service names, or none, were used."""

    minutes: int
    quantity: Quantity | None = None
    parts: tuple[PartBody, ...] = ()
    parts_reason: str | None = None


SENT: Final = DispatchBody(4_500)
DONE: Final = ReportBody(95, parts=(PartBody("cable", Quantity(2), "plant-1"),))


@router.post("/v1/visits/{visit_id}/dispatch", **acts(Taken, body=DispatchBody, example=SENT))
async def dispatch_goods(ask: Asked, visit_id: str) -> Response:
    """Send the goods of a hand-over that the client has confirmed."""
    body = await ask.body(DispatchBody)
    return await ask.act(handlers.dispatch_goods, dispatch(visit_id, body, ""), reply=changed)


def dispatch(visit_id: str, body: DispatchBody, place: str) -> commands.DispatchGoods:
    """The command of a dispatch whose body lies at `place`."""
    return commands.DispatchGoods(
        visit_id, number(body.freight_minor, f"{place}/freight_minor", 0, MINOR_MAX)
    )


@router.post("/v1/visits/{visit_id}/start", **acts(Taken))
async def start_visit(ask: Asked, visit_id: str) -> Response:
    """Begin a visit that the client has confirmed."""
    return await ask.act(handlers.start_visit, commands.StartVisit(visit_id), reply=changed)


@router.post("/v1/visits/{visit_id}/report", **acts(Taken, body=ReportBody, example=DONE))
async def report_visit(ask: Asked, visit_id: str) -> Response:
    """Report the work done; the client's word is awaited."""
    body = await ask.body(ReportBody)
    return await ask.act(handlers.report_visit, report(ask, visit_id, body, ""), reply=changed)


def report(ask: Ask, visit_id: str, body: ReportBody, place: str) -> commands.ReportVisit:
    """The command of a report whose body lies at `place`."""
    parts = tuple(
        PartUsed(
            named(part.sku, f"{place}/parts/{n}/sku"),
            part.quantity,
            named(part.site_id, f"{place}/parts/{n}/site_id"),
        )
        for n, part in enumerate(body.parts)
    )
    saying = Saying(body.minutes, parts, body.quantity, body.parts_reason)
    return commands.ReportVisit(visit_id, saying, ask.principal.name)


@router.post("/v1/visits/{visit_id}/no-show", **acts(Taken))
async def miss_visit(ask: Asked, visit_id: str) -> Response:
    """Record that nobody was there; another time is offered, after the third time a person decides."""
    return await ask.act(handlers.miss_visit, commands.MissVisit(visit_id), reply=changed)
