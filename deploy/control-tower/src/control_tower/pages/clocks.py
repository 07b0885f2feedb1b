"""SLA clocks of open tickets: what is used of each, where it ran and stood, and when it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from control_tower.drawing.clock import ClockDrawing, Pause, draw_clock
from control_tower.gateways import Neighbours
from control_tower.pages.asking import after_of, asked, path_with
from control_tower.pages.render import page

OWNER: Final = "service-desk"
TICKETS_COUNT_MAX: Final = 100
SETTLED: Final = frozenset({"resolved", "closed"})
# First response never pauses.
PAUSING: Final = "resolution"
CLOCKS: Final = (("first_response", "first response"), ("resolution", "resolution"))


@dataclass(frozen=True, slots=True)
class TicketClock:
    """One clock of a ticket, in minutes of working time."""

    ticket: Mapping[str, Any]
    title: str
    used_minutes: int
    target_minutes: int
    running: bool
    broken: bool
    breaks_at: str | None
    pauses: tuple[Pause, ...]
    stood_at: str | None

    def drawn(self, now: datetime) -> ClockDrawing:
        """It as a bar in time, seen at a moment."""
        until = now if self.running or self.stood_at is None else datetime.fromisoformat(self.stood_at)
        breaks_at = datetime.fromisoformat(self.breaks_at) if self.breaks_at else None
        opened_at = datetime.fromisoformat(self.ticket["opened_at"])
        return draw_clock(opened_at, until, self.pauses, breaks_at, now)


class Clocks:
    """The page; tickets and their clocks are kept by service-desk."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        self.router.add_api_route("/clocks", self.show_clocks, methods=["GET"], include_in_schema=False)

    async def show_clocks(self, ask: Asked) -> Response:
        """The clocks of a page of tickets: those that are broken first, then by when they break."""
        query = {**asked(ask, "after"), "limit": str(TICKETS_COUNT_MAX)}
        listed = await self._neighbours.shown(ask, OWNER, path_with("/v1/tickets", query))
        after = after_of(listed)
        return page(
            ask,
            "clocks.html",
            clocks=clocks_of(listed.body["items"] if listed.body else []),
            more=path_with("/clocks", {"after": after}) if after else "",
            troubles=[listed],
        )


def clocks_of(tickets: Iterable[Mapping[str, Any]]) -> list[TicketClock]:
    """The clocks that still matter: broken ones first, then those that run by when they break, then those that wait."""
    found = [
        TicketClock(
            ticket,
            title,
            ticket[name]["used_minutes"],
            ticket[name]["target_minutes"],
            ticket[name]["running"],
            ticket[name]["broken"],
            ticket[name]["breaks_at"],
            _pauses(ticket) if name == PAUSING else (),
            ticket[name]["stood_at"],
        )
        for ticket in tickets
        if ticket["state"] not in SETTLED
        for name, title in CLOCKS
    ]
    return sorted(found, key=lambda one: (not one.broken, one.breaks_at is None, one.breaks_at or ""))


def _pauses(ticket: Mapping[str, Any]) -> tuple[Pause, ...]:
    return tuple(
        Pause(
            datetime.fromisoformat(each["paused_at"]),
            datetime.fromisoformat(each["resumed_at"]) if each["resumed_at"] else None,
            each["reason"],
        )
        for each in ticket["pauses"]
    )
