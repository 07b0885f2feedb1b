"""Operations over HTTP: how far they are, their list, their progress as it happens, and an end before the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from fastapi import APIRouter

from backbone.errors import NotFound
from backbone.operations.asking import CancelOperation, cancel_operation
from backbone.operations.operation import OPEN, Operation
from backbone.operations.rows import find_operation, page_operations
from backbone.service import Host
from backbone.web import (
    Asked,
    LiveEvent,
    Response,
    acts,
    done,
    found,
    lists,
    page_asked,
    paged,
    shows,
    streams,
)

router: Final = APIRouter()

# What a page may be told at most twice a second.
WATCH_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class OperationView:
    """How far an operation is: `done` of `total` in the unit of its kind, what came of it, and what stopped it."""

    operation_id: str
    kind: str
    state: str
    done: int
    total: int
    result: Mapping[str, Any]
    problem: str | None
    asked_by: str
    asked_at: datetime
    changed_at: datetime


def view_of(operation: Operation) -> OperationView:
    """An operation as callers see it."""
    return OperationView(
        operation.operation_id,
        operation.kind,
        operation.state,
        operation.done,
        operation.total,
        operation.result,
        operation.problem,
        operation.asked_by,
        operation.asked_at,
        operation.changed_at,
    )


@router.get("/v1/operations", **lists(OperationView))
async def list_operations(ask: Asked) -> Response:
    """Operations, the newest first."""
    after, limit = page_asked(ask)
    async with ask.read() as sql:
        page = await page_operations(sql, after, limit)
    return paged(ask, [(each.operation_id, view_of(each)) for each in page], limit)


@router.get("/v1/operations/{operation_id}", **shows(OperationView))
async def show_operation(ask: Asked, operation_id: str) -> Response:
    """How far an operation is."""
    return found(view_of(await _known(ask.host, operation_id)))


@router.post("/v1/operations/{operation_id}/cancel", **acts(OperationView))
async def cancel_work(ask: Asked, operation_id: str) -> Response:
    """Go no further with an operation; what it has done by now stays."""
    return await ask.act(
        cancel_operation, CancelOperation(operation_id), reply=lambda operation: done(view_of(operation))
    )


@router.get("/v1/operations/{operation_id}/progress", **streams(OperationView))
async def watch_operation(ask: Asked, operation_id: str) -> Response:
    """How far an operation is, again whenever that has changed, until it ends."""
    await _known(ask.host, operation_id)
    return ask.live(lambda last: _progress(ask.host, operation_id, last))


async def _known(host: Host, operation_id: str) -> Operation:
    async with host.read() as sql:
        operation = await find_operation(sql, operation_id)
    if operation is None:
        raise NotFound(f"no operation {operation_id}")
    return operation


async def _progress(host: Host, operation_id: str, last: str | None) -> AsyncIterator[LiveEvent]:
    # Whoever works on it may be another process, so its row is looked at.
    while True:
        operation = await _known(host, operation_id)
        seen = operation.changed_at.isoformat()
        if seen != last:
            last = seen
            yield LiveEvent(seen, "progress", view_of(operation))
        if operation.state not in OPEN:
            return
        await asyncio.sleep(WATCH_SECONDS)
