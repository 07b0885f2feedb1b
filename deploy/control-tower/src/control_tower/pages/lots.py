"""A lot as quality looks at it: where it lies, what it was made of and what of it, and its certificate of analysis."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.responses import Response

from backbone.errors import NotFound
from backbone.web import Ask, Asked
from control_tower.drawing.certificate import certificate_pdf
from control_tower.drawing.genealogy import draw_genealogy
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.render import page

NOT_THERE: Final = 404


class Lots:
    """The pages; materials keeps the lots and the graph, production the certificates."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        for path, shown in (
            ("/lots/{lot_id:path}", self.show_lot),
            ("/certificates/{lot_id:path}", self.show_certificate),
            ("/certificate-files/{lot_id:path}", self.show_certificate_file),
        ):
            self.router.add_api_route(path, shown, methods=["GET"], include_in_schema=False)

    async def show_lot(self, ask: Asked, lot_id: str) -> Response:
        """A lot, and the lots around it in both directions, by quantity and time."""
        place = f"/v1/lots/{quote(lot_id, safe='')}"
        lot = await self._neighbours.shown(ask, "materials", place)
        if lot.status == NOT_THERE:
            raise NotFound(f"no lot {lot_id}")
        around = await self._neighbours.shown(ask, "materials", f"{place}/genealogy")
        trouble = lot.trouble or around.trouble
        drawn = None if trouble else draw_genealogy(lot.body, around.body)
        return page(
            ask, "lot.html", lot_id=lot_id, lot=lot.body, around=around.body, drawn=drawn, trouble=trouble
        )

    async def show_certificate(self, ask: Asked, lot_id: str) -> Response:
        """The certificate of analysis of a lot that may be used, or why there is none."""
        answer = await self._certificate(ask, lot_id)
        return page(ask, "certificate.html", lot_id=lot_id, certificate=answer.body, trouble=answer.trouble)

    async def show_certificate_file(self, ask: Asked, lot_id: str) -> Response:
        """The certificate as a PDF, the same bytes each time; a page that says why where there is none."""
        answer = await self._certificate(ask, lot_id)
        if answer.trouble:
            return page(ask, "certificate.html", lot_id=lot_id, certificate=None, trouble=answer.trouble)
        headers = {
            "content-disposition": f"attachment; filename*=UTF-8''certificate-{quote(lot_id, safe='')}.pdf",
            "x-content-type-options": "nosniff",
            "cache-control": "no-store",
        }
        return Response(certificate_pdf(answer.body), 200, headers, "application/pdf")

    async def _certificate(self, ask: Ask, lot_id: str) -> Answer:
        place = f"/v1/lots/{quote(lot_id, safe='')}/certificate"
        answer = await self._neighbours.shown(ask, "production", place)
        if answer.status == NOT_THERE:
            raise NotFound(f"no lot {lot_id}")
        return answer
