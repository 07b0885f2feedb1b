"""What a check has seen: how many things, how many of them wrong, and the first of those in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

FIRST_COUNT: Final = 10


@dataclass(slots=True)
class Finding:
    """`checked` things were looked at, `wrong` of them broke the promise; `first` tells of at most ten."""

    checked: int = 0
    wrong: int = 0
    first: list[str] = field(default_factory=list)

    def that(self, holds: bool) -> bool:
        """Count one thing; the answer is whether the promise holds for it, else `say` what is wrong."""
        self.checked += 1
        self.wrong += not holds
        return holds

    def say(self, words: str) -> None:
        """Tell of a thing that is wrong; of the first ten it is kept."""
        if len(self.first) < FIRST_COUNT:
            self.first.append(words)
