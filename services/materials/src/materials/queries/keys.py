"""Keys of several parts: how a page says where it ends, and how the next one reads that."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from backbone.errors import Invalid

NUMBER_DIGITS_MAX: Final = 9


class RowKey:
    """The key of a row among others: a number, or several numbers and texts in one."""

    @staticmethod
    def of(*parts: str | int) -> str:
        """The key of several parts."""
        return json.dumps(parts)

    @staticmethod
    def number(given: str, usual: int = -1) -> int:
        """The number that a page begins after; raises `Invalid`."""
        if not given:
            return usual
        if not (given.isascii() and given.isdigit() and len(given) <= NUMBER_DIGITS_MAX):
            raise Invalid("that is no number of a row", [("?after", "no number")])
        return int(given)

    @staticmethod
    def parts(after: str, kinds: Sequence[type], usual: list[Any]) -> list[Any]:
        """The parts of the key that a page begins after; raises `Invalid`."""
        if not after:
            return usual
        try:
            parts = json.loads(after)
        except ValueError:
            parts = None
        fits = isinstance(parts, list) and [type(each) for each in parts] == list(kinds)
        if not fits or any(isinstance(each, int) and abs(each) >= 2**31 for each in parts):
            raise Invalid("that is no place between two rows", [("?after", "no place")])
        found: list[Any] = parts
        return found

    @staticmethod
    def day(given: str) -> date:
        """The day in a key; raises `Invalid`."""
        try:
            return date.fromisoformat(given)
        except ValueError:
            raise Invalid("that is no place between two rows", [("?after", "no day")]) from None
