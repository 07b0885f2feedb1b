"""The editor of recipes: a form with rows, for a new draft or one of one's own; it works without scripts."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.domain.recipe_form import KINDS, PARTS, ROLES, RULES, RecipeForm
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.making.owner import AWAY, OWNER, Production, place
from control_tower.pages.making.recipes import VERSION
from control_tower.pages.render import page

UNREADABLE: Final = 422


class RecipeEditor:
    """Drafting and rewriting; who wrote a version, and whether it is still a draft, production knows."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/recipes/draft", self.show_new_recipe, methods=["GET"])
        add("/recipes/draft", self.draft_recipe_at_page, methods=["POST"])
        add("/recipes/{recipe_id}/{version}/edit", self.show_recipe_draft, methods=["GET"])
        add("/recipes/{recipe_id}/{version}/edit", self.rewrite_recipe_at_page, methods=["POST"])

    async def show_new_recipe(self, ask: Asked) -> Response:
        """The form of a recipe that is not there yet."""
        return _form(ask, RecipeForm.empty(), recipe_id="")

    async def draft_recipe_at_page(self, ask: Asked) -> Response:
        """Keep the next version of a recipe as a draft, or add a row to the form."""
        given = await ask.form()
        form = RecipeForm.of_form(given)
        recipe_id = given.get("recipe_id", "").strip()
        if given.get("add") in PARTS:
            return _form(ask, form.with_blank(given["add"]), recipe_id=recipe_id)
        body, wrong = form.content()
        if wrong:
            return _form(ask, form, recipe_id=recipe_id, answer=_unreadable(wrong))
        answer = await self._production.act(ask, given, "/v1/recipes", {"recipe_id": recipe_id, **body})
        return _onward(answer) or _form(ask, form, recipe_id=recipe_id, answer=answer)

    async def show_recipe_draft(self, ask: Asked, recipe_id: str, version: str) -> Response:
        """A draft as a form."""
        recipe = await self._production.found(ask, place(VERSION, recipe_id, version))
        form = RecipeForm.of_content(recipe.body["content"]) if recipe.body else RecipeForm.empty()
        return _form(ask, form, recipe_id=recipe_id, version=version, answer=recipe, tag=recipe.version)

    async def rewrite_recipe_at_page(self, ask: Asked, recipe_id: str, version: str) -> Response:
        """Keep what a draft says now, if nobody has changed it meanwhile; or add a row to the form."""
        given = await ask.form()
        form, tag = RecipeForm.of_form(given), field(given, "tag")
        known: dict[str, Any] = {"recipe_id": recipe_id, "version": version, "tag": tag}
        if given.get("add") in PARTS:
            return _form(ask, form.with_blank(given["add"]), **known)
        body, wrong = form.content()
        if wrong:
            return _form(ask, form, answer=_unreadable(wrong), **known)
        path = place(VERSION, recipe_id, version)
        answer = await self._production.act(ask, given, path, body, method="PUT", version=tag)
        return _onward(answer) or _form(ask, form, answer=answer, **known)


def _onward(answer: Answer) -> Response | None:
    if answer.body is None:
        return None
    made = answer.body
    return RedirectResponse(place("/recipes/{}/{}", made["recipe_id"], str(made["recipe_version"])), 303)


def _unreadable(wrong: list[tuple[str, str]]) -> Answer:
    errors = tuple({"pointer": pointer, "detail": detail} for pointer, detail in wrong)
    return Answer(OWNER, None, "was not asked: the form cannot be read", UNREADABLE, errors)


def _form(
    ask: Ask,
    form: RecipeForm,
    *,
    recipe_id: str,
    version: str = "",
    answer: Answer | None = None,
    tag: str = "",
) -> Response:
    refused = answer is not None and answer.body is None
    return page(
        ask,
        "making/recipe_form.html",
        status=(answer.status or AWAY) if answer is not None and refused else 200,
        answers=[answer],
        faults={_field(fault["pointer"]): fault["detail"] for fault in answer.errors} if answer else {},
        form=form,
        columns=PARTS,
        recipe_id=recipe_id,
        version=version,
        tag=tag,
        choices={"kind": KINDS, "role": ROLES, "cost_rule": RULES},
    )


def _field(pointer: str) -> str:
    """The field of the form that a place in the body is written in: work outside is one."""
    operation, outside, _ = pointer.partition("/outside")
    return operation + outside
