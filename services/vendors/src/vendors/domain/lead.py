"""How long a vendor really takes for an item, beside what its terms declare; what is planned with can follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from backbone.errors import Refusal
from vendors.domain.calendar import WorkingDays
from vendors.domain.terms import LEAD_DAYS_MAX, Terms

# Fewer deliveries say nothing about the next one.
DELIVERIES_COUNT_LEAST: Final = 3
# A lead that is off by so little is let be: by days, and by per cent of what is declared.
DAMPED_DAYS: Final = 1
DAMPED_PERCENT: Final = 20


class LeadIsAsDeclared(Refusal):
    """A vendor takes about as long as its terms say, or too little was delivered to know."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """A purchase line that is complete: asked for, wanted, and there with its last part."""

    purchase_line_id: str
    issued_at: datetime
    wanted_at: datetime
    completed_at: datetime


def lead_of(line: Delivered, declared: int, days: WorkingDays) -> int:
    """How long the vendor took for a line, in working days.

    What was wanted later than its lead and came in time says nothing of a longer lead: what counts is by how much it
    was late, on top of what is declared.
    """
    done, issued = line.completed_at.date(), line.issued_at.date()
    due = max(line.wanted_at.date(), days.moved(issued, declared))
    if done > due:
        return declared + days.between(due, done)
    return min(declared, days.between(issued, done))


def observed(lines: Sequence[Delivered], declared: int, days: WorkingDays) -> int | None:
    """The middle of what a vendor took, the longer of two; None while too little was delivered."""
    if len(lines) < DELIVERIES_COUNT_LEAST:
        return None
    leads = sorted(lead_of(line, declared, days) for line in lines)
    return min(leads[len(leads) // 2], LEAD_DAYS_MAX)


def drifted(declared: int, seen: int | None) -> bool:
    """Whether a lead is off by so much that what is planned with should follow it."""
    if seen is None:
        return False
    off = abs(seen - declared)
    return off > DAMPED_DAYS and off * 100 > declared * DAMPED_PERCENT


def followed(terms: Terms, lines: Sequence[Delivered], days: WorkingDays) -> Terms:
    """The terms with the lead that was seen; raises `LeadIsAsDeclared`."""
    seen = observed(lines, terms.lead_days, days)
    if seen is None or terms.state != "published" or not drifted(terms.lead_days, seen):
        what = f"{len(lines)} deliveries" if seen is None else f"{seen} days"
        raise LeadIsAsDeclared(
            f"terms {terms.terms_id} declare {terms.lead_days} days and are {terms.state}; seen: {what}"
        )
    return replace(terms, lead_days=seen)
