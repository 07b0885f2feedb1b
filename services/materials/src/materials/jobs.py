"""Deadlines that materials sets for itself, and its long work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backbone.operations import LongWork
from backbone.service import Deadline, falls_due
from materials import commands, handlers


def on_hold_expiry(key: str, payload: Mapping[str, Any]) -> commands.ExpireHold:
    """A hold reached its last moment."""
    return commands.ExpireHold(key)


def on_release(key: str, payload: Mapping[str, Any]) -> commands.ReleaseOrder:
    """A planned order has come into its release fence."""
    return commands.ReleaseOrder(key)


def on_recall_step(key: str, payload: Mapping[str, Any]) -> commands.BlockRecalled:
    """A recall has reached lots that are not blocked yet."""
    return commands.BlockRecalled(key)


DEADLINES: Final[tuple[Deadline, ...]] = (
    falls_due("hold-expiry", on_hold_expiry, handlers.expire_hold),
    falls_due("release", on_release, handlers.release_order),
    falls_due("recall-step", on_recall_step, handlers.block_recalled),
)


def works() -> tuple[LongWork, ...]:
    """The kinds of long work, made once for a process: what is computed is kept from one step to the next."""
    return (LongWork(handlers.PLAN, handlers.Planning().step),)
