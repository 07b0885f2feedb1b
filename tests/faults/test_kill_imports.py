"""materials is killed in the middle of a file: every row takes effect once, and is told once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from backbone.testing import DatabaseOf
from backbone.testing_support import eventually
from contracts.topics import ITEM
from tests.faults.processes import PATIENCE_S, Installation, installation

# Three steps of a thousand and one of the rest.
ROWS_COUNT = 3_500
FILE = b"sku,title,unit,quantum\n" + b"".join(b"sku-%05d,Thing,piece,1\n" % row for row in range(ROWS_COUNT))


@pytest.fixture
async def place(database_of: DatabaseOf, kafka_bootstrap: str, tmp_path: Path) -> AsyncIterator[Installation]:
    async with installation("materials", await database_of("materials"), kafka_bootstrap, tmp_path) as place:
        yield place


async def sent(place: Installation) -> str:
    """The id of an import that has its whole file and is started."""
    headers = place.issuer.headers("planner")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{place.port}", headers=headers) as client:
        body = {"kind": "items", "format": "csv"}
        made = await client.post("/v1/imports", json=body, headers={"idempotency-key": "open"})
        path = f"/v1/imports/{made.json()['import_id']}"
        part = {"if-match": '"0"', "content-type": "text/csv"}
        assert (await client.patch(path, content=FILE, headers=part)).status_code == 200
        begun = await client.post(f"{path}/start", headers={"idempotency-key": "start"})
        assert begun.status_code == 202
        return str(made.json()["import_id"])


async def ended(place: Installation, import_id: str) -> Any:
    """The operation when it is over."""

    async def over() -> Any:
        rows = await place.rows(
            "SELECT state, done, CAST(result AS text) FROM operations WHERE operation_id = $1", import_id
        )
        return rows if rows[0][0] not in {"waiting", "running"} else None

    return await eventually(over, PATIENCE_S, of="the end of the import")


@pytest.mark.parametrize("point", ["step.taken:2", "step.committed:2", "step.taken:4"])
async def test_a_kill_in_the_middle_of_a_file_loses_no_row_and_doubles_none(
    place: Installation, point: str
) -> None:
    process = await place.start(fault=point)
    assert await place.ready(process)
    import_id = await sent(place)
    async with asyncio.timeout(PATIENCE_S):
        assert await process.wait() == -signal.SIGKILL, f"{point} was never reached"
    kept = await place.rows("SELECT count(*) FROM items")
    assert kept == [
        (2_000,) if point == "step.committed:2" else (1_000,) if point == "step.taken:2" else (3_000,)
    ]
    process = await place.start()
    assert await place.ready(process)
    ((state, done, result),) = await ended(place, import_id)
    assert (state, done) == ("done", ROWS_COUNT)
    assert f'"taken": {ROWS_COUNT}' in result
    await eventually(lambda: nothing_to_send(place), PATIENCE_S, of="every fact told")
    facts = await place.rows("SELECT key FROM facts WHERE topic = $1", ITEM.name)
    assert len(facts) == len(set(facts)) == ROWS_COUNT
    assert await place.end(process) == 0


async def nothing_to_send(place: Installation) -> bool:
    """Whether the outbox is empty."""
    return not await place.rows("SELECT 1 FROM outbox")
