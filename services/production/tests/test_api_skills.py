"""Skills of people over HTTP: given, listed, asked for at runs, and passed over by who may."""

from __future__ import annotations

from services.production.tests.door import APPROVER, OPERATOR, PLANNER, Door
from services.production.tests.made import asked, lot, staged
from services.production.tests.test_api_crews import HARDENERS, MANNED, planted

SYSTEM = ("system", None)
OLGA = {"person": "olga", "site_id": "plant-1", "skill": "hardening", "valid_until": "2027-01-01T00:00:00Z"}


async def allowed(door: Door) -> str:
    await planted(door)
    await door.post(PLANNER, "/v1/crews", HARDENERS, status=201)
    await door.post(PLANNER, "/v1/recipes", MANNED, status=201)
    await door.post(PLANNER, "/v1/recipes/harden/versions/1/submission", status=200)
    await door.post(APPROVER, "/v1/recipes/harden/versions/1/approval", status=200)
    await door.stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    return await door.stage.run()


async def test_a_skill_is_given_to_a_person_and_listed(door: Door) -> None:
    given = await door.post(PLANNER, "/v1/qualifications", OLGA, status=200)
    assert given == {"id": "olga", "state": "qualified"}
    past = {**OLGA, "person": "otto", "valid_until": "2020-01-01T00:00:00Z"}
    assert (await door.post(APPROVER, "/v1/qualifications", past))["state"] == "not qualified"
    await door.post(PLANNER, "/v1/qualifications", {**OLGA, "skill": "welding", "valid_until": None})
    everybody = await door.page(OPERATOR, "/v1/qualifications")
    assert [(each["person"], each["skill"], each["valid_until"]) for each in everybody] == [
        ("olga", "hardening", "2027-01-01T00:00:00Z"),
        ("olga", "welding", None),
        ("otto", "hardening", "2020-01-01T00:00:00Z"),
    ]
    narrowed = await door.page(OPERATOR, "/v1/qualifications?person=olga&site_id=plant-1&skill=welding")
    assert [each["skill"] for each in narrowed] == ["welding"]
    answer = await door.get(OPERATOR, "/v1/qualifications?limit=2")
    rest = await door.page(OPERATOR, f"/v1/qualifications?after={answer['next']}")
    assert [each["person"] for each in rest] == ["otto"]


async def test_a_skill_that_cannot_be_is_refused(door: Door) -> None:
    assert (await door.send(OPERATOR, "POST", "/v1/qualifications", OLGA)).status_code == 403
    for change, where in (
        ({"person": ""}, "/person"),
        ({"skill": " "}, "/skill"),
        ({"valid_until": "2027-01-01T00:00:00"}, "/valid_until"),
    ):
        answer = await door.send(PLANNER, "POST", "/v1/qualifications", {**OLGA, **change})
        assert (answer.status_code, where in answer.text) == (422, True), answer.text


async def test_an_operator_without_the_skill_is_refused_and_an_approver_lets_them(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(PLANNER, "/v1/qualifications", OLGA)
    refused = await door.send(OPERATOR, "POST", f"/v1/runs/{run_id}/start")
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "not-qualified")
    assert "operation 10 asks for hardening" in refused.json()["detail"]
    acts = {"acts": [{"run_id": run_id, "act": "start"}]}
    (answer,) = (await door.post(OPERATOR, "/v1/run-acts/batch", acts))["answers"]
    assert answer["status"] == 409
    let = {"person": "a-operator", "reason": "olga is ill"}
    assert (await door.send(OPERATOR, "POST", f"/v1/runs/{run_id}/permissions", let)).status_code == 403
    assert (await door.send(PLANNER, "POST", f"/v1/runs/{run_id}/permissions", let)).status_code == 403
    assert (await door.post(APPROVER, f"/v1/runs/{run_id}/permissions", let))["state"] == "allowed"
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start", status=200)
    assert (await door.get(OPERATOR, f"/v1/runs/{run_id}"))["floor"]["let"] == ["a-operator"]


async def test_a_system_is_a_machine_and_not_asked(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(PLANNER, "/v1/qualifications", OLGA)
    assert (await door.post(SYSTEM, f"/v1/runs/{run_id}/start"))["state"] == "running"
    acts = {"acts": [{"run_id": run_id, "act": "report", "report": {"runs": "10"}}]}
    (answer,) = (await door.post(SYSTEM, "/v1/run-acts/batch", acts))["answers"]
    assert answer["status"] == 200
