"""Deadlines that orders sets for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backbone.service import Deadline, falls_due
from orders import commands, handlers


def on_quote_expiry(key: str, payload: Mapping[str, Any]) -> commands.ExpireQuote:
    """A quote reached its last moment."""
    return commands.ExpireQuote(key)


def on_answer(key: str, payload: Mapping[str, Any]) -> commands.MissAnswer:
    """An ask for a promise should have been answered by now."""
    return commands.MissAnswer(key, int(payload["request_no"]))


def on_change_answer(key: str, payload: Mapping[str, Any]) -> commands.MissChangeAnswers:
    """Everybody should have said by now whether a change is possible."""
    return commands.MissChangeAnswers(key)


def on_change_expiry(key: str, payload: Mapping[str, Any]) -> commands.ExpireChange:
    """What was held for a change is free again."""
    return commands.ExpireChange(key)


def on_rate_known(key: str, payload: Mapping[str, Any]) -> commands.RateCosts:
    """Somebody has said what a currency is worth in another."""
    currency, _, into = key.partition("->")
    return commands.RateCosts(currency, into, str(payload["after"]))


DEADLINES: Final[tuple[Deadline, ...]] = (
    falls_due("quote-expiry", on_quote_expiry, handlers.expire_quote),
    falls_due("answer", on_answer, handlers.miss_answer, recorded=True),
    falls_due("change-answer", on_change_answer, handlers.miss_change_answers, recorded=True),
    falls_due("change-expiry", on_change_expiry, handlers.expire_change),
    falls_due("rate-known", on_rate_known, handlers.rate_costs),
)
