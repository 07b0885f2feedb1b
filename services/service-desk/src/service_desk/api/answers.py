"""The client's answers over HTTP: a time suits or not, the work and the goods are taken or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import Ask, Asked, Response, acts
from contracts.values import Quantity
from service_desk import commands, handlers
from service_desk.api.forms import ReasonBody, Taken, changed
from service_desk.domain.form import PARTS_COUNT_MAX, NobodyHasSigned, counted, named, said
from service_desk.domain.goods import RefusedLot

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ConfirmationBody:
    """The offered time suits; `offer_no` names the offer that was seen."""

    offer_no: int | None = None


@dataclass(frozen=True, slots=True)
class MoveBody:
    """The time that suits better."""

    starts_at: datetime


@dataclass(frozen=True, slots=True)
class RefusedLotBody:
    """So much of a lot of a line is not taken."""

    line_id: str
    lot_id: str
    quantity: Quantity


@dataclass(frozen=True, slots=True)
class AcceptanceBody:
    """The work, or the goods but for what is refused; `signed_by` is the client's person where staff records it."""

    signed_by: str | None = None
    refused: tuple[RefusedLotBody, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class RefusalBody:
    """Why nothing is taken; `signed_by` is the client's person where staff records it."""

    reason: str
    signed_by: str | None = None


FIRST: Final = ConfirmationBody(1)
LATER: Final = MoveBody(datetime(2026, 3, 9, 13, tzinfo=UTC))
SCRATCHED: Final = AcceptanceBody(
    "Ada Client", (RefusedLotBody("a line", "a lot", Quantity(1)),), "one is scratched"
)
NOT_THIS: Final = RefusalBody("it does not work")
NO: Final = ReasonBody("we do not need it any more")


@router.post("/v1/visits/{visit_id}/confirmation", **acts(Taken, body=ConfirmationBody, example=FIRST))
async def confirm_visit(ask: Asked, visit_id: str) -> Response:
    """Say that the offered time suits."""
    body = await ask.body(ConfirmationBody)
    command = commands.ConfirmVisit(visit_id, body.offer_no, ask.party)
    return await ask.act(handlers.confirm_visit, command, reply=changed)


@router.post("/v1/visits/{visit_id}/move", **acts(Taken, body=MoveBody, example=LATER))
async def move_visit(ask: Asked, visit_id: str) -> Response:
    """Ask for another time: if people are free then, it is offered; else the refusal names the next possible one."""
    body = await ask.body(MoveBody)
    command = commands.MoveVisit(visit_id, body.starts_at, ask.party)
    return await ask.act(handlers.move_visit, command, reply=changed)


@router.post("/v1/visits/{visit_id}/decline", **acts(Taken, body=ReasonBody, example=NO))
async def decline_visit(ask: Asked, visit_id: str) -> Response:
    """Say that the visit is not wanted; somebody will call."""
    body = await ask.body(ReasonBody)
    command = commands.DeclineVisit(visit_id, said(body.reason, "/reason"), ask.party)
    return await ask.act(handlers.decline_visit, command, reply=changed)


@router.post("/v1/visits/{visit_id}/acceptance", **acts(Taken, body=AcceptanceBody, example=SCRATCHED))
async def accept_visit(ask: Asked, visit_id: str) -> Response:
    """Take the work that was reported, or the goods that were brought; nothing is done without this word."""
    body = await ask.body(AcceptanceBody)
    return await ask.act(handlers.accept_visit, acceptance(ask, visit_id, body, ""), reply=changed)


def acceptance(ask: Ask, visit_id: str, body: AcceptanceBody, place: str) -> commands.AcceptVisit:
    """The command of an acceptance whose body lies at `place`; raises `NobodyHasSigned`."""
    counted(body.refused, f"{place}/refused", PARTS_COUNT_MAX, least=0)
    refused = tuple(RefusedLot(each.line_id, each.lot_id, each.quantity) for each in body.refused)
    reason = None if body.reason is None else said(body.reason, f"{place}/reason")
    signed_by = _signed(ask, body.signed_by, place)
    return commands.AcceptVisit(visit_id, refused, reason, ask.principal.name, signed_by, ask.party)


@router.post("/v1/visits/{visit_id}/refusal", **acts(Taken, body=RefusalBody, example=NOT_THIS))
async def refuse_visit(ask: Asked, visit_id: str) -> Response:
    """Do not take the work, or any of the goods."""
    body = await ask.body(RefusalBody)
    reason, signed_by = said(body.reason, "/reason"), _signed(ask, body.signed_by, "")
    command = commands.RefuseVisit(visit_id, reason, ask.principal.name, signed_by, ask.party)
    return await ask.act(handlers.refuse_visit, command, reply=changed)


def _signed(ask: Ask, signed_by: str | None, place: str) -> str | None:
    if ask.party is None and signed_by is None:
        raise NobodyHasSigned("say whose word this is", [(f"{place}/signed_by", "the client's person")])
    return None if signed_by is None else named(signed_by, f"{place}/signed_by")
