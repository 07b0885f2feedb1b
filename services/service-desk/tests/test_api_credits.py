"""Credits above the limit over HTTP: who proposes, who decides, and what the client sees of it."""

from __future__ import annotations

from tests.desk_door import AGENT, CLIENT, DISPATCHER, Door

ABOVE = {"how": "a new one", "credit": {"minor": 60_000, "currency": "EUR"}}


async def test_a_credit_above_the_limit_waits_for_a_second_person(door: Door) -> None:
    await door.stage.ordered(*[(f"L{number}", "pc") for number in range(7)])
    body = {"kind": "complaint", "subject": "broken", "order_id": "o1"}
    path = f"/v1/tickets/{(await door.post(CLIENT, '/v1/tickets', body, status=201))['id']}"
    decision = f"{path}/credit-decision"
    await door.post(
        AGENT, f"{path}/resolution", {**ABOVE, "credit": {"minor": 70_001, "currency": "EUR"}}, status=422
    )
    assert (await door.post(AGENT, f"{path}/resolution", ABOVE))["state"] == "open"
    shown = await door.get(AGENT, path)
    assert (shown["proposal"]["credit"]["minor"], shown["proposal"]["by"]) == (60_000, "a-agent")
    assert (await door.get(CLIENT, path))["proposal"] is None
    waiting = "/v1/tickets?credit=waiting"
    assert [each["proposal"]["by"] for each in (await door.get(AGENT, waiting))["items"]] == ["a-agent"]
    assert (await door.get(CLIENT, waiting))["items"] == [], "that it waits is not the client's to know"
    await door.get(AGENT, "/v1/tickets?credit=granted", status=422)
    await door.post(AGENT, decision, {"approved": True}, status=403)
    await door.post(CLIENT, decision, {"approved": True}, status=403)
    assert (await door.post(DISPATCHER, decision, {"approved": True}))["state"] == "resolved"
    assert (await door.get(CLIENT, path))["credit"] == ABOVE["credit"]
    assert (await door.get(AGENT, waiting))["items"] == []
    await door.post(DISPATCHER, decision, {"approved": True}, status=409)
    await door.post(DISPATCHER, "/v1/tickets/none/credit-decision", {"approved": True}, status=404)


async def test_who_proposed_a_credit_does_not_decide_on_it(door: Door) -> None:
    await door.stage.ordered(*[(f"L{number}", "pc") for number in range(7)])
    body = {"kind": "complaint", "subject": "broken", "order_id": "o1"}
    path = f"/v1/tickets/{(await door.post(CLIENT, '/v1/tickets', body, status=201))['id']}"
    await door.post(DISPATCHER, f"{path}/resolution", ABOVE)
    await door.post(DISPATCHER, f"{path}/credit-decision", {"approved": True}, status=409)
    await door.post(DISPATCHER, f"{path}/credit-decision", {"approved": False}, status=409)
    assert (await door.get(AGENT, path))["state"] == "open"
