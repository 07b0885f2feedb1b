"""The schedule of machines: seen by day, week or month, and an operation moved once its effect was shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from backbone.errors import Invalid
from backbone.web import Ask, Asked
from backbone.web.forms import FORM_KEY
from control_tower.drawing.board import MOVABLE, draw_board
from control_tower.gateways import Answer, Neighbours
from control_tower.pages.render import page

OWNER: Final = "production"
ZOOMS: Final = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=31)}
FIELD_CHARS_MAX: Final = 200
# A move that is refused without a reason, and may be made with one.
FROZEN: Final = "inside-frozen-time"
# Of what is seen, so much lies before now.
PAST_SHARE: Final = 6


class Schedule:
    """The page and its acts; production decides what may be moved, by the person's own role."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        for path, act, method in (
            ("/schedule", self.show_gantt, "GET"),
            ("/schedule/trial", self.try_move, "POST"),
            ("/schedule/move", self.make_move, "POST"),
        ):
            self.router.add_api_route(path, act, methods=[method], include_in_schema=False)

    async def show_gantt(self, ask: Asked) -> Response:
        """Machines and what they are kept for; `run` and `operation` name the one that may be moved."""
        return await self._shown(ask, dict(ask.request.query_params), None, "")

    async def try_move(self, ask: Asked) -> Response:
        """What a move would do, beside the schedule as it is."""
        form = await ask.form()
        answer = await self._asked(ask, form, dry_run=True)
        effects = answer.body["effects"] if answer.body else None
        return await self._shown(ask, form, effects, _trouble(answer))

    async def make_move(self, ask: Asked) -> Response:
        """Make the move that was shown; what is refused is shown again with the reason.

        Inside the frozen time its effect is shown again, too: with a reason it may be made all the same.
        """
        form = await ask.form()
        answer = await self._asked(ask, form, dry_run=False)
        if not answer.body:
            again = {**form, FORM_KEY: ask.new_id()}
            trial = await self._asked(ask, again, dry_run=True) if answer.kind == FROZEN else Answer(OWNER)
            return await self._shown(
                ask, form, trial.body["effects"] if trial.body else None, _trouble(answer)
            )
        seen = {name: form[name] for name in ("zoom", "from", "run", "operation") if form.get(name)}
        return RedirectResponse(f"/schedule?{urlencode({**seen, 'moved': len(answer.body['effects'])})}", 303)

    async def _asked(self, ask: Ask, form: Mapping[str, str], *, dry_run: bool) -> Answer:
        machine = _field(form, "machine").rpartition("/")
        if not machine[0] or not machine[2].isdecimal() or not _field(form, "operation").isdecimal():
            raise Invalid("no machine is named like that", [("/machine", "a work centre and a number")])
        body: dict[str, Any] = {
            "operation_no": int(form["operation"]),
            "work_centre_id": machine[0],
            "machine_no": int(machine[2]),
            "starts_at": _moment(_field(form, "starts_at"), "/starts_at").isoformat(),
            "dry_run": dry_run,
        }
        reason, key = form.get("reason", "").strip(), _field(form, FORM_KEY)
        act = "frozen-moves" if reason and not dry_run else "moves"
        if act == "frozen-moves":
            body["reason"] = reason[:FIELD_CHARS_MAX]
        path = f"/v1/runs/{quote(_field(form, 'run'), safe='')}/{act}"
        return await self._neighbours.act(ask, OWNER, path, body, key)

    async def _shown(
        self, ask: Ask, given: Mapping[str, str], effects: list[Any] | None, refused: str
    ) -> Response:
        zoom = given.get("zoom", "week")
        span = ZOOMS.get(zoom, ZOOMS["week"])
        begin = _moment(given["from"], "?from") if given.get("from") else ask.now - span / PAST_SHARE
        query = urlencode({"from": begin.isoformat(), "to": (begin + span).isoformat()})
        answer = await self._neighbours.shown(ask, OWNER, f"/v1/board?{query}")
        board = answer.body or {"lanes": [], "bars": [], "stops": [], "more": False}
        chosen = next(
            (
                one
                for one in board["bars"]
                if (one["run_id"], str(one["operation_no"])) == (given.get("run"), given.get("operation"))
            ),
            None,
        )
        return page(
            ask,
            "schedule.html",
            board=board,
            drawn=draw_board(board, begin, begin + span, ask.now, effects or ()),
            zooms=list(ZOOMS),
            zoom=zoom if zoom in ZOOMS else "week",
            begin=begin,
            until=begin + span,
            earlier=begin - span,
            chosen=chosen if chosen and chosen["state"] in MOVABLE else None,
            given=given,
            effects=effects,
            refused=refused,
            trouble=answer.trouble,
        )


def _field(form: Mapping[str, str], name: str) -> str:
    given = form.get(name, "")
    if not 1 <= len(given) <= FIELD_CHARS_MAX:
        raise Invalid(f"{name} has 1 to {FIELD_CHARS_MAX} characters", [(f"/{name}", "missing or too long")])
    return given


def _moment(given: str, pointer: str) -> datetime:
    """A moment as forms and addresses give it; one without a zone is in UTC, as all that is shown."""
    try:
        moment = datetime.fromisoformat(given)
    except ValueError as wrong:
        raise Invalid("no moment is written like that", [(pointer, "like 2026-03-09T08:00")]) from wrong
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _trouble(answer: Answer) -> str:
    if not answer.trouble:
        return ""
    said = (f"{each.get('pointer', '')}: {each.get('detail', '')}" for each in answer.errors)
    return "; ".join([f"{answer.service} {answer.trouble}", *said])
