"""Planned orders, demands and promises over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web import (
    Asked,
    Response,
    acts,
    choice_asked,
    done,
    filters_asked,
    found,
    lists,
    one_of,
    page_asked,
    paged,
    shows,
)
from materials import commands, handlers, queries
from materials.api.forms import Taken

router = APIRouter()


@router.get("/v1/planned-orders", **lists(queries.PlannedOrderView, "state", "sku", "site_id"))
async def list_planned_orders(ask: Asked) -> Response:
    """Planned orders, the oldest first; filters `state`, `sku`, `site_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "state", "sku", "site_id")
    async with ask.read() as sql:
        return paged(ask, await queries.page_planned_orders(sql, after=after, limit=limit, **wanted), limit)


@router.get("/v1/planned-orders/{planned_order_id}", **shows(queries.PlannedOrderDetail))
async def show_planned_order(ask: Asked, planned_order_id: str) -> Response:
    """A planned order: what it takes and brings, whom it serves, and why it is there."""
    async with ask.read() as sql:
        return found(await queries.find_planned_order(sql, planned_order_id))


@router.get("/v1/planned-orders/{planned_order_id}/pegs", **lists(queries.PegView, most=0))
async def list_pegs_below(ask: Asked, planned_order_id: str) -> Response:
    """The tree of supplies under what a planned order takes, down to what is bought, level by level."""
    async with ask.read() as sql:
        found_rows = await queries.list_pegs_below(sql, planned_order_id)
    return paged(ask, found_rows, len(found_rows) + 1)


@router.post("/v1/planned-orders/{planned_order_id}/release", **acts(Taken))
async def release_order(ask: Asked, planned_order_id: str) -> Response:
    """Ask the owner for a planned order now, whatever its fence says."""
    return await ask.act(
        handlers.release_order,
        commands.ReleaseOrder(planned_order_id, by_hand=True),
        reply=lambda _: done(Taken(planned_order_id)),
    )


@router.post("/v1/planned-orders/{planned_order_id}/firm", **acts(Taken))
async def firm_order(ask: Asked, planned_order_id: str) -> Response:
    """Make a planned order firm: the plan only says what it would change, until it is unfirmed or released."""
    return await ask.act(
        handlers.firm_order,
        commands.FirmOrder(planned_order_id, firm=True),
        reply=lambda _: done(Taken(planned_order_id)),
    )


@router.post("/v1/planned-orders/{planned_order_id}/unfirm", **acts(Taken))
async def unfirm_order(ask: Asked, planned_order_id: str) -> Response:
    """Give a firm order back to the plan, which sizes it for what needs it, or drops it."""
    return await ask.act(
        handlers.firm_order,
        commands.FirmOrder(planned_order_id, firm=False),
        reply=lambda _: done(Taken(planned_order_id)),
    )


@router.get("/v1/orders/{order_id}/pegs", **lists(queries.PegView, most=0))
async def list_pegs(ask: Asked, order_id: str) -> Response:
    """The tree of supplies under a customer's order, from its lines down to what is bought, level by level."""
    async with ask.read() as sql:
        found_rows = await queries.list_pegs(sql, order_id)
    return paged(ask, found_rows, len(found_rows) + 1)


@router.get(
    "/v1/demands", **lists(queries.DemandView, "sku", "site_id", "order_id", late=one_of("true", "false"))
)
async def list_demands(ask: Asked) -> Response:
    """Demands that are not covered in time (`late=true`) or all of them; filters `sku`, `site_id`, `order_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "sku", "site_id", "order_id")
    late = choice_asked(ask, "late", "true", "false") == "true"
    async with ask.read() as sql:
        return paged(
            ask, await queries.page_demands(sql, late=late, after=after, limit=limit, **wanted), limit
        )


@router.get("/v1/promises/{promise_id}", **shows(queries.PromiseView))
async def show_promise(ask: Asked, promise_id: str) -> Response:
    """A promise: its state, its answer and how long it holds."""
    async with ask.read() as sql:
        return found(await queries.find_promise(sql, promise_id))
