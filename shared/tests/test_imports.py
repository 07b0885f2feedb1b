"""Imports from the first byte to the last row: each row takes effect once, and each refused one says why."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.errors import NeedsMore
from backbone.imports import taking
from backbone.operations import working
from backbone.operations.rows import save_operation
from backbone.testing_issuer import Issuer
from shared.tests import jars
from shared.tests.import_doors import IMPORTS, Door, at_work, door_of, put_each

HEADER = b"jar_id,count\n"


@pytest.fixture
async def door(engine: AsyncEngine, tmp_path: Path) -> AsyncIterator[Door]:
    async with door_of(engine, Issuer(tmp_path)) as door:
        yield door


def rows(*counts: int) -> bytes:
    """A file that puts so many marbles into the jar, row by row."""
    return HEADER + b"".join(b"a,%d\n" % count for count in counts)


async def outbox(door: Door) -> int:
    ((count,),) = await jars.rows(door.host, "SELECT count(*) FROM outbox")
    return int(count)


async def test_every_row_is_taken_once_and_told(door: Door) -> None:
    before = await outbox(door)
    import_id = await door.started(rows(*range(1, 2_501)))
    async with at_work(door.host):
        view = await door.ended(import_id)
    assert (view["state"], view["done"], view["total"], view["problem"]) == ("done", 2_500, 2_500, None)
    assert view["result"] == {"kind": "marbles", "dry_run": False, "taken": 2_500, "refused": 0}
    assert await jars.held(door.host) == {"a": sum(range(1, 2_501))}
    assert await outbox(door) == before + 2_500
    assert await jars.rows(door.host, "SELECT count(*) FROM import_rows") == [(0,)]


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_refused_rows_say_why_and_the_others_are_taken(door: Door, kind: str) -> None:
    bad = {"csv": [b"a,-1", b"b,2", b"a,x", b"a"], "jsonl": [b'{"jar_id":"a","count":-1}', b'{"jar_id":"b","count":2}',
           b'{"jar_id":"a","count":"x"}', b'{"jar_id":"a"']}[kind]  # fmt: skip
    good = b"a,7" if kind == "csv" else b'{"jar_id": "a", "count": 7}'
    content = (HEADER if kind == "csv" else b"\n") + b"\n".join([good, *bad, good])
    import_id = await door.started(content, format=kind)
    async with at_work(door.host):
        view = await door.ended(import_id)
    assert (view["result"]["taken"], view["result"]["refused"]) == (2, 4)
    errors = (await door.get(f"/v1/imports/{import_id}/errors"))["items"]
    assert [(one["line"], one["code"]) for one in errors] == [
        (3, "invalid"), (4, "invalid"), (5, "invalid"), (6, "row-cannot-be-read" if kind == "csv" else "invalid"),
    ]  # fmt: skip
    assert errors[0]["pointers"] == [["/count", "below 0"]]
    assert errors[2]["pointers"][0][0] == "/count"
    assert await jars.held(door.host) == {"a": 14}


async def test_errors_come_by_the_page(door: Door) -> None:
    import_id = await door.started(HEADER + b"b,1\n" * 5)
    async with at_work(door.host):
        await door.ended(import_id)
    found, path = [], f"/v1/imports/{import_id}/errors?limit=2"
    while path:
        page = await door.get(path)
        found += [one["line"] for one in page["items"]]
        path = page["next"]
    assert found == [2, 3, 4, 5, 6]


async def test_more_errors_than_are_kept_are_counted(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "ERRORS_COUNT_MAX", 3)
    monkeypatch.setattr(taking, "ROWS_EACH_COUNT", 2)
    import_id = await door.started(HEADER + b"b,1\n" * 5)
    async with at_work(door.host):
        assert (await door.ended(import_id))["result"]["refused"] == 5
    assert len((await door.get(f"/v1/imports/{import_id}/errors"))["items"]) == 3


async def test_a_dry_run_tries_each_row_and_changes_nothing(door: Door) -> None:
    before = await outbox(door)
    import_id = await door.started(rows(1, -1, 2), dry_run=True)
    async with at_work(door.host):
        view = await door.ended(import_id)
    assert view["result"] == {"kind": "marbles", "dry_run": True, "taken": 2, "refused": 1}
    assert [one["line"] for one in (await door.get(f"/v1/imports/{import_id}/errors"))["items"]] == [3]
    assert (await jars.held(door.host), await outbox(door)) == ({"a": 0}, before)


async def test_a_file_that_breaks_off_goes_on_where_it_had_ended(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = rows(*range(100))
    import_id = await door.open()
    half = len(content) // 2
    kept = await cut_off(door, import_id, content[:half])
    assert 0 < kept <= half
    assert content[:kept].endswith(b"\n")
    assert (await door.send(import_id, content, 0)).status_code == 412
    assert (await door.send(import_id, content[kept:], kept)).json()["bytes"] == len(content)
    await door.post(f"/v1/imports/{import_id}/start", status=202)
    async with at_work(door.host):
        assert (await door.ended(import_id))["result"]["taken"] == 100
    assert await jars.held(door.host) == {"a": sum(range(100))}


async def cut_off(door: Door, import_id: str, content: bytes) -> int:
    """Send a part whose connection ends in the middle of it; the bytes that are kept."""
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": content, "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        assert message["type"] != "http.response.start" or message["status"] != 200

    headers = {**door._headers, "if-match": '"0"', "content-type": "text/csv"}
    path = f"/v1/imports/{import_id}"
    scope = {
        "type": "http", "method": "PATCH", "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "http_version": "1.1", "scheme": "http", "server": ("jars", 80), "client": ("ann", 1), "root_path": "",
    }  # fmt: skip
    await door.client._transport.app(scope, receive, send)  # type: ignore[attr-defined]
    return int((await door.get(path))["bytes"])


@asynccontextmanager
async def failing_once(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[str]]:
    """The second step fails after its rows were served and before it is committed."""
    failed, count = list[str](), 0

    async def broken(sql: Any, operation: Any) -> None:
        nonlocal count
        count += 1
        if count == 2 and not failed:
            failed.append(operation.operation_id)
            raise OSError("the power went")
        await save_operation(sql, operation)

    monkeypatch.setattr(working, "save_operation", broken)
    yield failed


async def summed_with_a_failure(door: Door, monkeypatch: pytest.MonkeyPatch) -> int:
    """What the jar holds after six rows of one marble in three steps, of which one fails and is done again."""
    monkeypatch.setattr(taking, "ROWS_EACH_COUNT", 2)
    monkeypatch.setattr(working, "LOOK_SECONDS", 0.01)
    import_id = await door.started(rows(1, 1, 1, 1, 1, 1))
    async with failing_once(monkeypatch) as failed, at_work(door.host):
        view = await door.ended(import_id)
    assert failed == [import_id]
    assert view["state"] == "done"
    return (await jars.held(door.host))["a"]


async def test_a_step_that_fails_is_done_again_and_takes_effect_once(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await summed_with_a_failure(door, monkeypatch) == 6


async def test_rows_are_doubled_where_the_place_is_not_kept_with_the_effect(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def apart(commands: Any, tx: Any) -> Any:
        async with door.host.begin() as other:
            return await put_each.serve(other.serve(commands), other)

    loose = replace(IMPORTS[0], handler=type(put_each)(apart))
    monkeypatch.setattr(taking, "chosen", lambda imports, kind: loose)
    assert await summed_with_a_failure(door, monkeypatch) == 8


async def test_what_fails_again_and_again_ends_as_failed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: Any) -> Any:
        raise ValueError("never")

    monkeypatch.setattr(taking, "next_rows", broken)
    monkeypatch.setattr(working, "LOOK_SECONDS", 0.01)
    import_id = await door.started(rows(1))
    async with at_work(door.host):
        view = await door.ended(import_id)
    assert (view["state"], view["problem"], view["done"]) == ("failed", "ValueError", 0)


async def test_a_step_that_needs_more_is_begun_again_with_it(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[frozenset[Any]] = []

    async def needing(commands: Any, tx: Any) -> Any:
        seen.append(tx.more)
        if not tx.more:
            raise NeedsMore(["b"])
        return await put_each.serve(commands, tx)

    monkeypatch.setattr(taking, "chosen", lambda *_: replace(IMPORTS[0], handler=type(put_each)(needing)))
    import_id = await door.started(rows(1, 2))
    async with at_work(door.host):
        assert (await door.ended(import_id))["result"]["taken"] == 2
    assert seen == [frozenset(), frozenset({"b"})]


async def test_work_that_waits_can_be_cancelled_and_work_that_is_over_cannot(door: Door) -> None:
    import_id = await door.started(rows(1))
    assert (await door.post(f"/v1/operations/{import_id}/cancel"))["state"] == "cancelled"
    refused = await door.post(f"/v1/operations/{import_id}/cancel", status=409)
    assert refused["type"].endswith("operation-has-ended")
    async with at_work(door.host):
        second = await door.started(rows(2))
        assert (await door.ended(second))["state"] == "done"
    assert await jars.held(door.host) == {"a": 2}


async def test_a_part_that_does_not_fit_its_file_is_refused(door: Door) -> None:
    import_id = await door.open()
    assert (await door.send(import_id, rows(1), None)).status_code == 428
    assert (await door.send(import_id, rows(1), 5)).status_code == 412
    assert (await door.send(import_id, rows(1), 0, "application/jsonl")).status_code == 415
    assert (await door.send("nobody", rows(1), 0)).status_code == 404
    refused = await door.send(import_id, b"jar_id,colour\n", 0)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/1")
    assert (await door.send(import_id, rows(1) + b'"b', 0)).status_code == 422
    assert (await door.get(f"/v1/imports/{import_id}"))["rows"] == 1
    await door.post(f"/v1/imports/{import_id}/start", status=202)
    await door.post(f"/v1/imports/{import_id}/start", status=409)
    assert (await door.send(import_id, b"a,1\n", len(rows(1)))).status_code == 409
    await door.post("/v1/imports", {"kind": "stones"}, 422)


async def test_who_may_not_do_the_single_act_may_not_import(engine: AsyncEngine, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    async with door_of(engine, issuer) as door:
        import_id = await door.open(rows(1))
        headers = {**issuer.headers("sales"), "idempotency-key": "k"}
        made = await door.client.post("/v1/imports", headers=headers, json={"kind": "marbles"})
        begun = await door.client.post(f"/v1/imports/{import_id}/start", headers=headers)
        seen = await door.client.get(f"/v1/imports/{import_id}", headers=headers)
    assert [answer.status_code for answer in (made, begun, seen)] == [403, 403, 403]


async def test_progress_is_watched_to_the_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "ROWS_EACH_COUNT", 1)
    import_id = await door.started(rows(1, 2, 3))
    async with at_work(door.host):
        answer = await door.client.get(f"/v1/operations/{import_id}/progress", headers=door._headers)
    last = answer.text.strip().splitlines()[-1]
    assert '"state":"done"' in last
    assert '"done":3' in last
    assert [one["operation_id"] for one in (await door.get("/v1/operations"))["items"]] == [import_id]
