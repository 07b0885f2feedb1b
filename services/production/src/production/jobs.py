"""Deadlines that production sets for itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from backbone.service import Deadline, falls_due
from production import commands, handlers


def on_recall_widening(key: str, payload: Mapping[str, Any]) -> commands.WidenRecalls:
    """A run has made something of recalled lots."""
    return commands.WidenRecalls(key)


DEADLINES: Final[tuple[Deadline, ...]] = (
    falls_due("recall-widening", on_recall_widening, handlers.widen_recalls),
)
