"""Production is killed in each step of a run: each is done once, and its books say what it took and made."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from backbone.testing import DatabaseOf, plain_dsn
from backbone.testing_support import eventually
from o2d.verify.catalogue import CHECKS
from o2d.verify.ground import gather
from production.__main__ import SERVICE
from production.domain.record import Note, intact
from services.production.tests.made import asked, lot, staged
from services.production.tests.stage import Stage
from tests.browser.tower import service_host
from tests.faults.processes import PATIENCE_S, Installation, installation

HANDLED: Final = "do.handled"
COMMITTED: Final = "do.committed"
HOT: Final = {"operation_no": 10, "name": "temperature", "value": "851"}
BENT: Final = {"sku": "shaft", "quantity": "2", "reason": "bent"}
STEPS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("start", {}),
    ("parameters", {"readings": [HOT]}),
    ("report", {"runs": "100", "scraps": [BENT]}),
    ("hold", {"reason": "no power"}),
    ("resume", {}),
    ("split", {"runs": "150"}),
    ("report", {"runs": "50"}),
    ("end", {}),
)
# How often each is told of the run.
WATCHED: Final = {
    "run.started": 1,
    "run.held": 1,
    "run.resumed": 1,
    "run.split": 1,
    "material.consumed": 3,
    "material.produced": 3,
    "run.ended": 1,
    "run.closed": 1,
}
# What production alone tells and keeps: what others have to say of it is proved where they are.
PROVED: Final = frozenset(
    {
        "sequence", "one id each", "readable", "nothing stuck", "logged or waiting", "run cost", "run way", "run yield",
        "genealogy", "run use", "machine kept once",
    }
)  # fmt: skip


@pytest.fixture
async def place(database_of: DatabaseOf, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Installation]:
    """A production whose run of 500 shafts may begin, and that nobody has started yet."""
    address = await database_of("production")
    async with service_host(SERVICE, address) as host:
        stage = Stage(host)
        await stage.opened()
        await stage.hear(asked(), staged(lot("bar", "300", 30_000), lot("rod", "200", 21_001)))
    async with installation("production", address, kafka_bootstrap, tmp_path) as made:
        yield made


async def step(place: Installation, run: str, number: int) -> httpx.Response | None:
    """Take a step under its key; None where nobody answers."""
    act, body = STEPS[number]
    headers = {**place.issuer.headers("admin"), "idempotency-key": f"step-{number}"}
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.port}", timeout=PATIENCE_S) as client:
            return await client.post(f"/v1/runs/{run}/{act}", json=body, headers=headers)
    except httpx.HTTPError:
        return None


async def again(place: Installation, run: str, number: int) -> None:
    """Take a step that nobody has answered once more: it is done by now, or is done now."""
    answer = await step(place, run, number)
    assert answer is not None
    assert answer.status_code == 200, answer.text


async def test_a_run_is_done_once_although_its_production_is_killed_in_each_step(
    place: Installation,
) -> None:
    points = [(HANDLED, COMMITTED)[number % 2] for number in range(len(STEPS))]
    await prove(place, await survives(place, points))


async def survives(place: Installation, points: Sequence[str]) -> str:
    """Kill production in each step of a run at its point; each step is taken again until it is answered: the run."""
    run: str
    ((run,),) = await place.rows("SELECT run_id FROM runs")
    for number, point in enumerate(points):
        # What was cut off is taken again first: it gets as far as the point unless it was done already.
        passed = number and (point == COMMITTED or points[number - 1] == HANDLED)
        process = await place.start(fault=f"{point}:{2 if passed else 1}")
        assert await place.ready(process)
        if number:
            await again(place, run, number - 1)
        assert await step(place, run, number) is None
        async with asyncio.timeout(PATIENCE_S):
            assert await process.wait() == -signal.SIGKILL
    process = await place.start()
    assert await place.ready(process)
    await again(place, run, len(points) - 1)
    await eventually(lambda: sent(place), PATIENCE_S, of="everything sent")
    assert await place.end(process) == 0
    return run


async def sent(place: Installation) -> bool:
    """Whether nothing waits in the outbox."""
    return not await place.rows("SELECT 1 FROM outbox")


async def prove(place: Installation, run: str) -> None:
    """Each step left its traces once, the record is whole, and the promises of production are kept."""
    kinds = await place.rows("SELECT headers::text FROM facts WHERE key = $1", run)
    told = Counter(kind for (headers,) in kinds for kind in WATCHED if f"o2d.{kind}.v1" in headers)
    assert told == Counter(WATCHED)
    ((state, done, floor_entries),) = await place.rows(
        "SELECT state, done_runs_micro, CAST(floor ->> 'entries' AS int) FROM runs WHERE run_id = $1", run
    )
    assert (state, done) == ("closed", 350_000_000)
    notes = [
        Note(run, *row)
        for row in await place.rows(
            "SELECT entry_no, entry, digest FROM run_entries WHERE run_id = $1 ORDER BY entry_no", run
        )
    ]
    assert intact(notes)
    # Staged, and one for each step.
    assert len(notes) == floor_entries == 1 + len(STEPS)
    ground = await gather({"production": plain_dsn(place.dsn)}, None)
    findings = {check.name: check.look(ground) for check in CHECKS if check.name in PROVED}
    assert findings.keys() == PROVED
    assert {name: found.first for name, found in findings.items() if found.wrong} == {}
    assert [name for name, found in findings.items() if not found.checked] == []
