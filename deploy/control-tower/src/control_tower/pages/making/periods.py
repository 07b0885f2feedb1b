"""Periods of cost: months closed at a site, each figure with the runs behind it, opened again by two people."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.web import Ask, Asked
from backbone.web.forms import field
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of, asked, status_of
from control_tower.pages.making.owner import AWAY, ROWS_COUNT_MAX, Production, items_of, place
from control_tower.pages.render import may, page

# What a month is made of, as production names it, and what that is.
FIGURES: Final = (
    ("opening", "begun before"),
    ("material", "taken"),
    ("work", "worked"),
    ("made", "made"),
    ("written-off", "written off"),
    ("closing", "begun still"),
)
PERIODS: Final = "/v1/sites/{}/periods"


class Periods:
    """The pages and their acts; production counts, and decides who may close and open."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/periods", self.show_periods, methods=["GET"])
        add("/periods", self.close_period_at_page, methods=["POST"])
        add("/periods/{site_id}/{month}", self.show_period, methods=["GET"])
        add("/periods/{site_id}/{month}", self.reopen_period_at_page, methods=["POST"])

    async def show_periods(self, ask: Asked) -> Response:
        """The months of a site that were closed; of the first site that has a work centre unless one is named."""
        return await self._periods(ask, asked(ask, "site_id")["site_id"])

    async def close_period_at_page(self, ask: Asked) -> Response:
        """Close a month of a site."""
        form = await ask.form()
        site_id, month = field(form, "site_id"), field(form, "month")
        answer = await self._production.act(ask, form, place(PERIODS, site_id), {"month": month})
        if answer.body:
            return RedirectResponse(place("/periods/{}/{}", site_id, month), 303)
        return await self._periods(ask, site_id, answer)

    async def show_period(self, ask: Asked, site_id: str, month: str) -> Response:
        """A month by its figures, and the runs behind it or behind one `figure`."""
        return await self._period(ask, site_id, month)

    async def reopen_period_at_page(self, ask: Asked, site_id: str, month: str) -> Response:
        """Ask for a month to be opened again, or open it as the second who asks."""
        form = await ask.form()
        path = place(PERIODS + "/{}/reopening", site_id, month)
        answer = await self._production.act(ask, form, path, {"reason": field(form, "reason")})
        if answer.body:
            return RedirectResponse(place("/periods/{}/{}", site_id, month), 303)
        return await self._period(ask, site_id, month, answer)

    async def _periods(self, ask: Ask, site_id: str, refused: Answer | None = None) -> Response:
        centres = await self._production.shown(ask, place("/v1/work-centres", limit=ROWS_COUNT_MAX))
        sites = sorted({centre["site_id"] for centre in items_of(centres)})
        chosen = site_id or (sites[0] if sites else "")
        after = asked(ask, "after")["after"]
        listed = (
            await self._production.shown(ask, place(PERIODS, chosen, limit=ROWS_COUNT_MAX, after=after))
            if chosen
            else None
        )
        return page(
            ask,
            "making/periods.html",
            status=status_of(refused),
            answers=[refused, centres, listed],
            sites=sites,
            chosen=chosen,
            periods=items_of(listed) if listed else [],
            more=after_of(listed) if listed else "",
            figures=FIGURES,
            acts=may(ask, "close_period_at_page"),
        )

    async def _period(self, ask: Ask, site_id: str, month: str, refused: Answer | None = None) -> Response:
        at = place(PERIODS + "/{}", site_id, month)
        found = await self._production.found(ask, at)
        wanted = asked(ask, "figure", "after")
        runs = await self._production.shown(ask, place(at + "/runs", limit=ROWS_COUNT_MAX, **wanted))
        return page(
            ask,
            "making/period.html",
            status=status_of(refused) if found.body else found.status or AWAY,
            answers=[refused, found, runs],
            period=found.body,
            site_id=site_id,
            month=month,
            runs=items_of(runs),
            more=after_of(runs),
            figure=wanted["figure"],
            figures=FIGURES,
            acts=may(ask, "reopen_period_at_page"),
        )
