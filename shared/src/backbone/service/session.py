"""A session with PostgreSQL that knows the arrays of the server's own types.

The driver asks the server what they are, in each session anew, by a recursive query that is dear to plan; a process has
many sessions, and every one of them sends arrays.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

# Below it, types have the same id on every server of every version (FirstNormalObjectId).
OWN_TYPES_FROM: Final = 16_384

# What a server said about sets of its own types; few, because statements send the same few kinds of arrays.
_said: dict[frozenset[int], Any] = {}


@dataclass(frozen=True, slots=True)
class _Remembered:
    """Stands for the statement that was not sent: one with a name leaves the driver's own statement in place."""

    name: str = "remembered"


class Session(asyncpg.Connection):
    """A connection of the driver that asks about a set of types once a process."""

    async def _introspect_types(self, typeoids: Iterable[int], timeout: float | None) -> tuple[Any, Any]:
        wanted = frozenset(typeoids)
        if wanted in _said:
            return _said[wanted], _Remembered()
        types, statement = await super()._introspect_types(wanted, timeout)  # type: ignore[misc]  # private to the driver
        if max(wanted) < OWN_TYPES_FROM:
            _said[wanted] = types
        return types, statement
