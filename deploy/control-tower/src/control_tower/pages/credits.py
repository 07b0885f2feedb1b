"""Credits that wait for a second person, and the decision on each."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.web import Ask, Asked
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of, asked, path_with, status_of
from control_tower.pages.making.owner import items_of
from control_tower.pages.render import may, page

OWNER: Final = "service-desk"
PAGE: Final = "/credits"
TICKETS_COUNT_MAX: Final = 100
GRANTED: Final = "yes"


class Credits:
    """The page; service-desk keeps what is proposed, and looks once more at the account when it is granted."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route(PAGE, self.show_credits, methods=["GET"])
        self.router.add_api_route(f"{PAGE}/{{ticket_id:path}}", self.decide_credit_at_page, methods=["POST"])

    async def show_credits(self, ask: Asked) -> Response:
        """The credits that wait, the oldest ticket in front."""
        return await self._credits(ask)

    async def decide_credit_at_page(self, ask: Asked, ticket_id: str) -> Response:
        """Grant a credit or do not, in the name of who signed in."""
        form = await ask.form()
        path = f"/v1/tickets/{quote(ticket_id, safe='')}/credit-decision"
        body = {"approved": form.get("granted") == GRANTED}
        answer = await self._neighbours.act(ask, OWNER, path, body, form.get("idempotency_key", ""))
        return await self._credits(ask, answer) if answer.trouble else RedirectResponse(PAGE, 303)

    async def _credits(self, ask: Ask, refused: Answer | None = None) -> Response:
        query = {"credit": "waiting", **asked(ask, "after"), "limit": str(TICKETS_COUNT_MAX)}
        answer = await self._neighbours.shown(ask, OWNER, path_with("/v1/tickets", query))
        after = after_of(answer)
        return page(
            ask,
            "credits.html",
            tickets=items_of(answer),
            decides=may(ask, "decide_credit_at_page"),
            more=path_with(PAGE, {"after": after}) if after else "",
            troubles=[each for each in (refused, answer) if each is not None],
            status=status_of(refused),
        )
