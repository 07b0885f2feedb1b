"""Amounts of money as a terminal shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def of_minor(minor: int) -> str:
    """So many minor units in units."""
    return f"{minor / 100:,.2f}"


def as_shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row with its amounts of money in words; what is something else stays as it is."""
    return {name: _amount(value) for name, value in row.items()}


def _amount(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"minor", "currency"}:
        return f"{of_minor(value['minor'])} {value['currency']}"
    return value
