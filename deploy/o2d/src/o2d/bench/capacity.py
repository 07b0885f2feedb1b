"""The plan of sites of known size within their capacity: how long it takes, and how late it leaves demands."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final

import numpy as np

from materials.domain.capacity.finite import NO_RESOURCE, FinitePlan, Plant, plan_within
from o2d.bench.capacity_check import wrongs_of
from o2d.bench.ground import Wrong
from o2d.bench.plan import MEGABYTE
from o2d.bench.plan_data import Drawn, drawn_of

AT_ONCE_COUNT: Final = 6
EARLY_DAYS: Final = 100
HORIZON_DAYS: Final = 2_000
BATCH_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Size:
    """A generated site, and on how many resources its items are made; a run is joined within `batch_days`."""

    items: int
    demands: int
    resources: int
    batch_days: int = 0

    @property
    def name(self) -> str:
        """As it is listed."""
        joined = f"-joined-{self.batch_days}d" if self.batch_days else ""
        return f"capacity-{self.items // 1000}k-{self.demands // 1000}k-{self.resources}{joined}"


_KNOWN: Final = Size(2_000, 1_000, 60)
SIZES: Final = (
    _KNOWN,
    replace(_KNOWN, batch_days=BATCH_DAYS),
    Size(4_000, 2_000, 120, BATCH_DAYS),
    Size(8_000, 4_000, 240, BATCH_DAYS),
)


def plant_of(drawn: Drawn, resources: int, batch_days: int) -> Plant:
    """Every made item on the resource of its number, some runs at a time, one a run for its whole lead."""
    numbers = np.arange(drawn.made.size)
    return Plant(
        np.where(drawn.made, numbers % resources, NO_RESOURCE),
        np.ones_like(numbers),
        np.full((resources, HORIZON_DAYS), AT_ONCE_COUNT),
        EARLY_DAYS,
        batch_days,
    )


def run(rounds: int, *, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """A line for each size; every plan is replayed."""
    lines = []
    for size in SIZES:
        line = _measured(size, rounds)
        say(f"{line['name']}: {line['plan_s']} s, {line['late']} late, {line['delay_days']} days")
        lines.append(line)
    return lines


def _measured(size: Size, rounds: int) -> dict[str, Any]:
    drawn = drawn_of(size.items, size.demands)
    plant = plant_of(drawn, size.resources, size.batch_days)
    seconds: list[float] = []
    for _ in range(rounds):
        # Of the processor: it is one thread that waits for nothing, whoever else is at work on the machine.
        began = time.process_time()
        plan = plan_within(drawn.site, plant, drawn.priority)
        seconds.append(time.process_time() - began)
        wrongs = wrongs_of(drawn.site, plant, plan)
        if wrongs:
            raise Wrong(f"{size.name}: {wrongs[0]}")
    return {"name": size.name, **_line(drawn, plan, seconds)}


def _line(drawn: Drawn, plan: FinitePlan, seconds: list[float]) -> dict[str, Any]:
    orders, due = plan.orders.item.size, drawn.site.demands.day
    short = plan.served < 0
    late = np.maximum(plan.served - due, 0)
    return {
        "unit": "orders/s",
        "ours": round(orders / median(seconds), 1),
        "bare": None,
        "usual": None,
        "ratio_bare": None,
        "ratio_usual": None,
        "cpu_us": round(median(seconds) / orders * 1e6, 2),
        "plan_s": round(median(seconds), 3),
        "orders": orders,
        "late": int((late > 0).sum() + short.sum()),
        "delay_days": int(late.sum()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE,
        "samples": {"ours": [round(each, 3) for each in seconds]},
    }
