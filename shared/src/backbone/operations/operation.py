"""What long work is: asked for now, done in steps that each commit their progress with their effect."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from backbone.errors import Refusal

if TYPE_CHECKING:
    from backbone.service.tx import Tx

State = Literal["waiting", "running", "done", "failed", "cancelled"]
OPEN: Final[frozenset[State]] = frozenset({"waiting", "running"})


class OperationHasEnded(Refusal):
    """Work that is done, has failed or was cancelled goes on no more."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Work that takes a while: `done` of `total` (0 while nobody knows), in the unit that its kind counts in."""

    operation_id: str
    kind: str
    state: State
    done: int
    total: int
    result: Mapping[str, Any]
    problem: str | None
    asked_by: str
    asked_at: datetime
    changed_at: datetime
    tries: int = field(default=0, repr=False)


# One step of an operation in a transaction of the backbone's: the operation as it stands afterwards. A process may
# die in any step; the next one begins where the last committed step ended, so a step is short and keeps its place.
Step = Callable[[Operation, "Tx"], Awaitable[Operation]]


@dataclass(frozen=True, slots=True)
class LongWork:
    """A kind of operation and how one step of it is done."""

    kind: str
    step: Step
