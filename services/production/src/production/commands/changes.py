"""Changes of runs: what materials, customers and planners want of them."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.answers import ActionMessageAccepted
from contracts.changes import ChangeProbed


@dataclass(frozen=True, slots=True)
class AnswerProbe:
    """Materials asks whether a run could be less."""

    probe: ChangeProbed


@dataclass(frozen=True, slots=True)
class FollowChange:
    """A customer takes a change, or leaves it."""

    change_id: str
    committed: bool


@dataclass(frozen=True, slots=True)
class FollowWish:
    """A planner wants a run sooner, later, larger, smaller or not at all."""

    wish: ActionMessageAccepted
