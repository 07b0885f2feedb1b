"""What the control tower is told to keep."""

from __future__ import annotations

from dataclasses import dataclass

from control_tower.domain.heard import Heard


@dataclass(frozen=True, slots=True)
class KeepFact:
    """Keep a fact that was heard, and what follows from it."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class NoteAct:
    """Keep who did what with a parked key, why, and what came of it."""

    done_by: str
    act: str
    service: str
    subscription: str
    topic: str
    key: str
    reason: str
    outcome: str


@dataclass(frozen=True, slots=True)
class DrawAnew:
    """Draw the pictures of things that follow `after`, a kind and an id, from the facts that are kept about them."""

    after: tuple[str, str]
