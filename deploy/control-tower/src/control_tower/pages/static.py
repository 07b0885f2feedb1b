"""Styles and scripts: read once from the package, served with a name that changes when they do; open to all."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from backbone.errors import NotFound

router: Final = APIRouter()

YEAR_SECONDS: Final = 31_536_000
_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
_NAMES: Final = (
    "import.js",
    "schedule.js",
    "tower.css",
    "tower.js",
    "terminal.js",
    "tower.svg",
    "worklist.js",
    "vendor/htmx.min.js",
    "vendor/hx-sse.min.js",
    "vendor/uPlot.iife.min.js",
    "vendor/uPlot.min.css",
)
_CONTENT: Final = {name: (files("control_tower") / "static" / name).read_bytes() for name in _NAMES}
_MARKS: Final = {name: hashlib.sha256(content).hexdigest()[:12] for name, content in _CONTENT.items()}


def static_url(name: str) -> str:
    """The address of a file of the package, with the mark of its content; raises `KeyError` for another."""
    return f"/static/{name}?v={_MARKS[name]}"


async def show_static(request: Request) -> Response:
    """A file of the package."""
    name = request.path_params["name"]
    if name not in _CONTENT:
        raise NotFound("there is no such file")
    headers = {"cache-control": f"public, max-age={YEAR_SECONDS}, immutable", "etag": f'"{_MARKS[name]}"'}
    return Response(_CONTENT[name], headers=headers, media_type=_TYPES[name.rpartition(".")[2]])


# A plain route: what everybody may have is no operation of the policy.
router.add_route("/static/{name:path}", show_static)
