"""How an import is worked on: a thousand rows a step, each served or refused by itself, in the step's transaction."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

from backbone.errors import Invalid, NotFound, Refusal, Refused
from backbone.imports.definition import ERRORS_COUNT_MAX, Import, Receiving, chosen
from backbone.imports.reading import Row
from backbone.imports.rows import add_errors, drop_rows, find_import, next_rows
from backbone.operations import LongWork, Operation
from backbone.service.tx import Batch, Tx
from backbone.web.strict import parse

ROWS_EACH_COUNT: Final = 1_000


class RowCannotBeRead(Invalid):
    """A row is no value of its kind."""


def importing(imports: tuple[Import, ...]) -> LongWork:
    """The long work that takes the rows of imports; its `done` and `total` count rows."""

    async def step(operation: Operation, tx: Tx) -> Operation:
        receiving = await find_import(tx.sql, operation.operation_id)
        if receiving is None:
            raise NotFound(f"no import {operation.operation_id}")
        rows = await next_rows(tx.sql, receiving.import_id, operation.done, ROWS_EACH_COUNT)
        refused = await _take(chosen(imports, receiving.kind), receiving, rows, tx)
        return await _after(operation, receiving, rows, refused, tx)

    return LongWork("import", step)


async def _take(kind: Import, receiving: Receiving, rows: Sequence[Row], tx: Tx) -> list[tuple[Row, Refusal]]:
    """Serve rows; those that are refused, in order."""
    read = [(row, _command(kind, row)) for row in rows]
    refused = [(row, each.refusal) for row, each in read if isinstance(each, Refused)]
    good = [(row, each) for row, each in read if not isinstance(each, Refused)]
    if good:
        async with _trial(tx, receiving) as inner:
            answers = await kind.handler.serve(inner.serve(Batch([command for _, command in good])), inner)
        both = zip(good, answers, strict=True)
        refused += [(row, answer.refusal) for (row, _), answer in both if isinstance(answer, Refused)]
    return sorted(refused, key=lambda each: each[0].row)


def _command(kind: Import, row: Row) -> Any:
    """The command of a row, or what it is refused for."""
    try:
        if row.fault is not None:
            raise RowCannotBeRead(row.fault)
        return kind.command(parse(kind.body, row.content.encode()))
    except Refusal as refusal:
        return Refused(refusal)


@asynccontextmanager
async def _trial(tx: Tx, receiving: Receiving) -> AsyncIterator[Tx]:
    """The transaction itself, or one inside it that leaves nothing: no row, no fact, no deadline."""
    if not receiving.dry_run:
        yield tx
        return
    async with tx.sql.begin_nested() as trial:
        yield tx.apart()
        await trial.rollback()


async def _after(
    operation: Operation,
    receiving: Receiving,
    rows: Sequence[Row],
    refused: Sequence[tuple[Row, Refusal]],
    tx: Tx,
) -> Operation:
    before = operation.result
    counted = int(before.get("refused", 0))
    await add_errors(tx.sql, receiving.import_id, refused[: max(0, ERRORS_COUNT_MAX - counted)])
    result = {
        "kind": receiving.kind,
        "dry_run": receiving.dry_run,
        "taken": int(before.get("taken", 0)) + len(rows) - len(refused),
        "refused": counted + len(refused),
    }
    done = operation.done + len(rows)
    over = done >= operation.total
    if over:
        await drop_rows(tx.sql, receiving.import_id)
    return replace(operation, done=done, state="done" if over else "running", result=result)
