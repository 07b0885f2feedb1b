"""Recalls: opened and closed by people, followed by what others tell."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.recalls import RecallAnswered, RecallNotified, RecallTraced


@dataclass(frozen=True, slots=True)
class OpenRecall:
    """Call back named lots, those of a vendor's lot (of an item), or what a run has made, and all made of them."""

    reason: str
    lot_ids: tuple[str, ...]
    vendor_lot: str | None
    sku: str | None
    run_id: str | None
    opened_by: str


@dataclass(frozen=True, slots=True)
class FollowRecall:
    """Stop what takes recalled lots."""

    fact: RecallTraced


@dataclass(frozen=True, slots=True)
class WidenRecalls:
    """Call back what a run has made of recalled lots since."""

    run_id: str


@dataclass(frozen=True, slots=True)
class KnowCustomers:
    """Customers were sent recalled lots, or have answered."""

    fact: RecallNotified | RecallAnswered


@dataclass(frozen=True, slots=True)
class CloseRecall:
    """Say that nothing is left to be done, and what was found."""

    recall_id: str
    summary: str
    closed_by: str
