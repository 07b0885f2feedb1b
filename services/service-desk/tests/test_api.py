"""The HTTP door of the service desk: the road of a delivery, rights of roles and clients, strict bodies, answers."""

from __future__ import annotations

from typing import Any

import pytest
from openapi_spec_validator import validate
from tests.desk_door import ADMIN, AGENT, CLIENT, DISPATCHER, OTHER, TECHNICIAN, WAREHOUSE, Door
from tests.desk_made import at, placed, ready

from backbone.ids import new_id
from backbone.web.app import operations_of
from contracts.orders import ContactChanged
from contracts.policy import POLICY
from contracts.service_desk import HandOverCompleted, VisitCompleted
from service_desk.api import ROUTERS

SETUP = {"service_id": "setup", "title": "Set up", "minutes": 30, "skills": ["it"], "site_id": "plant-1"}
ANNA = {
    "technician_id": "anna",
    "title": "Anna",
    "site_id": "plant-1",
    "skills": ["it"],
    "labour_minor": 6000,
}


async def opened(door: Door) -> None:
    await door.post(DISPATCHER, "/v1/services", SETUP, status=201)
    await door.post(DISPATCHER, "/v1/technicians", ANNA, status=201)


async def offered(door: Door) -> str:
    """A visit that waits for the client's answer."""
    await opened(door)
    await door.stage.ordered()
    return (await door.stage.offer()).visit_id


async def hand_over(door: Door) -> str:
    """A hand-over that waits for the client's answer."""
    await door.stage.ordered(("L1", "pc"))
    await door.stage.hear(ready())
    return (await door.stage.offer()).visit_id


async def test_a_visit_is_confirmed_reported_and_accepted(door: Door) -> None:
    visit_id = await offered(door)
    assert (await door.post(CLIENT, f"/v1/visits/{visit_id}/confirmation", {"offer_no": 1}))[
        "state"
    ] == "confirmed"
    await door.post(TECHNICIAN, f"/v1/visits/{visit_id}/start")
    await door.post(TECHNICIAN, f"/v1/visits/{visit_id}/report", {"minutes": 60})
    assert await door.stage.told(VisitCompleted) == []
    assert (await door.post(CLIENT, f"/v1/visits/{visit_id}/acceptance"))["state"] == "completed"
    shown = await door.get(DISPATCHER, f"/v1/visits/{visit_id}")
    assert (shown["report"]["minutes"], shown["ended_by"]) == (60, "customer:a-customer")
    assert (await door.get(CLIENT, f"/v1/visits/{visit_id}"))["ended_by"] is None


async def test_a_driver_records_the_clients_signature(door: Door) -> None:
    visit_id = await hand_over(door)
    await door.post(CLIENT, f"/v1/visits/{visit_id}/confirmation")
    await door.post(WAREHOUSE, f"/v1/visits/{visit_id}/dispatch", {"freight_minor": 900})
    unsigned = await door.post(WAREHOUSE, f"/v1/visits/{visit_id}/acceptance", status=422)
    assert unsigned["type"] == "/problems/nobody-has-signed"
    await door.post(WAREHOUSE, f"/v1/visits/{visit_id}/acceptance", {"signed_by": "Ada Client"})
    (done,) = await door.stage.told(HandOverCompleted)
    # Who signed is kept here; the fact says who recorded it.
    assert done.confirmed_by == "warehouse:a-warehouse"
    assert (await door.get(WAREHOUSE, f"/v1/visits/{visit_id}"))["signed_by"] == "Ada Client"
    # Who is erased has signed all the same, by no name.
    await door.stage.hear(ContactChanged("contact-1", CLIENT[1], "", "", ""))
    assert (await door.get(WAREHOUSE, f"/v1/visits/{visit_id}"))["signed_by"] == "contact-1"


async def test_acts_in_bulk_have_an_answer_each(door: Door) -> None:
    visit_id = await offered(door)
    two = {"acts": [{"visit_id": visit_id}, {"visit_id": "nothing"}]}
    answers = (await door.post(CLIENT, "/v1/visits/confirmations/batch", two))["answers"]
    assert [(each["status"], each["state"], each["type"]) for each in answers] == [
        (200, "confirmed", None),
        (404, None, "/problems/not-found"),
    ]
    for path, act in (("starts", {}), ("reports", {"minutes": 50}), ("acceptances", {"signed_by": "Ada"})):
        body = {"acts": [{"visit_id": visit_id, **act}]}
        (answer,) = (await door.post(TECHNICIAN, f"/v1/visits/{path}/batch", body))["answers"]
        assert answer["status"] == 200, answer
    sent = await door.post(WAREHOUSE, "/v1/visits/dispatches/batch", {"acts": [{"visit_id": visit_id}]})
    assert sent["answers"][0]["type"] == "/problems/not-this-kind"
    many = {"acts": [{"visit_id": visit_id}] * 101}
    await door.post(CLIENT, "/v1/visits/confirmations/batch", many, status=422)


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("confirmation", {}),
        ("move", {"starts_at": "2026-03-05T09:00:00Z"}),
        ("decline", {"reason": "no"}),
        ("acceptance", {}),
        ("refusal", {"reason": "no"}),
    ],
)
async def test_another_clients_visit_is_unknown(door: Door, act: str, body: dict[str, Any]) -> None:
    visit_id = await offered(door)
    theirs = await door.post(OTHER, f"/v1/visits/{visit_id}/{act}", body, status=404)
    unknown = await door.post(OTHER, f"/v1/visits/{new_id()}/{act}", body, status=404)
    assert theirs["type"] == unknown["type"] == "/problems/not-found"
    await door.get(OTHER, f"/v1/visits/{visit_id}", status=404)
    assert (await door.get(OTHER, "/v1/visits"))["items"] == []
    assert len((await door.get(CLIENT, "/v1/visits"))["items"]) == 1


@pytest.mark.parametrize(
    ("role", "path", "body"),
    [
        (DISPATCHER, "/v1/visits/v/acceptance", {"signed_by": "x"}),
        (ADMIN, "/v1/visits/v/acceptance", {"signed_by": "x"}),
        (CLIENT, "/v1/visits/v/report", {"minutes": 5}),
        (CLIENT, "/v1/visits/v/dispatch", {}),
        (CLIENT, "/v1/visits/v/reschedule", {}),
        (CLIENT, "/v1/services", SETUP),
        (TECHNICIAN, "/v1/visits/v/confirmation", {}),
        (("operator", None), "/v1/tickets", {"kind": "question", "subject": "x"}),
        (("vendor", "v1"), "/v1/messages", {"text": "x"}),
    ],
)
async def test_a_role_without_right_is_refused(
    door: Door, role: tuple[str, str | None], path: str, body: dict[str, Any]
) -> None:
    refused = await door.post(role, path, body, status=403)
    assert refused["type"] == "/problems/forbidden"


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/services", {**SETUP, "minutes": "30"}, "/minutes"),
        ("/v1/services", {**SETUP, "minutes": 0}, "/minutes"),
        ("/v1/services", {**SETUP, "skills": []}, "/skills"),
        ("/v1/services", {**SETUP, "colour": "red"}, "/colour"),
        ("/v1/services", {**SETUP, "parts": [{"sku": "a", "quantity": "0"}]}, "/parts/0/quantity"),
        ("/v1/services", {**SETUP, "title": " "}, "/title"),
        ("/v1/technicians", {**ANNA, "travel_minutes": -1}, "/travel_minutes"),
        ("/v1/technicians", {**ANNA, "hours": {"windows": []}}, "/hours"),
        ("/v1/visits/v/reschedule", {"starts_at": "2026-03-05T09:00:00"}, "/starts_at"),
        ("/v1/tickets", {"kind": "praise", "subject": "x", "customer_id": "c1"}, "/kind"),
        ("/v1/tickets", {"kind": "call", "subject": "x", "customer_id": "c1", "priority": 9}, "/priority"),
        ("/v1/tickets", {"kind": "call", "subject": "x"}, "/customer_id"),
        ("/v1/messages", {"text": "", "customer_id": "c1"}, "/text"),
    ],
)
async def test_a_malformed_body_gets_a_pointer(
    door: Door, path: str, body: dict[str, Any], pointer: str
) -> None:
    refused = await door.post(DISPATCHER, path, body, status=422)
    assert pointer in [error["pointer"] for error in refused["errors"]]


async def test_the_same_key_gives_the_same_answer_and_one_effect(door: Door) -> None:
    visit_id = await offered(door)
    path, key = f"/v1/visits/{visit_id}/confirmation", {"idempotency-key": "once"}
    first = await door.send(CLIENT, "POST", path, {}, **key)
    again = await door.send(CLIENT, "POST", path, {}, **key)
    assert (first.status_code, first.content) == (again.status_code, again.content)
    other = await door.send(CLIENT, "POST", path, {"offer_no": 1}, **key)
    assert other.json()["type"] == "/problems/key-reused"


async def test_a_client_asks_for_a_time_that_is_taken_and_hears_the_next(door: Door) -> None:
    visit_id = await offered(door)
    taken = {"starts_at": at(7, 3).isoformat()}
    refused = await door.post(CLIENT, f"/v1/visits/{visit_id}/move", taken, status=409)
    assert refused["type"] == "/problems/nobody-is-free"
    assert "2026-03-03T08:00:00" in refused["detail"]
    moved = await door.post(CLIENT, f"/v1/visits/{visit_id}/move", {"starts_at": at(9, 3).isoformat()})
    assert moved["state"] == "offered"


async def test_lists_are_narrowed_and_paged(door: Door) -> None:
    await opened(door)
    await door.stage.hear(*(placed(f"o{n}", promise_id=f"p{n}") for n in range(3)))
    page = await door.get(DISPATCHER, "/v1/visits?state=offered&limit=2")
    assert len(page["items"]) == 2
    rest = await door.get(DISPATCHER, page["next"])
    assert len(rest["items"]) == 1
    assert (await door.get(DISPATCHER, "/v1/visits?technician_id=nobody"))["items"] == []


async def test_a_calendar_shows_what_is_taken_and_what_is_gone(door: Door) -> None:
    await offered(door)
    door.stage.clock.advance(at(16))
    calendar = await door.get(DISPATCHER, "/v1/technicians/anna/calendar?days=1")
    assert (calendar["working_minutes"], calendar["taken_minutes"], calendar["gone_minutes"]) == (
        480,
        120,
        360,
    )
    assert [(each["order_id"], each["hit_by_leave"]) for each in calendar["engagements"]] == [("o1", False)]
    leave = {"starts_at": at(9.5).isoformat(), "ends_at": at(10).isoformat()}
    await door.post(DISPATCHER, "/v1/technicians/anna/leaves", {"leaves": [leave]})
    hit = await door.get(DISPATCHER, "/v1/technicians/anna/calendar?days=1")
    assert hit["engagements"][0]["hit_by_leave"]
    past = await door.get(DISPATCHER, "/v1/technicians/anna/calendar?days=2&back=1")
    assert past["starts_at"].startswith("2026-03-01")


async def test_masters_are_shown_and_said_anew(door: Door) -> None:
    await opened(door)
    again = await door.post(DISPATCHER, "/v1/services", {**SETUP, "minutes": 45}, status=201)
    assert again["id"] == "setup"
    assert (await door.get(DISPATCHER, "/v1/services/setup"))["minutes"] == 45
    leaves = {"leaves": [{"starts_at": at(8, 3).isoformat(), "ends_at": at(16, 3).isoformat()}]}
    await door.post(DISPATCHER, "/v1/technicians/anna/leaves", leaves)
    assert len((await door.get(DISPATCHER, "/v1/technicians/anna"))["leaves"]) == 1
    assert [
        each["technician_id"] for each in (await door.get(AGENT, "/v1/technicians?skill=it"))["items"]
    ] == ["anna"]
    assert (await door.get(DISPATCHER, "/v1/services"))["items"][0]["service_id"] == "setup"
    assert (await door.get(DISPATCHER, "/v1/capacities"))["items"][0]["hours_per_week"] == "40"
    await door.get(DISPATCHER, "/v1/services/nothing", status=404)
    await door.get(DISPATCHER, "/v1/technicians/nobody", status=404)


async def test_the_agreement_is_changed_by_version(door: Door) -> None:
    agreed = await door.get(ADMIN, "/v1/sla-agreement")
    body = {"hours": agreed["hours"], "targets": agreed["targets"]}
    never = await door.send(ADMIN, "PUT", "/v1/sla-agreement", body, **{"if-match": '"7"'})
    assert never.status_code == 412
    first = await door.send(ADMIN, "PUT", "/v1/sla-agreement", body, **{"if-match": '"0"'})
    assert (first.status_code, first.headers["etag"]) == (200, '"1"'), first.text
    stale = await door.send(ADMIN, "PUT", "/v1/sla-agreement", body, **{"if-match": '"0"'})
    assert stale.status_code == 412
    assert (await door.send(ADMIN, "PUT", "/v1/sla-agreement", body)).status_code == 428


async def test_a_ticket_runs_its_clocks_over_http(door: Door) -> None:
    await door.stage.ordered(("L1", "pc"))
    about = {"order_id": "o1"}
    opened = await door.post(
        CLIENT, "/v1/tickets", {"kind": "complaint", "subject": "late", "priority": 1, **about}, status=201
    )
    path = f"/v1/tickets/{opened['id']}"
    door.stage.clock.advance(at(8.5))
    shown = await door.get(CLIENT, path)
    assert (shown["first_response"]["used_minutes"], shown["first_response"]["running"]) == (30, True)
    said = {"text": "sorry", "customer_id": "c1", "ticket_id": opened["id"], **about}
    await door.post(AGENT, "/v1/messages", said)
    await door.post(AGENT, f"{path}/waiting")
    assert (await door.get(CLIENT, path))["resolution"]["running"] is False
    await door.post(CLIENT, "/v1/messages", {"text": "well?", **about})
    assert (await door.get(CLIENT, path))["state"] == "in-progress"
    await door.post(AGENT, f"{path}/priority", {"priority": 2})
    credit = {"minor": 500, "currency": "EUR"}
    await door.post(AGENT, f"{path}/resolution", {"how": "a credit", "credit": credit})
    assert (await door.post(CLIENT, f"{path}/reopening"))["state"] == "in-progress"
    assert [each["credit"] for each in (await door.get(AGENT, "/v1/tickets?kind=complaint"))["items"]] == [
        credit
    ]
    await door.get(OTHER, path, status=404)
    await door.post(OTHER, f"{path}/reopening", status=404)


async def test_a_conversation_is_between_the_client_and_the_desk(door: Door) -> None:
    await door.stage.ordered()
    said = await door.post(CLIENT, "/v1/messages", {"text": "hello", "order_id": "o1"}, status=201)
    await door.post(
        AGENT, "/v1/messages", {"text": "yes?", "order_id": "o1", "customer_id": "c1"}, status=201
    )
    path = f"/v1/conversations/{said['conversation_id']}/messages"
    theirs = (await door.get(CLIENT, path))["items"]
    assert [(each["side"], each["text"]) for each in theirs] == [("client", "hello"), ("desk", "yes?")]
    assert [each["author"] for each in theirs] == ["customer:a-customer", None]
    assert len((await door.get(CLIENT, "/v1/conversations?order_id=o1"))["items"]) == 1
    await door.get(OTHER, path, status=404)
    assert (await door.get(AGENT, f"/v1/conversations/{said['conversation_id']}"))["order_id"] == "o1"
    foreign = await door.post(OTHER, "/v1/messages", {"text": "x", "order_id": "o1"}, status=404)
    assert foreign["type"] == "/problems/not-found"
    await door.post(CLIENT, "/v1/messages", {"text": "x", "customer_id": "c2"}, status=403)


async def test_every_operation_is_in_the_policy_and_described(door: Door) -> None:
    assert {f"service-desk.{name}" for name in operations_of(ROUTERS)} <= POLICY.keys()
    described = (await door.client.get("/openapi.json")).json()
    validate(described)
    operations = [each for path in described["paths"].values() for each in path.values()]
    assert all(each.get("summary") and each.get("description") for each in operations)
