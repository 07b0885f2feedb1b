"""Visits, tickets and technicians by the command line, asked of a served service desk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.desk_made import ready
from tests.desk_stage import Stage

from backbone.testing import DatabaseOf
from contracts.returns import ReturnAuthorised
from contracts.values import Quantity
from deploy.o2d.tests.shop_floor import Place, place
from service_desk.__main__ import SERVICE

Desk = Place[Stage]
SETUP = {"service_id": "setup", "title": "Set up", "minutes": 30, "skills": ["it"], "site_id": "plant-1"}
ANNA = {
    "technician_id": "anna",
    "title": "Anna",
    "site_id": "plant-1",
    "skills": ["it"],
    "labour_minor": 6000,
}


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    """The service desk, and an admin."""
    async with place(SERVICE, Stage, database_of, tmp_path, monkeypatch, idle=True) as made:
        yield made


async def offered(here: Desk) -> str:
    """A visit that waits for its client's answer."""
    await here.done("technician", "service", here.file("setup.json", SETUP))
    await here.done("technician", "define", here.file("anna.json", ANNA))
    await here.stage.ordered()
    return (await here.stage.offer()).visit_id


async def test_technicians_and_their_time_are_said_and_shown(here: Desk) -> None:
    visit = await offered(here)
    assert [each["technician_id"] for each in await here.told("technician", "list", "--skill", "it")] == [
        "anna"
    ]
    assert (await here.told("technician", "show", "anna"))[0]["title"] == "Anna"
    assert [each["service_id"] for each in await here.told("technician", "services")] == ["setup"]
    assert (await here.told("technician", "services", "setup"))[0]["minutes"] == 30
    away = {"leaves": [{"starts_at": "2026-07-01T00:00:00Z", "ends_at": "2026-07-15T00:00:00Z"}]}
    await here.done("technician", "leaves", "anna", here.file("away.json", away))
    assert (await here.told("technician", "calendar", "anna", "--days", "3"))[0]
    assert await here.told("technician", "capacities")
    agreed = await here.told("technician", "agreement")
    change = here.file("agreed.json", {"hours": agreed["hours"], "targets": agreed["targets"]})
    assert (await here.done("technician", "agreement", "--set", change))["targets"] == agreed["targets"]
    assert visit in await here.seen("visit", "list", "--technician", "anna")


async def test_a_visit_is_agreed_begun_reported_and_taken(here: Desk) -> None:
    visit = await offered(here)
    assert (await here.told("visit", "link", visit))[0]["path"]
    assert "nobody is known at c1" in await here.refused("visit", "contact", visit)
    here.speaks("customer", "c1")
    moved = f"{here.stage.clock.now() + timedelta(days=3):%Y-%m-%dT10:00}"
    await here.says("visit", "move", visit, moved, "--party", "c1", "--yes")
    assert (await here.done("visit", "confirm", visit, "--party", "c1"))["state"] == "confirmed"
    many = await here.refused("visit", "confirm", visit, "none", "--party", "c1", "--yes")
    assert "1 of 2 acts were refused" in many
    assert (
        await here.says("visit", "confirm", visit, "none", "--offer", "1", "--party", "c1")
    ).exit_code == 2
    here.speaks("technician")
    assert (await here.done("visit", "start", visit))["state"] == "started"
    done = here.file("done.json", {"visit_id": visit, "minutes": 60})
    assert (await here.done("visit", "report", done))["state"] == "reported"
    assert "1 of 2" in await here.refused("visit", "accept", visit, "none", "--signed-by", "Ada", "--yes")
    (shown,) = await here.told("visit", "show", visit)
    assert (shown["state"], shown["signed_by"]) == ("completed", "Ada")
    assert "409" in await here.refused(
        "visit", "refuse", visit, "--reason", "no", "--signed-by", "Ada", "--yes"
    )
    assert "409" in await here.refused("visit", "miss", visit, "--yes")


async def test_a_hand_over_is_put_off_and_let_go(here: Desk) -> None:
    await here.stage.ordered(("L1", "pc"))
    await here.stage.hear(ready())
    visit = (await here.stage.offer()).visit_id
    assert "409" in await here.refused("visit", "dispatch", visit, "--freight", "900", "--yes")
    here.speaks("customer", "c1")
    assert (await here.done("visit", "decline", visit, "--reason", "not yet", "--party", "c1"))[
        "state"
    ] == "declined"
    here.speaks("dispatcher")
    assert (await here.done("visit", "reschedule", visit))["state"] == "offered"
    assert (await here.done("visit", "cancel", visit, "--reason", "moved away"))["state"] == "cancelled"


async def test_what_a_client_sends_back_is_seen_and_taken_in(here: Desk) -> None:
    await here.stage.ordered(("L1", "pc"))
    await here.stage.hear(ready())
    visit = await here.stage.confirm()
    await here.done("visit", "dispatch", visit, "--freight", "0")
    await here.stage.accept(visit)
    await here.stage.hear(ReturnAuthorised("r1", "o1", "need-p1", "c1", "L1", Quantity(2), "scratched"))
    assert [each["return_id"] for each in await here.told("return", "list", "--state", "awaited")] == ["r1"]
    assert (await here.says("return", "receive", "r1", "lot-L1", "--yes")).exit_code == 2
    assert "409" in await here.refused("return", "receive", "r1", "lot-L1=3", "--yes")
    assert (await here.done("return", "receive", "r1", "lot-L1=2"))["state"] == "received"
    assert (await here.told("return", "show", "r1"))[0]["received"] == "2"


async def test_tickets_are_opened_put_in_order_answered_and_opened_again(here: Desk) -> None:
    await here.stage.ordered(*[(f"L{number}", "pc") for number in range(7)])
    words = ("--kind", "complaint", "--priority", "2", "--order", "o1")
    opened = await here.done("ticket", "open", "c1", "Nobody came", *words)
    ticket = opened["id"]
    await here.done("ticket", "priority", ticket, "1")
    assert (await here.told("ticket", "show", ticket))[0]["priority"] == 1
    await here.done("ticket", "write", "c1", "We come on Tuesday", "--ticket", ticket, "--order", "o1")
    await here.done("ticket", "wait", ticket)
    solved = await here.done("ticket", "resolve", ticket, "--how", "we came", "--credit", "5000:EUR")
    assert solved["state"] == "resolved"
    assert (await here.says("ticket", "resolve", ticket, "--how", "x", "--credit", "much:EUR")).exit_code == 2
    await here.done("ticket", "reopen", ticket)
    more = await here.done("ticket", "resolve", ticket, "--how", "a new one", "--credit", "60000:EUR")
    assert more["state"] == "in-progress"
    assert "409" in await here.refused("ticket", "decide", ticket, "--approve", "--yes"), "it is one's own"
    assert (await here.told("ticket", "show", ticket))[0]["proposal"]["credit"]["minor"] == 60_000
    assert len(await here.told("ticket", "list", "--kind", "complaint")) == 1
    assert [each["ticket_id"] for each in await here.told("ticket", "list", "--waiting")] == [ticket]
    (talk,) = await here.told("ticket", "talks")
    whole = await here.told("ticket", "talk", talk["conversation_id"])
    assert [each["text"] for each in whole["messages"]] == ["We come on Tuesday"]
    assert "We come on Tuesday" in await here.seen("ticket", "talk", talk["conversation_id"])
