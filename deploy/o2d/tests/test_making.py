"""Schedules, periods and records by the command line, asked of a served production."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from contracts.instead import MaterialsDelayed
from o2d.__main__ import app
from production import commands
from production.__main__ import SERVICE
from production.domain.act import Abort, End, Report, Start
from services.production.tests.made import NOW, lot, staged
from services.production.tests.stage import Stage
from services.production.tests.test_schedules import crowded
from shared.tests.import_doors import at_work
from tests.browser.tower import served, service_host


@pytest.fixture
async def stage(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """Production, served and at work, with three runs that wait for one furnace."""
    issuer = Issuer(tmp_path)
    async with service_host(SERVICE, await database_of("production")) as host:
        stage = Stage(host)
        await crowded(stage)
        async with served(host, issuer) as address, at_work(host):
            monkeypatch.setenv("O2D_SERVICE_URLS", json.dumps({"production": address}))
            monkeypatch.setenv("O2D_TOKEN", issuer.token("admin"))
            monkeypatch.setenv("COLUMNS", "250")
            yield stage


async def says(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, list(words))


async def told(*words: str) -> Any:
    """What a command says as JSON."""
    said = await says(*words, "-o", "json")
    assert said.exit_code == 0, said.output
    return json.loads(said.stdout)


async def test_schedules_are_run_listed_shown_and_accepted_or_rejected(stage: Stage) -> None:
    stage.clock.advance(NOW + timedelta(hours=5))
    (first,) = await told("schedule", "run", "--site", "plant-1", "--frozen-hours", "0")
    assert (first["state"], first["runs"]) == ("proposed", 3)
    moves = await told("schedule", "show", first["schedule_id"])
    assert sum(each["moved"] for each in moves) == first["moved"]
    asked = await says("schedule", "accept", first["schedule_id"])
    assert (asked.exit_code, "accept schedule" in asked.output) == (1, True)
    (accepted,) = await told("schedule", "accept", first["schedule_id"], "--yes")
    assert accepted["state"] == "accepted"
    (second,) = await told("schedule", "run", "--site", "plant-1")
    (rejected,) = await told("schedule", "reject", second["schedule_id"], "--yes")
    assert rejected["state"] == "rejected"
    assert "rejected" in (await says("schedule", "list", "--site", "plant-1")).stdout
    assert len(await told("schedule", "list")) == 2
    refused = await says("schedule", "accept", second["schedule_id"], "--yes")
    assert (refused.exit_code, "is rejected" in refused.output) == (1, True)


async def test_late_runs_are_named_with_what_makes_them_late(stage: Stage) -> None:
    run_id = await stage.run("p0")
    assert not any(each["late_cause"] == "material" for each in await told("schedule", "late"))
    (board,) = await told("schedule", "board", "--site", "plant-1")
    assert run_id in {each["run_id"] for each in board["bars"]}
    assert run_id in (await says("schedule", "board", "--from", f"{NOW:%Y-%m-%d}")).stdout
    await stage.hear(MaterialsDelayed("p0", NOW + timedelta(days=30), "material", "late lorry"))
    late = {
        each["run_id"]: each["late_cause"] for each in await told("schedule", "late", "--site", "plant-1")
    }
    assert late[run_id] == "material"
    assert await told("schedule", "late", "--site", "elsewhere") == []


async def test_late_runs_that_are_over_hide_none_that_is_open(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(2):
        await stage.hear(MaterialsDelayed(f"p{number}", NOW + timedelta(days=30), "material", "late lorry"))
    await stage.do(commands.ActOnRun(await stage.run("p0"), Abort("nobody waits for it"), "otto"))
    monkeypatch.setattr("o2d.asking.ROWS_PAGE_COUNT", 1)
    monkeypatch.setattr("o2d.asking.ROWS_COUNT_MAX", 1)
    late = [each["run_id"] for each in await told("schedule", "late") if each["late_cause"] == "material"]
    assert late == [await stage.run("p1")]


async def test_months_are_closed_listed_shown_and_opened_again(stage: Stage) -> None:
    await stage.hear(staged(lot("bar", "500", 50_000), planned_order_id="p0", runs="360"))
    run = await stage.run("p0")
    for act in (Start(), End(Report())):
        await stage.do(commands.ActOnRun(run, act, "olga"))
    stage.clock.advance(NOW + timedelta(days=28))
    (closed,) = await told("period", "close", "plant-1", "2026-03", "--yes")
    assert closed["state"] == "closed"
    (behind,) = await told("period", "runs", "plant-1", "2026-03", "--figure", "made")
    assert (behind["run_id"], behind["made"]) == (run, closed["totals"][0]["made"])
    assert await told("period", "runs", "plant-1", "2026-03", "--figure", "late") == []
    assert await told("period", "open-runs", "plant-1", "2026-03") == []
    (asked,) = await told("period", "reopen", "plant-1", "2026-03", "--reason", "a wrong invoice", "--yes")
    assert asked["state"] == "reopening"
    alone = await says("period", "reopen", "plant-1", "2026-03", "--reason", "a wrong invoice", "--yes")
    assert (alone.exit_code, "a second person" in alone.output) == (1, True)
    assert [each["state"] for each in await told("period", "list", "plant-1")] == ["reopening"]
    assert "EUR" in (await says("period", "list", "plant-1")).stdout


async def test_a_record_is_shown_and_signed_as_it_was_shown(stage: Stage) -> None:
    await stage.hear(staged(lot("bar", "500", 50_000), planned_order_id="p0", runs="360"))
    run = await stage.run("p0")
    for act in (Start(), End(Report())):
        await stage.do(commands.ActOnRun(run, act, "olga"))
    assert "started" in (await says("record", "show", run)).stdout
    asked = await says("record", "sign", run, "--meaning", "approved")
    assert (asked.exit_code, "as approved?" in asked.output) == (1, True)
    signed = await told("record", "sign", run, "--meaning", "approved", "--yes")
    assert [(each["meaning"], each["signed_by"]) for each in signed["signatures"]] == [
        ("approved", "a-admin")
    ]
    refused = await says("record", "sign", run, "--meaning", "performed", "--yes")
    assert (refused.exit_code, "did nothing at" in refused.output) == (1, True)


async def test_what_is_missing_is_said_before_anything_is_asked(stage: Stage) -> None:
    for words in (
        ("schedule", "run"),
        ("schedule", "show"),
        ("schedule", "list", "s1"),
        ("period", "show", "plant-1"),
        ("period", "list", "plant-1", "2026-03"),
        ("period", "reopen", "plant-1", "2026-03"),
        ("record", "sign", "r1"),
        ("record", "show", "r1", "--meaning", "approved"),
    ):
        assert (await says(*words)).exit_code == 2, words
    assert "no work centre at nowhere" in (await says("schedule", "run", "--site", "nowhere")).output
