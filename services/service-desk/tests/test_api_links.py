"""Signed links: a client answers one offer, or gives the one word at the end, without an account."""

from __future__ import annotations

from typing import Any

import httpx
from tests.desk_door import AGENT, CLIENT, DISPATCHER, WAREHOUSE, Door
from tests.desk_made import at, ready

from backbone.ids import new_id


async def hand_over(door: Door) -> str:
    await door.stage.ordered(("L1", "pc"))
    await door.stage.hear(ready())
    return (await door.stage.offer()).visit_id


async def link(door: Door, visit_id: str) -> str:
    return str((await door.get(DISPATCHER, f"/v1/visits/{visit_id}/link"))["token"])


async def act(door: Door, token: str, path: str, body: Any = None) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", "idempotency-key": new_id()}
    return await door.client.post(path, headers=headers, json=body or {})


async def test_a_client_confirms_by_a_link_and_gives_the_word_by_another(door: Door) -> None:
    visit_id = await hand_over(door)
    first = await link(door, visit_id)
    shown = await door.client.get(f"/v1/visits/{visit_id}", headers={"authorization": f"Bearer {first}"})
    assert shown.json()["state"] == "offered"
    answer = await act(door, first, f"/v1/visits/{visit_id}/confirmation", {"offer_no": 1})
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed")
    await door.post(WAREHOUSE, f"/v1/visits/{visit_id}/dispatch")
    taken = await act(door, await link(door, visit_id), f"/v1/visits/{visit_id}/acceptance")
    assert taken.json()["state"] == "completed"
    ended = await door.get(DISPATCHER, f"/v1/visits/{visit_id}/link", status=409)
    assert ended["type"] == "/problems/wrong-state"
    recorded = (await door.get(AGENT, f"/v1/visits/{visit_id}"))["ended_by"]
    assert recorded == f"link:client-of-{visit_id}"


async def test_a_link_acts_once_however_often_it_is_issued(door: Door) -> None:
    visit_id = await hand_over(door)
    token, again = await link(door, visit_id), await link(door, visit_id)
    assert (
        await act(door, token, f"/v1/visits/{visit_id}/move", {"starts_at": at(9, 4).isoformat()})
    ).status_code == 200
    spent = await act(door, again, f"/v1/visits/{visit_id}/confirmation")
    assert spent.json()["type"] == "/problems/link-spent"
    assert (
        await act(door, await link(door, visit_id), f"/v1/visits/{visit_id}/confirmation")
    ).status_code == 200


async def test_a_link_is_for_its_visit_its_acts_and_its_time(door: Door) -> None:
    visit_id = await hand_over(door)
    token = await link(door, visit_id)
    assert (await act(door, token, f"/v1/visits/{visit_id}/acceptance")).status_code == 403
    assert (await act(door, token, "/v1/visits/another/confirmation")).status_code == 404
    assert (await act(door, token, "/v1/messages", {"text": "hello"})).status_code == 403
    door.stage.clock.advance(at(8, 3))
    late = await act(door, token, f"/v1/visits/{visit_id}/confirmation")
    assert (late.status_code, late.json()["type"]) == (401, "/problems/link-expired")


async def test_a_client_issues_no_links(door: Door) -> None:
    visit_id = await hand_over(door)
    refused = await door.get(CLIENT, f"/v1/visits/{visit_id}/link", status=403)
    assert refused["type"] == "/problems/forbidden"
