"""Acts in bulk: up to 100 at once, an answer for each, one key for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts
from backbone.web.bulk import ActView, BulkView, many, one_by_one
from contracts.values import Quantity
from service_desk import commands, handlers
from service_desk.api.answers import AcceptanceBody, RefusedLotBody, acceptance
from service_desk.api.work import DONE, DispatchBody, PartBody, ReportBody, dispatch, report
from service_desk.domain.visit import Visit

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ConfirmationAct:
    """The offered time of a visit suits."""

    visit_id: str
    offer_no: int | None = None


@dataclass(frozen=True, slots=True)
class ConfirmationsBody:
    """Confirmations, each taken or refused by itself."""

    acts: tuple[ConfirmationAct, ...]


@dataclass(frozen=True, slots=True)
class DispatchAct:
    """The goods of a hand-over leave."""

    visit_id: str
    freight_minor: int = 0


@dataclass(frozen=True, slots=True)
class DispatchesBody:
    """Dispatches, each taken or refused by itself."""

    acts: tuple[DispatchAct, ...]


@dataclass(frozen=True, slots=True)
class StartAct:
    """A visit begins."""

    visit_id: str


@dataclass(frozen=True, slots=True)
class StartsBody:
    """Beginnings, each taken or refused by itself."""

    acts: tuple[StartAct, ...]


@dataclass(frozen=True, slots=True)
class ReportAct:
    """The work of a visit is done."""

    visit_id: str
    minutes: int
    quantity: Quantity | None = None
    parts: tuple[PartBody, ...] = ()
    parts_reason: str | None = None


@dataclass(frozen=True, slots=True)
class ReportsBody:
    """Reports, each taken or refused by itself."""

    acts: tuple[ReportAct, ...]


@dataclass(frozen=True, slots=True)
class AcceptanceAct:
    """The client takes work or goods."""

    visit_id: str
    signed_by: str | None = None
    refused: tuple[RefusedLotBody, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AcceptancesBody:
    """Acceptances, each taken or refused by itself."""

    acts: tuple[AcceptanceAct, ...]


ALL_SUIT: Final = ConfirmationsBody((ConfirmationAct("a visit", 1), ConfirmationAct("another")))
ALL_SENT: Final = DispatchesBody((DispatchAct("a visit", 4_500),))
ALL_BEGUN: Final = StartsBody((StartAct("a visit"),))
ALL_DONE: Final = ReportsBody((ReportAct("a visit", DONE.minutes, parts=DONE.parts),))
ALL_TAKEN: Final = AcceptancesBody((AcceptanceAct("a visit", "Ada Client"),))


def _taken(visit: Visit) -> ActView:
    return ActView(200, visit.visit_id, visit.state)


@router.post("/v1/visits/confirmations/batch", **acts(BulkView, body=ConfirmationsBody, example=ALL_SUIT))
async def confirm_visits(ask: Asked) -> Response:
    """Confirm up to 100 offered times."""
    body = await ask.body(ConfirmationsBody)
    given = tuple(commands.ConfirmVisit(act.visit_id, act.offer_no, ask.party) for act in many(body.acts))
    return await ask.act(handlers.confirm_visits, commands.ConfirmVisits(given), reply=one_by_one(_taken))


@router.post("/v1/visits/dispatches/batch", **acts(BulkView, body=DispatchesBody, example=ALL_SENT))
async def dispatch_many(ask: Asked) -> Response:
    """Send the goods of up to 100 hand-overs."""
    body = await ask.body(DispatchesBody)
    given = tuple(
        dispatch(act.visit_id, DispatchBody(act.freight_minor), f"/acts/{place}")
        for place, act in enumerate(many(body.acts))
    )
    return await ask.act(handlers.dispatch_many, commands.DispatchMany(given), reply=one_by_one(_taken))


@router.post("/v1/visits/starts/batch", **acts(BulkView, body=StartsBody, example=ALL_BEGUN))
async def start_visits(ask: Asked) -> Response:
    """Begin up to 100 visits."""
    body = await ask.body(StartsBody)
    given = tuple(commands.StartVisit(act.visit_id) for act in many(body.acts))
    return await ask.act(handlers.start_visits, commands.StartVisits(given), reply=one_by_one(_taken))


@router.post("/v1/visits/reports/batch", **acts(BulkView, body=ReportsBody, example=ALL_DONE))
async def report_visits(ask: Asked) -> Response:
    """Report the work of up to 100 visits."""
    body = await ask.body(ReportsBody)
    given = tuple(
        report(
            ask,
            act.visit_id,
            ReportBody(act.minutes, act.quantity, act.parts, act.parts_reason),
            f"/acts/{place}",
        )
        for place, act in enumerate(many(body.acts))
    )
    return await ask.act(handlers.report_visits, commands.ReportVisits(given), reply=one_by_one(_taken))


@router.post("/v1/visits/acceptances/batch", **acts(BulkView, body=AcceptancesBody, example=ALL_TAKEN))
async def accept_visits(ask: Asked) -> Response:
    """Take the work or the goods of up to 100 visits."""
    body = await ask.body(AcceptancesBody)
    given = tuple(
        acceptance(
            ask, act.visit_id, AcceptanceBody(act.signed_by, act.refused, act.reason), f"/acts/{place}"
        )
        for place, act in enumerate(many(body.acts))
    )
    return await ask.act(handlers.accept_visits, commands.AcceptVisits(given), reply=one_by_one(_taken))
