"""Recalls by the command line, asked of a served production."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from contracts.recalls import RecallNotified
from o2d.__main__ import app
from production import commands
from production.__main__ import SERVICE
from services.production.tests.stage import Stage
from services.production.tests.test_handlers_recall import traced
from tests.browser.tower import served, service_host


@pytest.fixture
async def stage(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    """Production, served to somebody of quality."""
    issuer = Issuer(tmp_path)
    async with service_host(SERVICE, await database_of("production")) as host:
        async with served(host, issuer) as address:
            monkeypatch.setenv("O2D_SERVICE_URLS", json.dumps({"production": address}))
            monkeypatch.setenv("O2D_TOKEN", issuer.token("quality"))
            yield Stage(host)


async def says(*words: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["recall", *words])


async def test_a_recall_is_opened_shown_and_closed_when_nothing_waits(stage: Stage) -> None:
    opened = await says("open", "--vendor-lot", "heat-1", "--reason", "brittle", "--yes", "-o", "json")
    (recall,) = json.loads(opened.stdout)
    recall_id = recall["recall_id"]
    assert (recall["state"], recall["vendor_lot"], recall["opened_by"]) == ("tracing", "heat-1", "a-quality")
    await stage.hear(traced(recall_id, "bar"), RecallNotified(recall_id, ("bar",), ()))
    asked = await says("close", recall_id, "--reason", "all scrapped")
    assert (asked.exit_code, f"close recall {recall_id}?" in asked.output) == (1, True)
    refused = await says("close", recall_id, "--reason", "all scrapped", "--yes")
    assert (refused.exit_code, "still waits for lot bar" in refused.output) == (1, True)
    shown = json.loads((await says("show", recall_id, "--waiting", "-o", "json")).stdout)
    assert [lot["lot_id"] for lot in shown] == ["bar"]
    await stage.do(commands.DisposeLot("bar", "scrap", "brittle", "quinn", None))
    assert json.loads((await says("runs", recall_id, "-o", "json")).stdout) == []
    words = ("close", recall_id, "--reason", "all scrapped", "--yes", "-o", "json")
    closed = json.loads((await says(*words)).stdout)
    assert (closed[0]["state"], closed[0]["summary"]) == ("closed", "all scrapped")
    assert "closed" in (await says("list")).stdout


async def test_recalls_are_listed_the_newest_first(stage: Stage) -> None:
    ids = [
        (await stage.do(commands.OpenRecall("brittle", (), f"heat-{number}", None, None, "quinn"))).recall_id
        for number in range(3)
    ]
    listed = json.loads((await says("list", "-o", "json")).stdout)
    assert [each["recall_id"] for each in listed] == ids[::-1]


async def test_what_is_missing_is_said_before_anything_is_asked(stage: Stage) -> None:
    for words in (
        ("open", "--vendor-lot", "heat-1"),
        ("open", "--reason", "brittle"),
        ("show",),
        ("close", "r1"),
        ("list", "r1"),
    ):
        assert (await says(*words)).exit_code == 2, words
    nothing = await says("close", "none", "--reason", "all scrapped", "--yes")
    assert (nothing.exit_code, "404" in nothing.output) == (1, True)
