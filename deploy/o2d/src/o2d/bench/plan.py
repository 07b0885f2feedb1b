"""The plan of whole sites of known size: how long it takes, and how much memory, beside a plan made by hand."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from o2d.bench.ground import Wrong

MEGABYTE: Final = 1024


@dataclass(frozen=True, slots=True)
class Size:
    """A generated site, and what its plan holds: known beforehand."""

    items: int
    demands: int
    orders: int
    quantity: int
    # The plan by hand takes a minute where there are millions of orders.
    by_hand: bool = False

    @property
    def name(self) -> str:
        """As it is listed."""
        return f"plan-{self.items // 1000}k-{self.demands // 1000}k"


SIZES: Final = (
    Size(2_000, 1_000, 69_990, 212_832_568, by_hand=True),
    Size(2_000, 10_000, 291_534, 2_612_749_587, by_hand=True),
    Size(20_000, 10_000, 730_677, 2_506_598_403),
    Size(20_000, 100_000, 2_963_103, 31_155_324_764),
    Size(100_000, 300_000, 12_059_718, 85_819_581_436),
)
# 12 million orders and their pegs are a gigabyte of rows: measured by hand.
STORED_PLACES: Final = (0, 3)


def run(rounds: int, *, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """A line for each size, each measured in a process of its own, since memory is never given back whole."""
    lines = []
    for place, size in enumerate(SIZES):
        words = [sys.executable, "-m", "o2d.bench.plan", str(place), str(rounds)]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Wrong(f"{size.name} ended with {done.returncode}")
        line = _line(size, json.loads(done.stdout))
        say(f"{line['name']}: plan {line['plan_s']} s, pegs {line['pegs_s']} s, {line['peak_mb']} MB")
        lines.append(line)
    return lines


def run_stored(server: str, rounds: int, *, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """The same from database to database, up to the size whose goal that is: ready versions, keyed and committed."""
    lines = []
    for place in STORED_PLACES:
        size = SIZES[place]
        words = [sys.executable, "-m", "o2d.bench.plan_versions", server, str(place), str(rounds)]
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise Wrong(f"{size.name} in a database ended with {done.returncode}")
        found = json.loads(done.stdout)["rounds"]
        middle = {name: round(median(each[name] for each in found), 3) for name in found[0]}
        line = {
            "name": f"{size.name}-stored",
            "unit": "orders/s",
            "ours": round(size.orders / middle["seconds"], 1),
            **middle,
            "samples": {"ours": [each["seconds"] for each in found]},
        }
        say(f"{line['name']}: {line['seconds']} s, {line['peak_mb']} MB")
        lines.append(line)
    return lines


def _line(size: Size, found: dict[str, Any]) -> dict[str, Any]:
    whole = [plan + pegs for plan, pegs in found["ours"]]
    ratios = [other / own for own, other in zip(whole, found["usual"], strict=False)]
    return {
        "name": size.name,
        "unit": "orders/s",
        "ours": round(size.orders / median(whole), 1),
        "bare": None,
        "usual": round(size.orders / median(found["usual"]), 1) if found["usual"] else None,
        "ratio_bare": None,
        "ratio_usual": round(median(ratios), 2) if ratios else None,
        "cpu_us": round(median(whole) / size.orders * 1e6, 2),
        "plan_s": round(median(plan for plan, _ in found["ours"]), 3),
        "pegs_s": round(median(pegs for _, pegs in found["ours"]), 3),
        "peak_mb": found["peak_mb"],
        "samples": {"ours": whole, "usual": found["usual"]},
    }


def _measured(size: Size, rounds: int) -> dict[str, Any]:
    """Seconds of each round for the plan and for its pegs, and of the plan by hand; every plan is checked."""
    from materials.domain.planning.pegs import pegs_of, supplies_of
    from materials.domain.planning.plan import plan
    from o2d.bench.plan_by_hand import planned
    from o2d.bench.plan_data import site_of

    site = site_of(size.items, size.demands)
    ours: list[tuple[float, float]] = []
    usual: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        made = plan(site)
        between = time.perf_counter()
        pegs = pegs_of(made, supplies_of(site, made))
        ours.append((between - began, time.perf_counter() - between))
        if (made.orders.item.size, int(made.orders.quantity.sum())) != (size.orders, size.quantity):
            raise Wrong(f"{size.name} has other orders than are known")
        if int(pegs.quantity.sum()) != int(made.requirements.quantity.sum()):
            raise Wrong(f"{size.name} leaves requirements without supply")
        del made, pegs
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // MEGABYTE
        if size.by_hand:
            began = time.perf_counter()
            if planned(site).total() != size.orders:
                raise Wrong(f"{size.name} by hand has other orders than are known")
            usual.append(time.perf_counter() - began)
    return {"ours": ours, "usual": usual, "peak_mb": peak}


if __name__ == "__main__":
    print(json.dumps(_measured(SIZES[int(sys.argv[1])], int(sys.argv[2]))))
