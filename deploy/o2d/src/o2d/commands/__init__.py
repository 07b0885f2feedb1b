"""One module a command: its name is the command's, its function `command` is what the shell calls.

A module with `words` is a noun with a word for each of its acts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Where the help lists each, in this order.
GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "Run it": (
        "up", "down", "status", "doctor", "demo", "clock", "token", "bench", "soak", "tower", "prepare", "secrets",
    ),
    "See and prove": ("order", "verify", "tail", "top", "dlq", "webhook", "operation", "import", "export"),
    "Customers": ("need", "quote", "sale", "catalogue"),
    "Materials": (
        "item", "site", "forecast", "stock", "count", "demand", "supply", "promise", "substitute", "message",
        "plan", "what-if", "recall",
    ),
    "Production": (
        "recipe", "centre", "crew", "run", "reading", "lot", "inspection", "record", "schedule", "standard", "period",
    ),
    "Vendors": ("vendor", "terms", "rfq", "purchase", "buying"),
    "Service desk": ("visit", "ticket", "return", "technician"),
}  # fmt: skip
