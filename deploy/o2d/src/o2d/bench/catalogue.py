"""The benchmarks there are."""

from __future__ import annotations

from typing import Final

from o2d.bench import accept, chain, hop, imports, readings, relays
from o2d.bench.report import Benchmark

ALL: Final = (
    Benchmark("hop", "hops/s", hop.ours, hop.bare, hop.usual, 20_000, 400),
    Benchmark("accept", "needs/s", accept.ours, accept.bare, accept.usual, 2_000, 1_000),
    Benchmark("relay", "facts/s", relays.ours, relays.bare, None, 40_000, 0),
    Benchmark("readings", "readings/s", readings.ours, None, None, 20_000, 0),
    Benchmark("import", "rows/s", imports.ours, imports.bare, None, 50_000, 0),
    Benchmark("chain", "orders/s", chain.ours, chain.bare, None, 1_000, 0),
)
