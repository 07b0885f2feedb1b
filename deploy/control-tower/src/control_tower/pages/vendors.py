"""Vendors as buyers look at them: their scorecards, week by week, and the events behind each figure."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from backbone.errors import NotFound
from backbone.web import Ask, Asked
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import after_of, asked, path_with
from control_tower.pages.render import page
from control_tower.queries.orders import list_names

OWNER: Final = "vendors"
REFUSED: Final = (404, 422)
VENDORS_COUNT_MAX: Final = 100
# A figure as vendors names it: its member of the scorecard, what it is called, and its unit.
FIGURES: Final = {
    "otif": ("otif_percent", "On time in full, as acknowledged", "%"),
    "requested": ("requested_percent", "On time in full, as requested", "%"),
    "quality": ("quality_ppm", "Rejected", "ppm"),
    "price": ("price_drift_percent", "Price drift", "%"),
    "response": ("response_hours", "Response", "h"),
    "lead": ("observed_lead_days", "Lead time", "days"),
}


class Vendors:
    """The pages; scores are kept by vendors."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        for path, serves in (
            ("/vendors", self.show_vendors),
            ("/vendors/{vendor_id}", self.show_vendor_scorecard),
            ("/vendors/{vendor_id}/{figure}", self.show_vendor_figure),
        ):
            self.router.add_api_route(path, serves, methods=["GET"], include_in_schema=False)

    async def show_vendors(self, ask: Asked) -> Response:
        """The vendors there are, a page after the other."""
        query = {**asked(ask, "after"), "limit": str(VENDORS_COUNT_MAX)}
        listed = await self._neighbours.shown(ask, OWNER, path_with("/v1/vendors", query))
        after = after_of(listed)
        return page(
            ask,
            "vendors.html",
            vendors=listed.body["items"] if listed.body else [],
            more=path_with("/vendors", {"after": after}) if after else "",
            troubles=[listed],
        )

    async def show_vendor_scorecard(self, ask: Asked, vendor_id: str) -> Response:
        """A vendor's figures of the last weeks, each with a way to what is behind it."""
        answer = await self._found(ask, f"/v1/vendors/{quote(vendor_id, safe='')}/scorecard")
        return page(
            ask,
            "vendor.html",
            vendor_id=vendor_id,
            vendor=await _title(ask, vendor_id),
            card=answer.body,
            figures=FIGURES,
            troubles=[answer],
        )

    async def show_vendor_figure(self, ask: Asked, vendor_id: str, figure: str) -> Response:
        """The lines that make a figure, whether each is right, and what happened to it."""
        if figure not in FIGURES:
            raise NotFound(f"no figure {figure}")
        path = f"/v1/vendors/{quote(vendor_id, safe='')}/scorecard/{figure}"
        answer = await self._found(ask, path)
        return page(
            ask,
            "vendor_figure.html",
            vendor_id=vendor_id,
            vendor=await _title(ask, vendor_id),
            title=FIGURES[figure][1],
            rows=answer.body["items"] if answer.body else [],
            troubles=[answer],
        )

    async def _found(self, ask: Ask, path: str) -> Answer:
        answer = await self._neighbours.shown(ask, OWNER, path)
        if answer.status in REFUSED:
            raise NotFound(answer.trouble)
        return answer


async def _title(ask: Ask, vendor_id: str) -> str:
    """What a vendor is called, as far as it was heard of; else its number."""
    async with ask.read() as sql:
        names = await list_names(sql, ["vendor"], {vendor_id})
    return names.get(("vendor", vendor_id), (vendor_id, ""))[0]
