"""Substitutes over HTTP: what may stand in for what, and planners who let it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Asked, Response, acts, done, filters_asked, lists, page_asked, paged
from contracts.values import Quantity
from materials import commands, handlers, queries
from materials.api.forms import Taken
from materials.domain.substitute import Substitute, Substitution

router = APIRouter()
ONE: Final = Quantity(1)


@dataclass(frozen=True, slots=True)
class SubstituteBody:
    """At a site `ratio` of the substitute stand in for one of the item; the least priority is asked first."""

    sku: str
    site_id: str
    substitute: str
    valid_from: datetime
    valid_to: datetime
    ratio: Quantity = ONE
    priority: int = 1


@dataclass(frozen=True, slots=True)
class SubstitutedView:
    """How many requirements of runs take a substitute now instead of a supply."""

    supply_id: str
    requirements: int


CARD: Final = SubstituteBody(
    "card-a", "plant-1", "card-b", datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)
)


@router.post("/v1/substitutes", **acts(Taken, body=SubstituteBody, example=CARD))
async def set_substitute(ask: Asked) -> Response:
    """Say which item may stand in for another at a site when that comes too late, how much of it, and from when on."""
    body = await ask.body(SubstituteBody)
    substitute = Substitute(
        body.sku, body.site_id, body.substitute, body.ratio.micro, body.priority, body.valid_from, body.valid_to
    ).checked()  # fmt: skip
    return await ask.act(
        handlers.set_substitute,
        commands.SetSubstitute(substitute),
        reply=lambda kept: done(Taken(f"{kept.site_id}/{kept.sku}/{kept.substitute_sku}")),
    )


@router.get("/v1/substitutes", **lists(queries.SubstituteView, "sku", "site_id"))
async def list_substitutes(ask: Asked) -> Response:
    """What may stand in for what, by site and item; filters `sku`, `site_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "sku", "site_id")
    async with ask.read() as sql:
        return paged(ask, await queries.page_substitutes(sql, after=after, limit=limit, **wanted), limit)


@router.post("/v1/planned-orders/{planned_order_id}/substitution", **acts(SubstitutedView))
async def substitute_supply(ask: Asked, planned_order_id: str) -> Response:
    """Let the runs that wait for a late supply take the first substitute that is there before it.

    What nobody waits for any more is let be where it is asked for already; an action message says so.
    """

    def reply(taken: list[Substitution]) -> Reply:
        return done(SubstitutedView(planned_order_id, len(taken)))

    command = commands.SubstituteSupply(planned_order_id, ask.principal.subject)
    return await ask.act(handlers.substitute_supply, command, reply=reply)


@router.get("/v1/substitutions", **lists(queries.SubstitutionView, "supply_id", "planned_order_id"))
async def list_substitutions(ask: Asked) -> Response:
    """What takes a substitute: instead of the supply `supply_id`, or for the run `planned_order_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "supply_id", "planned_order_id")
    async with ask.read() as sql:
        return paged(ask, await queries.page_substitutions(sql, after=after, limit=limit, **wanted), limit)
