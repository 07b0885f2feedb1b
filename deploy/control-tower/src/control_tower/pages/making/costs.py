"""Costs: roll-ups and the items in them, an item step by step, and runs beside their standard."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.domain.costs import variances_of
from control_tower.drawing.shares import draw_kinds
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of
from control_tower.pages.making.owner import AWAY, Production, items_of, place
from control_tower.pages.render import page

ROLL_UPS_COUNT_MAX: Final = 20
ITEMS_COUNT_MAX: Final = 100


class Costs:
    """The pages; production reckons."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/costs", self.show_costs, methods=["GET"])
        self.router.add_api_route("/costs/roll-ups", self.roll_up_at_page, methods=["POST"])
        self.router.add_api_route("/costs/runs/{run_id}", self.show_cost_of_run, methods=["GET"])
        self.router.add_api_route(
            "/costs/roll-ups/{roll_up_id}/{sku:path}", self.show_cost_of_item, methods=["GET"]
        )

    async def show_costs(self, ask: Asked) -> Response:
        """The newest roll-ups, and what the items of one of them should cost."""
        return await self._costs(ask)

    async def roll_up_at_page(self, ask: Asked) -> Response:
        """Reckon what all items of a site should cost, anew."""
        form = await ask.form()
        body = {"site_id": field(form, "site_id"), "currency": field(form, "currency")}
        answer = await self._production.act(ask, form, "/v1/roll-ups", body)
        if answer.body:
            return RedirectResponse(place("/costs", roll_up=answer.body["roll_up_id"]), 303)
        return await self._costs(ask, answer)

    async def show_cost_of_run(self, ask: Asked, run_id: str) -> Response:
        """A run's actual cost beside its standard: five variances that lead from the one to the other."""
        at = place("/v1/runs/{}", run_id)
        cost = await self._production.found(ask, f"{at}/cost")
        run = await self._production.shown(ask, at)
        return page(
            ask,
            "making/run_cost.html",
            status=200 if cost.body else cost.status or AWAY,
            answers=[cost, run],
            run_id=run_id,
            run=run.body,
            cost=cost.body,
            variances=variances_of(cost.body) if cost.body else [],
        )

    async def show_cost_of_item(self, ask: Asked, roll_up_id: str, sku: str) -> Response:
        """An item through the levels of its making: material, value added, and the shares of joint products."""
        answer = await self._production.found(ask, place("/v1/roll-ups/{}/costs/{}/steps", roll_up_id, sku))
        costs = await self._production.shown(ask, place("/v1/roll-ups/{}/costs", roll_up_id, sku=sku))
        return page(
            ask,
            "making/item_cost.html",
            status=200 if answer.body else answer.status or AWAY,
            answers=[answer, costs],
            sku=sku,
            roll_up_id=roll_up_id,
            steps=answer.body["steps"] if answer.body else [],
            more=bool(answer.body and answer.body["more"]),
            currency=answer.body["currency"] if answer.body else "",
            costs=items_of(costs),
            drawn=[draw_kinds(cost["cost"]) for cost in items_of(costs)],
        )

    async def _costs(self, ask: Ask, refused: Answer | None = None) -> Response:
        query = ask.request.query_params
        rolled = await self._production.shown(ask, f"/v1/roll-ups?first=newest&limit={ROLL_UPS_COUNT_MAX}")
        roll_ups = items_of(rolled)
        chosen = query.get("roll_up") or (roll_ups[0]["roll_up_id"] if roll_ups else "")
        sku, after = query.get("sku", ""), query.get("after", "")
        costs = (
            await self._production.shown(
                ask, place("/v1/roll-ups/{}/costs", chosen, sku=sku, after=after, limit=ITEMS_COUNT_MAX)
            )
            if chosen
            else None
        )
        return page(
            ask,
            "making/costs.html",
            status=200 if refused is None else refused.status or AWAY,
            answers=[refused, rolled, costs],
            roll_ups=roll_ups,
            chosen=chosen,
            sku=sku,
            costs=items_of(costs) if costs else [],
            more=after_of(costs) if costs else "",
        )
