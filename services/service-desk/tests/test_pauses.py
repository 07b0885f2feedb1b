"""Pauses of clocks over HTTP: what a clock has used is what its pauses left of the working time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.desk_door import AGENT, CLIENT, Door
from tests.desk_made import NOW, at

from contracts.sla import SlaPaused, SlaResumed
from service_desk.domain.hours import OFFICE


async def pauses_at(door: Door, path: str, now: datetime) -> list[dict[str, Any]]:
    """The pauses of a ticket as they are shown at a moment, once its clock was seen to agree with them."""
    door.stage.clock.advance(now)
    shown = await door.get(CLIENT, path)
    pauses: list[dict[str, Any]] = shown["pauses"]
    stood = timedelta()
    for each in pauses:
        end = datetime.fromisoformat(each["resumed_at"]) if each["resumed_at"] else now
        stood += OFFICE.worked(datetime.fromisoformat(each["paused_at"]), end)
    used = timedelta(minutes=shown["resolution"]["used_minutes"])
    assert used == OFFICE.worked(NOW, now) - stood
    return pauses


async def opened(door: Door) -> str:
    """A question of a client; where it is."""
    made = await door.post(CLIENT, "/v1/tickets", {"kind": "question", "subject": "when?"}, status=201)
    return f"/v1/tickets/{made['id']}"


async def test_what_a_clock_has_used_is_what_its_pauses_left_of_the_time(door: Door) -> None:
    path = await opened(door)
    assert await pauses_at(door, path, at(9)) == []
    await door.post(AGENT, f"{path}/waiting")
    # Asked again, it waits on.
    await door.post(AGENT, f"{path}/waiting")
    assert len(await pauses_at(door, path, at(14))) == 1
    await door.post(CLIENT, "/v1/messages", {"text": "here it is"})
    await pauses_at(door, path, at(10, 4))
    await door.post(AGENT, f"{path}/priority", {"priority": 2})
    await pauses_at(door, path, at(13, 4))
    await door.post(AGENT, f"{path}/resolution", {"how": "told"})
    await pauses_at(door, path, at(9, 5))
    await door.post(CLIENT, f"{path}/reopening")
    waited, rested = await pauses_at(door, path, at(10, 5))
    assert (waited["reason"], waited["paused_at"], waited["resumed_at"]) == (
        "waiting-client", "2026-03-02T09:00:00Z", "2026-03-02T14:00:00Z",
    )  # fmt: skip
    assert (rested["reason"], rested["resumed_at"]) == ("resolved", "2026-03-05T09:00:00Z")
    told = [fact for fact in await door.stage.all_told() if isinstance(fact, SlaPaused | SlaResumed)]
    assert [type(fact) for fact in told] == [SlaPaused, SlaResumed, SlaResumed]


async def test_a_ticket_that_waits_again_at_the_same_moment_goes_on_with_its_pause(door: Door) -> None:
    path = await opened(door)
    door.stage.clock.advance(at(9))
    for text in ("this", "and that"):
        await door.post(AGENT, f"{path}/waiting")
        await door.post(CLIENT, "/v1/messages", {"text": text})
    await door.post(AGENT, f"{path}/waiting")
    (only,) = await pauses_at(door, path, at(11))
    assert (only["paused_at"], only["resumed_at"]) == ("2026-03-02T09:00:00Z", None)
    await door.post(CLIENT, "/v1/messages", {"text": "all of it"})
    (only,) = await pauses_at(door, path, at(12))
    assert only["resumed_at"] == "2026-03-02T11:00:00Z"
