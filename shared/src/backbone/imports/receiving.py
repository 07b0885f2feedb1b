"""How an import is asked for: opened, its file taken part by part, started; a part is kept whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backbone.errors import Forbidden, NotFound, Stale
from backbone.imports.definition import ImportHasStarted, Receiving
from backbone.imports.reading import Row
from backbone.imports.rows import add_import, add_rows, find_import, save_import
from backbone.operations import add_operation
from backbone.service.tx import Batch, Tx


@dataclass(frozen=True, slots=True)
class OpenImport:
    """Take a file."""

    opened: Receiving


@dataclass(frozen=True, slots=True)
class TakePart:
    """Keep the rows of a part that begins where the file had ended before; `after` is where it ends now."""

    import_id: str
    before: int
    after: Receiving
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class StartImport:
    """The file is whole: work on it, where it holds what the caller may ask for."""

    import_id: str
    kinds: frozenset[str]


class PartDoesNotFollow(Stale):
    """A part begins somewhere else than where the file has ended by now."""


async def open_import(commands: Batch[OpenImport], tx: Tx) -> list[Receiving]:
    """Open imports."""
    for command in commands:
        await add_import(tx.sql, command.opened)
    return [command.opened for command in commands]


async def take_part(commands: Batch[TakePart], tx: Tx) -> list[Receiving]:
    """Keep parts. Raises `NotFound`, `ImportHasStarted`, `PartDoesNotFollow`."""
    for command in commands:
        now = await _locked(tx, command.import_id)
        if now.bytes != command.before:
            raise PartDoesNotFollow(f"the file has {now.bytes} bytes by now; go on from there")
        await add_rows(tx.sql, command.import_id, command.rows)
        await save_import(tx.sql, command.after)
    return [command.after for command in commands]


async def start_import(commands: Batch[StartImport], tx: Tx) -> list[Receiving]:
    """Start imports; the operation of each has its id. Raises `NotFound`, `ImportHasStarted`, `Forbidden`."""
    started = []
    for command in commands:
        now = await _locked(tx, command.import_id)
        if now.kind not in command.kinds:
            raise Forbidden(f"you may not do what a row of {now.kind} asks for")
        started.append(replace(now, started=True))
        await save_import(tx.sql, started[-1])
        await add_operation(
            tx.sql, operation_id=now.import_id, kind="import", asked_by=now.asked_by, total=now.rows
        )
    return started


async def _locked(tx: Tx, import_id: str) -> Receiving:
    now = await find_import(tx.sql, import_id, lock=True)
    if now is None:
        raise NotFound(f"no import {import_id}")
    if now.started:
        raise ImportHasStarted("it was started with the rows that it had")
    return now
