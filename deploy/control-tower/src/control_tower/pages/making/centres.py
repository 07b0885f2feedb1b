"""Work centres: load beside capacity, OEE with the events behind it, downtime and rates said at the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.errors import Pointer
from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.domain.forms import demand, moment, moment_field, whole
from control_tower.domain.hours import hours_of
from control_tower.drawing.load import Bucket, draw_load
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of
from control_tower.pages.making.owner import AWAY, ROWS_COUNT_MAX, Production, items_of, place
from control_tower.pages.render import may, page

BUCKETS_USUAL: Final[Mapping[str, int]] = {"day": 14, "week": 12}
BUCKETS_COUNT_MAX: Final = 92
PARTS: Final = ("availability", "performance", "quality", "oee")


class WorkCentres:
    """The pages; what they show and do is production's."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/work-centres", self.show_work_centres, methods=["GET"])
        self.router.add_api_route("/work-centres/{work_centre_id}", self.show_centre, methods=["GET"])
        self.router.add_api_route(
            "/work-centres/{work_centre_id}/downtimes", self.tell_downtime_at_page, methods=["POST"]
        )
        self.router.add_api_route(
            "/work-centres/{work_centre_id}/downtimes/{downtime_id}",
            self.withdraw_downtime_at_page,
            methods=["POST"],
        )
        self.router.add_api_route(
            "/work-centres/{work_centre_id}/rates", self.set_rates_at_page, methods=["POST"]
        )
        self.router.add_api_route(
            "/work-centres/{work_centre_id}/rates/{rate_no}", self.withdraw_rates_at_page, methods=["POST"]
        )

    async def show_work_centres(self, ask: Asked) -> Response:
        """All work centres, a page after the other."""
        after = ask.request.query_params.get("after", "")
        answer = await self._production.shown(
            ask, place("/v1/work-centres", after=after, limit=ROWS_COUNT_MAX)
        )
        return page(
            ask, "making/centres.html", answer=answer, centres=items_of(answer), more=after_of(answer)
        )

    async def show_centre(self, ask: Asked, work_centre_id: str) -> Response:
        """One work centre: load by day or week, OEE of a time with the events behind it, and its downtimes."""
        return await self._centre(ask, work_centre_id)

    async def tell_downtime_at_page(self, ask: Asked, work_centre_id: str) -> Response:
        """Say when a machine stands still, or stood still."""
        form = await ask.form()
        wrong: list[Pointer] = []
        body = {
            "machine_no": whole(field(form, "machine_no"), "/machine_no", wrong),
            "kind": field(form, "kind"),
            "reason": field(form, "reason"),
            "starts_at": moment(field(form, "starts_at")),
            "ends_at": moment(field(form, "ends_at")),
        }
        demand(wrong, "the downtime cannot be read")
        path = place("/v1/work-centres/{}/downtimes", work_centre_id)
        answer = await self._production.act(ask, form, path, body)
        if answer.body:
            return RedirectResponse(place("/work-centres/{}", work_centre_id) + "#oee", 303)
        return await self._centre(ask, work_centre_id, answer)

    async def withdraw_downtime_at_page(self, ask: Asked, work_centre_id: str, downtime_id: str) -> Response:
        """Take back that a machine stands still; where it does already it ends now."""
        form = await ask.form()
        path = place("/v1/work-centres/{}/downtimes/{}/withdrawal", work_centre_id, downtime_id)
        answer = await self._production.act(ask, form, path, {})
        if answer.body:
            return RedirectResponse(place("/work-centres/{}", work_centre_id) + "#ahead", 303)
        return await self._centre(ask, work_centre_id, answer)

    async def set_rates_at_page(self, ask: Asked, work_centre_id: str) -> Response:
        """Say what an hour costs, from a moment on or from now on."""
        form = await ask.form()
        wrong: list[Pointer] = []
        body = {
            "labour_rate_minor": whole(field(form, "labour_rate_minor"), "/labour_rate_minor", wrong),
            "machine_rate_minor": whole(field(form, "machine_rate_minor"), "/machine_rate_minor", wrong),
            "overhead_rate": field(form, "overhead_rate"),
            "holds_from": moment(field(form, "holds_from")) or None,
        }
        demand(wrong, "the rates cannot be read")
        answer = await self._production.act(
            ask, form, place("/v1/work-centres/{}/rates", work_centre_id), body
        )
        return await self._rated(ask, work_centre_id, answer)

    async def withdraw_rates_at_page(self, ask: Asked, work_centre_id: str, rate_no: str) -> Response:
        """Take back rates that do not hold yet."""
        form = await ask.form()
        path = place("/v1/work-centres/{}/rates/{}/withdrawal", work_centre_id, rate_no)
        return await self._rated(ask, work_centre_id, await self._production.act(ask, form, path, {}))

    async def _rated(self, ask: Ask, work_centre_id: str, answer: Answer) -> Response:
        if answer.body:
            return RedirectResponse(place("/work-centres/{}", work_centre_id) + "#rates", 303)
        return await self._centre(ask, work_centre_id, answer)

    async def _centre(self, ask: Ask, work_centre_id: str, refused: Answer | None = None) -> Response:
        query = ask.request.query_params
        by = "week" if query.get("by") == "week" else "day"
        count = ask.number("buckets", usual=BUCKETS_USUAL[by], maximum=BUCKETS_COUNT_MAX)
        span = {name: moment(query.get(name, "")) for name in ("from", "to")}
        at = place("/v1/work-centres/{}", work_centre_id)
        centre, load, oee, ahead, rates = await self._production.all_shown(
            ask,
            at,
            place("/v1/work-centres/{}/load", work_centre_id, by=by, buckets=count),
            place("/v1/work-centres/{}/effectiveness", work_centre_id, **span),
            place("/v1/work-centres/{}/downtimes", work_centre_id, ends_after=ask.now.isoformat()),
            place("/v1/work-centres/{}/rates", work_centre_id),
        )
        if centre.body is None:
            centre = await self._production.found(ask, at)
        hours = await self._hours(ask, centre)
        buckets = buckets_of(load.body)
        return page(
            ask,
            "making/centre.html",
            status=200 if refused is None else refused.status or AWAY,
            answers=[refused, *([load, oee, ahead, rates] if centre.body else [centre])],
            centre=centre.body or {"work_centre_id": work_centre_id, "title": work_centre_id},
            hours=hours,
            by=by,
            count=count,
            buckets=buckets,
            drawn=draw_load(buckets),
            oee=oee.body,
            ahead=still_standing(items_of(ahead)),
            rates=items_of(rates),
            sets_rates=may(ask, "set_rates_at_page"),
            withdraws=may(ask, "withdraw_downtime_at_page"),
            parts_of_oee=[(name, _percent(oee.body, name)) for name in PARTS],
            span={name: moment_field(text) for name, text in span.items()},
        )

    async def _hours(self, ask: Ask, centre: Answer) -> list[str]:
        """When there is work at a centre; nothing where that cannot be asked now."""
        if centre.body is None:
            return []
        calendar = await self._production.shown(ask, place("/v1/calendars/{}", centre.body["calendar_id"]))
        return hours_of(calendar.body) if calendar.body else []


def buckets_of(load: Mapping[str, Any] | None) -> list[Bucket]:
    """Buckets of a load with their capacity: what is open, less what is down on purpose."""
    return [
        Bucket(
            datetime.fromisoformat(each["begins_at"]),
            datetime.fromisoformat(each["ends_at"]),
            max(Decimal(each["open_minutes"]) - Decimal(each["down_minutes"]), Decimal(0)),
            Decimal(each["load_minutes"]),
            each["runs"],
        )
        for each in (load["buckets"] if load else ())
    ]


def still_standing(downtimes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Downtimes that nobody has taken back, the next one in front."""
    kept = [each for each in downtimes if each["withdrawn_at"] is None]
    return sorted(kept, key=lambda each: (each["starts_at"], each["downtime_id"]))


def _percent(oee: Mapping[str, Any] | None, name: str) -> float | None:
    part = oee[name] if oee else None
    return None if part is None else float(Decimal(part) * 100)
