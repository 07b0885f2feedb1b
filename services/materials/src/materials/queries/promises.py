"""Promises as callers see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from backbone.documents import Reads, reader
from backbone.errors import NotFound
from contracts.shapes import DateStep
from materials.domain.header import Answer

FIND_PROMISE: Final = text(
    """
    SELECT promise_id, need_id, request_no, state, hold_until_at, CAST(answer AS text) AS answer
    FROM holds WHERE promise_id = :promise_id
    """
)
_answer: Reads[Answer] = reader(Answer)


@dataclass(frozen=True, slots=True)
class PromiseView:
    """A promise and its answer."""

    promise_id: str
    need_id: str
    request_no: int
    state: str
    hold_until_at: datetime
    steps: tuple[DateStep, ...]
    reasons: tuple[str, ...]
    refused: str | None
    next_possible_at: datetime | None


async def find_promise(sql: AsyncConnection, promise_id: str) -> PromiseView:
    """A promise with its answer; raises `NotFound`."""
    row = (await sql.execute(FIND_PROMISE, {"promise_id": promise_id})).one_or_none()
    if row is None:
        raise NotFound(f"no promise {promise_id}")
    answer = _answer(row.answer)
    return PromiseView(
        row.promise_id, row.need_id, row.request_no, row.state, row.hold_until_at, answer.steps, answer.reasons,
        answer.refused, answer.next_possible_at,
    )  # fmt: skip
