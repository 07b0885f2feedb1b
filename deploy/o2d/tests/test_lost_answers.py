"""An act whose answer is lost on the way is sent again under its key: it is done once, and its answer is seen."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import o2d.desk
from backbone.testing import DatabaseOf
from deploy.o2d.tests.lines import Line, line_to
from deploy.o2d.tests.shop_floor import Store, store
from services.materials.tests.test_corrections import LOT
from shared.tests.processes import free_port

BOOK = ("stock", "book")


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    """Materials with one item, and an admin."""
    async with store(database_of, tmp_path, monkeypatch) as made:
        await made.stage.opened("gear")
        yield made


@pytest.fixture
async def line(here: Store) -> AsyncIterator[Line]:
    """The line by which the admin speaks to materials."""
    async with line_to(here.address) as (line, address):
        here.environment.setenv("O2D_SERVICE_URLS", json.dumps({"materials": address}))
        yield line


async def booked(here: Store) -> list[str]:
    return [each["quantity"] for each in await here.told("stock", "moves", "L")]


async def test_an_act_whose_answer_is_lost_is_done_once_and_its_answer_is_seen(
    here: Store, line: Line
) -> None:
    line.losses = 2
    assert (await here.done(*BOOK, here.file("lot.json", LOT)))["id"] == "L"
    assert (line.lost, await booked(here)) == (2, ["10"])


async def test_a_refusal_whose_answer_is_lost_is_heard_as_a_refusal(here: Store, line: Line) -> None:
    line.losses = 1
    said = await here.refused(*BOOK, here.file("lot.json", {**LOT, "sku": "nothing"}), "--yes")
    assert (line.lost, "404" in said, "not known" in said) == (1, True, False)


async def test_an_act_whose_answers_are_all_lost_is_said_to_be_unknown(
    here: Store, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(o2d.desk, "PAUSES_SECONDS", (0.0, 0.0))
    line.losses = 3
    said = await here.refused(*BOOK, here.file("lot.json", LOT), "--yes")
    assert (line.lost, "Whether it was done is not known." in said) == (3, True)
    assert await booked(here) == ["10"]


async def test_who_never_reached_a_service_is_told_so_at_once(here: Store) -> None:
    here.environment.setenv("O2D_SERVICE_URLS", json.dumps({"materials": f"http://127.0.0.1:{free_port()}"}))
    said = await here.refused(*BOOK, here.file("lot.json", LOT), "--yes")
    assert ("materials does not answer" in said, "not known" in said) == (True, False)
    assert await here.stage.balances() == {}
