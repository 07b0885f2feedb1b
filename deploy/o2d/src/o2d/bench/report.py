"""A benchmark as one line: medians of interleaved rounds, ratios taken round by round."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from o2d.bench.ground import Sample

Way = Callable[[str, str, int], Awaitable[Sample]]

ROUNDS_COUNT: Final = 5


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Three ways of one work, with how many times each does it a round."""

    name: str
    unit: str
    ours: Way
    bare: Way | None
    usual: Way | None
    count: int
    usual_count: int


async def measure(
    benchmark: Benchmark, server: str, bootstrap: str, *, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """The line of a benchmark: rates a second, ratios, CPU in microseconds, and every sample."""
    samples: dict[str, list[Sample]] = {"ours": [], "bare": [], "usual": []}
    ways = (("bare", benchmark.bare), ("ours", benchmark.ours), ("usual", benchmark.usual))
    for number in range(1, rounds + 1):
        for name, way in ways:
            if way is None:
                continue
            count = benchmark.usual_count if name == "usual" else benchmark.count
            sample = await way(server, bootstrap, count)
            samples[name].append(sample)
            say(f"{benchmark.name} {number}/{rounds} {name}: {sample.rate:,.0f} {benchmark.unit}")
    return _line(benchmark, samples)


def _line(benchmark: Benchmark, samples: dict[str, list[Sample]]) -> dict[str, Any]:
    def rate(name: str) -> float | None:
        return round(median(s.rate for s in samples[name]), 1) if samples[name] else None

    def ratio(name: str) -> float | None:
        pairs = zip(samples["ours"], samples[name], strict=False)
        return round(median(one.rate / other.rate for one, other in pairs), 3) if samples[name] else None

    return {
        "name": benchmark.name,
        "unit": benchmark.unit,
        "ours": rate("ours"),
        "bare": rate("bare"),
        "usual": rate("usual"),
        "ratio_bare": ratio("bare"),
        "ratio_usual": ratio("usual"),
        "cpu_us": round(median(s.cpu_seconds / s.count * 1e6 for s in samples["ours"]), 1),
        "samples": {name: [round(s.rate, 1) for s in found] for name, found in samples.items()},
    }


def run(work: Awaitable[dict[str, Any]]) -> dict[str, Any]:
    """Run a measurement on the loop that services use."""
    import uvloop

    async def whole() -> dict[str, Any]:
        return await work

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(whole())
