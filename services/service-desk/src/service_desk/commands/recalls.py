"""Recalls at the desk."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.recalls import RecallTraced


@dataclass(frozen=True, slots=True)
class StopRecalled:
    """Let none of these lots leave, and speak to whoever was sent some."""

    fact: RecallTraced


@dataclass(frozen=True, slots=True)
class LetLeave:
    """A recall is over: what was released of it may leave again."""

    recall_id: str
