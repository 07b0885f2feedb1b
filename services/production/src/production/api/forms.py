"""What several doors of production share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Taken:
    """The id of what was taken up or changed, and the state it is in now."""

    id: str
    state: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """A body without members."""


@dataclass(frozen=True, slots=True)
class ReasonBody:
    """Why."""

    reason: str
