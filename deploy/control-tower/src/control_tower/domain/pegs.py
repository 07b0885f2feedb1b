"""Pegs as a tree: a requirement is covered by a supply, whose own requirements stand below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Branch:
    """So much of a requirement that a supply covers, as materials tells it, with what that supply takes."""

    peg: Mapping[str, Any]
    below: list[Branch] = field(default_factory=list)

    @property
    def late(self) -> bool:
        """Whether the supply is there after it is needed, or nobody knows when."""
        planned, needed = self.peg["planned_order_id"] is not None, self.peg["needed_at"]
        expected = self.peg["expected_at"]
        if not planned or self.peg["state"] == "closed":
            return False
        return expected is None or datetime.fromisoformat(expected) > datetime.fromisoformat(needed)

    @property
    def late_below(self) -> bool:
        """Whether anything below it is late."""
        return any(each.late or each.late_below for each in self.below)


def tree_of(pegs: Iterable[Mapping[str, Any]]) -> list[Branch]:
    """The branches at the top; each peg follows the one that it stands below, with its level from 1."""
    top: list[Branch] = []
    path: list[Branch] = []
    for peg in pegs:
        branch = Branch(peg)
        del path[peg["level"] - 1 :]
        (path[-1].below if path else top).append(branch)
        path.append(branch)
    return top
