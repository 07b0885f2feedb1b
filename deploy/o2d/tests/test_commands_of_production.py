"""Everything that can be done at production over HTTP can be done by a word of the command line, too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.routing import APIRoute

import o2d.commands
from production.api import ROUTERS

COMMANDS: Final = Path(o2d.commands.__path__[0])
PLACE: Final = re.compile(r"\{[^}]*\}")
READS: Final = frozenset({"GET", "HEAD"})


def acts(routers: tuple[APIRouter, ...] = ROUTERS) -> dict[str, str]:
    """The path of each acting operation by its name; what stands in its places does not matter."""
    return {
        route.name: PLACE.sub("{}", route.path)
        for router in routers
        for route in router.routes
        if isinstance(route, APIRoute) and not READS & (route.methods or READS)
    }


def paths(folder: Path) -> set[str]:
    """Every path that a command names, written out or with values in its places."""
    return {
        PLACE.sub("{}", path)
        for file in folder.glob("*.py")
        for path in _written(ast.parse(file.read_text()))
        if path.startswith("/v1/")
    }


def _written(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def test_every_act_at_production_has_a_word() -> None:
    named = paths(COMMANDS)
    assert acts()
    assert {name for name, path in acts().items() if path not in named} == set()


def test_an_act_without_a_word_is_found() -> None:
    router = APIRouter()

    @router.post("/v1/runs/{run_id}/painting")
    async def paint_run(run_id: str) -> str:
        return run_id

    assert {name for name, path in acts((router,)).items() if path not in paths(COMMANDS)} == {"paint_run"}
