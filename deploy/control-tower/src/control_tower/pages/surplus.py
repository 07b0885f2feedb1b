"""What runs have made and nobody has: free to be sold."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from control_tower.gateways import Neighbours
from control_tower.pages.asking import after_of
from control_tower.pages.making.owner import ROWS_COUNT_MAX, items_of, place
from control_tower.pages.render import page

OWNER: Final = "materials"


class Surplus:
    """The page; materials knows what is free."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/surplus", self.show_surplus, methods=["GET"])

    async def show_surplus(self, ask: Asked) -> Response:
        """What is free, by item and lot, a page after the other."""
        query = ask.request.query_params
        narrowed = {name: query.get(name, "") for name in ("sku", "site_id")}
        path = place("/v1/surplus", after=query.get("after", ""), limit=ROWS_COUNT_MAX, **narrowed)
        answer = await self._neighbours.shown(ask, OWNER, path)
        return page(
            ask, "surplus.html", lots=items_of(answer), trouble=answer.trouble, narrowed=narrowed,
            more=after_of(answer),
        )  # fmt: skip
