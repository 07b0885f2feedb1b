"""What if a demand, a supply or the working days were other than they are: asked of materials, and nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.errors import Invalid
from backbone.web import Ask, Asked
from backbone.web.forms import FORM_KEY, field, moment_of, quantity_of
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import not_taken, status_of
from control_tower.pages.render import page

OWNER: Final = "materials"


class WhatIf:
    """The form and the difference that materials tells."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        self.router.add_api_route("/what-if", self.show_what_if, methods=["GET"], include_in_schema=False)
        self.router.add_api_route("/what-if", self.try_changes, methods=["POST"], include_in_schema=False)

    async def show_what_if(self, ask: Asked) -> Response:
        """The form; `supply` and `demand` in the query fill it in."""
        return self._shown(ask, {**ask.request.query_params}, None)

    async def try_changes(self, ask: Asked) -> Response:
        """What would be other than it is, if what the form supposes were so."""
        form = await ask.form()
        key = field(form, FORM_KEY)
        try:
            body = supposed(form)
        except Invalid as wrong:
            return self._shown(ask, form, not_taken(wrong))
        return self._shown(ask, form, await self._neighbours.act(ask, OWNER, "/v1/what-if", body, key))

    def _shown(self, ask: Ask, form: Mapping[str, str], answer: Answer | None) -> Response:
        return page(
            ask,
            "what_if.html",
            status=status_of(answer),
            form=form,
            found=answer.body if answer else None,
            troubles=[answer] if answer else [],
        )


def supposed(form: Mapping[str, str]) -> dict[str, Any]:
    """What a form supposes, as materials reads it; raises `Invalid` where it supposes nothing or half of a thing."""
    given = {name: value.strip() for name, value in form.items()}
    body: dict[str, Any] = {}
    if given.get("more"):
        body["more"] = [
            {
                "sku": given["more"],
                "site_id": field(given, "more_site"),
                "quantity": quantity_of(given, "more_quantity"),
                "wanted_at": moment_of(given, "more_at"),
                **_unit(given, "more_unit"),
            }
        ]
    if given.get("demand"):
        body["demands"] = [
            {
                "demand_id": given["demand"],
                "quantity": quantity_of(given, "demand_quantity") if given.get("demand_quantity") else None,
                "wanted_at": moment_of(given, "demand_at") if given.get("demand_at") else None,
                **_unit(given, "demand_unit"),
            }
        ]
    if given.get("supply"):
        at = moment_of(given, "supply_at") if given.get("supply_at") else None
        lost = given.get("supply_lost") == "yes"
        body["supplies"] = [{"planned_order_id": given["supply"], "at": at, "lost": lost}]
    if given.get("closed"):
        first, last = field(given, "closed_first"), field(given, "closed_last")
        body["closed"] = [{"site_id": given["closed"], "first": first, "last": last}]
    if given.get("anew"):
        body["anew"] = given["anew"].split()
    if not body:
        raise Invalid("suppose at least one thing", [("/", "nothing is filled in")])
    return body


def _unit(given: Mapping[str, str], name: str) -> dict[str, str]:
    """The unit in which a quantity is said; empty is the item's own."""
    return {"unit": given[name]} if given.get(name) else {}
