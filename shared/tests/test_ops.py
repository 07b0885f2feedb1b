"""What operators ask of a process: step its clock, look after parked keys, read its log of facts."""

from __future__ import annotations

import asyncio
from pathlib import Path

from sqlalchemy import text

from backbone.service import Batch, Tx
from backbone.testing_support import eventually
from shared.tests.bells import BAD_NUMBER, START, Ring, hang
from shared.tests.grounds import Ground
from shared.tests.processes import process
from shared.tests.records import send


async def test_a_clock_that_runs_is_stepped_only_while_it_is_held(ground: Ground, tmp_path: Path) -> None:
    async with process(ground, tmp_path, clock="rate:1") as here:
        later = "2100-03-02T09:00:00Z"
        refused = await here.post("/ops/clock", {"to": later})
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/clock-runs")
        assert (await here.post("/ops/clock", {"to": later, "hold_seconds": 601})).status_code == 422
        assert (await here.post("/ops/clock", {"to": later, "hold_seconds": 60})).status_code == 200
        view = await here.get("/ops/clock")
        assert (view["mode"], view["now"]) == ("stepped", later)
        assert (await here.post("/ops/clock", {"to": later, "hold_seconds": 0})).status_code == 200
        assert (await here.get("/ops/clock?wait_ms=5000"))["mode"] == "rate"
        longer = await here.client.get("/ops/clock?wait_ms=5001", headers=here.issuer.headers("admin"))
        assert (longer.status_code, longer.json()["errors"][0]["pointer"]) == (422, "?wait_ms")


async def test_a_stepped_clock_is_advanced_by_an_operator_and_deadlines_follow(
    ground: Ground, tmp_path: Path
) -> None:
    await ground.host.do(hang, ["a", "b"])
    async with process(ground, tmp_path) as here:
        await eventually(here.quiescent)
        earliest = (await here.get("/ops/clock"))["earliest_due"]
        assert (await here.post("/ops/clock", {"to": earliest})).json() == {"now": "2026-03-02T09:00:00Z"}
        await eventually(lambda: ground.has("rings", 2))
        back = await here.post("/ops/clock", {"to": START.isoformat()})
        assert back.json() == {"now": "2026-03-02T09:00:00Z"}
        assert (await here.post("/ops/clock", {"to": "2026-03-02T09:00:00"})).status_code == 422
        assert (await here.post("/ops/clock", {"to": earliest}, role="sales")).status_code == 403
    async with process(ground, tmp_path) as again:
        assert (await again.get("/ops/clock"))["now"] == "2026-03-02T09:00:00Z"


async def test_parked_keys_are_listed_tried_again_and_given_up(ground: Ground, tmp_path: Path) -> None:
    async with process(ground, tmp_path) as here:
        await send(ground, 40, keys=4, numbers=[BAD_NUMBER if n % 4 < 2 else n for n in range(40)])
        await eventually(lambda: ground.has("rings", 20))
        await eventually(lambda: ground.has("parked_event", 20))
        listed = await here.get("/ops/parked?limit=1")
        assert (listed["items"][0]["key"], listed["items"][0]["facts"]) == ("bell 0", 10)
        assert (await here.get(listed["next"]))["items"][0]["key"] == "bell 1"
        dry = await here.post("/ops/parked/replay", {"cause": "ValueError: thirteen", "dry_run": True})
        assert dry.json() == {"keys": 2, "dry_run": True}
        await _mend(ground, "bell 0")
        assert (await here.post("/ops/parked/replay", {"key": "bell 0"})).json()["keys"] == 1
        await eventually(lambda: ground.has("rings", 30))
        await eventually(lambda: ground.has("parked_key", 1))
        place = {"subscription": "on_rung", "topic": ground.tower.rings.name, "key": "bell 1"}
        given_up = await here.post("/ops/parked/discard", {**place, "reason": "a test"})
        assert given_up.json() == {"facts": 10}
        assert (await here.post("/ops/parked/discard", {**place, "reason": "again"})).status_code == 404
        assert (await here.get("/ops/parked"))["items"] == []


MEND = text(
    """
    UPDATE parked_event
    SET payload = convert_to(replace(convert_from(payload, 'UTF8'), :bad, '1'), 'UTF8') WHERE key = :key
    """
)


async def _mend(ground: Ground, key: str) -> None:
    async with ground.host.engine.begin() as sql:
        await sql.execute(MEND, {"key": key, "bad": str(BAD_NUMBER)})


async def ring_from_eight_writers(ground: Ground, rings: int) -> None:
    """Eight writers whose transactions end at random moments."""
    bells = [f"bell {n}" for n in range(8)]
    await ground.host.do(hang, bells)

    async def write(bell: str) -> None:
        for n in range(rings):

            async def ring_slowly(commands: Batch[Ring], tx: Tx, n: int = n) -> list[int]:
                answer = await ground.tower.ring(commands, tx)
                await ground_flush(tx)
                await tx.sql.execute(text("SELECT pg_sleep(random() / 100)"))
                return answer

            await ground.host.do(ring_slowly, Ring(bell, 2))

    await asyncio.gather(*(write(bell) for bell in bells))


async def ground_flush(tx: Tx) -> None:
    """Take an identity early and commit late, as a writer does whose transaction goes on after its insert."""
    await tx.sql.execute(text("SELECT nextval(pg_get_serial_sequence('outbox', 'id'))"))


async def test_a_reader_that_pages_the_log_while_eight_writers_commit_misses_nothing(
    ground: Ground, tmp_path: Path
) -> None:
    async with process(ground, tmp_path) as here:
        writing = asyncio.create_task(ring_from_eight_writers(ground, 20))
        read: list[tuple[str, str]] = []
        cursor = "0-0"
        while not (writing.done() and len(read) >= 320):
            page = await here.get(f"/v1/events?after={cursor}&limit=7")
            read += [(event["subject"], event["sequence"]) for event in page["items"]]
            cursor = page["cursor"]
            assert len(read) <= 320
            assert page["waiting"]["facts"] >= 0
        await writing
        event = (await here.get("/v1/events?limit=1"))["items"][0]
        assert (await here.client.get("/v1/events")).status_code == 401
    assert len(set(read)) == 320
    for n in range(8):
        assert [int(s) for key, s in read if key == f"bell {n}"] == list(range(1, 41))
    assert event["specversion"] == "1.0"
    assert event["type"] == "o2d.rung.v1"
    assert event["datacontenttype"] == "application/json"
    assert event["data"] == {"bell_id": event["subject"], "number": 1}


async def test_a_reader_that_pages_what_many_write_misses_some(ground: Ground) -> None:
    insert = text(
        "INSERT INTO outbox (event_id, topic, key, headers, payload) VALUES (gen_random_uuid(), 't', 'k', '[]', 'x')"
    )
    page = "SELECT id FROM outbox WHERE id > :after ORDER BY id"
    async with ground.host.engine.connect() as early, ground.host.engine.connect() as late:
        await early.execute(insert)
        await late.execute(insert)
        await late.commit()
        read = [row[0] for row in await ground.rows(page, after=0)]
        await early.commit()
        read += [row[0] for row in await ground.rows(page, after=read[-1])]
    assert len(read) == 1
    assert await ground.count("outbox") == 2
