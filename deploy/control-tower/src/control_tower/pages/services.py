"""Services and topics: who tells what at which rate, who answers, what waits, and what went wrong last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter
from starlette.responses import Response

from backbone.web import Asked
from contracts.topics import TOPICS
from control_tower.domain.letters import Letter
from control_tower.drawing.graph import draw_graph
from control_tower.gateways import Neighbours
from control_tower.pages.dead_letters import letters_of
from control_tower.pages.render import page
from control_tower.queries import overview, topics

OPERATORS = frozenset({"admin", "system"})


class ServiceGraph:
    """The page; what only operators may know of a service is asked for with the asker's own token."""

    def __init__(self, neighbours: Neighbours) -> None:
        self._neighbours = neighbours
        self.router = APIRouter()
        self.router.add_api_route("/services", self.show_services, methods=["GET"], include_in_schema=False)

    async def show_services(self, ask: Asked) -> Response:
        """The map of services and topics, and how each service stands."""
        may_ask = ask.principal.role in OPERATORS
        clocks = await self._neighbours.clocks(ask) if may_ask else []
        parked = await self._neighbours.parked(ask) if may_ask else []
        since = datetime.now(UTC) - timedelta(seconds=overview.RATE_SECONDS)
        async with ask.read() as sql:
            carried = await topics.list_carried(sql, since)
            hearings = await topics.list_hearings(sql)
        last = {answer.service: _last(letters_of(answer)) for answer in parked}
        troubled = frozenset(
            answer.service for answer in clocks if answer.trouble or last.get(answer.service)
        )
        drawn = draw_graph(TOPICS, carried, hearings, troubled)
        return page(
            ask,
            "services.html",
            drawn=drawn,
            clocks=clocks,
            last=last,
            may_ask=may_ask,
            topics=TOPICS,
            carried=carried,
            hearings=hearings,
        )


def _last(letters: list[Letter]) -> Letter | None:
    return max(letters, key=lambda one: one.parked_at, default=None)
