"""Recipes and their versions over HTTP."""

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
from production.api.forms import Nothing
from production.domain.costing import CostRule, FixedShare
from production.domain.form import moment, named, numbered
from production.domain.recipe import ONE_RUN, OVER_POINTS_USUAL, Content, Recipe

router = APIRouter()


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
    costing_runs: Quantity = ONE_RUN


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
    costing_runs: Quantity = ONE_RUN


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
        ends, body.lead_days, body.cost_rule, body.fixed_shares, body.phantom, body.over_points, body.costing_runs,
    )  # fmt: skip


def _drafted(recipe: Recipe) -> Reply:
    place = f"/v1/recipes/{recipe.recipe_id}/versions/{recipe.recipe_version}"
    return created(place, _view(recipe), version=recipe.version)


def _changed(recipe: Recipe) -> Reply:
    return done(_view(recipe), version=recipe.version)


def _view(recipe: Recipe) -> queries.RecipeView:
    return queries.RecipeView(
        recipe.recipe_id,
        recipe.recipe_version,
        recipe.state,
        recipe.author,
        recipe.approver,
        recipe.content,
        recipe.version,
    )


@router.put(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}",
    **acts(queries.RecipeView, body=RecipeChangeBody, example=HARDENING, versioned=True),
)
async def rewrite_recipe(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """Change a draft of one's own; If-Match names the version that was seen."""
    content = _content(await ask.body(RecipeChangeBody))
    command = commands.RewriteRecipe(
        recipe_id, numbered(recipe_version), content, ask.principal.subject, ask.expected_version
    )
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
        recipe = await queries.find_recipe(sql, recipe_id, numbered(recipe_version))
    return found(recipe, version=recipe.version)


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
