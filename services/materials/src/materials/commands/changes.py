"""What the owners of supplies say about changes, and about what planners wish."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.answers import PurchaseWishRefused, RunWishRefused
from contracts.changes import PurchaseChangeAnswered, RunChangeAnswered


@dataclass(frozen=True, slots=True)
class TakeOwnerAnswer:
    """Take what the owner of a supply says about making it less."""

    fact: RunChangeAnswered | PurchaseChangeAnswered


@dataclass(frozen=True, slots=True)
class MissOwnerAnswers:
    """The time for owners' answers to a change is over."""

    change_id: str


@dataclass(frozen=True, slots=True)
class ReopenMessage:
    """What a planner accepted cannot be done."""

    fact: RunWishRefused | PurchaseWishRefused
