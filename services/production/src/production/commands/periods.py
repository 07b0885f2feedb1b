"""Periods of cost: closed, and by two people opened again."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClosePeriod:
    """Count what was booked at a site until the end of a month; it does not change any more."""

    site_id: str
    month: str
    closed_by: str


@dataclass(frozen=True, slots=True)
class ReopenPeriod:
    """Ask for the last closed month to be opened again, or as a second person open it."""

    site_id: str
    month: str
    reason: str
    by: str
