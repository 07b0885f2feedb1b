"""By when could this be promised: dates with the reasons that bind, beside what is available to promise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from backbone.errors import Invalid
from backbone.web import Asked
from backbone.web.forms import moment_of, quantity_of
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import asked, not_taken, status_of
from control_tower.pages.render import page

OWNER: Final = "materials"


class Promises:
    """The page; materials is asked, and nothing of it is kept."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        self.router.add_api_route("/promise", self.show_promise, methods=["GET"], include_in_schema=False)

    async def show_promise(self, ask: Asked) -> Response:
        """The form, and where it is filled in the answer to it."""
        wanted = asked(ask, "sku", "site_id", "quantity", "unit", "wanted_at", "hold_until")
        answer: Answer | None = None
        steps: Answer | None = None
        if wanted["sku"] and wanted["quantity"]:
            try:
                body = _inquiry(wanted)
            except Invalid as wrong:
                answer = not_taken(wrong)
            else:
                # It asks and keeps nothing: each time it is looked at, it is asked anew.
                answer = await self._neighbours.act(ask, OWNER, "/v1/promises", body, ask.new_id())
            steps = await self._neighbours.shown(ask, OWNER, f"/v1/items/{quote(wanted['sku'], safe='')}/atp")
        return page(
            ask,
            "promise.html",
            status=status_of(answer),
            wanted=wanted,
            answer=answer.body if answer else None,
            sites=steps.body["sites"] if steps and steps.body else [],
            unit=steps.body["unit"] if steps and steps.body else "",
            troubles=[each for each in (answer, steps) if each is not None],
        )


def _inquiry(wanted: Mapping[str, str]) -> dict[str, Any]:
    """What materials is asked; raises `Invalid`."""
    line = {
        "sku": wanted["sku"],
        "site_id": wanted["site_id"],
        "quantity": quantity_of(wanted, "quantity"),
        "unit": wanted["unit"] or None,
        "wanted_at": moment_of(wanted, "wanted_at"),
    }
    held = {"hold_until": moment_of(wanted, "hold_until")} if wanted["hold_until"] else {}
    return {"lines": [line], **held}
