"""Production as its pages ask it: what it shows, several things at once, and what people have it do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from backbone.errors import NotFound
from backbone.web import Ask
from backbone.web.forms import FORM_KEY, field
from control_tower.gateways import Answer, Neighbours, SignIn
from control_tower.pages.asking import path_with

OWNER: Final = "production"
NOT_THERE: Final = 404
# What a page answers with when its owner is away.
AWAY: Final = 503
ROWS_COUNT_MAX: Final = 200


def place(template: str, *ids: str, **query: str | int | None) -> str:
    """A path of production with ids that may have any letters, and the part of its query that is there."""
    path = template.format(*(quote(each, safe="") for each in ids))
    return path_with(path, {name: None if value is None else str(value) for name, value in query.items()})


def optional(form: Mapping[str, str], name: str) -> str:
    """A field that may stay empty; raises `Invalid` for one that is too long."""
    return field(form, name) if form.get(name, "").strip() else ""


class Production:
    """The owner of runs, recipes, work centres and inspections, asked in the name of who looks."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours

    async def shown(self, ask: Ask, path: str) -> Answer:
        """What lies under a path, or why it is not shown."""
        return await self._neighbours.shown(ask, OWNER, path)

    async def found(self, ask: Ask, path: str) -> Answer:
        """As `shown`; raises `NotFound` for what is not there."""
        answer = await self.shown(ask, path)
        if answer.status == NOT_THERE:
            raise NotFound("production has nothing of this name")
        return answer

    async def all_shown(self, ask: Ask, *paths: str) -> list[Answer]:
        """What lies under several paths, asked for at once."""
        return list(await asyncio.gather(*(self.shown(ask, path) for path in paths)))

    async def act(
        self,
        ask: Ask,
        form: Mapping[str, str],
        path: str,
        body: Mapping[str, Any],
        *,
        method: str = "POST",
        version: str = "",
        sign_in: SignIn | None = None,
    ) -> Answer:
        """Have production act, once for the key of the form; raises `Invalid` for a form without one."""
        key = field(form, FORM_KEY)
        return await self._neighbours.act(
            ask, OWNER, path, body, key, method=method, version=version, sign_in=sign_in
        )


def items_of(answer: Answer) -> list[Any]:
    """The rows of a list; none when it was not shown."""
    rows: list[Any] = answer.body["items"] if answer.body else []
    return rows
