"""The recall board: recalls that are followed until they are closed, and the acts of those who lead them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.errors import NotFound
from backbone.web import Ask, Asked
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.asking import status_of
from control_tower.pages.render import page

OWNER: Final = "production"
ROWS_COUNT_MAX: Final = 200
NOT_THERE: Final = 404
REASON_CHARS_MAX: Final = 500
NAME_CHARS_MAX: Final = 200


class Recalls:
    """The pages; production keeps the recalls and decides who may open and close one."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        for method, path, served in (
            ("GET", "/recalls", self.show_recalls),
            ("POST", "/recalls", self.open_recall),
            ("GET", "/recalls/{recall_id}", self.show_recall),
            ("POST", "/recalls/{recall_id}", self.close_recall),
        ):
            self.router.add_api_route(path, served, methods=[method], include_in_schema=False)

    async def show_recalls(self, ask: Asked) -> Response:
        """Recalls that are open, and the last that were closed."""
        return await self._board(ask)

    async def open_recall(self, ask: Asked) -> Response:
        """Call lots back in the name of who signed in."""
        form = await ask.form()
        lots = [each for line in form.get("lot_ids", "").splitlines() if (each := line.strip())]
        body: dict[str, Any] = {"reason": form.get("reason", ""), "lot_ids": lots}
        for name in ("vendor_lot", "sku", "run_id"):
            body[name] = form.get(name, "").strip() or None
        answer = await self._act(ask, form, "/v1/recalls", body)
        if answer.trouble:
            return await self._board(ask, answer)
        return RedirectResponse(f"/recalls/{quote(answer.body['id'])}", 303)

    async def show_recall(self, ask: Asked, recall_id: str) -> Response:
        """A recall: its lots with their outcomes, its runs, its customers."""
        return await self._recall(ask, recall_id)

    async def close_recall(self, ask: Asked, recall_id: str) -> Response:
        """Close a recall in the name of who signed in; what it waits for is said."""
        form = await ask.form()
        body = {"summary": form.get("summary", "")}
        answer = await self._act(ask, form, f"/v1/recalls/{quote(recall_id, safe='')}/close", body)
        if answer.trouble:
            return await self._recall(ask, recall_id, answer)
        return RedirectResponse(f"/recalls/{quote(recall_id)}", 303)

    async def _act(self, ask: Ask, form: Mapping[str, str], path: str, body: dict[str, Any]) -> Answer:
        return await self._neighbours.act(ask, OWNER, path, body, form.get("idempotency_key", ""))

    async def _board(self, ask: Ask, refused: Answer | None = None) -> Response:
        pages = {state: await self._listed(ask, state) for state in ("tracing", "traced", "closed")}
        waiting = [*pages["tracing"][0], *pages["traced"][0]]
        trouble = next((said for _, said in pages.values() if said), "")
        return page(
            ask, "recalls.html", waiting=waiting, closed=pages["closed"][0], trouble=trouble,
            refused=refused, reason_max=REASON_CHARS_MAX, name_max=NAME_CHARS_MAX,
            status=status_of(refused),
        )  # fmt: skip

    async def _listed(self, ask: Ask, state: str) -> tuple[list[Any], str]:
        # What waits longest stands in front of what waits, what was closed last in front of what is closed.
        first = "newest" if state == "closed" else "oldest"
        query = urlencode({"state": state, "first": first, "limit": ROWS_COUNT_MAX})
        answer = await self._neighbours.shown(ask, OWNER, f"/v1/recalls?{query}")
        return (answer.body["items"] if answer.body else []), answer.trouble

    async def _recall(self, ask: Ask, recall_id: str, refused: Answer | None = None) -> Response:
        place = f"/v1/recalls/{quote(recall_id, safe='')}"
        answer = await self._neighbours.shown(ask, OWNER, place)
        if answer.status == NOT_THERE:
            raise NotFound(f"no recall {recall_id}")
        parts: dict[str, Any] = {}
        for name in ("lots", "runs", "tickets"):
            rows = await self._neighbours.shown(ask, OWNER, f"{place}/{name}?limit={ROWS_COUNT_MAX}")
            parts[name] = rows.body["items"] if rows.body else []
        return page(
            ask, "recall.html", recall=answer.body, recall_id=recall_id, **parts, trouble=answer.trouble,
            refused=refused, reason_max=REASON_CHARS_MAX,
            status=status_of(refused),
        )  # fmt: skip
