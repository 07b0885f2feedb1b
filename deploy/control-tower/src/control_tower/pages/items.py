"""Items as planners look at them: the projected balance over time, and the supplies and demands that make it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.responses import Response

from backbone.errors import NotFound
from backbone.web import Ask, Asked
from control_tower.drawing.balance import Step, draw_balance
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.render import page

OWNER: Final = "materials"
ITEMS_COUNT_MAX: Final = 100
NOT_THERE: Final = 404


class Items:
    """The pages; what they show is asked of materials, who keeps the plan."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        self.router.add_api_route("/items", self.show_items, methods=["GET"], include_in_schema=False)
        self.router.add_api_route(
            "/items/{sku:path}", self.show_item, methods=["GET"], include_in_schema=False
        )

    async def show_items(self, ask: Asked) -> Response:
        """The items there are, a page after the other."""
        after = ask.request.query_params.get("after", "")
        answer = await self._asked(ask, "/v1/items?" + urlencode({"after": after, "limit": ITEMS_COUNT_MAX}))
        items = answer.body["items"] if answer.body else []
        return page(
            ask,
            "items.html",
            items=items,
            trouble=answer.trouble,
            more=items[-1]["sku"] if len(items) == ITEMS_COUNT_MAX else "",
        )

    async def show_item(self, ask: Asked, sku: str) -> Response:
        """One item: what is there at each site, what will come and go, and when it does not suffice."""
        answer = await self._asked(ask, f"/v1/items/{quote(sku, safe='')}")
        if answer.status == NOT_THERE:
            raise NotFound(f"no item {sku}")
        sites = steps_by_site(answer.body["balance"], ask.now) if answer.body else {}
        drawn = {site_id: draw_balance(steps, ask.now) for site_id, steps in sites.items()}
        item = answer.body["item"] if answer.body else {"sku": sku, "title": sku, "unit": ""}
        return page(ask, "item.html", item=item, sites=sites, drawn=drawn, trouble=answer.trouble)

    async def _asked(self, ask: Ask, path: str) -> Answer:
        return await self._neighbours.shown(ask, OWNER, path)


def steps_by_site(balance: list[Mapping[str, Any]], now: datetime) -> dict[str, list[Step]]:
    """The changes of each site in their order; what is on hand is there now, and what is overdue comes now at best."""
    sites: dict[str, list[Step]] = {}
    for change in balance:
        at = now if change["at"] is None else max(now, datetime.fromisoformat(change["at"]))
        sites.setdefault(change["site_id"], []).append(
            Step(at, Decimal(change["change"]), change["why"], change["subject"], Decimal(change["balance"]))
        )
    return sites
