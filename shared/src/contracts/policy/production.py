"""Who may do what at production."""

from __future__ import annotations

from typing import Final

PRODUCTION: Final[dict[str, frozenset[str]]] = {}
