"""Files by the command line into a service that serves them: whole, broken off and gone on with, refused in part."""

from __future__ import annotations

import asyncio
import csv
import json
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from typer.testing import CliRunner, Result

from backbone.clock import SteppedClock
from backbone.imports import router
from backbone.operations import routes as operations
from backbone.service import Host
from backbone.testing_issuer import Issuer
from backbone.testing_support import eventually
from backbone.web import build_app, server
from o2d import files
from o2d.__main__ import app
from o2d.asking import Services
from o2d.files import Sending
from shared.tests import jars
from shared.tests.conftest import engine
from shared.tests.import_doors import IMPORTS, POLICY, at_work

__all__ = ["engine"]

# The import that the test under way has opened.
OPENED: list[str] = []


@asynccontextmanager
async def served(host: Host, issuer: Issuer) -> AsyncIterator[str]:
    """The address at which the jars are served."""
    built = build_app(host, title="jars", policy=POLICY, verifier=issuer.verifier())
    with socket.create_server(("127.0.0.1", 0)) as bound:
        http = server(built, "127.0.0.1", 0)
        serving = asyncio.create_task(http.serve(sockets=[bound]))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        http.should_exit = True
        await serving


@pytest.fixture
async def host(engine: AsyncEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    """A host of the jars that takes files, served and at work; one jar `a` stands there."""
    await jars.host_on(engine)
    service = replace(jars.SERVICE, routes=(router, operations.router), imports=IMPORTS)
    host, issuer = Host(service, engine, SteppedClock(jars.START)), Issuer(tmp_path)
    await host.do(jars.open_jar, jars.OpenJar("a"))
    async with served(host, issuer) as url, at_work(host):
        monkeypatch.setenv("O2D_SERVICE_URLS", json.dumps({"jars": url}))
        monkeypatch.setenv("O2D_TOKEN", issuer.token("admin"))
        yield host


async def says(file: Path, *words: str) -> Result:
    """What `o2d import` says of a file."""
    asked = ["import", "marbles", str(file), "--service", "jars", "-o", "json", *words]
    return await asyncio.to_thread(CliRunner().invoke, app, asked)


def written(folder: Path, rows: int, last: str = "") -> Path:
    """A file with so many single marbles."""
    file = folder / "marbles.csv"
    file.write_text("jar_id,count\n" + "a,1\n" * rows + last)
    return file


async def test_a_file_is_taken_and_its_rows_counted(host: Host, tmp_path: Path) -> None:
    said = await says(written(tmp_path, 3_000), "--yes")
    assert said.exit_code == 0, said.output
    result = json.loads(said.stdout)
    assert (result["taken"], result["refused"]) == (3_000, 0)
    assert await jars.held(host) == {"a": 3_000}


async def test_refused_rows_stand_in_a_file_that_no_spreadsheet_takes_for_formulas(
    host: Host, tmp_path: Path
) -> None:
    file = written(tmp_path, 1, "=b,1\na,-2\n")
    said = await says(file, "--yes")
    assert said.exit_code == 1
    with (tmp_path / "marbles.csv.refused.csv").open(newline="") as out:
        rows = list(csv.DictReader(out))
    assert [(row["line"], row["code"]) for row in rows] == [("3", "invalid"), ("4", "invalid")]
    assert "/count below 0" in rows[1]["where"]
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


async def test_a_dry_run_asks_nobody_and_changes_nothing(host: Host, tmp_path: Path) -> None:
    said = await says(written(tmp_path, 5), "--dry-run")
    assert (said.exit_code, json.loads(said.stdout)["taken"]) == (0, 5)
    assert await jars.held(host) == {"a": 0}


async def kept_beyond(start: int) -> None:
    """Wait until the service has kept more of the file than its first `start` bytes."""
    url, token = json.loads(os.environ["O2D_SERVICE_URLS"])["jars"], os.environ["O2D_TOKEN"]
    async with httpx.AsyncClient(base_url=url, headers={"authorization": f"Bearer {token}"}) as client:

        async def more() -> bool:
            (import_id,) = OPENED
            view = (await client.get(f"/v1/imports/{import_id}")).json()
            return int(view["bytes"]) > start

        await eventually(more, of="rows that are kept")


async def test_a_connection_that_breaks_is_gone_on_with(
    host: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole, opened, starts = Sending._parts, Sending._opened, []

    async def noting(self: Sending, services: Services) -> dict[str, Any]:
        view = await opened(self, services)
        OPENED[:] = [view["import_id"]]
        return view

    async def breaking(self: Sending, start: int, *more: Any) -> AsyncIterator[bytes]:
        starts.append(start)
        async for part in whole(self, start, *more):
            yield part
            if len(starts) < 4:
                await kept_beyond(start)
                raise httpx.WriteError("the line went dead")

    monkeypatch.setattr(files, "PART_BYTES", 30_000)
    monkeypatch.setattr(Sending, "_opened", noting)
    monkeypatch.setattr(Sending, "_parts", breaking)
    said = await says(written(tmp_path, 50_000), "--yes")
    assert said.exit_code == 0, said.output
    assert len(starts) == 4
    assert starts == sorted(set(starts))
    assert await jars.held(host) == {"a": 50_000}


async def test_what_is_refused_as_a_whole_is_not_tried_again(host: Host, tmp_path: Path) -> None:
    file = tmp_path / "marbles.csv"
    file.write_text("jar_id,colour\na,red\n")
    said = await says(file, "--yes")
    assert said.exit_code == 1
    assert "the first line names each column once" in said.output
    assert "--go-on" in said.output
    assert (await says(tmp_path / "nothing.csv", "--yes")).exit_code == 1
