"""Sites scheduled on finite capacity: how long it takes, how late beside earliest due date, and after one event."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any, Final

from o2d.bench.ground import Wrong

SIZES: Final = ((1_250, 15), (2_500, 30), (5_000, 60))
HOUR: Final = 3_600
EVENTS_COUNT: Final = 100


def run(rounds: int, *, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """A line for each size; every schedule is replayed."""
    lines = []
    for runs, centres in SIZES:
        line = _measured(runs, centres, rounds)
        say(
            f"{line['name']}: {line['schedule_s']} s, {line['late']} late of {line['edd_late']} by due date, "
            f"{line['tardy_hours']} hours of {line['edd_tardy_hours']}; "
            f"after one event {line['event_p50_ms']} ms"
        )
        lines.append(line)
    return lines


def _measured(runs: int, centres: int, rounds: int) -> dict[str, Any]:
    from o2d.bench import schedule_events
    from o2d.bench.schedule_check import wrongs_of
    from o2d.bench.schedule_data import shop_of
    from production.domain.scheduling.improving import listed

    shop = shop_of(runs, centres)
    seconds: list[float] = []
    for _ in range(rounds):
        # Of the processor: it is one thread that waits for nothing, whoever else is at work on the machine.
        began = time.process_time()
        known, (best, schedule) = listed(shop)
        seconds.append(time.process_time() - began)
    if wrongs := wrongs_of(shop, schedule):
        raise Wrong(f"{runs} runs: {wrongs[0]}")
    if not best.no_worse(known):
        raise Wrong(f"{runs} runs: {best} is worse than {known}, by earliest due date")
    took = median(seconds)
    return {
        "name": f"schedule-{runs}-{centres}",
        "unit": "operations/s",
        "ours": round(len(shop.steps) / took, 1),
        "bare": None,
        "usual": None,
        "ratio_bare": None,
        "ratio_usual": None,
        "cpu_us": round(took / len(shop.steps) * 1e6, 2),
        "schedule_s": round(took, 3),
        "late": best.late,
        "edd_late": known.late,
        "tardy_hours": best.tardiness // HOUR,
        "edd_tardy_hours": known.tardiness // HOUR,
        **schedule_events.measured(shop, schedule, EVENTS_COUNT),
        "samples": {"ours": [round(each, 3) for each in seconds]},
    }
