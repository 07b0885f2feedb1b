"""Everything that can be done at a service over HTTP can be done by a word of the command line, too."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from fastapi import APIRouter

import materials.api
import o2d.desk
import orders.api
import production.api
import service_desk.api
import vendors.api
from deploy.o2d.tests.words import asked, operations

HERE: Final = Path(o2d.desk.__file__).parent
ROUTERS: Final = {
    "orders": orders.api.ROUTERS,
    "materials": materials.api.ROUTERS,
    "production": production.api.ROUTERS,
    "service-desk": service_desk.api.ROUTERS,
    "vendors": vendors.api.ROUTERS,
}
# A page follows these while it is open; a word says how far something is now.
STREAMS: Final = frozenset({"watch_operation"})
PAINT: Final = "/v1/runs/{run}/painting"


@pytest.mark.parametrize("service", ROUTERS)
def test_every_act_at_a_service_has_a_word(service: str) -> None:
    acts = operations(ROUTERS[service]).acts
    assert acts
    said = asked(HERE, service).acts
    assert {name for name, path in acts.items() if path not in said} == set()


@pytest.mark.parametrize("service", ROUTERS)
def test_every_view_of_a_service_has_a_word(service: str) -> None:
    views = operations(ROUTERS[service]).views
    assert views
    said = asked(HERE, service).paths
    assert {name for name, path in views.items() if path not in said} == STREAMS & views.keys()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ('def act(desk): desk.get(f"/v1/runs/{run}/painting")', False),
        ('def act(desk): desk.post(f"/v1/runs/{run}/painting", {})', True),
        ('PATH: str = "/v1/runs/{run}/painting"\ndef act(desk): desk.post(PATH.format(run=run), {})', True),
        (
            'RUN: str = "/v1/runs/{run}"\ndef act(desk): desk.post(f"{RUN}/painting".format(run=run), {})',
            True,
        ),
        ('RUN: str = "/v1/runs/{run}/painting"\ndef act(desk): desk.post(f"{RUN}/again", {})', False),
        (
            'PATH: str = "/v1/runs/{run}/painting"\ndef do(path): desk.post(path, {})\ndef act(): do(PATH)',
            True,
        ),
        ('PATH: str = "/v1/runs/{run}/painting"\ndef do(path): desk.get(path)\ndef act(): do(PATH)', False),
        ('def act(): Desk.of(MATERIALS, "planner").post(f"/v1/runs/{run}/painting", {})', False),
        ('def act(): Desk.of(PRODUCTION, "planner").post(f"/v1/runs/{run}/painting", {})', True),
        ('def act(): services.post("materials", f"/v1/runs/{run}/painting", {})', False),
    ],
)
def test_an_act_is_found_where_its_service_is_asked_for_it_and_nowhere_else(
    tmp_path: Path, words: str, found: bool
) -> None:
    (tmp_path / "run.py").write_text(words)
    assert ("/v1/runs/{}/painting" in asked(tmp_path, "production").acts) is found


def test_an_act_without_a_word_is_found() -> None:
    router = APIRouter()

    @router.post(PAINT)
    async def paint_run(run: str) -> str:
        return run

    @router.get(PAINT)
    async def show_paint(run: str) -> str:
        return run

    found = operations((router,))
    assert (found.acts, found.views) == (
        {"paint_run": "/v1/runs/{}/painting"},
        {"show_paint": "/v1/runs/{}/painting"},
    )
    assert "/v1/runs/{}/painting" not in asked(HERE, "production").paths
