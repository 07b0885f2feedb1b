"""The schedule of a real production: seen by day, week and month, and an operation moved once its effect was shown."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from backbone.ids import new_id
from backbone.service import Host
from backbone.testing import DatabaseOf
from backbone.testing_issuer import Issuer
from control_tower.drawing.board import draw_board
from production import commands
from production.__main__ import SERVICE as PRODUCTION
from production.domain.downtime import Downtime
from services.production.tests.made import DAY, NOW, asked
from services.production.tests.stage import Stage
from tests.browser.tower import served, service_host, tower, visitor

AWAY = "http://127.0.0.1:9"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Scene:
    """A control tower beside production."""

    tower: Host
    issuer: Issuer
    stage: Stage


@pytest.fixture
async def scene(database_of: DatabaseOf, tmp_path: Path) -> AsyncIterator[Scene]:
    issuer = Issuer(tmp_path)
    async with service_host(PRODUCTION, await database_of("production")) as production:
        stage = Stage(production)
        await stage.opened()
        for number in range(2):
            due = NOW + (4 - number) * DAY
            await stage.hear(asked(f"p{number}", runs="360", due_at=due, starts_at=NOW))
        stop = Downtime(
            "", "furnace", 1, "planned", "new lining", NOW + 5 * DAY, NOW + 5 * DAY + 3 * HOUR, "ann"
        )
        await stage.do(commands.TellDowntime(stop))
        async with served(production, issuer) as address:
            beside = {"production": address}
            async with tower(await database_of("control_tower"), beside, issuer.stand_in()) as host:
                yield Scene(host, issuer, stage)


@pytest.fixture
async def planner(scene: Scene) -> AsyncIterator[httpx.AsyncClient]:
    """A planner at the pages."""
    async with visitor(scene.tower, scene.issuer, "planner") as client:
        yield client


async def test_bars_lie_on_their_machines_with_setup_stops_due_marks_and_now(
    planner: httpx.AsyncClient,
) -> None:
    seen = (await planner.get(f"/schedule?zoom=week&from={NOW:%Y-%m-%d}")).text
    assert seen.count('class="takes"') == 2
    assert seen.count('<rect class="setup"') == 2
    assert seen.count('<rect class="stop"') == 1
    assert seen.count('<line class="due"') == 2
    assert 'data-machine="furnace/1"' in seen
    assert "new lining" in seen
    assert 'aria-current="true">Week' in seen
    day = (await planner.get(f"/schedule?zoom=day&from={NOW - 30 * DAY:%Y-%m-%d}")).text
    assert day.count('class="takes"') == 0
    assert 'class="now"' not in day
    assert (await planner.get("/schedule?from=soon")).status_code == 422


async def test_a_move_is_tried_first_and_made_after_it_was_shown(
    scene: Scene, planner: httpx.AsyncClient
) -> None:
    run_id = await scene.stage.run("p0")
    chosen = (await planner.get(f"/schedule?from={NOW:%Y-%m-%d}&run={run_id}&operation=10")).text
    form = {"run": run_id, "operation": "10", "machine": "furnace/1", "zoom": "week", "from": NOW.isoformat()}
    assert f'name="run" required maxlength="200" value="{run_id}"' in chosen
    form["starts_at"] = f"{NOW + 2 * DAY:%Y-%m-%dT%H:%M}"
    before = await scene.stage.rows("SELECT run_id, starts_at FROM bookings ORDER BY run_id")
    trial = await planner.post("/schedule/trial", data={**form, "idempotency_key": new_id()})
    assert trial.status_code == 200
    assert "What this move does" in trial.text
    assert await scene.stage.rows("SELECT run_id, starts_at FROM bookings ORDER BY run_id") == before
    shown = dict(
        re.findall(
            r'<input type="hidden" name="(\w+)" value="([^"]*)">', trial.text.partition("/schedule/move")[2]
        )
    )
    made = await planner.post("/schedule/move", data={**shown, "idempotency_key": new_id()})
    assert made.status_code == 303
    assert "Moved, with 1 run" in (await planner.get(made.headers["location"])).text
    moved = dict(await scene.stage.rows("SELECT run_id, starts_at FROM bookings"))
    assert moved[run_id] == NOW + 2 * DAY
    assert (
        f"{NOW + 2 * DAY:%Y-%m-%d %H:%M}"
        in (await planner.get(f"/production-runs/{run_id}")).text.partition("moved: from")[2]
    )
    soon = {**form, "starts_at": f"{NOW + HOUR:%Y-%m-%dT%H:%M}", "idempotency_key": new_id()}
    refused = await planner.post("/schedule/move", data=soon)
    assert refused.status_code == 200
    assert "Not moved" in refused.text
    assert (
        await planner.post("/schedule/trial", data={**form, "machine": "x", "idempotency_key": "k"})
    ).status_code == 422
    async with visitor(scene.tower, scene.issuer, "operator") as operator:
        denied = await operator.post("/schedule/trial", data={**form, "idempotency_key": new_id()})
        assert denied.status_code == 403


async def test_the_page_says_that_production_does_not_answer(database_of: DatabaseOf, tmp_path: Path) -> None:
    issuer = Issuer(tmp_path)
    async with tower(await database_of("control_tower"), {"production": AWAY}) as host:
        async with visitor(host, issuer, "planner") as client:
            answer = await client.get("/schedule")
            assert (answer.status_code, "does not answer" in answer.text) == (200, True)


def test_what_would_move_is_outlined_where_it_would_be_as_far_as_that_is_in_the_picture() -> None:
    bar = {
        "run_id": "r", "operation_no": 10, "work_centre_id": "furnace", "machine_no": 1, "setup_minutes": "0",
        "starts_at": NOW.isoformat(), "ends_at": (NOW + 4 * HOUR).isoformat(), "load_id": None,
        "state": "allowed", "due_at": (NOW + 9 * DAY).isoformat(), "late": False, "recipe_id": "harden",
    }  # fmt: skip

    def at(begin: timedelta, machine: int = 2, run: str = "r") -> dict[str, Any]:
        span = {"starts_at": (NOW + begin).isoformat(), "ends_at": (NOW + begin + 4 * HOUR).isoformat()}
        place = {"operation_no": 10, "work_centre_id": "furnace", "machine_no": machine, **span}
        return {"run_id": run, "late": run == "other", "places": [place]}

    lanes = [{"work_centre_id": "furnace", "title": "Furnace", "machines": 2}]
    board = {"lanes": lanes, "bars": [bar], "stops": []}
    span = (NOW - DAY, NOW + 6 * DAY, NOW)
    effects = [at(DAY), at(DAY, run="other"), at(9 * DAY), at(DAY, machine=3)]
    drawn = draw_board(board, *span, effects)
    mine, other = drawn.ghosts
    (old,) = drawn.bars
    (then,) = draw_board({**board, "bars": [{**bar, **effects[0]["places"][0]}]}, *span).bars
    assert (mine.x, mine.y, mine.width) == (then.x, old.y + 26, then.width)
    assert (mine.from_x, mine.from_y, mine.late) == (old.x, old.y + 9, False)
    assert (other.from_x, other.late, other.text) == (None, True, "")
    assert drawn.leaving == {("r", 10), ("other", 10)}
    assert draw_board(board, *span).ghosts == []


def test_what_lies_on_a_machine_that_is_gone_is_left_out_and_a_short_bar_can_be_taken_hold_of() -> None:
    bar = {
        "run_id": "r", "operation_no": 10, "work_centre_id": "furnace", "machine_no": 1, "setup_minutes": "10",
        "starts_at": NOW.isoformat(), "ends_at": (NOW + timedelta(minutes=10)).isoformat(), "load_id": None,
        "state": "running", "due_at": (NOW + 9 * DAY).isoformat(), "late": False, "recipe_id": "harden",
    }  # fmt: skip
    lanes = [{"work_centre_id": "furnace", "title": "Furnace", "machines": 1}]
    board = {"lanes": lanes, "bars": [bar, {**bar, "machine_no": 2}], "stops": []}
    drawn = draw_board(board, NOW - DAY, NOW + 30 * DAY, NOW)
    assert [(one.width, one.setup_width, one.due_x is None, one.movable) for one in drawn.bars] == [
        (4.0, 4.0, False, False)
    ]
