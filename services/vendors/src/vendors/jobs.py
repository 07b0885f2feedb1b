"""Deadlines that vendors sets for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backbone.service import Deadline, falls_due
from vendors import commands, handlers


def on_terms_expiry(key: str, payload: Mapping[str, Any]) -> commands.ExpireTerms:
    """Terms reached their last moment."""
    return commands.ExpireTerms(key)


def on_acknowledgement(key: str, payload: Mapping[str, Any]) -> commands.MissAnswer:
    """A vendor should have answered an order by now."""
    return commands.MissAnswer(key)


def on_delivery(key: str, payload: Mapping[str, Any]) -> commands.MissDelivery:
    """A vendor should have sent what it has promised by now."""
    return commands.MissDelivery(key)


def on_quotations(key: str, payload: Mapping[str, Any]) -> commands.MissQuotations:
    """Vendors should have answered an RFQ by now."""
    return commands.MissQuotations(key)


def on_score(key: str, payload: Mapping[str, Any]) -> commands.ScoreVendor:
    """A vendor's week has ended."""
    return commands.ScoreVendor(key)


DEADLINES: Final[tuple[Deadline, ...]] = (
    falls_due("terms-expiry", on_terms_expiry, handlers.expire_terms),
    falls_due("acknowledgement", on_acknowledgement, handlers.miss_answer),
    falls_due("delivery", on_delivery, handlers.miss_delivery),
    falls_due("quotations", on_quotations, handlers.miss_quotations),
    falls_due("score", on_score, handlers.score_vendor),
)
