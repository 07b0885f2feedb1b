"""Crews: people of one skill at a site, when they work, and who has which skill."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.domain.forms import moment
from control_tower.domain.hours import hours_of
from control_tower.drawing.load import draw_load
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of
from control_tower.pages.making.centres import BUCKETS_COUNT_MAX, BUCKETS_USUAL, buckets_of
from control_tower.pages.making.owner import AWAY, ROWS_COUNT_MAX, Production, items_of, place
from control_tower.pages.render import may, page


class Crews:
    """The pages; what they show and do is production's."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/crews", self.show_crews, methods=["GET"])
        self.router.add_api_route("/crews/{crew_id}", self.show_crew, methods=["GET"])
        self.router.add_api_route("/skills", self.show_skills, methods=["GET"])
        self.router.add_api_route("/skills", self.qualify_at_page, methods=["POST"])

    async def show_crews(self, ask: Asked) -> Response:
        """All crews, a page after the other."""
        after = ask.request.query_params.get("after", "")
        answer = await self._production.shown(ask, place("/v1/crews", after=after, limit=ROWS_COUNT_MAX))
        return page(ask, "making/crews.html", answer=answer, crews=items_of(answer), more=after_of(answer))

    async def show_crew(self, ask: Asked, crew_id: str) -> Response:
        """One crew: when it works, and how many of its people are taken, by day or week."""
        query = ask.request.query_params
        by = "week" if query.get("by") == "week" else "day"
        count = ask.number("buckets", usual=BUCKETS_USUAL[by], maximum=BUCKETS_COUNT_MAX)
        at = place("/v1/crews/{}", crew_id)
        crew, load = await self._production.all_shown(
            ask, at, place("/v1/crews/{}/load", crew_id, by=by, buckets=count)
        )
        if crew.body is None:
            crew = await self._production.found(ask, at)
        hours = None
        if crew.body is not None:
            path = place("/v1/calendars/{}", crew.body["calendar_id"])
            hours = (await self._production.shown(ask, path)).body
        buckets = buckets_of(load.body)
        return page(
            ask,
            "making/crew.html",
            answers=[load if crew.body else crew],
            known=crew.body is not None,
            crew=crew.body or {"crew_id": crew_id, "title": crew_id},
            hours=hours_of(hours) if hours else [],
            by=by,
            count=count,
            buckets=buckets,
            drawn=draw_load(buckets),
        )

    async def show_skills(self, ask: Asked) -> Response:
        """Who has, or had, which skill, a page after the other."""
        return await self._skills(ask)

    async def qualify_at_page(self, ask: Asked) -> Response:
        """Say that a person has a skill, and until when."""
        form = await ask.form()
        body = {name: field(form, name) for name in ("person", "site_id", "skill")}
        until = moment(form.get("valid_until", "").strip()) or None
        answer = await self._production.act(ask, form, "/v1/qualifications", {**body, "valid_until": until})
        if answer.body:
            return RedirectResponse("/skills", 303)
        return await self._skills(ask, answer)

    async def _skills(self, ask: Ask, refused: Answer | None = None) -> Response:
        after = ask.request.query_params.get("after", "")
        answer = await self._production.shown(
            ask, place("/v1/qualifications", after=after, limit=ROWS_COUNT_MAX)
        )
        return page(
            ask,
            "making/skills.html",
            status=200 if refused is None else refused.status or AWAY,
            answers=[refused, answer],
            people=items_of(answer),
            at=ask.now.isoformat(),
            gives=may(ask, "qualify_at_page"),
            more=after_of(answer),
        )
