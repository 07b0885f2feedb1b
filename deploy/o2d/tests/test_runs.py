"""Runs by the command line, asked of a served production: acts, parting, moves, readings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from backbone.testing import DatabaseOf
from deploy.o2d.tests.shop_floor import Floor, floor
from production import commands
from production.domain.act import Start
from services.production.tests.made import NOW, asked, lot, staged
from services.production.tests.test_schedules import crowded


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Floor]:
    """Production and an admin."""
    async with floor(database_of, tmp_path, monkeypatch) as made:
        yield made


async def allowed(here: Floor) -> str:
    """A run of 500 shafts whose material lies ready."""
    await here.stage.opened()
    await here.stage.hear(asked(), staged(lot("bar", "500", 50_000)))
    return await here.stage.run()


async def test_a_run_is_begun_measured_held_reported_on_and_ended(here: Floor) -> None:
    run = await allowed(here)
    asked_first = await here.says("run", "start", run)
    assert (asked_first.exit_code, f"start {run}?" in asked_first.output) == (1, True)
    assert (await here.done("run", "start", run))["state"] == "running"
    await here.done("run", "measure", run, "10:temperature=851")
    assert (await here.done("run", "hold", run, "--reason", "no power"))["state"] == "held"
    assert (await here.done("run", "resume", run))["state"] == "running"
    await here.done("run", "report", run, "--runs", "100", "--take", "bar=100", "--scrap", "shaft=2:bent")
    (shown,) = await here.told("run", "show", run)
    assert (shown["done_runs"], shown["floor"]["scrapped"][0]["reason"]) == ("100", "bent")
    assert "no power" in (await here.says("record", "show", run)).output
    ended = await here.done("run", "end", run, "--nothing-more", "--reason", "the furnace is cold")
    assert ended["state"] == "closed"
    assert [each["quantity"] for each in await here.told("lot", "list", "--run", run)] == ["98"]
    (cost,) = await here.told("run", "cost", run)
    assert cost["steps"][0]["operation_no"] == 10
    assert "furnace" in (await here.says("run", "cost", run)).stdout
    assert run in (await here.says("run", "list", "--state", "closed")).stdout


async def test_runs_are_begun_at_once_each_taken_or_refused_by_itself(here: Floor) -> None:
    run = await allowed(here)
    said = await here.refused("run", "start", run, "none", "--yes")
    assert "1 of 2 acts were refused" in said
    assert [each["state"] for each in await here.told("run", "list")] == ["running"]
    await here.done("run", "report", run, "--operation", "10", "--runs", "5")
    (shown,) = await here.told("run", "show", run)
    assert [(each["operation_no"], each["runs"]) for each in shown["floor"]["stages"]] == [(10, "5")]
    assert "is running" in await here.refused("run", "start", run, "--yes")
    aborted = await here.done("run", "abort", run, "--reason", "not wanted")
    assert aborted["state"] == "aborted"


async def test_only_who_may_begins_a_run_without_its_material(here: Floor) -> None:
    await here.stage.opened()
    await here.stage.hear(asked())
    run = await here.stage.run()
    words = ("run", "override", run, "--reason", "the furnace is hot", "--yes")
    here.speaks("operator")
    assert "403" in await here.refused(*words)
    here.speaks("approver")
    (begun,) = await here.told(*words)
    assert begun["state"] == "running"


async def test_a_run_is_split_and_put_together_again(here: Floor) -> None:
    await here.stage.opened()
    await here.stage.hear(asked())
    run = await here.stage.run()
    parted = await here.done("run", "split", run, "200")
    (other,) = parted["others"]
    assert parted["runs"] == "300"
    assert other in (await here.says("run", "list")).stdout
    assert "can be split off" in await here.refused("run", "split", run, "300", "--yes")
    together = await here.done("run", "merge", run, other)
    assert (together["runs"], together["others"]) == ("500", [other])


async def test_a_move_shows_what_it_does_before_it_is_done(here: Floor) -> None:
    await crowded(here.stage)
    first = await here.stage.run("p0")
    (booked, *_) = await here.told("centre", "bookings", "furnace")
    at = (NOW + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    words = ("run", "move", first, "--operation", "10", "--centre", "furnace", "--at", at)
    effects = await here.told(*words, "--dry-run")
    assert first in {each["run_id"] for each in effects}
    refused = await here.says(*words, answer="n\n")
    assert (refused.exit_code, first in refused.output, "into lateness?" in refused.output) == (1, True, True)
    assert (await here.told("centre", "bookings", "furnace"))[0] == booked
    here.speaks("planner")
    # It begins within a day, so a planner alone does not move it.
    assert "begins before 2026-03-03" in await here.refused(*words, "--yes")
    here.speaks("approver")
    (moved,) = [
        each
        for each in await here.told(*words, "--frozen", "the customer waits", "--yes")
        if each["run_id"] == first
    ]
    assert moved["starts_at"] == (NOW + timedelta(days=2)).isoformat().replace("+00:00", "Z")


async def test_a_file_of_readings_is_sent_again_without_an_effect(here: Floor) -> None:
    run = await allowed(here)
    await here.stage.do(commands.ActOnRun(run, Start(), "olga"))
    reading = {
        "run_id": run, "operation_no": 10, "name": "temperature", "machine": "f-1", "value": "851",
        "at": NOW.isoformat(), "unit": "degC",
    }  # fmt: skip
    file = here.file("day.jsonl", [reading, {**reading, "machine": "f-2"}])
    assert await here.done("reading", "send", file) == {"taken": 2, "known": 0, "refused": []}
    assert await here.done("reading", "send", file) == {"taken": 0, "known": 2, "refused": []}
    wrong = here.file("wrong.jsonl", [{**reading, "name": "colour"}, reading])
    assert "1 of 2 readings were refused (reading 1:" in await here.refused("reading", "send", wrong, "--yes")
    (only,) = await here.told("reading", "list", run, "--machine", "f-2")
    assert only["value"] == "851"


async def test_a_file_of_counts_is_sent_again_without_an_effect_and_is_added_up(here: Floor) -> None:
    run = await allowed(here)
    count = {"run_id": run, "operation_no": 10, "machine": "press-1", "good": "40", "bad": "2"}
    moments = [(NOW - timedelta(minutes=minutes)).isoformat() for minutes in range(2)]
    file = here.file("counts.jsonl", [{**count, "at": at} for at in moments])
    assert await here.done("reading", "count", file) == {"taken": 2, "known": 0, "refused": []}
    assert await here.done("reading", "count", file) == {"taken": 0, "known": 2, "refused": []}
    wrong = here.file("wrong.jsonl", [{**count, "at": moments[0], "operation_no": 11}])
    assert "1 of 1 counts were refused (count 1:" in await here.refused("reading", "count", wrong, "--yes")
    (only,) = await here.told("reading", "counts", run)
    assert (only["good"], only["bad"], only["counts"]) == ("80", "4", 2)


async def test_what_is_missing_or_no_such_word_is_said_before_anything_is_asked(here: Floor) -> None:
    for words in (
        ("run", "hold", "r1"),
        ("run", "measure", "r1", "temperature=851", "--yes"),
        ("run", "measure", "r1", "ten:temperature=851", "--yes"),
        ("run", "report", "r1", "--scrap", "shaft=2", "--yes"),
        ("run", "move", "r1", "--operation", "10"),
        ("lot", "dispose", "l1", "rework", "--reason", "soft", "--yes"),
        ("lot", "inspect", "l1", "passed", "hardness", "--yes"),
    ):
        assert (await here.says(*words)).exit_code == 2, words
    assert "cannot be read" in await here.refused("reading", "send", "/nowhere", "--yes")
    assert "not a JSON object a line" in await here.refused("reading", "send", __file__, "--yes")
    assert "is no JSON" in await here.refused("recipe", "draft", __file__, "--yes")
    assert "404" in await here.refused("run", "show", "none")
