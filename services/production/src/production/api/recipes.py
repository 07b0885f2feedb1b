"""Recipes and their versions over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
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
    filters_asked,
    found,
    lists,
    page_asked,
    paged,
    placed,
    shows,
    whole,
)
from contracts.recipes import Operation, ParameterLimit
from contracts.shapes import RecipeKind
from contracts.values import PropertyValue, Quantity
from production import commands, handlers, queries
from production.api.forms import Nothing
from production.api.parts import InputBody, OutputBody, inputs_of, outputs_of, units_of
from production.domain.costing import CostRule, FixedShare
from production.domain.difference import Change, difference
from production.domain.form import VERSION_DIGITS_MAX, moment, moment_said, named, numbered
from production.domain.learned import LearnedYield
from production.domain.recipe import ONE_RUN, OVER_POINTS_USUAL, POINTS_WHOLE, Content, Recipe

router = APIRouter()


@dataclass(frozen=True, slots=True)
class RecipeBody:
    """What goes in, what comes out, how, from when on, and who bears the cost."""

    recipe_id: str
    kind: RecipeKind
    title: str
    site_id: str
    inputs: tuple[InputBody, ...]
    outputs: tuple[OutputBody, ...]
    operations: tuple[Operation, ...]
    effective_from: datetime
    lead_days: int
    effective_to: datetime | None = None
    cost_rule: CostRule = "physical-measure"
    fixed_shares: tuple[FixedShare, ...] = ()
    phantom: bool = False
    over_points: int = OVER_POINTS_USUAL
    costing_runs: Quantity = ONE_RUN
    under_points: int = POINTS_WHOLE


@dataclass(frozen=True, slots=True)
class RecipeChangeBody:
    """All that a draft says."""

    kind: RecipeKind
    title: str
    site_id: str
    inputs: tuple[InputBody, ...]
    outputs: tuple[OutputBody, ...]
    operations: tuple[Operation, ...]
    effective_from: datetime
    lead_days: int
    effective_to: datetime | None = None
    cost_rule: CostRule = "physical-measure"
    fixed_shares: tuple[FixedShare, ...] = ()
    phantom: bool = False
    over_points: int = OVER_POINTS_USUAL
    costing_runs: Quantity = ONE_RUN
    under_points: int = POINTS_WHOLE


@dataclass(frozen=True, slots=True)
class CopyBody:
    """The recipe that a copy becomes a version of, and what it says otherwise."""

    recipe_id: str
    site_id: str | None = None
    title: str | None = None
    effective_from: datetime | None = None


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """What version `version_now` says differently than `version_was`."""

    recipe_id: str
    version_was: int
    version_now: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class YieldsView:
    """The yields of a version's outputs."""

    recipe_id: str
    recipe_version: int
    yields: tuple[LearnedYield, ...]


MOMENT: Final = {"type": "string", "format": "date-time"}
ELSEWHERE: Final = CopyBody("harden-shaft-2", "plant-2")
_HEAT: Final = ParameterLimit("temperature", "degC", Quantity(850), Quantity(840), Quantity(860))
_HARDEN: Final = Operation(10, "Harden", "furnace", Quantity(60), Quantity("0.5"), 1, Quantity(1), (_HEAT,))
_TEMPER: Final = Operation(20, "Temper", "furnace", Quantity(30), Quantity("0.8"), 1, Quantity(1))
HARDENING: Final = RecipeChangeBody(
    "modification",
    "Harden shafts",
    "plant-1",
    (InputBody("shaft", Quantity(1), 10),),
    (OutputBody("shaft", Quantity(1), "main", (PropertyValue("hardness", Quantity(60), "HRC"),)),),
    (replace(_HARDEN, send_ahead=Quantity(50)), _TEMPER),
    datetime(2026, 1, 1, tzinfo=UTC),
    2,
)
HARDEN: Final = RecipeBody("harden-shaft", **{f.name: getattr(HARDENING, f.name) for f in fields(HARDENING)})


@router.post("/v1/recipes", **creates(queries.RecipeView, body=RecipeBody, example=HARDEN))
async def draft_recipe(ask: Asked) -> Response:
    """Write the next version of a recipe."""
    body = await ask.body(RecipeBody)
    recipe_id = placed(named(body.recipe_id, "/recipe_id"), "/recipe_id")
    command = commands.DraftRecipe(
        recipe_id, _content(body), ask.principal.subject, units_of(body.inputs, body.outputs)
    )
    return await ask.act(handlers.draft_recipe, command, reply=_drafted)


def _content(body: RecipeBody | RecipeChangeBody) -> Content:
    begins = moment(body.effective_from, "/effective_from")
    ends = None if body.effective_to is None else moment(body.effective_to, "/effective_to")
    return Content(
        body.kind, body.title, named(body.site_id, "/site_id"), inputs_of(body.inputs),
        outputs_of(body.outputs), body.operations, begins,
        ends, body.lead_days, body.cost_rule, body.fixed_shares, body.phantom, body.over_points,
        body.costing_runs, body.under_points,
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
    body = await ask.body(RecipeChangeBody)
    command = commands.RewriteRecipe(
        recipe_id,
        numbered(recipe_version),
        _content(body),
        ask.principal.subject,
        ask.expected_version,
        units_of(body.inputs, body.outputs),
    )
    return await ask.act(handlers.rewrite_recipe, command, reply=_changed)


@router.get(
    "/v1/recipes", **lists(queries.RecipeView, "recipe_id", "state", "site_id", "uses", "makes", at=MOMENT)
)
async def list_recipes(ask: Asked) -> Response:
    """Versions of recipes, or of one (`recipe_id`); by `state`, `site_id`, what it `uses` or `makes`, in force `at`."""
    after, limit = page_asked(ask)
    wanted = filters_asked(ask, "recipe_id", "state", "site_id", "uses", "makes")
    given = filter_asked(ask, "at")
    at = None if given is None else moment_said(given, "?at")
    async with ask.read() as sql:
        return paged(ask, await queries.page_recipes(sql, at=at, after=after, limit=limit, **wanted), limit)


@router.get(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/difference",
    **shows(DifferenceView, **{"from": whole(10**VERSION_DIGITS_MAX - 1)}),
)
async def show_recipe_difference(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """What a version says differently than the version `from`, or than the one before it."""
    now = numbered(recipe_version)
    was = ask.number("from", usual=max(now - 1, 1), maximum=10**VERSION_DIGITS_MAX - 1)
    async with ask.read() as sql:
        before = await queries.find_recipe(sql, recipe_id, was)
        after = await queries.find_recipe(sql, recipe_id, now)
    return found(DifferenceView(recipe_id, was, now, difference(before.content, after.content)))


@router.get("/v1/recipes/{recipe_id}/versions/{recipe_version}/yields", **shows(YieldsView))
async def show_recipe_yields(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """The yields that a version states, those that its last 50 closed runs had, and what to state where they drift."""
    number = numbered(recipe_version)
    async with ask.read() as sql:
        yields = await queries.find_learned_yields(sql, recipe_id, number)
    return found(YieldsView(recipe_id, number, yields))


@router.post(
    "/v1/recipes/{recipe_id}/versions/{recipe_version}/copy",
    **creates(queries.RecipeView, body=CopyBody, example=ELSEWHERE),
)
async def copy_recipe(ask: Asked, recipe_id: str, recipe_version: str) -> Response:
    """Draft what a version says once more: as another recipe, for another site, or from another day on."""
    body = await ask.body(CopyBody)
    begins = body.effective_from
    command = commands.CopyRecipe(
        recipe_id,
        numbered(recipe_version),
        placed(named(body.recipe_id, "/recipe_id"), "/recipe_id"),
        ask.principal.subject,
        None if body.site_id is None else named(body.site_id, "/site_id"),
        None if body.title is None else named(body.title, "/title"),
        None if begins is None else moment(begins, "/effective_from"),
    )
    return await ask.act(handlers.copy_recipe, command, reply=_drafted)


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
