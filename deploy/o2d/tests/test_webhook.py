"""Endpoints on the command line: added, shown, switched, given another secret; and what an act needs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.o2d.tests.operators import Operator, operator
from shared.tests.conftest import engine, ground
from shared.tests.grounds import Ground

__all__ = ["engine", "ground"]

URL = "https://93.184.216.34/hook"
HERE = ("--service", "tower", "--yes")


@pytest.fixture
async def here(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Operator]:
    async with operator(ground, tmp_path, monkeypatch) as one:
        yield one


async def test_an_endpoint_is_added_switched_rotated_and_its_deliveries_are_listed(here: Operator) -> None:
    (made,) = await here.sees("webhook", "add", URL, "--description", "a house", *HERE)
    webhook_id, secret = made["webhook_id"], made["secret"]
    (listed,) = await here.sees("webhook")
    assert (listed["service"], listed["url"], listed["description"]) == ("tower", URL, "a house")
    (off,) = await here.sees("webhook", "disable", webhook_id, "--reason", "it moves", *HERE)
    assert (off["state"], off["reason"]) == ("disabled", "it moves")
    refused = await here.says("webhook", "test", webhook_id, *HERE)
    assert (refused.exit_code, "409 it moves" in refused.stderr) == (1, True)
    (rotated,) = await here.sees("webhook", "rotate", webhook_id, *HERE)
    assert rotated["secret"].startswith("whsec_")
    assert rotated["secret"] != secret
    (again,) = await here.sees("webhook", "replay", webhook_id, "--after", "0-0", *HERE)
    assert again["cursor"] == "0-0"
    assert await here.sees("webhook", "deliveries", webhook_id, "--service", "tower") == []
    table = (await here.says("webhook", "show", webhook_id, "--service", "tower")).stdout
    assert "it moves" in table


async def test_what_an_act_needs_is_said_before_anything_is_asked(here: Operator) -> None:
    for words in (("add", URL), ("show", "x"), ("disable", "x", *HERE), ("again", "x", *HERE)):
        assert (await here.says("webhook", *words)).exit_code == 2
    assert (await here.says("webhook", "add", URL, "--service", "tower", answer="n\n")).exit_code == 1
    closed = await here.says("webhook", "add", "https://127.0.0.1/", *HERE)
    assert (closed.exit_code, "422" in closed.stderr) == (1, True)
    assert await here.sees("webhook", "list") == []
