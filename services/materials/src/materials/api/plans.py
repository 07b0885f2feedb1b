"""Plans of whole sites over HTTP: asked for, watched, read, compared, published."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter

from backbone.web import Asked, Response, acts, done, filters_asked, found, lists, page_asked, paged, shows
from backbone.web.replies import accepted
from materials import commands, handlers, queries
from materials.api.forms import Taken
from materials.domain.version import Keeps

router = APIRouter()


@dataclass(frozen=True, slots=True)
class PlanBody:
    """What to plan: a site with all that supply it by transfers, or every site.

    A plan keeps what is firm, asked for or inside its release fence, and plans the rest anew; one that keeps all that
    is planned shows what is missing beside, and what should move.
    """

    site_id: str | None = None
    keeps: Keeps = "firm"


@dataclass(frozen=True, slots=True)
class PublicationBody:
    """Whether a version may serve committed lines and holds later than they are served now, and what it replaces.

    When it `replaces`, the orders that its sites have only planned, and not for holds alone, make way for its own.
    """

    accepts_later: bool = False
    replaces: bool = False


EVERYTHING: Final = PlanBody("plant-1")
IN_TIME: Final = PublicationBody()


@router.post("/v1/plans", **acts(Taken, body=PlanBody, example=EVERYTHING, status=202))
async def ask_plan(ask: Asked) -> Response:
    """Plan whole sites anew; how far that is tells the operation of the same id."""
    body = await ask.body(PlanBody)
    answer = await ask.act(
        handlers.ask_plan,
        commands.AskPlan(ask.new_id(), body.site_id, body.keeps, ask.principal.name),
        reply=lambda version: accepted(f"/v1/operations/{version.plan_id}", Taken(version.plan_id)),
    )
    ask.host.operation_asked.set()
    return answer


@router.get("/v1/plans", **lists(queries.PlanView))
async def list_plans(ask: Asked) -> Response:
    """Versions of the plan, the newest first."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_plans(sql, after=after, limit=limit), limit)


@router.get("/v1/plans/{plan_id}", **shows(queries.PlanView))
async def show_plan(ask: Asked, plan_id: str) -> Response:
    """A version of the plan: what it was made from, what it holds, and whether any site goes by it."""
    async with ask.read() as sql:
        return found(await queries.find_plan(sql, plan_id))


@router.get("/v1/plans/{plan_id}/orders", **lists(queries.VersionOrderView, "sku", "site_id"))
async def list_plan_orders(ask: Asked, plan_id: str) -> Response:
    """The planned orders of a version, by level, item and day; filters `sku` and `site_id`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "sku", "site_id")
    async with ask.read() as sql:
        return paged(
            ask, await queries.page_plan_orders(sql, plan_id, after=after, limit=limit, **wanted), limit
        )


@router.get("/v1/plans/{plan_id}/orders/{order_no}/pegs", **lists(queries.PlanPegView))
async def list_plan_pegs(ask: Asked, plan_id: str, order_no: str) -> Response:
    """What a planned order of a version takes, and whom it serves."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(
            ask, await queries.page_plan_pegs(sql, plan_id, order_no, after=after, limit=limit), limit
        )


@router.get("/v1/plans/{plan_id}/delays", **lists(queries.DelayView))
async def list_plan_delays(ask: Asked, plan_id: str) -> Response:
    """The demands that a version serves after their day, or not at all."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_delays(sql, plan_id, after=after, limit=limit), limit)


@router.get("/v1/plans/{plan_id}/difference/{other_id}", **lists(queries.DifferenceView))
async def list_plan_differences(ask: Asked, plan_id: str, other_id: str) -> Response:
    """The planned orders that are new, gone, moved, more or less in the other version, by site, item and day."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(
            ask, await queries.page_differences(sql, plan_id, other_id, after=after, limit=limit), limit
        )


@router.post("/v1/plans/{plan_id}/publication", **acts(Taken, body=PublicationBody, example=IN_TIME))
async def publish_plan(ask: Asked, plan_id: str) -> Response:
    """Make a version the one that its sites go by; refused with the lines that it makes later, unless they may be."""
    body = await ask.body(PublicationBody)
    return await ask.act(
        handlers.publish_plan,
        commands.PublishPlan(plan_id, body.accepts_later, body.replaces),
        reply=lambda version: done(Taken(version.plan_id)),
    )
