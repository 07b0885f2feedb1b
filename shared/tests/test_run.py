"""One process whole: it becomes ready, serves, hears, sends, answers operators, and ends without losing anything."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from backbone.cli import main
from backbone.run import run
from backbone.service import Batch, Tx
from backbone.settings import Settings
from backbone.testing_issuer import NAME, Issuer
from backbone.testing_support import eventually
from shared.tests.bells import BAD_NUMBER, START, Ring, Tower, hang
from shared.tests.conftest import Ground
from shared.tests.test_consume import send

OPERATIONS = (
    "show_clock",
    "advance_clock",
    "list_parked",
    "replay_parked",
    "discard_parked",
    "list_events",
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def settings_of(ground: Ground, issuer: Issuer, **given: Any) -> Settings:
    """Settings of a process of the tower, with short times."""
    return Settings(
        service_dsn=ground.dsn,
        kafka_bootstrap=ground.access.bootstrap,
        http_port=free_port(),
        jwks=str(issuer.file),
        issuer=NAME,
        clock=f"stepped:{START.isoformat()}",
        session=6,
        rebalance=10,
        drain=5,
        **given,
    )


class Process:
    """A process of the tower inside this one, and a client of it."""

    def __init__(self, client: httpx.AsyncClient, issuer: Issuer, stopping: asyncio.Event) -> None:
        self.client, self.issuer, self.stopping = client, issuer, stopping
        self._asks = 0

    async def get(self, path: str, role: str = "admin") -> Any:
        """What an operator sees."""
        answer = await self.client.get(path, headers=self.issuer.headers(role))
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def post(self, path: str, body: dict[str, Any], role: str = "admin") -> httpx.Response:
        """What an operator does."""
        self._asks += 1
        headers = {**self.issuer.headers(role), "idempotency-key": f"{path}{self._asks}"}
        return await self.client.post(path, json=body, headers=headers)

    async def quiescent(self) -> bool:
        """Whether the process is at rest."""
        return bool((await self.get("/ops/clock"))["quiescent"])


@asynccontextmanager
async def process(ground: Ground, folder: Path, **given: Any) -> AsyncIterator[Process]:
    """A whole process that is ready; its end is clean."""
    issuer, stopping = Issuer(folder), asyncio.Event()
    settings = settings_of(ground, issuer, **given)
    name = ground.tower.service.name
    policy = {f"{name}.{operation}": frozenset({"admin", "system"}) for operation in OPERATIONS}
    task = asyncio.create_task(run(ground.tower.service, settings, policy=policy, stopping=stopping))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.http_port}") as client:
        try:
            await eventually(lambda: _ready(client, task), of="a process that is ready")
            yield Process(client, issuer, stopping)
        finally:
            stopping.set()
            assert await asyncio.wait_for(task, 30)


async def _ready(client: httpx.AsyncClient, task: asyncio.Task[bool]) -> bool:
    if task.done():
        raise AssertionError(f"the process ended: {task.result()}")
    try:
        return (await client.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_a_process_hears_sends_and_comes_to_rest(ground: Ground, tmp_path: Path) -> None:
    await ground.host.do(hang, ["a"])
    async with process(ground, tmp_path) as here:
        await ground.host.do(ground.tower.ring, Ring("a", 20))
        await eventually(lambda: _count_is(ground, "rings", 20))
        await eventually(here.quiescent)
        clock = await here.get("/ops/clock")
    assert (clock["outbox"], clock["lag"], clock["parked"], clock["heard"], clock["told"]) == (
        0,
        0,
        0,
        20,
        20,
    )
    assert await ground.count("attempts") == 0


async def test_a_stepped_clock_is_advanced_by_an_operator_and_deadlines_follow(
    ground: Ground, tmp_path: Path
) -> None:
    await ground.host.do(hang, ["a", "b"])
    async with process(ground, tmp_path) as here:
        await eventually(here.quiescent)
        earliest = (await here.get("/ops/clock"))["earliest_due"]
        assert (await here.post("/ops/clock", {"to": earliest})).json() == {"now": "2026-03-02T09:00:00Z"}
        await eventually(lambda: _count_is(ground, "rings", 2))
        back = await here.post("/ops/clock", {"to": START.isoformat()})
        assert back.json() == {"now": "2026-03-02T09:00:00Z"}
        assert (await here.post("/ops/clock", {"to": "2026-03-02T09:00:00"})).status_code == 422
        assert (await here.post("/ops/clock", {"to": earliest}, role="sales")).status_code == 403
    async with process(ground, tmp_path) as again:
        assert (await again.get("/ops/clock"))["now"] == "2026-03-02T09:00:00Z"


async def test_a_clock_that_runs_cannot_be_advanced(ground: Ground, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    async with process(ground, tmp_path) as here:
        assert here.issuer.file == issuer.file
    settings = settings_of(ground, issuer).model_copy(update={"clock": "rate:60"})
    assert settings.business_clock().mode == "rate"
    with pytest.raises(ValueError, match="rate:FACTOR or stepped:MOMENT"):
        settings.model_copy(update={"clock": "yesterday"}).business_clock()


async def test_parked_keys_are_listed_tried_again_and_given_up(ground: Ground, tmp_path: Path) -> None:
    async with process(ground, tmp_path) as here:
        await send(ground, 40, keys=4, numbers=[BAD_NUMBER if n % 4 < 2 else n for n in range(40)])
        await eventually(lambda: _count_is(ground, "rings", 20))
        await eventually(lambda: _count_is(ground, "parked_event", 20))
        listed = await here.get("/ops/parked?limit=1")
        assert (listed["items"][0]["key"], listed["items"][0]["facts"]) == ("bell 0", 10)
        assert (await here.get(listed["next"]))["items"][0]["key"] == "bell 1"
        dry = await here.post("/ops/parked/replay", {"cause": "ValueError: thirteen", "dry_run": True})
        assert dry.json() == {"keys": 2, "dry_run": True}
        await _mend(ground, "bell 0")
        assert (await here.post("/ops/parked/replay", {"key": "bell 0"})).json()["keys"] == 1
        await eventually(lambda: _count_is(ground, "rings", 30))
        await eventually(lambda: _count_is(ground, "parked_key", 1))
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


async def test_a_process_without_its_database_waits_and_starts_when_it_is_back(
    ground: Ground, tmp_path: Path
) -> None:
    settings = settings_of(ground, Issuer(tmp_path)).model_copy(
        update={"service_dsn": "postgresql://nobody@127.0.0.1:1/nothing"}
    )
    stopping = asyncio.Event()
    name = ground.tower.service.name
    policy = {f"{name}.{operation}": frozenset({"admin"}) for operation in OPERATIONS}
    task = asyncio.create_task(run(ground.tower.service, settings, policy=policy, stopping=stopping))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.http_port}") as client:
        answer = await eventually(lambda: _answer(client, "/readyz"))
        assert answer.status_code == 503
        assert answer.json()["database"] is False
        assert (await client.get("/livez")).status_code == 200
    stopping.set()
    assert await asyncio.wait_for(task, 30)


async def _answer(client: httpx.AsyncClient, path: str) -> httpx.Response | None:
    try:
        return await client.get(path)
    except httpx.TransportError:
        return None


CHILD = """
import sys
sys.path.insert(0, {root!r})
from backbone.cli import main
from shared.tests.bells import Tower
tower = Tower(suffix={suffix!r})
name = tower.service.name
main(tower.service, package="tower", policy={{name + "." + o: frozenset(["admin"]) for o in {operations!r}}})
"""


@asynccontextmanager
async def child(folder: Path, environment: dict[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of its own, which does not outlive the block."""
    made = await asyncio.create_subprocess_exec(
        sys.executable, str(folder / "child.py"), "run", env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield made
    finally:
        if made.returncode is None:
            made.kill()
            await made.wait()


async def test_sigterm_ends_a_process_cleanly_and_kill_makes_the_next_one_careful(
    ground: Ground, tmp_path: Path
) -> None:
    issuer = Issuer(tmp_path)
    settings = settings_of(ground, issuer)
    environment = {
        **os.environ,
        **{
            f"O2D_{field}".upper(): str(value)
            for field, value in settings.model_dump(exclude_none=True).items()
        },
    }
    root = str(Path(__file__).parents[2])
    program = CHILD.format(root=root, suffix=ground.tower.suffix, operations=OPERATIONS)
    (tmp_path / "child.py").write_text(program)

    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.http_port}") as client:
        await ground.host.do(hang, ["a"])
        async with child(tmp_path, environment) as killed:
            await eventually(lambda: _is_ready(client), 30)
            await ground.host.do(ground.tower.ring, Ring("a", 30))
            await eventually(lambda: _count_is(ground, "rings", 30))
            killed.kill()
            await killed.wait()
        assert await ground.count("attempts") == 1
        async with child(tmp_path, environment) as ended:
            await eventually(lambda: _is_ready(client), 30)
            await ground.host.do(ground.tower.ring, Ring("a", 30))
            await eventually(lambda: _count_is(ground, "rings", 60))
            ended.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(ended.wait(), 30) == 0
    assert await ground.count("attempts") == 0
    assert await ground.count("outbox") == 0
    assert await ground.rows("SELECT at FROM business_clock") == [(START,)]


async def _is_ready(client: httpx.AsyncClient) -> bool:
    answer = await _answer(client, "/readyz")
    return answer is not None and answer.status_code == 200


def test_a_process_without_settings_says_which_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("O2D_SERVICE_DSN", raising=False)
    monkeypatch.delenv("O2D_KAFKA_BOOTSTRAP", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(Tower().service, package="tower", policy={}, arguments=["run"])
    assert ended.value.code == 2
    assert "O2D_SERVICE_DSN: Field required" in capsys.readouterr().err


def test_times_that_fence_each_other_keep_their_order() -> None:
    settings = Settings(service_dsn="postgresql://", kafka_bootstrap="none")
    assert settings.drain < settings.rebalance
    assert settings.relay_heartbeat * 3 < settings.relay_idle
    assert timedelta(seconds=settings.session) < timedelta(seconds=settings.rebalance)


async def _count_is(ground: Ground, table: str, count: int) -> bool:
    return await ground.count(table) == count
