"""Lots, stock and moves over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from fastapi import APIRouter

from backbone.web import (
    Asked,
    Response,
    acts,
    choice_asked,
    created,
    creates,
    done,
    filter_asked,
    filters_asked,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    shows,
)
from materials import commands, handlers, queries
from materials.api.asked import lot_asked
from materials.api.forms import NUMBERED, OPENING, LotBody, SerialsBody, Taken
from materials.domain.lot import MAIN, TRANSIT, VENDOR, MomentIsNotPast

STORES: Final = (MAIN, TRANSIT, VENDOR)

router = APIRouter()


@router.post("/v1/lots", **creates(Taken, body=LotBody, example=OPENING))
async def book_lot(ask: Asked) -> Response:
    """Book in stock that no purchase and no run has brought: the opening stock of a site."""
    return await ask.act(
        handlers.book_lot,
        lot_asked(await ask.body(LotBody)),
        reply=lambda lot: created(f"/v1/lots/{lot.lot_id}", Taken(lot.lot_id)),
    )


@router.get("/v1/lots", **lists(queries.LotRow, "sku", "site_id", "status"))
async def list_lots(ask: Asked) -> Response:
    """What lies in main stores, as it could be booked in anew; filters `sku`, `site_id` and `status`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "sku", "site_id", "status")
    async with ask.read() as sql:
        return paged(ask, await queries.page_lots(sql, after=after, limit=limit, **wanted), limit)


@router.get("/v1/lots/{lot_id}", **shows(queries.LotView))
async def show_lot(ask: Asked, lot_id: str) -> Response:
    """A lot: its status and properties, where it lies, whom it serves, what it was made of and what of it."""
    async with ask.read() as sql:
        return found(await queries.find_lot(sql, lot_id))


@router.get("/v1/lots/{lot_id}/moves", **lists(queries.MoveView))
async def list_moves(ask: Asked, lot_id: str) -> Response:
    """Every move of a lot, the oldest first."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_moves(sql, lot_id, after=after, limit=limit), limit)


@router.get("/v1/lots/{lot_id}/graph", **lists(queries.RelatedLot, direction=one_of("up", "down")))
async def list_related_lots(ask: Asked, lot_id: str) -> Response:
    """The lots that a lot was made of (`direction=up`, the usual) or that were made of it, the nearest first."""
    after, limit = page_asked(ask)
    up = choice_asked(ask, "direction", "up", "down") != "down"
    async with ask.read() as sql:
        return paged(ask, await queries.page_related(sql, lot_id, up=up, after=after, limit=limit), limit)


@router.get("/v1/lots/{lot_id}/genealogy", **shows(queries.GenealogyView))
async def show_genealogy(ask: Asked, lot_id: str) -> Response:
    """The lots around a lot in both directions, the nearest first, with how much of which was taken for which."""
    async with ask.read() as sql:
        return found(await queries.find_genealogy(sql, lot_id))


@router.get("/v1/serials/{serial}/lots", **lists(queries.LotView))
async def list_lots_with_serial(ask: Asked, serial: str) -> Response:
    """The lots that the piece with this serial was in."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_lots_with_serial(sql, serial, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.post("/v1/lots/{lot_id}/serials", **acts(Taken, body=SerialsBody, example=NUMBERED))
async def name_serials(ask: Asked, lot_id: str) -> Response:
    """Tell the serial numbers of a lot that came without them; from then on it may be used."""
    body = await ask.body(SerialsBody)
    return await ask.act(
        handlers.name_serials,
        commands.NameSerials(lot_id, body.serials),
        reply=lambda lot: done(Taken(lot.lot_id)),
    )


@router.get("/v1/items/{sku}/serials/{serial}", **shows(queries.SerialView))
async def show_serial(ask: Asked, sku: str, serial: str) -> Response:
    """The lot that a piece of an item belongs to."""
    async with ask.read() as sql:
        return found(await queries.find_serial(sql, sku, serial))


@router.get("/v1/stock", **lists(queries.StockView, "sku", "site_id", "at", store=one_of(*STORES)))
async def list_stock(ask: Asked) -> Response:
    """What lies where, or lay there at a moment that has passed (`at`); filters `sku`, `site_id` and `store`.

    What vendors have to work on lies in the store `vendor` of the site that sent it.
    """
    after, limit = page_asked(ask)
    wanted = {**filters_asked(ask, "sku", "site_id"), "store": choice_asked(ask, "store", *STORES)}
    at = _moment_asked(ask)
    async with ask.read() as sql:
        if at is None:
            page = await queries.page_stock(sql, after=after, limit=limit, **wanted)
        else:
            page = await queries.page_stock_at(sql, at, after=after, limit=limit, **wanted)
        return paged(ask, page, limit)


def _moment_asked(ask: Asked) -> datetime | None:
    """The moment that is asked about; raises `MomentIsNotPast` for one to come, or without a zone."""
    told = filter_asked(ask, "at")
    if told is None:
        return None
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or at > ask.now:
        raise MomentIsNotPast("stock is known up to now", [("?at", "a moment with its zone that has passed")])
    return at


@router.post("/v1/transfers/{planned_order_id}/dispatch", **acts(Taken))
async def dispatch_transfer(ask: Asked, planned_order_id: str) -> Response:
    """The goods of a transfer have left their site."""
    return await ask.act(
        handlers.dispatch_transfer,
        commands.DispatchTransfer(planned_order_id),
        reply=lambda order: done(Taken(order.planned_order_id)),
    )


@router.post("/v1/transfers/{planned_order_id}/receive", **acts(Taken))
async def receive_transfer(ask: Asked, planned_order_id: str) -> Response:
    """The goods of a transfer have arrived."""
    return await ask.act(
        handlers.receive_transfer,
        commands.ReceiveTransfer(planned_order_id),
        reply=lambda order: done(Taken(order.planned_order_id)),
    )
