"""Leads over HTTP: terms whose vendors take another time than is declared, and planning with what was seen."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done, listed, lists
from vendors import commands, handlers, queries
from vendors.api.forms import Taken

router = APIRouter()


@router.get("/v1/lead-drifts", **lists(queries.LeadDrift, most=0))
async def list_lead_drifts(ask: Asked) -> Response:
    """Terms in force whose vendors take longer, or less, than is declared, with the deliveries that say so."""
    async with ask.read() as sql:
        return listed(await queries.list_lead_drifts(sql, ask.now))


@router.post("/v1/terms/{terms_id}/observed-lead", **acts(Taken))
async def take_observed_lead(ask: Asked, terms_id: str) -> Response:
    """Plan with the lead that was seen; what is planned already begins so much sooner, or later."""
    return await ask.act(
        handlers.take_observed_lead,
        commands.TakeObservedLead(terms_id),
        reply=lambda terms: done(Taken(terms.terms_id, terms.state)),
    )
