"""Runs: all of them by state, and one with its operations, parameters, material, deviations, record and cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from control_tower.domain.runs import Parameter, deviations_of, operations_of, parameters_of
from control_tower.drawing.series import Line, Point, SeriesDrawing, draw_by_time
from control_tower.gateways import Neighbours
from control_tower.pages.asking import after_of
from control_tower.pages.making.owner import ROWS_COUNT_MAX, Production, items_of, place
from control_tower.pages.render import page
from control_tower.queries.making import list_orders_of

STATES: Final = ("scheduled", "allowed", "running", "held", "closed", "aborted", "refused")
RUNS_COUNT_MAX: Final = 100


class Runs:
    """The pages; what they show is asked of production."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/production-runs", self.show_production_runs, methods=["GET"])
        self.router.add_api_route("/production-runs/{run_id}", self.show_production_run, methods=["GET"])

    async def show_production_runs(self, ask: Asked) -> Response:
        """Runs, the newest first, narrowed by state, site or recipe."""
        query = ask.request.query_params
        narrowed = {name: query.get(name, "") for name in ("state", "site_id", "recipe_id")}
        path = place(
            "/v1/runs", first="newest", limit=RUNS_COUNT_MAX, after=query.get("after", ""), **narrowed
        )
        answer = await self._production.shown(ask, path)
        return page(
            ask,
            "making/runs.html",
            answer=answer,
            runs=items_of(answer),
            more=after_of(answer),
            states=STATES,
            narrowed=narrowed,
        )

    async def show_production_run(self, ask: Asked, run_id: str) -> Response:
        """One run: planned beside actual, and everything that belongs to it."""
        at = place("/v1/runs/{}", run_id)
        run, cost, readings, lots, record = await self._production.all_shown(
            ask, at, f"{at}/cost", f"{at}/readings?limit={ROWS_COUNT_MAX}",
            place("/v1/lots", run_id=run_id, limit=ROWS_COUNT_MAX), f"{at}/batch-record",
        )  # fmt: skip
        if run.body is None:
            run = await self._production.found(ask, at)
        if run.body is None:
            return page(ask, "making/run.html", status=run.status or 503, run=None, answers=[run])
        version = place("/v1/recipes/{}/versions/{}", run.body["recipe_id"], str(run.body["recipe_version"]))
        recipe = await self._production.shown(ask, version)
        async with ask.read() as sql:
            orders = await list_orders_of(sql, run.body["planned_order_id"])
        parameters = parameters_of(recipe.body, run.body, items_of(readings))
        return page(
            ask,
            "making/run.html",
            run=run.body,
            answers=[recipe, readings, lots],
            recipe=recipe.body,
            orders=orders,
            operations=operations_of(run.body, recipe.body, cost.body),
            parameters=parameters,
            drawn=drawings(parameters),
            lots=items_of(lots),
            deviations=deviations_of(run.body, parameters, items_of(lots)),
            cost=cost,
            record=record,
        )


def drawings(parameters: Sequence[Parameter]) -> dict[Any, SeriesDrawing | None]:
    """The picture of each parameter beside its limits, by operation and name."""
    return {
        (one.operation_no, one.name): draw_by_time(
            [
                Point(
                    each.at, each.value, f"{each.value} {one.unit} by {each.by}", "" if each.within else "off"
                )
                for each in one.measured
            ],
            [
                Line("max", one.maximum, "limit"),
                Line("target", one.target, "target"),
                Line("min", one.minimum, "limit"),
            ],
        )
        for one in parameters
    }
