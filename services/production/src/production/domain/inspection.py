"""What inspections found: of lots, and of the work of an operation of a run."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.values import PropertyValue, Quantity
from production.domain.lots import MadeLot
from production.domain.quality import Judged


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an inspection by a plan found of a lot; never changed, a second look is a second inspection."""

    inspection_id: str
    lot: MadeLot
    plan_version: int
    by: str
    characteristics: tuple[Judged, ...]

    @property
    def passed(self) -> bool:
        """Whether every characteristic passed."""
        return all(each.passed for each in self.characteristics)

    @property
    def properties(self) -> tuple[PropertyValue, ...]:
        """What was measured, as the lot carries it from now on."""
        return tuple(
            PropertyValue(each.name, each.mean, each.scale)
            for each in self.characteristics
            if each.mean is not None
        )


@dataclass(frozen=True, slots=True)
class RunInspection:
    """What an inspection by a plan found of so many runs behind an operation; never changed, as that of a lot."""

    inspection_id: str
    run_id: str
    recipe_id: str
    operation_no: int
    sku: str
    runs: Quantity
    plan_version: int
    by: str
    characteristics: tuple[Judged, ...]

    @property
    def passed(self) -> bool:
        """Whether every characteristic passed."""
        return all(each.passed for each in self.characteristics)
