"""Who may do what at materials."""

from __future__ import annotations

from typing import Final

MATERIALS: Final[dict[str, frozenset[str]]] = {}
