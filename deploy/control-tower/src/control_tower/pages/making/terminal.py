"""The terminal of operators: the queue of a work centre, and acts at its runs that are sent once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.web import Ask, Asked, found
from backbone.web.forms import field
from control_tower.domain.terminal import asked_for
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.making.owner import AWAY, ROWS_COUNT_MAX, Production, items_of, place
from control_tower.pages.render import page

QUEUE_COUNT_MAX: Final = 50
Outcome = Literal["recorded", "refused", "away"]
NOT_KNOWN: Final = 401
TOO_MANY: Final = 429
BROKEN: Final = 500
# The same act is still on its way: its answer is kept under its key, and asked for again.
ON_ITS_WAY: Final = "key-in-use"


@dataclass(frozen=True, slots=True)
class ActView:
    """What became of an act, and why if it was refused."""

    outcome: Outcome
    why: str


class Terminal:
    """The pages, and the one road by which their acts reach production, from scripts and from plain forms."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._production = Production(neighbours)
        self.router = APIRouter(include_in_schema=False)
        self.router.add_api_route("/terminal", self.show_terminal, methods=["GET"])
        self.router.add_api_route("/terminal/{work_centre_id}", self.show_terminal_queue, methods=["GET"])
        self.router.add_api_route("/terminal/{work_centre_id}", self.act_at_terminal, methods=["POST"])

    async def show_terminal(self, ask: Asked) -> Response:
        """The work centres, to pick the one at which one works."""
        answer = await self._production.shown(ask, place("/v1/work-centres", limit=ROWS_COUNT_MAX))
        return page(ask, "making/terminal.html", answer=answer, centres=items_of(answer))

    async def show_terminal_queue(self, ask: Asked, work_centre_id: str) -> Response:
        """The runs of a work centre by their place in time, and what can be done at each."""
        return await self._queue(ask, work_centre_id)

    async def act_at_terminal(self, ask: Asked, work_centre_id: str) -> Response:
        """Do something at a run, once for the key of the form; scripts are answered in JSON, forms with the page."""
        form = await ask.form()
        act, body = asked_for(form)
        path = place("/v1/runs/{}/" + act, field(form, "run_id"))
        answer = await self._production.act(ask, form, path, body)
        outcome = outcome_of(answer)
        if "application/json" in ask.request.headers.get("accept", ""):
            return found(ActView(outcome, said(answer)))
        if outcome == "recorded":
            return RedirectResponse(place("/terminal/{}", work_centre_id), 303)
        return await self._queue(ask, work_centre_id, answer)

    async def _queue(self, ask: Ask, work_centre_id: str, refused: Answer | None = None) -> Response:
        at = place("/v1/work-centres/{}", work_centre_id)
        centre = await self._production.found(ask, at)
        queue = await self._production.shown(ask, f"{at}/queue?limit={QUEUE_COUNT_MAX}")
        return page(
            ask,
            "making/terminal_queue.html",
            status=200 if refused is None else refused.status or AWAY,
            code=ask.request.query_params.get("code", ""),
            answers=[refused, queue if centre.body else centre],
            centre=centre.body or {"work_centre_id": work_centre_id, "title": work_centre_id},
            queue=items_of(queue),
            name=ask.principal.name,
        )


def said(answer: Answer) -> str:
    """A trouble with the places that are wrong, in one line."""
    return "; ".join([answer.trouble, *(f"{one['pointer']} {one['detail']}" for one in answer.errors)])


def outcome_of(answer: Answer) -> Outcome:
    """Whether an act is recorded, or refused for good, or has to be sent again under the same key."""
    if answer.body is not None:
        return "recorded"
    later = answer.status in {0, NOT_KNOWN, TOO_MANY} or answer.status >= BROKEN or answer.kind == ON_ITS_WAY
    return "away" if later else "refused"
