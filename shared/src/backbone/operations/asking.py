"""What callers do with operations: cancel one; what it has done stays done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backbone.errors import NotFound
from backbone.operations.operation import OPEN, Operation, OperationHasEnded
from backbone.operations.rows import lock_operation, save_operation
from backbone.service.tx import Batch, Tx


@dataclass(frozen=True, slots=True)
class CancelOperation:
    """Go no further with an operation."""

    operation_id: str


async def cancel_operation(commands: Batch[CancelOperation], tx: Tx) -> Sequence[Operation]:
    """Cancel operations; raises `NotFound` for unknown ones, `OperationHasEnded` for those that are over."""
    cancelled = []
    for command in commands:
        operation = await lock_operation(tx.sql, command.operation_id)
        if operation is None:
            raise NotFound(f"no operation {command.operation_id}")
        if operation.state not in OPEN:
            raise OperationHasEnded(f"it is {operation.state}; waiting and running work can be cancelled")
        cancelled.append(replace(operation, state="cancelled"))
        await save_operation(tx.sql, cancelled[-1])
    return cancelled
