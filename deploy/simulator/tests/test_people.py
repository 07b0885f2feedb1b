"""People whose visit somebody else has ended between their look and their act."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from simulator.doors import Doors, Refused
from simulator.people.client import Client

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Desk(httpx.AsyncBaseTransport):
    """A service desk with one offered visit; whoever confirms it is told no, since it is `really` in another state."""

    def __init__(self, really: str, status: int = 409) -> None:
        self.really, self.status = really, status

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(self.status, json={"type": "/problems/wrong-state"})
        if request.url.path == "/v1/visits":
            offered = request.url.params["state"] == "offered"
            return httpx.Response(
                200, json={"items": [self._visit("offered")] if offered else [], "next": None}
            )
        return httpx.Response(200, json=self._visit(self.really))

    @staticmethod
    def _visit(state: str) -> dict[str, Any]:
        return {
            "visit_id": "7",
            "state": state,
            "offer_no": 1,
            "kind": "visit",
            "starts_at": "2026-03-02T10:00:00Z",
        }


def doors(desk: Desk) -> Doors:
    return Doors({"service-desk": "http://desk"}, lambda who: who.name, desk)


@pytest.mark.parametrize("really", ["cancelled", "gathering"])
async def test_a_visit_that_was_taken_back_meanwhile_is_let_be(really: str) -> None:
    async with doors(Desk(really)) as through:
        turn = await Client("c-1").look(through, NOW)
    assert (turn.acts, turn.told) == (0, [])


@pytest.mark.parametrize(("really", "status"), [("offered", 409), ("confirmed", 409), ("cancelled", 422)])
async def test_any_other_no_is_told(really: str, status: int) -> None:
    async with doors(Desk(really, status)) as through:
        with pytest.raises(Refused, match=f"confirmation: {status}"):
            await Client("c-1").look(through, NOW)
