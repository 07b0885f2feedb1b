"""Proposed schedules: asked for, watched, seen beside what is, accepted or rejected; production reckons them."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.errors import Invalid, Pointer
from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.domain.forms import demand, whole
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of, asked, status_of
from control_tower.pages.making.owner import AWAY, ROWS_COUNT_MAX, Production, items_of, place
from control_tower.pages.render import may, page

SCHEDULES_COUNT_MAX: Final = 50
FROZEN_HOURS_USUAL: Final = 24
DAMPING_MINUTES_USUAL: Final = 30
ACTS: Final = {"accept": "/v1/schedules/{}/acceptance", "reject": "/v1/schedules/{}/rejection",
               "cancel": "/v1/operations/{}/cancel"}  # fmt: skip


class Proposals:
    """The pages and their acts."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/schedules", self.show_proposals, methods=["GET"])
        add("/schedules", self.propose_at_page, methods=["POST"])
        add("/schedules/{schedule_id}", self.show_proposal, methods=["GET"])
        add("/schedules/{schedule_id}", self.settle_proposal, methods=["POST"])

    async def show_proposals(self, ask: Asked) -> Response:
        """Schedules of whole sites, the newest first; one that is being reckoned with how far it is."""
        return await self._proposals(ask)

    async def propose_at_page(self, ask: Asked) -> Response:
        """Have a site scheduled anew; nothing moves by that."""
        form = await ask.form()
        wrong: list[Pointer] = []
        body = {
            "site_id": field(form, "site_id"),
            "frozen_hours": whole(field(form, "frozen_hours"), "/frozen_hours", wrong),
            "damping_minutes": whole(field(form, "damping_minutes"), "/damping_minutes", wrong),
        }
        demand(wrong, "what is to be scheduled cannot be read")
        answer = await self._production.act(ask, form, "/v1/schedules", body)
        if answer.body:
            return RedirectResponse(place("/schedules/{}", answer.body["id"]), 303)
        return await self._proposals(ask, answer)

    async def show_proposal(self, ask: Asked, schedule_id: str) -> Response:
        """A schedule beside what is: the runs that move, those that are late with the cause, before and after."""
        return await self._proposal(ask, schedule_id)

    async def settle_proposal(self, ask: Asked, schedule_id: str) -> Response:
        """Move the runs to where the schedule has them, leave them where they are, or reckon no further."""
        form = await ask.form()
        path = ACTS.get(form.get("act", ""))
        if path is None:
            raise Invalid("say what becomes of the schedule", [("/act", " or ".join(ACTS))])
        answer = await self._production.act(ask, form, place(path, schedule_id), {})
        if answer.body:
            return RedirectResponse(place("/schedules/{}", schedule_id), 303)
        return await self._proposal(ask, schedule_id, answer)

    async def _proposals(self, ask: Ask, refused: Answer | None = None) -> Response:
        wanted = asked(ask, "site_id", "after")
        listed = await self._production.shown(
            ask, place("/v1/schedules", limit=SCHEDULES_COUNT_MAX, **wanted)
        )
        schedules = items_of(listed)
        making = [one["schedule_id"] for one in schedules if one["state"] == "computing"]
        works = await asyncio.gather(
            *(self._production.shown(ask, place("/v1/operations/{}", each)) for each in making)
        )
        return page(
            ask,
            "making/proposals.html",
            status=status_of(refused),
            answers=[refused, listed],
            schedules=schedules,
            works={work.body["operation_id"]: work.body for work in works if work.body},
            site_id=wanted["site_id"],
            more=after_of(listed),
            usual=(FROZEN_HOURS_USUAL, DAMPING_MINUTES_USUAL),
            acts=may(ask, "propose_at_page"),
        )

    async def _proposal(self, ask: Ask, schedule_id: str, refused: Answer | None = None) -> Response:
        at = place("/v1/schedules/{}", schedule_id)
        found = await self._production.found(ask, at)
        moves, work = await self._production.all_shown(
            ask,
            place("/v1/schedules/{}/moves", schedule_id, limit=ROWS_COUNT_MAX, **asked(ask, "after")),
            place("/v1/operations/{}", schedule_id),
        )
        rows = items_of(moves)
        return page(
            ask,
            "making/proposal.html",
            status=status_of(refused) if found.body else found.status or AWAY,
            answers=[refused, found, moves],
            schedule=found.body,
            schedule_id=schedule_id,
            work=work.body,
            moves=rows,
            causes=Counter(one["cause"] for one in rows if one["cause"]),
            more=after_of(moves),
            acts=may(ask, "settle_proposal"),
        )
