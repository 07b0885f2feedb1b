"""Deadlines that the service desk sets for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backbone.service import Deadline, falls_due
from service_desk import commands, handlers


def on_hold_expiry(key: str, payload: Mapping[str, Any]) -> commands.ExpireHold:
    """Nobody ordered while people were held."""
    return commands.ExpireHold(key)


def on_visit_answer(key: str, payload: Mapping[str, Any]) -> commands.RemindClient:
    """A client has not answered an offer."""
    return commands.RemindClient(key, payload["offer_no"], payload["step"])


def on_sla_clock(key: str, payload: Mapping[str, Any]) -> commands.CheckTicket:
    """A clock of a ticket has come to its target."""
    return commands.CheckTicket(key)


DEADLINES: Final[tuple[Deadline, ...]] = (
    falls_due("hold-expiry", on_hold_expiry, handlers.expire_hold),
    falls_due("visit-answer", on_visit_answer, handlers.remind_client),
    falls_due("sla-first-response", on_sla_clock, handlers.check_ticket),
    falls_due("sla-resolution", on_sla_clock, handlers.check_ticket),
)
