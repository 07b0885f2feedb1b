"""How operations are worked on: the oldest first, step by step, by whichever process is there."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from backbone.errors import NeedsMore, Refusal
from backbone.faults import reached
from backbone.imports.taking import importing
from backbone.operations.operation import OPEN, LongWork, Operation
from backbone.operations.rows import lock_operation, save_operation, take_operation
from backbone.service.database import Trouble, trouble_of

if TYPE_CHECKING:
    from backbone.service import Host

TRIES_COUNT_MAX: Final = 5
# Another process may have asked and be gone: somebody looks.
LOOK_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)


class Working:
    """Works on the operations of a service until it is told to stop; a step under way is finished."""

    def __init__(self, host: Host) -> None:
        self._host = host
        service = host.service
        works = (*service.operations, importing(service.imports)) if service.imports else service.operations
        self._works = {work.kind: work for work in works}
        self._stopping = False

    def stop(self) -> None:
        """Take no further step."""
        self._stopping = True
        self._host.operation_asked.set()

    async def run(self) -> None:
        """Take step after step, and wait where there is nothing to do."""
        while not self._stopping:
            self._host.operation_asked.clear()
            if not await self._step():
                await self._asked()

    async def _asked(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._host.operation_asked.wait()
        except TimeoutError:
            return

    async def _step(self) -> bool:
        """One step of the oldest open operation; whether there was one and it went well."""
        more: frozenset[Hashable] = frozenset()
        while True:
            taken: list[Operation] = []
            try:
                return await self._try(more, taken)
            except NeedsMore as wider:
                more |= wider.keys
            except Exception as failure:  # noqa: BLE001  (it is written down with the operation)
                await self._failed(taken, failure)
                return False

    async def _try(self, more: frozenset[Hashable], taken: list[Operation]) -> bool:
        async with self._host.begin(more) as tx:
            operation = await take_operation(tx.sql)
            if operation is None:
                return False
            taken.append(operation)
            after = await self._work(operation.kind).step(replace(operation, state="running"), tx)
            # Work that begins anew after each failure would begin for ever if a good step cleared the count.
            await save_operation(tx.sql, after)
            reached("step.taken")
        reached("step.committed")
        return True

    def _work(self, kind: str) -> LongWork:
        work = self._works.get(kind)
        if work is None:
            raise NobodyDoesThat(f"this version of the service does no {kind}")
        return work

    async def _failed(self, taken: list[Operation], failure: Exception) -> None:
        """What refuses ends at once, what goes wrong is tried again; that the database is away ends nothing."""
        trouble = trouble_of(failure)
        log.warning(
            "operation.interrupted", operations=[one.operation_id for one in taken], cause=str(failure)
        )
        if not taken or trouble in {Trouble.CONFLICT, Trouble.INFRASTRUCTURE}:
            return
        async with self._host.begin() as tx:
            now = await lock_operation(tx.sql, taken[0].operation_id)
            if now is None or now.state not in OPEN:
                return
            over = isinstance(failure, Refusal) or now.tries + 1 >= TRIES_COUNT_MAX
            problem = failure.detail if isinstance(failure, Refusal) else type(failure).__name__
            state = "failed" if over else now.state
            await save_operation(tx.sql, replace(now, state=state, problem=problem, tries=now.tries + 1))


class NobodyDoesThat(Refusal):
    """An operation is of a kind that this version of the service does not know."""
