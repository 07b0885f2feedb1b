"""Calendars, work centres and recipes over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
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
    filter_asked,
    found,
    lists,
    page_asked,
    paged,
    placed,
    shows,
)
from contracts.production import Operation, ParameterLimit, RecipeInput, RecipeOutput
from contracts.shapes import RecipeKind
from contracts.values import PropertyValue, Quantity
from production import commands, handlers, queries
from production.api.forms import Nothing, Taken
from production.domain.costing import CostRule, FixedShare
from production.domain.form import moment, named, numbered
from production.domain.plant import Calendar, WorkCentre
from production.domain.recipe import OVER_POINTS_USUAL, Content, Recipe

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
    over_points: int = OVER_POINTS_USUAL


@dataclass(frozen=True, slots=True)
class RecipeChangeBody:
    """All that a draft says."""

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
    over_points: int = OVER_POINTS_USUAL


WEEK: Final = CalendarBody("two-shifts", (0, 1, 2, 3, 4), 6, 22, ("2026-12-24",))
FURNACE: Final = WorkCentreBody(
    "furnace", "plant-1", "Furnace", "two-shifts", 1, 3_800, 9_500, Quantity("0.12")
)
_HEAT: Final = ParameterLimit("temperature", "degC", Quantity(850), Quantity(840), Quantity(860))
HARDENING: Final = RecipeChangeBody(
    "modification",
    "Harden shafts",
    "plant-1",
    (RecipeInput("shaft", Quantity(1), 10),),
    (RecipeOutput("shaft", Quantity(1), "main", (PropertyValue("hardness", Quantity(60), "HRC"),)),),
    (Operation(10, "Harden", "furnace", Quantity(60), Quantity("0.5"), 1, Quantity(1), (_HEAT,)),),
    datetime(2026, 1, 1, tzinfo=UTC),
    2,
)
HARDEN: Final = RecipeBody("harden-shaft", **{f.name: getattr(HARDENING, f.name) for f in fields(HARDENING)})


@router.post("/v1/calendars", **creates(Taken, body=CalendarBody, example=WEEK))
async def define_calendar(ask: Asked) -> Response:
    """Say when work is done."""
    body = await ask.body(CalendarBody)
    calendar = Calendar.defined(
        placed(named(body.calendar_id, "/calendar_id"), "/calendar_id"),
        body.weekdays,
        body.opens_at_hour,
        body.closes_at_hour,
        body.days_off,
    )
    return await ask.act(
        handlers.define_calendar,
        commands.DefineCalendar(calendar),
        reply=lambda made: created(f"/v1/calendars/{made.calendar_id}", Taken(made.calendar_id, "defined")),
    )


@router.get("/v1/calendars", **lists(queries.CalendarView))
async def list_calendars(ask: Asked) -> Response:
    """Calendars, by id."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_calendars(sql, after=after, limit=limit), limit)


@router.get("/v1/calendars/{calendar_id}", **shows(queries.CalendarView))
async def show_calendar(ask: Asked, calendar_id: str) -> Response:
    """A calendar."""
    async with ask.read() as sql:
        return found(await queries.find_calendar(sql, calendar_id))


@router.post("/v1/work-centres", **creates(Taken, body=WorkCentreBody, example=FURNACE))
async def define_work_centre(ask: Asked) -> Response:
    """Say where work is done, and what an hour of it costs."""
    body = await ask.body(WorkCentreBody)
    centre = WorkCentre(
        placed(named(body.work_centre_id, "/work_centre_id"), "/work_centre_id"),
        named(body.site_id, "/site_id"), named(body.title, "/title"),
        body.calendar_id, body.machines, body.labour_rate_minor, body.machine_rate_minor, body.overhead_rate,
        body.currency,
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
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        return paged(ask, await queries.page_centres(sql, after=after, limit=limit), limit)


@router.get("/v1/work-centres/{work_centre_id}", **shows(queries.CentreView))
async def show_work_centre(ask: Asked, work_centre_id: str) -> Response:
    """A work centre."""
    async with ask.read() as sql:
        return found(await queries.find_centre(sql, work_centre_id))


@router.get("/v1/work-centres/{work_centre_id}/bookings", **lists(queries.BookingView))
async def list_bookings(ask: Asked, work_centre_id: str) -> Response:
    """When the machines of a work centre are taken from now on, and by which runs."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        rows = await queries.page_bookings(sql, work_centre_id, since=ask.now, after=after, limit=limit)
    return paged(ask, rows, limit)


@router.post("/v1/recipes", **creates(queries.RecipeView, body=RecipeBody, example=HARDEN))
async def draft_recipe(ask: Asked) -> Response:
    """Write the next version of a recipe."""
    body = await ask.body(RecipeBody)
    recipe_id = placed(named(body.recipe_id, "/recipe_id"), "/recipe_id")
    command = commands.DraftRecipe(recipe_id, _content(body), ask.principal.subject)
    return await ask.act(handlers.draft_recipe, command, reply=_drafted)


def _content(body: RecipeBody | RecipeChangeBody) -> Content:
    begins = moment(body.effective_from, "/effective_from")
    ends = None if body.effective_to is None else moment(body.effective_to, "/effective_to")
    return Content(
        body.kind, body.title, named(body.site_id, "/site_id"), body.inputs, body.outputs, body.operations, begins,
        ends, body.lead_days, body.cost_rule, body.fixed_shares, body.phantom, body.over_points,
    )  # fmt: skip


def _drafted(recipe: Recipe) -> Reply:
    place = f"/v1/recipes/{recipe.recipe_id}/versions/{recipe.recipe_version}"
    return created(place, _view(recipe))


def _changed(recipe: Recipe) -> Reply:
    return done(_view(recipe))


def _view(recipe: Recipe) -> queries.RecipeView:
    return queries.RecipeView(
        recipe.recipe_id, recipe.recipe_version, recipe.state, recipe.author, recipe.approver, recipe.content
    )


@router.put(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}",
    **acts(queries.RecipeView, body=RecipeChangeBody, example=HARDENING),
)
async def rewrite_recipe(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """Change a draft of one's own."""
    content = _content(await ask.body(RecipeChangeBody))
    command = commands.RewriteRecipe(recipe_id, numbered(recipe_version), content, ask.principal.subject)
    return await ask.act(handlers.rewrite_recipe, command, reply=_changed)


@router.get("/v1/recipes", **lists(queries.RecipeView, "state"))
async def list_recipes(ask: Asked) -> Response:
    """Versions of recipes, by id and version; narrowed by `state`."""
    after, limit = page_asked(ask)
    state = filter_asked(ask, "state")
    async with ask.read() as sql:
        return paged(ask, await queries.page_recipes(sql, state=state, after=after, limit=limit), limit)


@router.get("/v1/recipes/{recipe_id}/versions/{recipe_version}", **shows(queries.RecipeView))
async def show_recipe(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """A version of a recipe."""
    async with ask.read() as sql:
        return found(await queries.find_recipe(sql, recipe_id, numbered(recipe_version)))


@router.post(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/submission",
    **acts(queries.RecipeView, body=Nothing, example=Nothing()),
)
async def submit_recipe(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """Give a draft to a second person to read."""
    await ask.body(Nothing)
    command = commands.SubmitRecipe(recipe_id, numbered(recipe_version))
    return await ask.act(handlers.submit_recipe, command, reply=_changed)


@router.post(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/approval",
    **acts(queries.RecipeView, body=Nothing, example=Nothing()),
)
async def approve_recipe(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """Approve a recipe that somebody else wrote: it may be planned and run from now on."""
    await ask.body(Nothing)
    command = commands.ApproveRecipe(recipe_id, numbered(recipe_version), ask.principal.subject)
    return await ask.act(handlers.approve_recipe, command, reply=_changed)


@router.post(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/retirement",
    **acts(queries.RecipeView, body=Nothing, example=Nothing()),
)
async def retire_recipe(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """Use a version for no new run."""
    await ask.body(Nothing)
    command = commands.RetireRecipe(recipe_id, numbered(recipe_version))
    return await ask.act(handlers.retire_recipe, command, reply=_changed)


@router.post(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/rejection",
    **acts(queries.RecipeView, body=Nothing, example=Nothing()),
)
async def reject_recipe(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """Give a version that somebody else wrote back to its author: it is a draft again."""
    await ask.body(Nothing)
    command = commands.RejectRecipe(recipe_id, numbered(recipe_version), ask.principal.subject)
    return await ask.act(handlers.reject_recipe, command, reply=_changed)
