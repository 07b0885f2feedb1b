"""Facts of materials about the versions of its plan of whole sites."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanPublished:
    """A version of the plan of whole sites is the one that they go by; it takes the place of others.

    `later` is how many committed lines or holds it serves later than they were, `messages` what it asks planners to do.
    `dropped` planned orders have made way for those `planned` with it.
    """

    plan_id: str
    site_ids: tuple[str, ...]
    orders: int
    missing: int
    later: int
    messages: int
    replaces: tuple[str, ...] = ()
    dropped: int = 0
    planned: int = 0
