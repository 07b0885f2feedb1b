"""Demands: who needs how much of an item at a site by when, and how much of it is covered."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from contracts.values import Window
from materials.domain.told import Told

DemandKind = Literal["hold", "order", "dependent", "internal", "safety", "forecast"]


class Demand(NamedTuple):
    """One need for one item.

    `quantity_micro` in all, `done_micro` of it has left stock for good or is on its way, `covered_micro` of the
    rest is pegged. `available_at` is when the last peg is there, absent while that is unknown. `told_at` is the
    moment that the customer was last told when `late`. `part` marks a part that a visit uses up. While it is
    `suspended` its client has to speak first: it wants nothing, and nothing is kept for it.
    """

    demand_id: str
    kind: DemandKind
    site_id: str
    sku: str
    window: Window
    quantity_micro: int
    done_micro: int
    covered_micro: int
    needed_at: datetime
    available_at: datetime | None
    priority: int
    placed_at: datetime
    held: bool
    part: bool
    promise_id: str | None = None
    order_id: str | None = None
    line_id: str | None = None
    schedule_no: int = 1
    need_id: str | None = None
    promised_at: datetime | None = None
    planned_order_id: str | None = None
    purchase_line_id: str | None = None
    late: bool = False
    told_at: datetime | None = None
    ready: bool = False
    suspended: bool = False

    @property
    def open_micro(self) -> int:
        """What is still wanted."""
        left = self.quantity_micro - self.done_micro
        return 0 if self.suspended or left < 0 else left

    @property
    def uncovered_micro(self) -> int:
        """What is still wanted and pegged to nothing."""
        left = self.open_micro - self.covered_micro
        return left if left > 0 else 0

    @property
    def rank(self) -> tuple[int, datetime, datetime, str]:
        """Who is served first when supply is short: priority, promised date, order time."""
        return (self.priority, self.promised_at or self.needed_at, self.placed_at, self.demand_id)


def demand_id_of(promise_id: str, line_id: str, schedule_no: int, sku: str) -> str:
    """The key that hold, order and amendment of one (line, schedule line, item) share."""
    return f"{promise_id}/{line_id}/{schedule_no}/{sku}"


class Peg(NamedTuple):
    """So much of a demand is covered by a supply: a lot, or an output of the planned order that is named."""

    demand_id: str
    supply_id: str
    planned_order_id: str | None
    quantity_micro: int
    told_micro: int = 0
    told_bought_in_minor: int = 0
    told_labour_minor: int = 0
    told_capital_minor: int = 0
    told_overhead_minor: int = 0

    @property
    def told(self) -> Told:
        """What the taker has heard of it: so much, at that cost."""
        return (
            self.told_micro, self.told_bought_in_minor, self.told_labour_minor, self.told_capital_minor,
            self.told_overhead_minor,
        )  # fmt: skip

    def telling(self, told: Told) -> Peg:
        """The taker has heard this of it."""
        return self._replace(
            told_micro=told[0],
            told_bought_in_minor=told[1],
            told_labour_minor=told[2],
            told_capital_minor=told[3],
            told_overhead_minor=told[4],
        )
