"""What an hour at a work centre costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from contracts.values import Quantity


@dataclass(frozen=True, slots=True)
class SetRates:
    """Say what an hour at a work centre costs from a moment on, or from now on."""

    work_centre_id: str
    labour_rate_minor: int
    machine_rate_minor: int
    overhead_rate: Quantity
    holds_from: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class WithdrawRates:
    """Rates that were to hold later do not."""

    work_centre_id: str
    rate_no: int
    by: str


@dataclass(frozen=True, slots=True)
class TellRates:
    """Other rates hold at a work centre from now on."""

    work_centre_id: str
