"""Lots over HTTP: inspected, and decided on when they are blocked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Asked, Response, acts, done, filters_asked, found, lists, page_asked, paged, shows
from contracts.values import PropertyValue, Quantity
from production import commands, handlers, queries
from production.api.forms import Taken
from production.domain.form import PARTS_COUNT_MAX, counted, said
from production.domain.lots import Disposition, MadeLot

router = APIRouter()


@dataclass(frozen=True, slots=True)
class InspectionBody:
    """What was measured, and whether the lot may be used."""

    passed: bool
    properties: tuple[PropertyValue, ...] = ()


@dataclass(frozen=True, slots=True)
class DispositionBody:
    """What becomes of a blocked lot and why; a rework names its recipe."""

    disposition: Disposition
    reason: str
    recipe_id: str | None = None


MEASURED: Final = InspectionBody(True, (PropertyValue("hardness", Quantity(60), "HRC"),))
REWORK: Final = DispositionBody("rework", "too soft", "harden-shaft")


@router.get("/v1/lots", **lists(queries.LotView, "state", "run_id", "parent"))
async def list_lots(ask: Asked) -> Response:
    """Lots that were made here or are to be inspected; by `state`, `run_id`, or the `parent` they were made of."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "state", "run_id", "parent")
    async with ask.read() as sql:
        return paged(ask, await queries.page_lots(sql, after=after, limit=limit, **wanted), limit)


@router.get("/v1/lots/{lot_id}", **shows(queries.LotView))
async def show_lot(ask: Asked, lot_id: str) -> Response:
    """A lot, and what quality says of it."""
    async with ask.read() as sql:
        lot = await queries.find_lot(sql, lot_id)
    return found(lot, version=lot.version)


@router.post("/v1/lots/{lot_id}/inspection", **acts(Taken, body=InspectionBody, example=MEASURED))
async def inspect_lot(ask: Asked, lot_id: str) -> Response:
    """Say what was measured of a lot."""
    body = await ask.body(InspectionBody)
    counted(body.properties, "/properties", PARTS_COUNT_MAX, least=0)
    command = commands.InspectLot(lot_id, body.passed, body.properties)
    return await ask.act(handlers.inspect_lot, command, reply=_changed)


@router.post("/v1/lots/{lot_id}/disposition", **acts(Taken, body=DispositionBody, example=REWORK))
async def dispose_lot(ask: Asked, lot_id: str) -> Response:
    """Decide on a blocked lot; to use it as it is, a second person has to say the same."""
    body = await ask.body(DispositionBody)
    command = commands.DisposeLot(
        lot_id, body.disposition, said(body.reason, "/reason"), ask.principal.subject, body.recipe_id
    )
    return await ask.act(handlers.dispose_lot, command, reply=_changed)


def _changed(lot: MadeLot) -> Reply:
    return done(Taken(lot.lot_id, lot.state), version=lot.version)
