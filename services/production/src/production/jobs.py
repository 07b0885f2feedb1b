"""Deadlines that production sets for itself, and its long work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backbone.operations import LongWork
from backbone.service import Deadline, falls_due
from production import commands, handlers


def on_recall_widening(key: str, payload: Mapping[str, Any]) -> commands.WidenRecalls:
    """A run has made something of recalled lots."""
    return commands.WidenRecalls(key)


def on_overrun(key: str, payload: Mapping[str, Any]) -> commands.FollowOverrun:
    """A run that was begun should have ended a while ago."""
    return commands.FollowOverrun(key)


def on_late_excursion(key: str, payload: Mapping[str, Any]) -> commands.BlockLate:
    """A machine has told of a run that it was out of its limits before it made something."""
    return commands.BlockLate(key)


def on_rates_hold(key: str, payload: Mapping[str, Any]) -> commands.TellRates:
    """An hour at a work centre costs otherwise from now on."""
    return commands.TellRates(key)


DEADLINES: Final[tuple[Deadline, ...]] = (
    falls_due("recall-widening", on_recall_widening, handlers.widen_recalls),
    falls_due("overrun", on_overrun, handlers.follow_overrun),
    falls_due("late-excursion", on_late_excursion, handlers.block_late),
    falls_due("rates-hold", on_rates_hold, handlers.tell_rates),
)


def works() -> tuple[LongWork, ...]:
    """The kinds of long work, made once for a process: what is reckoned is kept from one step to the next."""
    return (LongWork(handlers.SCHEDULE, handlers.Scheduling().step),)
