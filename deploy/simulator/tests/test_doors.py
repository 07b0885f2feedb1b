"""People call again, with the same key, when a service is away; they are patient, and not for ever."""

from __future__ import annotations

import httpx
import pytest

from simulator.doors import Doors, Person, Refused, Unanswered

ANN = Person("buyer", "ann")
Answer = httpx.Response | httpx.TransportError


class Gate(httpx.AsyncBaseTransport):
    """Answers in turn; the last answer stays."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.seen: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        answer = self.answers[min(len(self.seen), len(self.answers)) - 1]
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer

    @property
    def keys(self) -> list[str]:
        return [request.headers["idempotency-key"] for request in self.seen]


def doors(gate: Gate, patience_s: float = 20) -> Doors:
    return Doors({"orders": "http://orders"}, lambda who: who.name, gate, patience_s=patience_s)


@pytest.mark.parametrize(
    "away",
    [
        httpx.ConnectError("refused"),
        httpx.ReadError("cut"),
        httpx.RemoteProtocolError("ended in the middle of an answer"),
        httpx.Response(503, text="away"),
        httpx.Response(429, text="too much"),
        httpx.Response(409, headers={"retry-after": "0"}, text="still in work"),
    ],
    ids=["refused", "cut", "half an answer", "503", "429", "409 in work"],
)
async def test_an_act_is_called_again_with_the_same_key_and_the_same_words(away: Answer) -> None:
    gate = Gate(away, away, httpx.Response(201, json={"id": "1"}))
    async with doors(gate) as through:
        assert await through.post(ANN, "orders", "/v1/x", {"a": 1}) == {"id": "1"}
        assert through.again == 2
    assert len(gate.seen) == 3
    assert len(set(gate.keys)) == 1
    assert len({request.content for request in gate.seen}) == 1


async def test_what_is_shown_is_asked_for_again() -> None:
    gate = Gate(httpx.ConnectError("refused"), httpx.Response(200, json={"items": [1], "next": None}))
    async with doors(gate) as through:
        assert await through.items(ANN, "orders", "/v1/x") == [1]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 422, 500])
async def test_a_no_and_a_broken_service_are_answers_and_nobody_calls_again(status: int) -> None:
    gate = Gate(httpx.Response(status, text="no"))
    async with doors(gate) as through:
        with pytest.raises(Refused, match=f"POST orders /v1/x: {status} no"):
            await through.post(ANN, "orders", "/v1/x")
    assert len(gate.seen) == 1


async def test_a_service_that_stays_away_is_named_with_how_often_it_was_called_and_how_it_was() -> None:
    gate = Gate(httpx.Response(503, text="the database is away"), httpx.ConnectError("nobody listens"))
    async with doors(gate, patience_s=0.5) as through:
        with pytest.raises(Unanswered, match=r"POST orders /v1/x: no answer .* nobody listens") as unanswered:
            await through.post(ANN, "orders", "/v1/x")
    assert unanswered.value.calls == len(gate.seen) == 3


async def test_a_pause_that_the_service_asks_for_beyond_all_patience_is_not_waited_for() -> None:
    gate = Gate(httpx.Response(429, headers={"retry-after": "3600"}))
    async with doors(gate, patience_s=1) as through:
        with pytest.raises(Unanswered, match="no answer in 0 s and 1 calls"):
            await through.post(ANN, "orders", "/v1/x")
