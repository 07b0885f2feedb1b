"""Calendars, work centres and recipes over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter

from backbone.service import Reply
from backbone.web import Asked, Response, acts, created, creates, done, found, lists, shows
from contracts.production import Operation, RecipeInput, RecipeOutput
from contracts.shapes import RecipeKind
from contracts.values import Quantity
from production import commands, handlers, queries
from production.api.forms import Nothing, Taken
from production.api.pages import asked, asked_page, page
from production.domain.costing import CostRule, FixedShare
from production.domain.plant import Calendar, WorkCentre
from production.domain.recipe import Content, Recipe

router = APIRouter()


@dataclass(frozen=True, slots=True)
class CalendarBody:
    """Weekdays 0 (Monday) to 6, the hours of a day (UTC), and days off like 2026-12-24."""

    calendar_id: str
    weekdays: tuple[int, ...]
    opens_at_hour: int
    closes_at_hour: int
    days_off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WorkCentreBody:
    """People and machines of one kind; rates in minor units an hour, overhead as a part of both."""

    work_centre_id: str
    site_id: str
    title: str
    calendar_id: str
    machines: int
    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Quantity
    currency: str = "EUR"


@dataclass(frozen=True, slots=True)
class RecipeBody:
    """What goes in, what comes out, how, from when on, and who bears the cost."""

    recipe_id: str
    kind: RecipeKind
    title: str
    site_id: str
    inputs: tuple[RecipeInput, ...]
    outputs: tuple[RecipeOutput, ...]
    operations: tuple[Operation, ...]
    effective_from: datetime
    lead_days: int
    effective_to: datetime | None = None
    cost_rule: CostRule = "physical-measure"
    fixed_shares: tuple[FixedShare, ...] = ()
    phantom: bool = False


@router.post("/v1/calendars", **creates(Taken, body=CalendarBody))
async def define_calendar(ask: Asked) -> Response:
    """Say when work is done."""
    body = await ask.body(CalendarBody)
    calendar = Calendar.defined(
        body.calendar_id, body.weekdays, body.opens_at_hour, body.closes_at_hour, body.days_off
    )
    return await ask.act(
        handlers.define_calendar,
        commands.DefineCalendar(calendar),
        reply=lambda made: created(f"/v1/calendars/{made.calendar_id}", Taken(made.calendar_id, "defined")),
    )


@router.get("/v1/calendars", **lists(queries.CalendarView))
async def list_calendars(ask: Asked) -> Response:
    """Calendars, by id."""
    after, limit = asked_page(ask)
    async with ask.read() as sql:
        return page(ask, await queries.page_calendars(sql, after=after, limit=limit), limit)


@router.post("/v1/work-centres", **creates(Taken, body=WorkCentreBody))
async def define_work_centre(ask: Asked) -> Response:
    """Say where work is done, and what an hour of it costs."""
    body = await ask.body(WorkCentreBody)
    centre = WorkCentre(
        body.work_centre_id, body.site_id, body.title, body.calendar_id, body.machines, body.labour_rate_minor,
        body.machine_rate_minor, body.overhead_rate, body.currency,
    )  # fmt: skip
    return await ask.act(
        handlers.define_work_centre,
        commands.DefineWorkCentre(centre),
        reply=lambda made: created(
            f"/v1/work-centres/{made.work_centre_id}", Taken(made.work_centre_id, "defined")
        ),
    )


@router.get("/v1/work-centres", **lists(queries.CentreView))
async def list_work_centres(ask: Asked) -> Response:
    """Work centres, by id."""
    after, limit = asked_page(ask)
    async with ask.read() as sql:
        return page(ask, await queries.page_centres(sql, after=after, limit=limit), limit)


@router.post("/v1/recipes", **creates(queries.RecipeView, body=RecipeBody))
async def draft_recipe(ask: Asked) -> Response:
    """Write the next version of a recipe."""
    body = await ask.body(RecipeBody)
    content = Content(
        body.kind, body.title, body.site_id, body.inputs, body.outputs, body.operations, body.effective_from,
        body.effective_to, body.lead_days, body.cost_rule, body.fixed_shares, body.phantom,
    )  # fmt: skip
    command = commands.DraftRecipe(body.recipe_id, content, ask.principal.subject)
    return await ask.act(handlers.draft_recipe, command, reply=_drafted)


def _drafted(recipe: Recipe) -> Reply:
    place = f"/v1/recipes/{recipe.recipe_id}/versions/{recipe.recipe_version}"
    return created(place, _view(recipe))


def _changed(recipe: Recipe) -> Reply:
    return done(_view(recipe))


def _view(recipe: Recipe) -> queries.RecipeView:
    return queries.RecipeView(
        recipe.recipe_id, recipe.recipe_version, recipe.state, recipe.author, recipe.approver, recipe.content
    )


@router.get("/v1/recipes", **lists(queries.RecipeView))
async def list_recipes(ask: Asked) -> Response:
    """Versions of recipes, by id and version; narrowed by `state`."""
    after, limit = asked_page(ask)
    state = asked(ask, "state")
    async with ask.read() as sql:
        return page(ask, await queries.page_recipes(sql, state=state, after=after, limit=limit), limit)


@router.get("/v1/recipes/{recipe_id}/versions/{recipe_version}", **shows(queries.RecipeView))
async def show_recipe(ask: Asked, recipe_id: str, recipe_version: int) -> Response:
    """A version of a recipe."""
    async with ask.read() as sql:
        return found(await queries.find_recipe(sql, recipe_id, recipe_version))


@router.post(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/submission", **acts(queries.RecipeView, body=Nothing)
)
async def submit_recipe(ask: Asked, recipe_id: str, recipe_version: int) -> Response:
    """Give a draft to a second person to read."""
    command = commands.SubmitRecipe(recipe_id, recipe_version)
    return await ask.act(handlers.submit_recipe, command, reply=_changed)


@router.post(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/approval", **acts(queries.RecipeView, body=Nothing)
)
async def approve_recipe(ask: Asked, recipe_id: str, recipe_version: int) -> Response:
    """Approve a recipe that somebody else wrote: it may be planned and run from now on."""
    command = commands.ApproveRecipe(recipe_id, recipe_version, ask.principal.subject)
    return await ask.act(handlers.approve_recipe, command, reply=_changed)


@router.post(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/retirement", **acts(queries.RecipeView, body=Nothing)
)
async def retire_recipe(ask: Asked, recipe_id: str, recipe_version: int) -> Response:
    """Use a version for no new run."""
    command = commands.RetireRecipe(recipe_id, recipe_version)
    return await ask.act(handlers.retire_recipe, command, reply=_changed)
