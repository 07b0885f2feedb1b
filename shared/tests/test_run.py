"""One process whole: it becomes ready, serves, hears, sends, answers operators, and ends without losing anything."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from backbone.cli import main
from backbone.run import run
from backbone.settings import Settings
from backbone.testing_issuer import Issuer
from backbone.testing_support import eventually
from backbone.works import Works
from shared.tests.bells import START, Ring, Tower, hang
from shared.tests.grounds import Ground
from shared.tests.processes import OPERATIONS, answer_of, process, settings_of


async def test_a_process_hears_sends_and_comes_to_rest(ground: Ground, tmp_path: Path) -> None:
    await ground.host.do(hang, ["a"])
    async with process(ground, tmp_path) as here:
        await ground.host.do(ground.tower.ring, Ring("a", 20))
        await eventually(lambda: ground.has("rings", 20))
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


async def test_a_clock_that_runs_cannot_be_advanced(ground: Ground, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    async with process(ground, tmp_path) as here:
        assert here.issuer.file == issuer.file
    settings = settings_of(ground, issuer).model_copy(update={"clock": "rate:60"})
    assert settings.business_clock().mode == "rate"
    with pytest.raises(ValueError, match="rate:FACTOR or stepped:MOMENT"):
        settings.model_copy(update={"clock": "yesterday"}).business_clock()


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
        answer = await eventually(lambda: answer_of(client, "/readyz"))
        assert answer.status_code == 503
        assert answer.json()["database"] is False
        assert (await client.get("/livez")).status_code == 200
    stopping.set()
    assert await asyncio.wait_for(task, 30)


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
            for field, value in settings.model_dump(mode="json", exclude_none=True).items()
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
            await eventually(lambda: ground.has("rings", 30))
            killed.kill()
            await killed.wait()
        assert await ground.count("attempts") == 1
        async with child(tmp_path, environment) as ended:
            await eventually(lambda: _is_ready(client), 30)
            await ground.host.do(ground.tower.ring, Ring("a", 30))
            await eventually(lambda: ground.has("rings", 60))
            ended.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(ended.wait(), 30) == 0
    assert await ground.count("attempts") == 0
    assert await ground.count("outbox") == 0
    assert await ground.rows("SELECT at FROM business_clock") == [(START,)]


async def _is_ready(client: httpx.AsyncClient) -> bool:
    answer = await answer_of(client, "/readyz")
    return answer is not None and answer.status_code == 200


def test_a_process_without_settings_says_which_are_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("O2D_SERVICE_DSN", raising=False)
    monkeypatch.delenv("O2D_KAFKA_BOOTSTRAP", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(Tower().service, package="tower", policy={}, arguments=["run"])
    assert ended.value.code == 2
    assert "O2D_SERVICE_DSN: it is missing" in capsys.readouterr().err


def test_times_that_fence_each_other_keep_their_order() -> None:
    settings = Settings(service_dsn="postgresql://", kafka_bootstrap="none")
    assert settings.drain < settings.rebalance
    assert settings.relay_heartbeat * 3 < settings.relay_idle
    assert timedelta(seconds=settings.session) < timedelta(seconds=settings.rebalance)


async def test_a_process_of_which_a_part_leaves_by_itself_ends_and_says_that_it_is_no_clean_end(
    ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def leaves(_: Works) -> None:
        return

    monkeypatch.setattr(Works, "_keep_clock", leaves)
    policy = {f"{ground.tower.service.name}.{operation}": frozenset({"admin"}) for operation in OPERATIONS}
    settings = settings_of(ground, Issuer(tmp_path))
    assert not await run(ground.tower.service, settings, policy=policy, stopping=asyncio.Event())
    assert "run.left" in capsys.readouterr().out


def test_a_process_that_could_serve_nobody_says_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = {
        "SERVICE_DSN": "postgresql://x",
        "KAFKA_BOOTSTRAP": "x",
        "CLOCK": "sundial",
        "LINK_SECRET": "short",
    }
    for name, value in told.items():
        monkeypatch.setenv(f"O2D_{name}", value)
    monkeypatch.delenv("O2D_JWKS", raising=False)
    with pytest.raises(SystemExit) as ended:
        main(Tower().service, package="tower", policy={}, arguments=["run"])
    assert ended.value.code == 2
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "O2D_JWKS: it names no key set: a file or an address"
    assert [line.partition(":")[0] for line in said] == ["O2D_JWKS", "O2D_CLOCK", "O2D_LINK_SECRET"]
