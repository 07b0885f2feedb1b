"""Quality: lots that somebody has to decide on, what was found, how items are inspected, and whether it is steady."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.domain.quality_form import samples_of
from control_tower.drawing.series import Line, Point, SeriesDrawing, draw_in_turn
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.making.owner import AWAY, ROWS_COUNT_MAX, Production, items_of, optional, place
from control_tower.pages.render import page

INSPECTIONS_COUNT_MAX: Final = 50
DISPOSITIONS: Final = ("release", "rework", "use-as-is", "scrap")
# The Western Electric rules, as production numbers them.
RULES: Final = {
    1: "a point beyond three sigma",
    2: "two of three beyond two sigma",
    3: "four of five beyond one sigma",
    4: "eight in a row on one side",
}


class Quality:
    """The pages and their acts; production owns the lots and decides."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/quality", self.show_quality, methods=["GET"])
        self.router.add_api_route(
            "/quality/lots/{lot_id}/disposition", self.dispose_lot_at_page, methods=["POST"]
        )
        self.router.add_api_route(
            "/quality/lots/{lot_id}/samples", self.record_samples_at_page, methods=["POST"]
        )
        self.router.add_api_route(
            "/inspection-points/{recipe_id}/{operation_no}/{sku:path}", self.show_point, methods=["GET"]
        )
        self.router.add_api_route("/quality/{sku:path}", self.show_item_quality, methods=["GET"])

    async def show_quality(self, ask: Asked) -> Response:
        """Lots to decide on and to inspect, non-conformances, and the plans."""
        return await self._overview(ask)

    async def show_item_quality(self, ask: Asked, sku: str) -> Response:
        """One item: its plan, a control chart of each variable, lots to inspect, and what was found."""
        return await self._item(ask, sku)

    async def show_point(self, ask: Asked, recipe_id: str, operation_no: str, sku: str) -> Response:
        """An operation that is inspected: its plan, a control chart of each variable, and what was found."""
        at = place("/v1/inspection-points/{}/{}/{}", recipe_id, operation_no, sku)
        point = await self._production.found(ask, at)
        charts = await self._production.all_shown(
            ask, *(f"{at}/chart?{urlencode({'characteristic': name})}" for name in variables_of(point))
        )
        return page(
            ask,
            "making/point.html",
            answers=_different([point, *charts]),
            at=(recipe_id, operation_no, sku),
            plan=point.body,
            charts=[(chart.body, drawn(chart.body)) for chart in charts if chart.body],
            rules=RULES,
        )

    async def dispose_lot_at_page(self, ask: Asked, lot_id: str) -> Response:
        """Decide on a blocked lot, or be the second person who says the same."""
        form = await ask.form()
        body: dict[str, Any] = {
            "disposition": field(form, "disposition"),
            "reason": field(form, "reason"),
            "recipe_id": optional(form, "recipe_id") or None,
        }
        answer = await self._production.act(ask, form, place("/v1/lots/{}/disposition", lot_id), body)
        if answer.body:
            return RedirectResponse("/quality#decide", 303)
        return await self._overview(ask, answer)

    async def record_samples_at_page(self, ask: Asked, lot_id: str) -> Response:
        """Say what was found of a lot by the plan of its item."""
        form = await ask.form()
        sku = field(form, "sku")
        plan = await self._production.found(ask, place("/v1/inspection-plans/{}", sku))
        if plan.body is None:
            return await self._item(ask, sku, plan)
        looked_at = plan.body["characteristics"]
        samples = samples_of(form, [each["name"] for each in looked_at], [each["kind"] for each in looked_at])
        path = place("/v1/lots/{}/samples", lot_id)
        answer = await self._production.act(ask, form, path, {"samples": samples})
        if answer.body:
            return RedirectResponse(place("/quality/{}", sku) + "#results", 303)
        return await self._item(ask, sku, answer)

    async def _overview(self, ask: Ask, refused: Answer | None = None) -> Response:
        answers = await self._production.all_shown(
            ask,
            *(
                place("/v1/lots", state=state, limit=ROWS_COUNT_MAX)
                for state in ("blocked", "proposed", "in-inspection")
            ),
            place("/v1/inspections", verdict="failed", first="newest", limit=INSPECTIONS_COUNT_MAX),
            place("/v1/inspection-plans", limit=ROWS_COUNT_MAX),
            place("/v1/inspection-points", limit=ROWS_COUNT_MAX),
        )
        blocked, proposed, arrived, failed, plans, points = map(items_of, answers)
        return page(
            ask,
            "making/quality.html",
            status=200 if refused is None else refused.status or AWAY,
            answers=[refused, *_different(answers)],
            decide=[*proposed, *blocked],
            arrived=arrived,
            failed=failed,
            plans=plans,
            points=points,
            waiting=[one for one in failed if one["state"] == "undecided"],
            dispositions=DISPOSITIONS,
        )

    async def _item(self, ask: Ask, sku: str, refused: Answer | None = None) -> Response:
        plan = await self._production.found(ask, place("/v1/inspection-plans/{}", sku))
        results, arrived, *charts = await self._production.all_shown(
            ask,
            place("/v1/inspections", sku=sku, first="newest", limit=INSPECTIONS_COUNT_MAX),
            place("/v1/lots", state="in-inspection", limit=ROWS_COUNT_MAX),
            *(
                place("/v1/inspection-plans/{}/chart", sku, characteristic=name)
                for name in variables_of(plan)
            ),
        )
        return page(
            ask,
            "making/item_quality.html",
            status=200 if refused is None else refused.status or AWAY,
            answers=[refused, *_different([plan, results, *charts])],
            sku=sku,
            plan=plan.body,
            results=items_of(results),
            arrived=[lot for lot in items_of(arrived) if lot["sku"] == sku],
            charts=[(chart.body, drawn(chart.body)) for chart in charts if chart.body],
            rules=RULES,
        )


def variables_of(plan: Answer) -> list[str]:
    """What a plan has measured, by name."""
    looked_at = (plan.body or {"characteristics": ()})["characteristics"]
    return [each["name"] for each in looked_at if each["kind"] == "variable"]


def drawn(chart: Mapping[str, Any]) -> SeriesDrawing | None:
    """The picture of a control chart, with the numbers of the rules that points break."""
    known = chart["chart"] or {}
    lines = [
        Line(name, Decimal(known[key]), kind)
        for name, key, kind in (
            ("UCL", "upper", "limit"),
            ("centre", "centre", "target"),
            ("LCL", "lower", "limit"),
        )
        if key in known
    ]
    points = [
        Point(
            datetime.fromisoformat(one["at"]),
            Decimal(one["mean"]),
            f"{one['mean']} {chart['scale']}, {'lot' if one['lot_id'] else 'run'} {one['lot_id'] or one['run_id']}",
            ", ".join(map(str, one["rules"])),
        )
        for one in chart["points"]
    ]
    return draw_in_turn(points, lines)


def _different(answers: list[Answer]) -> list[Answer]:
    """Troubles, each told once."""
    return list({answer.trouble: answer for answer in answers if answer.trouble}.values())
