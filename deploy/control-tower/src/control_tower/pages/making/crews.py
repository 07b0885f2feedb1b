"""Crews: people of one skill at a site, and when they work."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from control_tower.gateways import Neighbours
from control_tower.pages.asking import after_of
from control_tower.pages.making.owner import ROWS_COUNT_MAX, Production, items_of, place
from control_tower.pages.render import page


class Crews:
    """The pages; what they show is production's."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/crews", self.show_crews, methods=["GET"])

    async def show_crews(self, ask: Asked) -> Response:
        """All crews, a page after the other."""
        after = ask.request.query_params.get("after", "")
        answer = await self._production.shown(ask, place("/v1/crews", after=after, limit=ROWS_COUNT_MAX))
        return page(ask, "making/crews.html", answer=answer, crews=items_of(answer), more=after_of(answer))
