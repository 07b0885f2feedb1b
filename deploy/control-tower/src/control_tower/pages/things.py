"""Everything that was heard of one thing, with the facts as they were told: where every id leads to."""

from __future__ import annotations

import json
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.errors import NotFound
from backbone.web import Asked
from control_tower.domain.mentions import KINDS
from control_tower.domain.timeline import steps_of
from control_tower.pages.render import page
from control_tower.queries import things

router: Final = APIRouter()


@router.get("/things/{kind}/{subject_id:path}", include_in_schema=False)
async def show_thing(ask: Asked, kind: str, subject_id: str) -> Response:
    """The facts that name a thing, the newest first, and what it is tied to."""
    if kind not in KINDS:
        raise NotFound("there is no such kind of thing")
    async with ask.read() as sql:
        thing = await things.find_thing(sql, kind, subject_id)
    if not thing.facts:
        raise NotFound("nothing of this name was heard of")
    values = {heard.event_id: _readable(value) for heard, value in thing.facts}
    steps = steps_of([heard for heard, _ in thing.facts])[::-1]
    return page(ask, "thing.html", thing=thing, steps=steps, values=values)


def _readable(value: str) -> str:
    return json.dumps(json.loads(value), indent=1, ensure_ascii=False)
