"""Pegs of the plan that executes: down from an order or a planned order to what is bought, up to whom it serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from backbone.errors import NotFound
from backbone.web import Ask, Asked
from control_tower.domain.pegs import Branch, tree_of
from control_tower.domain.timeline import steps_of
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.render import page
from control_tower.queries import causes

OWNER: Final = "materials"
NOT_THERE: Final = 404
PLACES_COUNT_MAX: Final = 50


class Pegs:
    """The pages; pegs are asked of materials, what led to an order is read from the facts."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        for path, serves in (
            ("/orders/{order_id}/pegs", self.show_pegs),
            ("/planned-orders/{planned_order_id}", self.show_planned_order),
        ):
            self.router.add_api_route(path, serves, methods=["GET"], include_in_schema=False)

    async def show_pegs(self, ask: Asked, order_id: str) -> Response:
        """The tree of supplies under a customer's order."""
        listed = await self._asked(ask, f"/v1/orders/{quote(order_id, safe='')}/pegs")
        return page(ask, "pegs.html", order_id=order_id, tree=_tree(listed), troubles=[listed])

    async def show_planned_order(self, ask: Asked, planned_order_id: str) -> Response:
        """A planned order: why it is there (requirement, rule, what led to it), and what is planned for it."""
        path = f"/v1/planned-orders/{quote(planned_order_id, safe='')}"
        answer = await self._asked(ask, path)
        if answer.status == NOT_THERE:
            raise NotFound(f"no planned order {planned_order_id}")
        below = await self._asked(ask, f"{path}/pegs")
        order = answer.body["order"] if answer.body else None
        async with ask.read() as sql:
            led = await causes.list_causes(sql, "planned_order", planned_order_id)
        return page(
            ask,
            "planned_order.html",
            planned_order_id=planned_order_id,
            order=order,
            levels=levels_of(answer.body["why"]) if answer.body else [],
            rule=await self._rule(ask, order) if order else None,
            led=steps_of(led),
            tree=_tree(below),
            troubles=[answer, below],
        )

    async def _rule(self, ask: Ask, order: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """How its item is planned at its site; None where nobody said it, so by recipe or terms and lot for lot."""
        query = f"after={quote(order['sku'], safe='')}%40&limit={PLACES_COUNT_MAX}"
        listed = await self._asked(ask, f"/v1/planning-parameters?{query}")
        place = (order["sku"], order["site_id"])
        rows: Sequence[Mapping[str, Any]] = listed.body["items"] if listed.body else []
        return next((row for row in rows if (row["sku"], row["site_id"]) == place), None)

    async def _asked(self, ask: Ask, path: str) -> Answer:
        return await self._neighbours.shown(ask, OWNER, path)


def levels_of(why: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The requirements that a planned order serves, the nearest level first."""
    levels: dict[int, list[Mapping[str, Any]]] = {}
    for reason in why:
        levels.setdefault(reason["level"], []).append(reason)
    return [levels[level] for level in sorted(levels)]


def _tree(listed: Answer) -> list[Branch]:
    return tree_of(listed.body["items"]) if listed.body else []
