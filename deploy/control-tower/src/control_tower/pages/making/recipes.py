"""Recipes: versions, what items are made of and where they are used; one version with its acts; two side by side."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.errors import NotFound
from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.domain.forms import moment
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of
from control_tower.pages.making.owner import AWAY, ROWS_COUNT_MAX, Production, items_of, optional, place
from control_tower.pages.render import page

STATES: Final = ("draft", "in-review", "approved", "retired")
# What can be done with a version in each state, and the words for it.
ACTS: Final = {
    "draft": (("submission", "Submit for review"),),
    "in-review": (("approval", "Approve"), ("rejection", "Give back to its author")),
    "approved": (("retirement", "Retire"),),
    "retired": (),
}
VERSION: Final = "/v1/recipes/{}/versions/{}"


class Recipes:
    """The pages of recipes; production keeps them and demands the second person."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/recipes", self.show_recipes, methods=["GET"])
        add("/bills/{sku:path}", self.show_bill, methods=["GET"])
        add("/recipes/{recipe_id}/{version}", self.show_recipe_version, methods=["GET"])
        add("/recipes/{recipe_id}/{version}/difference", self.show_versions_beside, methods=["GET"])
        add("/recipes/{recipe_id}/{version}/copy", self.copy_recipe_at_page, methods=["POST"])
        add("/recipes/{recipe_id}/{version}/{act}", self.act_on_recipe_at_page, methods=["POST"])

    async def show_recipes(self, ask: Asked) -> Response:
        """Versions of recipes, by state, site, and the items that they use or make."""
        query = ask.request.query_params
        names = ("recipe_id", "state", "site_id", "uses", "makes")
        narrowed = {name: query.get(name, "") for name in names}
        path = place("/v1/recipes", after=query.get("after", ""), limit=ROWS_COUNT_MAX, **narrowed)
        answer = await self._production.shown(ask, path)
        return page(
            ask,
            "making/recipes.html",
            answer=answer,
            recipes=items_of(answer),
            more=after_of(answer),
            states=STATES,
            narrowed=narrowed,
        )

    async def show_bill(self, ask: Asked, sku: str) -> Response:
        """What an item is made of and where it is used, through all levels of what is in force."""
        query = ask.request.query_params
        narrowed = {name: query.get(name, "") for name in ("site_id", "at")}
        site_id, at = narrowed["site_id"], moment(narrowed["at"])
        bill, uses = await self._production.all_shown(
            ask,
            *(
                place(path, sku, site_id=site_id, at=at, after=query.get(name, ""), limit=ROWS_COUNT_MAX)
                for name, path in (("bill", "/v1/bills/{}"), ("uses", "/v1/uses/{}"))
            ),
        )
        return page(
            ask, "making/bill.html", answers=[bill, uses], sku=sku, narrowed=narrowed, bill=items_of(bill),
            uses=items_of(uses), more_bill=after_of(bill), more_uses=after_of(uses),
        )  # fmt: skip

    async def show_recipe_version(self, ask: Asked, recipe_id: str, version: str) -> Response:
        """One version: what it says, what its runs yielded beside that, its other versions, and where its items go."""
        return await self._version(ask, recipe_id, version)

    async def show_versions_beside(self, ask: Asked, recipe_id: str, version: str) -> Response:
        """What a version says differently than another one, side by side."""
        was = ask.request.query_params.get("from", "")
        path = place(VERSION + "/difference", recipe_id, version, **{"from": was})
        answer, versions = await self._production.all_shown(
            ask, path, place("/v1/recipes", recipe_id=recipe_id, limit=ROWS_COUNT_MAX)
        )
        if answer.body is None:
            answer = await self._production.found(ask, path)
        return page(
            ask,
            "making/difference.html",
            status=200 if answer.body else answer.status or AWAY,
            answers=[answer],
            recipe_id=recipe_id,
            version=version,
            difference=answer.body,
            versions=[each["recipe_version"] for each in items_of(versions)],
        )

    async def act_on_recipe_at_page(self, ask: Asked, recipe_id: str, version: str, act: str) -> Response:
        """Submit, approve, give back or retire a version."""
        if act not in {name for acts in ACTS.values() for name, _ in acts}:
            raise NotFound("there is no such act on a recipe")
        form = await ask.form()
        path = place(VERSION + "/" + act, recipe_id, version)
        answer = await self._production.act(ask, form, path, {})
        if answer.body:
            return RedirectResponse(place("/recipes/{}/{}", recipe_id, version), 303)
        return await self._version(ask, recipe_id, version, answer)

    async def copy_recipe_at_page(self, ask: Asked, recipe_id: str, version: str) -> Response:
        """Draft what a version says once more: the next version, another recipe, or another site."""
        form = await ask.form()
        begins = moment(optional(form, "effective_from"))
        body = {
            "recipe_id": field(form, "recipe_id"),
            "site_id": optional(form, "site_id") or None,
            "title": optional(form, "title") or None,
            "effective_from": begins or None,
        }
        answer = await self._production.act(ask, form, place(VERSION + "/copy", recipe_id, version), body)
        if answer.body:
            made = answer.body
            return RedirectResponse(
                place("/recipes/{}/{}", made["recipe_id"], str(made["recipe_version"])), 303
            )
        return await self._version(ask, recipe_id, version, answer)

    async def _version(
        self, ask: Ask, recipe_id: str, version: str, refused: Answer | None = None
    ) -> Response:
        at = place(VERSION, recipe_id, version)
        recipe, yields, versions = await self._production.all_shown(
            ask, at, f"{at}/yields", place("/v1/recipes", recipe_id=recipe_id, limit=ROWS_COUNT_MAX)
        )
        if recipe.body is None:
            recipe = await self._production.found(ask, at)
        content: dict[str, Any] | None = recipe.body["content"] if recipe.body else None
        return page(
            ask,
            "making/recipe.html",
            status=200 if refused is None else refused.status or AWAY,
            answers=[refused, recipe],
            recipe=recipe.body,
            content=content,
            yields=yields.body["yields"] if yields.body else [],
            versions=items_of(versions),
            acts=ACTS[recipe.body["state"]] if recipe.body else (),
        )
