"""`o2d tower`: pictures are drawn anew while the control tower runs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from backbone.service import Host
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from control_tower import handlers
from deploy.o2d.tests.shop_floor import Place
from tests.browser.story import masters, whole_story
from tests.browser.tower import hear, served, tower

Watch = Place[Host]


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Watch]:
    issuer = Issuer(tmp_path)
    async with tower(await database_of("control_tower")) as host, served(host, issuer) as address:
        monkeypatch.setenv("O2D_SERVICE_URLS", json.dumps({"control-tower": address}))
        made = Place(host, address, issuer, monkeypatch, tmp_path)
        made.speaks("admin")
        yield made


async def test_all_pictures_are_drawn_anew_in_as_many_parts_as_it_takes(
    here: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handlers, "DRAWN_COUNT", 7)
    await hear(here.stage, [*whole_story(), *masters()])
    pictures = "SELECT count(*) FROM subjects WHERE drawn_from <> 0"
    async with here.stage.read() as sql:
        known = int((await sql.execute(text(pictures))).scalar_one())
    assert known > 7
    assert await here.told("tower", "redraw") == [{"pictures": known}]


async def test_only_who_runs_it_may_have_them_drawn_anew(here: Watch) -> None:
    here.speaks("planner")
    assert "may not" in await here.refused("tower", "redraw")
