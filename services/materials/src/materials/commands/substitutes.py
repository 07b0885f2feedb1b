"""What materials is asked about substitutes."""

from __future__ import annotations

from dataclasses import dataclass

from materials.domain.substitute import Substitute


@dataclass(frozen=True, slots=True)
class SetSubstitute:
    """Say what may stand in for an item at a site."""

    substitute: Substitute


@dataclass(frozen=True, slots=True)
class SubstituteSupply:
    """Let runs that wait for a late supply take what may stand in for it."""

    planned_order_id: str
    decided_by: str
