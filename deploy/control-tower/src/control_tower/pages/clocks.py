"""SLA clocks of open tickets: what is used of each, whether it runs or waits, and when it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from control_tower.gateways import Neighbours
from control_tower.pages.asking import after_of, asked, path_with
from control_tower.pages.render import page

OWNER: Final = "service-desk"
TICKETS_COUNT_MAX: Final = 100
SETTLED: Final = frozenset({"resolved", "closed"})
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
        )
        for ticket in tickets
        if ticket["state"] not in SETTLED
        for name, title in CLOCKS
    ]
    return sorted(found, key=lambda one: (not one.broken, one.breaks_at is None, one.breaks_at or ""))
