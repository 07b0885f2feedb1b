"""Items, sites and planning parameters over HTTP."""

from __future__ import annotations

from fastapi import APIRouter

from backbone.web import (
    Asked,
    Response,
    acts,
    created,
    creates,
    done,
    found,
    lists,
    page_asked,
    paged,
    placed,
    shows,
)
from materials import commands, handlers, queries
from materials.api.asked import item_asked, parameters_asked
from materials.api.forms import BOUGHT, PLANT, SHAFT, ItemBody, ParametersBody, SiteBody, Taken
from materials.domain.item import Site

router = APIRouter()


@router.post("/v1/items", **creates(Taken, body=ItemBody, example=SHAFT))
async def define_item(ask: Asked) -> Response:
    """Define an item; its unit and quantum stay, everything else may be defined anew."""
    return await ask.act(
        handlers.define_item,
        item_asked(await ask.body(ItemBody)),
        reply=lambda item: created(f"/v1/items/{item.sku}", Taken(item.sku)),
    )


@router.get("/v1/items", **lists(queries.ItemView))
async def list_items(ask: Asked) -> Response:
    """Items, by number."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_items(sql, after=after, limit=limit), limit)


@router.get("/v1/items/{sku}", **shows(queries.ItemDetail))
async def show_item(ask: Asked, sku: str) -> Response:
    """An item with its stock, its supplies to come and its demands, at each site."""
    async with ask.read() as sql:
        return found(await queries.find_item(sql, sku))


@router.post("/v1/sites", **creates(Taken, body=SiteBody, example=PLANT))
async def define_site(ask: Asked) -> Response:
    """Define a site, or define it anew."""
    body = await ask.body(SiteBody)
    site = Site(
        placed(body.site_id, "/site_id"), body.title, body.legal_entity, body.transit_days, body.calendar_id,
        body.damping_days, body.damping_percent,
    ).checked()  # fmt: skip
    return await ask.act(
        handlers.define_site,
        commands.DefineSite(site),
        reply=lambda site: created(f"/v1/sites/{site.site_id}", Taken(site.site_id)),
    )


@router.get("/v1/sites", **lists(queries.SiteView))
async def list_sites(ask: Asked) -> Response:
    """Sites, by id."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_sites(sql, after=after, limit=limit), limit)


@router.post("/v1/planning-parameters", **acts(Taken, body=ParametersBody, example=BOUGHT))
async def set_parameters(ask: Asked) -> Response:
    """Say how an item is planned at a site; lot sizes that no order could keep are refused, the nearest named."""
    return await ask.act(
        handlers.set_parameters,
        parameters_asked(await ask.body(ParametersBody)),
        reply=lambda told: done(Taken(f"{told.site_id}/{told.sku}")),
    )


@router.get("/v1/planning-parameters", **lists(queries.ParametersView))
async def list_parameters(ask: Asked) -> Response:
    """How items are planned, by item and site."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_parameters(sql, after=after, limit=limit), limit)
