"""RFQs over HTTP: vendors quote, buyers award, a second person agrees."""

from __future__ import annotations

from dataclasses import dataclass
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
    lists,
    page_asked,
    paged,
    shows,
)
from contracts.values import LINES_COUNT_MAX, Money, PropertyValue
from vendors import commands, handlers, queries
from vendors.api.forms import Taken
from vendors.domain.form import counted, said
from vendors.domain.rfq import Rfq

router = APIRouter()


@dataclass(frozen=True, slots=True)
class QuotationBody:
    """A price of one unit, extras (freight, duty) for one unit in minor units, lead in days, what is delivered.

    The unit is one of the item (absent: its own). `vendor_id` is for staff who type in what came by mail; a vendor's
    own is known.
    """

    unit_price: Money
    lead_days: int
    extras_minor: int = 0
    properties: tuple[PropertyValue, ...] = ()
    vendor_id: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class AwardBody:
    """Which quotation wins, and why."""

    quotation_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class AgreementBody:
    """Whether a second person agrees to the proposed award."""

    agreed: bool


QUOTED: Final = QuotationBody(Money(950, "EUR"), 7, 40)
WON: Final = AwardBody("a quotation", "shortest lead")


@router.get("/v1/rfqs", **lists(queries.RfqView, "state", "sku"))
async def list_rfqs(ask: Asked) -> Response:
    """RFQs, the oldest first; narrowed by state, sku."""
    after, limit = page_asked(ask)
    asked = filters_asked(ask, "state", "sku")
    async with ask.read() as sql:
        rows = await queries.page_rfqs(
            sql, party=ask.party, state=asked["state"], sku=asked["sku"], after=after, limit=limit
        )
    return paged(ask, rows, limit)


@router.get("/v1/rfqs/{rfq_id}", **shows(queries.RfqView))
async def show_rfq(ask: Asked, rfq_id: str) -> Response:
    """An RFQ with its quotations, best first."""
    async with ask.read() as sql:
        rfq = await queries.find_rfq(sql, rfq_id, party=ask.party)
    return found(rfq, version=rfq.version)


@router.post(
    "/v1/rfqs/{rfq_id}/quotations",
    **creates(Taken, body=QuotationBody, example=QUOTED),
)
async def answer_rfq(ask: Asked, rfq_id: str) -> Response:
    """Quote; a late quotation is taken, too."""
    body = await ask.body(QuotationBody)
    counted(body.properties, "/properties", LINES_COUNT_MAX, least=0)
    command = commands.AnswerRfq(
        rfq_id,
        ask.new_id(),
        ask.whose(body.vendor_id, "/vendor_id"),
        body.unit_price,
        body.extras_minor,
        body.lead_days,
        body.properties,
        body.unit,
    )
    return await ask.act(
        handlers.answer_rfq,
        command,
        reply=lambda given: created(f"/v1/rfqs/{rfq_id}", Taken(given.quotation_id, "received")),
    )


@router.post(
    "/v1/rfqs/{rfq_id}/award",
    **acts(Taken, body=AwardBody, example=WON),
)
async def award_rfq(ask: Asked, rfq_id: str) -> Response:
    """Choose the winner; above the limit the award waits for a second person (state award-proposed)."""
    body = await ask.body(AwardBody)
    command = commands.AwardRfq(
        rfq_id, body.quotation_id, said(body.reason, "/reason"), ask.principal.subject
    )
    return await ask.act(handlers.award_rfq, command, reply=_decided)


@router.post(
    "/v1/rfqs/{rfq_id}/award-agreement", **acts(Taken, body=AgreementBody, example=AgreementBody(True))
)
async def decide_award(ask: Asked, rfq_id: str) -> Response:
    """Agree to a proposed award, or open the RFQ again."""
    body = await ask.body(AgreementBody)
    command = commands.DecideAward(rfq_id, body.agreed, ask.principal.subject)
    return await ask.act(handlers.decide_award, command, reply=_decided)


def _decided(rfq: Rfq) -> Reply:
    return done(Taken(rfq.rfq_id, rfq.state))
