"""Plans of whole sites by the command line, asked of a served materials."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from backbone.clock import SteppedClock
from backbone.service import Host
from backbone.service.database import connect
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from backbone.web import build_app, server
from contracts.policy import POLICY
from materials.__main__ import SERVICE
from o2d.__main__ import app
from services.materials.tests.made import NOW, acknowledged, ask, issued, line, placed, terms
from services.materials.tests.stage import Stage
from shared.tests.import_doors import at_work


@pytest.fixture
async def stage(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """Materials, served and at work, with one order for ten gears."""
    engine, issuer = connect(await database_of("materials"), name="test", pool=6), Issuer(tmp_path)
    stage = Stage(Host(SERVICE, engine, SteppedClock(NOW)))
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await ordered(stage, "p", "10")
    built = build_app(stage.host, title="materials", policy=POLICY, verifier=issuer.verifier())
    with socket.create_server(("127.0.0.1", 0)) as bound:
        http = server(built, "127.0.0.1", 0)
        serving = asyncio.create_task(http.serve(sockets=[bound]))
        monkeypatch.setenv(
            "O2D_SERVICE_URLS", json.dumps({"materials": f"http://127.0.0.1:{bound.getsockname()[1]}"})
        )
        monkeypatch.setenv("O2D_TOKEN", issuer.token("planner"))
        async with at_work(stage.host):
            yield stage
        http.should_exit = True
        await serving
    await engine.dispose()


async def ordered(stage: Stage, promise_id: str, quantity: str) -> None:
    asked = ask(promise_id, line("gear", quantity, 20))
    await stage.hear(asked, placed(asked))


async def says(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["plan", *words])


async def told(*words: str) -> Any:
    """What `o2d plan` says as JSON."""
    said = await says(*words, "-o", "json")
    assert said.exit_code == 0, said.output
    return json.loads(said.stdout)


async def test_plans_are_run_listed_shown_compared_and_published(stage: Stage) -> None:
    (first,) = await told("run", "--site", "plant-1")
    await ordered(stage, "q", "5")
    (second,) = await told("run")
    assert [each["plan_id"] for each in await told("list")] == [second["plan_id"], first["plan_id"]]
    (order,) = await told("show", str(second["plan_no"]), "--sku", "gear")
    assert (order["quantity"], order["source"]) == ("15", "buy")
    (difference,) = await told("compare", str(first["plan_no"]), second["plan_id"])
    assert (difference["kind"], difference["was_quantity"], difference["quantity"]) == ("more", "10", "15")
    assert (difference["was_cost"], difference["cost"]) == (
        {"minor": 10_000, "currency": "EUR"}, {"minor": 15_000, "currency": "EUR"},
    )  # fmt: skip
    compared = (await says("compare", str(first["plan_no"]), second["plan_id"])).stdout
    assert "150.00" in compared
    (live,) = await told("publish", str(second["plan_no"]))
    assert live["state"] == "live"
    table = await says("list")
    assert all(state in table.stdout for state in ("live", "ready"))


async def test_messages_are_listed_and_answered_each_by_itself(stage: Stage) -> None:
    async def message(*words: str) -> Any:
        said = await asyncio.to_thread(CliRunner().invoke, app, ["message", *words, "-o", "json"])
        return json.loads(said.stdout) if said.stdout.strip().startswith("[") else said

    await stage.pass_time(days=16)
    purchase = await stage.order_of("gear")
    at = stage.clock.now() + timedelta(days=60)
    await stage.hear(issued(purchase, "gear", "10"), acknowledged(purchase, "gear", "10", at))
    (asked,) = await message("list", "--kind", "expedite")
    assert (asked["id"], asked["at_stake"] is not None) == (f"{purchase}@expedite", True)
    assert await message("list", "--kind", "cancel") == []
    until = f"{stage.clock.now() + timedelta(days=3):%Y-%m-%dT%H:%M:%S}"
    (slept,) = await message("snooze", asked["id"], "--until", until, "--yes")
    assert (slept["status"], slept["state"]) == (200, "open")
    assert await message("list", "--kind", "expedite") == []
    (rejected,) = await message("reject", asked["id"], "--reason", "the customer waits", "--yes")
    assert rejected["state"] == "rejected"
    again = await asyncio.to_thread(CliRunner().invoke, app, ["message", "accept", asked["id"], "--yes"])
    assert (again.exit_code, "1 of 1 answers were refused" in again.output) == (1, True)
    for words in (("accept",), ("list", "m"), ("snooze", "m"), ("accept", "m", "--reason", "no")):
        assert (await message(*words)).exit_code == 2


async def test_what_cannot_be_is_said_in_a_sentence(stage: Stage) -> None:
    assert "There is no plan 99." in (await says("show", "99")).output
    assert "no site nowhere" in (await says("run", "--site", "nowhere")).output
    assert "compare takes 2 plans" in (await says("compare", "1")).output
