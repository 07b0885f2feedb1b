"""How everything stands, live: whoever looks is told what changed, at most twice a second."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter
from sqlalchemy.exc import DBAPIError
from starlette.responses import Response

from backbone.web import Ask, Asked, LiveEvent, streams
from control_tower.pages.render import page
from control_tower.pages.snapshot import KIND_TITLES, Snapshot, take_snapshot
from control_tower.queries import overview

PUSH_SECONDS_MIN: Final = 0.5
# Rates fall and promises pass although nothing is told.
QUIET_SECONDS_MAX: Final = 5.0


@dataclass(frozen=True, slots=True)
class Changed:
    """Elements of the page that are to be replaced, by the id that each has; and the newest minute, facts in it."""

    elements: tuple[str, ...]
    pulse: tuple[int, int] | None


class Overview:
    """The page and its stream. All who listen share one look at the database, at most two a second."""

    def __init__(self) -> None:
        self._looking = asyncio.Lock()
        self._looked_at = self._taken_at = float("-inf")
        self._seen: Snapshot | None = None
        self.router = APIRouter()
        self.router.add_api_route("/", self.show_overview, methods=["GET"], include_in_schema=False)
        self.router.add_api_route("/live/overview", self.follow_overview, methods=["GET"], **streams(Changed))

    async def show_overview(self, ask: Asked) -> Response:
        """Counts by state, what is late or at risk and why, the rate and lag of every topic."""
        snapshot = await take_snapshot(ask)
        return page(ask, "overview.html", seen=snapshot, titles=KIND_TITLES)

    async def follow_overview(self, ask: Asked) -> Response:
        """What changes on the overview, as server-sent events: at first everything, then only what is different."""

        def since(last: str | None) -> AsyncIterator[LiveEvent]:
            return self._changes(ask)

        return ask.live(since)

    async def _changes(self, ask: Ask) -> AsyncIterator[LiveEvent]:
        """What differs from what this listener was sent; a new one is sent all, since its page may be older."""
        shown: dict[str, str] = {}
        listed: tuple[str, ...] | None = None
        while True:
            snapshot = await self._look(ask)
            made = snapshot.pieces()
            changed = [mark for mark, text in made.items() if shown.get(mark) != text]
            elements = [
                made[mark] for mark in changed if mark not in snapshot.listed or listed == snapshot.listed
            ]
            if listed != snapshot.listed:
                elements.append(snapshot.whole_list())
            shown, listed = made, snapshot.listed
            newest = snapshot.pulse[-1] if snapshot.pulse else None
            if elements:
                yield LiveEvent(str(snapshot.head), "changed", Changed(tuple(elements), newest))
            await asyncio.sleep(PUSH_SECONDS_MIN)

    async def _look(self, ask: Ask) -> Snapshot:
        loop = asyncio.get_running_loop()
        async with self._looking:
            while self._seen is None or loop.time() - self._looked_at >= PUSH_SECONDS_MIN:
                self._looked_at = loop.time()
                try:
                    await self._renew(ask, loop.time())
                except (DBAPIError, OSError):
                    # The database is away for a while: the stream stays, and goes on with what is there afterwards.
                    await asyncio.sleep(PUSH_SECONDS_MIN)
            return self._seen

    async def _renew(self, ask: Ask, at: float) -> None:
        async with ask.read() as sql:
            head = await overview.find_head(sql)
        old = self._seen is None or self._seen.head != head or at - self._taken_at >= QUIET_SECONDS_MAX
        if old:
            self._seen, self._taken_at = await take_snapshot(ask), at
