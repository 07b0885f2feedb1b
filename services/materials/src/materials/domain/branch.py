"""What lies above a demand in a pass of netting, and holds for everything below it."""

from __future__ import annotations

from typing import Final, NamedTuple

from materials.domain.network import NO_TRAIL
from materials.domain.substitute import NOTHING_TAKEN, Taking


class Branch(NamedTuple):
    """The recipes that a demand comes of, none of which makes it, and what people let stand in for its inputs."""

    trail: frozenset[str] = NO_TRAIL
    taking: Taking = NOTHING_TAKEN

    def below(self, recipe_id: str) -> Branch:
        """What holds for the inputs of a recipe."""
        return Branch(self.trail | {recipe_id}, self.taking)


ROOT: Final = Branch()
