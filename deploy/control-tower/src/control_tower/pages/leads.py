"""Terms whose vendors take another time than they declare: what was seen, and the act that plans with it."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.web import Ask, Asked
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import status_of
from control_tower.pages.making.owner import items_of
from control_tower.pages.render import may, page

OWNER: Final = "vendors"
PAGE: Final = "/leads"


class Leads:
    """The page; vendors counts what deliveries took and keeps what is planned with."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route(PAGE, self.show_leads, methods=["GET"])
        self.router.add_api_route(f"{PAGE}/{{terms_id:path}}", self.follow_lead, methods=["POST"])

    async def show_leads(self, ask: Asked) -> Response:
        """The terms that are off, those that are off by most in front."""
        return await self._leads(ask)

    async def follow_lead(self, ask: Asked, terms_id: str) -> Response:
        """Plan with what was seen of these terms, in the name of who signed in."""
        form = await ask.form()
        path = f"/v1/terms/{quote(terms_id, safe='')}/observed-lead"
        answer = await self._neighbours.act(ask, OWNER, path, {}, form.get("idempotency_key", ""))
        return await self._leads(ask, answer) if answer.trouble else RedirectResponse(PAGE, 303)

    async def _leads(self, ask: Ask, refused: Answer | None = None) -> Response:
        answer = await self._neighbours.shown(ask, OWNER, "/v1/lead-drifts")
        return page(
            ask,
            "leads.html",
            drifts=sorted(items_of(answer), key=_off_by, reverse=True),
            follows=may(ask, "follow_lead"),
            troubles=[each for each in (refused, answer) if each is not None],
            status=status_of(refused),
        )


def _off_by(drift: Any) -> int:
    """The days between what is declared and what was seen."""
    return abs(int(drift["observed_lead_days"]) - int(drift["declared_lead_days"]))
