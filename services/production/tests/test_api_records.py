"""Batch records over HTTP: everything of a run in order, signed by people who have just signed in."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import text

from backbone.ids import new_id
from contracts.production import BatchRecordSigned
from services.production.tests.door import APPROVER, OPERATOR, QUALITY, Door
from services.production.tests.made import asked, lot, staged
from services.production.tests.test_api import allowed, opened

HOT = {"readings": [{"operation_no": 10, "name": "temperature", "value": "900"}]}


async def ended(door: Door) -> str:
    """A run that was started, measured too hot, and ended."""
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    await door.post(OPERATOR, f"/v1/runs/{run_id}/parameters", HOT)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {})
    return run_id


async def test_the_record_of_a_run_has_everything_in_order(door: Door) -> None:
    run_id = await ended(door)
    record = await door.get(QUALITY, f"/v1/runs/{run_id}/batch-record")
    said = [(each["entry_no"], each["entry"]["what"], each["entry"]["by"]) for each in record["entries"]]
    assert said == [
        (1, "staged", "materials"), (2, "started", "a-operator"), (3, "measured", "a-operator"),
        (4, "ended", "a-operator"),
    ]  # fmt: skip
    assert record["entries"][0]["entry"]["staged"][0]["lot_id"] == "bar"
    (made,) = record["entries"][3]["entry"]["produced"]
    assert (made["part"]["lot_id"], made["parents"]) == (record["lots"][0]["lot_id"], ["bar"])
    assert (record["intact"], record["deviations"], record["author"]) == (True, 2, "a-planner")
    assert record["digest"] == record["entries"][3]["digest"]
    await door.get(QUALITY, "/v1/runs/none/batch-record", status=404)


async def test_machine_readings_are_in_the_record_in_short_and_an_excursion_is_an_entry(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    readings = [
        {
            "run_id": run_id, "operation_no": 10, "name": "temperature", "machine": "furnace-1",
            "at": f"2026-03-02T07:0{minute}:00Z", "value": value, "unit": "degC",
        }
        for minute, value in enumerate(("851", "880", "849"))
    ]  # fmt: skip
    await door.post(OPERATOR, "/v1/readings/batch", {"readings": readings})
    record = await door.get(QUALITY, f"/v1/runs/{run_id}/batch-record")
    (series,) = record["series"]
    assert (series["readings"], series["minimum"], series["maximum"]) == (3, "849", "880")
    assert record["entries"][-1]["entry"]["deviations"] == ["operation 10: temperature was 880 degC"]
    assert record["intact"]


async def test_a_signature_covers_the_record_and_shows_when_it_changed(door: Door) -> None:
    run_id = await allowed(door)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/start")
    place = f"/v1/runs/{run_id}/signatures"
    seen = (await door.get(OPERATOR, f"/v1/runs/{run_id}/batch-record"))["digest"]
    signed = await door.post(OPERATOR, place, {"meaning": "performed", "digest": seen}, status=201)
    assert (signed["signed_by"], signed["entries"]) == ("a-operator", 2)
    await door.post(OPERATOR, f"/v1/runs/{run_id}/end", {})
    await door.post(QUALITY, place, {"meaning": "reviewed", "digest": seen}, status=412)
    record = await door.get(QUALITY, f"/v1/runs/{run_id}/batch-record")
    assert [each["current"] for each in record["signatures"]] == [False]
    approval = {"meaning": "approved", "digest": record["digest"]}
    await door.post(OPERATOR, place, approval, status=409)
    await door.post(APPROVER, place, approval, status=201)
    record = await door.get(QUALITY, f"/v1/runs/{run_id}/batch-record")
    assert [(each["meaning"], each["current"]) for each in record["signatures"]] == [
        ("performed", False), ("approved", True)
    ]  # fmt: skip
    fact = await door.stage.last(BatchRecordSigned)
    assert (fact.signed_by, fact.meaning, fact.digest) == ("a-approver", "approved", record["digest"])


async def test_who_signed_in_long_ago_or_through_a_page_signs_in_anew(door: Door) -> None:
    run_id = await ended(door)
    seen = (await door.get(APPROVER, f"/v1/runs/{run_id}/batch-record"))["digest"]
    body = {"meaning": "approved", "digest": seen}
    for began in (
        {"iat": int(time.time()) - 400},
        {"auth_time": int(time.time()) - 400},
        {"auth_time": True},
    ):
        token = door.issuer.token("approver", claims=began)
        answer = await door.send(
            APPROVER, "POST", f"/v1/runs/{run_id}/signatures", body, authorization=f"Bearer {token}"
        )
        assert answer.status_code == 401
        assert 'error="insufficient_user_authentication", max_age="300"' in answer.headers["www-authenticate"]
    assert not await door.stage.told(BatchRecordSigned)


async def test_a_page_signs_with_a_login_of_just_now_that_is_spent_by_the_signature(door: Door) -> None:
    run_id = await ended(door)
    seen = (await door.get(APPROVER, f"/v1/runs/{run_id}/batch-record"))["digest"]
    tower = {"authorization": f"Bearer {door.issuer.stand_in()}", "o2d-on-behalf-of": "approver:ava"}

    def login(**claims: object) -> str:
        return door.issuer.token(
            "approver", header={"typ": "login+jwt"}, claims={"jti": new_id(), "sub": "ava", **claims}
        )

    async def sign(meaning: str, proof: str | None, status: int) -> Any:
        headers = tower | ({} if proof is None else {"o2d-sign-in": proof})
        body = {"meaning": meaning, "digest": seen}
        answer = await door.send(APPROVER, "POST", f"/v1/runs/{run_id}/signatures", body, **headers)
        assert answer.status_code == status, answer.text
        return answer.json()

    await sign("approved", None, 401)
    await sign("approved", login(iat=int(time.time()) - 400), 401)
    await sign("approved", login(sub="eve"), 401)
    token = login()
    # What is refused has not used it up; what is signed has.
    await sign("performed", token, 409)
    assert (await sign("approved", token, 201))["signed_by"] == "ava"
    assert "was used before" in (await sign("reviewed", token, 401))["detail"]
    assert len(await door.stage.told(BatchRecordSigned)) == 1


async def test_an_entry_that_is_changed_behind_the_services_back_is_seen(door: Door) -> None:
    run_id = await ended(door)
    async with door.stage.host.begin() as tx:
        await tx.sql.execute(
            text("UPDATE run_entries SET entry = replace(entry, '900', '850') WHERE entry_no = 3")
        )
    assert (await door.get(QUALITY, f"/v1/runs/{run_id}/batch-record"))["intact"] is False


async def test_a_run_is_begun_without_its_material_by_who_may_and_says_why(door: Door) -> None:
    await opened(door)
    await door.stage.hear(asked())
    (run,) = await door.page(OPERATOR, "/v1/runs?state=scheduled")
    place = f"/v1/runs/{run['run_id']}"
    await door.post(OPERATOR, f"{place}/override", {"reason": "heating"}, status=403)
    await door.post(APPROVER, f"{place}/override", {"reason": " "}, status=422)
    await door.post(APPROVER, f"{place}/override", {"reason": "heating"}, status=200)
    await door.post(OPERATOR, f"{place}/report", {"runs": "10"}, status=422)
    await door.stage.hear(staged(lot("bar", "500", 50_000)))
    ended = await door.post(OPERATOR, f"{place}/end", {})
    assert ended["state"] == "closed"
    record = await door.get(QUALITY, f"{place}/batch-record")
    assert record["entries"][0]["entry"]["reason"] == "heating"
    assert record["entries"][0]["entry"]["by"] == "a-approver"
