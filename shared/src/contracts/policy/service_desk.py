"""Who may do what at the service desk."""

from __future__ import annotations

from typing import Final

SERVICE_DESK: Final[dict[str, frozenset[str]]] = {}
