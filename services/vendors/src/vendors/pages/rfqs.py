"""RFQs as vendors see them: what is wanted by when, and the price that is quoted for it."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, shown_at
from backbone.web.forms import field, value_of
from backbone.web.portal import may
from contracts.values import Money
from vendors import commands, handlers, queries
from vendors.pages.portal import HOME, PORTAL, minor_of, rfq_place, whole_of

router = APIRouter()

PLACE: Final = f"{HOME}/rfqs/{{rfq_id}}"
CURRENCY_USUAL: Final = "EUR"


@router.get(PLACE, include_in_schema=False)
async def show_rfq_page(ask: Asked, rfq_id: str) -> Response:
    """An RFQ, one's own quotations, and the form for another."""
    async with ask.read() as sql:
        rfq = await queries.find_rfq(sql, rfq_id, party=ask.party)
        units = (await queries.list_units(sql, [rfq.sku])).get(rfq.sku, ())
        own_units = await queries.list_own_units(sql, (part.sku for part in rfq.provided))
    answers = may(ask, "answer_rfq_at_page") and rfq.state not in {"awarded", "withdrawn"}
    return PORTAL.page(
        ask,
        "rfq.html",
        "Request for quotation",
        rfq=rfq,
        answers=answers,
        currency=CURRENCY_USUAL,
        units=units,
        own_units=own_units,
    )


@router.post(PLACE, include_in_schema=False)
async def answer_rfq_at_page(ask: Asked, rfq_id: str) -> Response:
    """Quote a price and a lead time; one that comes late is taken, too."""
    form = await ask.form()
    command = commands.AnswerRfq(
        rfq_id,
        ask.new_id(),
        ask.whose(None, "/vendor_id"),
        Money(value_of(form, "unit_price", minor_of), field(form, "currency")),
        value_of(form, "extras", minor_of),
        value_of(form, "lead_days", whole_of),
        (),
        form.get("unit"),
    )
    return await ask.act(handlers.answer_rfq, command, reply=lambda _: shown_at(rfq_place(rfq_id)))
