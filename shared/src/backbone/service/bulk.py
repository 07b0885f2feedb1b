"""Many acts in one transaction: each is answered by itself, and only what was changed is written back."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

from backbone.errors import Refusal, Refused

A = TypeVar("A")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def answered(decide: Callable[[], A]) -> A | Refused:
    """The answer to one act of many, or its refusal; a decision changes and tells nothing before it is taken."""
    try:
        return decide()
    except Refusal as refusal:
        return Refused(refusal)


def changed(locked: Mapping[K, V], now: Mapping[K, V]) -> list[V]:
    """What is another value now than when it was locked, or new: what a refused act leaves alone keeps its version."""
    return [value for key, value in now.items() if value is not locked.get(key)]
