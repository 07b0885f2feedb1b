"""Imports over HTTP: opened, filled by PATCH from where the file has ended, started, and their errors by row."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter
from starlette.requests import ClientDisconnect

from backbone.errors import Forbidden, Invalid, NotFound, Refusal
from backbone.imports.definition import MEDIA, Receiving, chosen
from backbone.imports.reading import Reader
from backbone.imports.receiving import (
    OpenImport,
    PartDoesNotFollow,
    StartImport,
    TakePart,
    open_import,
    start_import,
    take_part,
)
from backbone.imports.rows import find_import, page_errors
from backbone.policy import Policy
from backbone.web import Ask, Asked, Response, acts, created, creates, found, lists, page_asked, paged, shows
from backbone.web.describe import parts
from backbone.web.replies import accepted

router: Final = APIRouter()

# What is kept in one transaction: a part that breaks off loses no more than this.
ROWS_KEPT_AT_ONCE: Final = 5_000
EXAMPLE_LINE: Final = '{"sku": "shaft"}\n'


@dataclass(frozen=True, slots=True)
class ImportBody:
    """What a file holds and how it is written; a dry run tries each row and changes nothing."""

    kind: str
    format: Literal["csv", "jsonl"] = "csv"
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class ImportView:
    """How far a file has come; its next part begins at its byte `bytes`, which is its ETag, too."""

    import_id: str
    kind: str
    format: str
    dry_run: bool
    bytes: int
    lines: int
    rows: int
    started: bool


@dataclass(frozen=True, slots=True)
class ErrorView:
    """A refused row: its line in the file, why, where in it, and the row itself."""

    line: int
    code: str
    detail: str
    pointers: tuple[tuple[str, str], ...]
    content: str


class WrongMedia(Refusal):
    """A part has another media type than its file."""

    status = 415


def view_of(receiving: Receiving) -> ImportView:
    """An import as callers see it."""
    names = ("import_id", "kind", "format", "dry_run", "bytes", "lines", "rows", "started")
    return ImportView(**{name: getattr(receiving, name) for name in names})


@router.post("/v1/imports", **creates(ImportView, body=ImportBody, example=ImportBody("items", dry_run=True)))
async def create_import(ask: Asked) -> Response:
    """Open an import: its file is sent with PATCH, in as many parts as the caller likes, and then started."""
    body = await ask.body(ImportBody)
    kind = chosen(ask.host.service.imports, body.kind)
    _demand(ask, kind.act)
    opened = Receiving(ask.new_id(), kind.kind, body.format, body.dry_run, ask.principal.name)
    return await ask.act(
        open_import,
        OpenImport(opened),
        reply=lambda made: created(f"/v1/imports/{made.import_id}", view_of(made), version=made.bytes),
    )


@router.get("/v1/imports/{import_id}", **shows(ImportView))
async def show_import(ask: Asked, import_id: str) -> Response:
    """How far an import's file has come."""
    receiving = await _known(ask, import_id)
    return found(view_of(receiving), version=receiving.bytes)


@router.patch("/v1/imports/{import_id}", **parts(ImportView, example=EXAMPLE_LINE, media=MEDIA.values()))
async def send_part(ask: Asked, import_id: str) -> Response:
    """Send the file on from its byte `bytes`, named by If-Match; of a part that breaks off whole rows are kept."""
    receiving = await _known(ask, import_id)
    if ask.expected_version != receiving.bytes:
        raise PartDoesNotFollow(f"the file has {receiving.bytes} bytes by now; go on from there")
    media = ask.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != MEDIA[receiving.format]:
        raise WrongMedia(f"send it as {MEDIA[receiving.format]}")
    kept = await _keep(ask, Reader(receiving, chosen(ask.host.service.imports, receiving.kind).body))
    return found(view_of(kept), version=kept.bytes)


@router.post("/v1/imports/{import_id}/start", **acts(ImportView, status=202))
async def start_file(ask: Asked, import_id: str) -> Response:
    """Work on the file as it is now; how far that is tells the operation of the same id."""
    allowed = frozenset(one.kind for one in ask.host.service.imports if _may(ask, one.act))
    answer = await ask.act(
        start_import,
        StartImport(import_id, allowed),
        reply=lambda made: accepted(f"/v1/operations/{made.import_id}", view_of(made)),
    )
    ask.host.operation_asked.set()
    return answer


@router.get("/v1/imports/{import_id}/errors", **lists(ErrorView))
async def list_import_errors(ask: Asked, import_id: str) -> Response:
    """The rows that were refused, by line."""
    await _known(ask, import_id)
    after, limit = page_asked(ask)
    if after and not (after.isascii() and after.isdigit() and len(after) < 19):
        raise Invalid("a page begins after a line", [("?after", "no line")])
    async with ask.read() as sql:
        rows = await page_errors(sql, import_id, int(after or 0), limit)
    views = [ErrorView(row.line, row.code, row.detail, json.loads(row.pointers), row.content) for row in rows]
    return paged(ask, [(str(view.line), view) for view in views], limit)


async def _known(ask: Ask, import_id: str) -> Receiving:
    async with ask.read() as sql:
        receiving = await find_import(sql, import_id)
    if receiving is None:
        raise NotFound(f"no import {import_id}")
    _demand(ask, chosen(ask.host.service.imports, receiving.kind).act)
    return receiving


def _demand(ask: Ask, act: str) -> None:
    """Who may do a row's act by itself may do it many times."""
    if not _may(ask, act):
        raise Forbidden(f"{ask.principal.role} may not do what a row asks for")


def _may(ask: Ask, act: str) -> bool:
    allowed: Policy = ask.request.app.state.policy
    return ask.principal.role in allowed[f"{ask.host.service.name}.{act}"]


async def _keep(ask: Ask, reader: Reader) -> Receiving:
    """Keep the rows of a part, some thousands at a time; what it was worth before it broke off stays."""
    kept = reader.at
    try:
        async for part in ask.request.stream():
            reader.feed(part)
            if reader.waiting() >= ROWS_KEPT_AT_ONCE:
                kept = await _keep_now(ask, kept, reader)
        reader.end()
    except (ClientDisconnect, Refusal):
        await _keep_now(ask, kept, reader)
        raise
    return await _keep_now(ask, kept, reader)


async def _keep_now(ask: Ask, kept: Receiving, reader: Reader) -> Receiving:
    return await ask.host.do(take_part, TakePart(kept.import_id, kept.bytes, reader.at, reader.take()))
