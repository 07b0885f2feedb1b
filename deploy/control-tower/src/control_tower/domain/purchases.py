"""What orders cost in one plan and in another, bought and worked: sums of what services tell row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Json = Mapping[str, Any]


def purchases_of(rows: Iterable[Json]) -> list[dict[str, Any]]:
    """The sums of `was_cost` and `cost` over rows, by currency, as amounts of a what-if are told."""
    sums: dict[str, dict[str, Any]] = {}
    for row in rows:
        for name, part in (("was_minor", row["was_cost"]), ("now_minor", row["cost"])):
            if part is not None:
                currency = part["currency"]
                known = sums.setdefault(currency, {"currency": currency, "was_minor": 0, "now_minor": 0})
                known[name] += part["minor"]
    return [sums[currency] for currency in sorted(sums)]
