"""Standard costs of a site of known size, rolled up through its levels: how long it takes, and whether it is right."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from o2d.bench.ground import Wrong

if TYPE_CHECKING:
    from production.domain.plant import WorkCentre
    from production.domain.recipe import Recipe
    from production.domain.standard import StandardPrice

LEVELS: Final = 20
ITEMS: Final = (5_000, 20_000, 80_000)
# What an item costs: two of the level below, a minute of labour at 60.00 an hour, the machine twice that.
PRICE_MINOR, LABOUR_MINOR, MACHINE_MINOR = 10, 100, 200


def run(rounds: int, *, say: Callable[[str], None]) -> list[dict[str, Any]]:
    """A line for each size."""
    lines = []
    for items in ITEMS:
        samples = [_measured(items) for _ in range(rounds)]
        whole, worked = (median(seconds) for seconds in zip(*samples, strict=True))
        say(f"rollup-{items // 1000}k: {whole:.2f} s")
        lines.append(
            {
                "name": f"rollup-{items // 1000}k",
                "unit": "items/s",
                "ours": round(items / whole, 1),
                "bare": None,
                "usual": None,
                "ratio_bare": None,
                "ratio_usual": None,
                "cpu_us": round(worked / items * 1e6, 2),
                "rollup_s": round(whole, 3),
                "samples": {"ours": [each for each, _ in samples]},
            }
        )
    return lines


def _measured(items: int) -> tuple[float, float]:
    """Seconds for one roll-up, by the clock and of the processor.

    Raises `Wrong` unless every item of the last level costs what is known beforehand.
    """
    from contracts.values import MICRO
    from production.domain.standard import roll_up

    width = items // LEVELS
    prices, recipes, rates = _site(width)
    began, idle = time.perf_counter(), time.process_time()
    standards = roll_up(prices, recipes, rates, "EUR")
    took = time.perf_counter() - began, time.process_time() - idle
    pieces = 2 ** (LEVELS - 1)
    known = (pieces * PRICE_MINOR + (pieces - 1) * (LABOUR_MINOR + MACHINE_MINOR)) * MICRO
    last = [standards.costs[f"i{LEVELS - 1}-{place}", ()].cost.total for place in range(width)]
    if len(standards.costs) != width * LEVELS or set(last) != {known}:
        raise Wrong(f"{items} items have other standard costs than are known")
    return took


def _site(
    width: int,
) -> tuple[Sequence[StandardPrice], Sequence[Recipe], dict[str, WorkCentre]]:
    """`width` items on each level; each above the first is made of two neighbours of the level below."""
    from contracts.recipes import Operation, RecipeInput, RecipeOutput
    from contracts.values import Quantity
    from production.domain.plant import WorkCentre
    from production.domain.recipe import Content, Recipe
    from production.domain.standard import StandardPrice

    one = Quantity(1)
    steps = (Operation(10, "Join", "bench", Quantity(0), one, 1, one),)
    bench = WorkCentre(
        "bench", "plant", "Bench", "week", 1, LABOUR_MINOR * 60, MACHINE_MINOR * 60, Quantity(0), "EUR"
    )

    def recipe(level: int, place: int) -> Recipe:
        below = (f"i{level - 1}-{place}", f"i{level - 1}-{(place + 1) % width}")
        content = Content(
            "congregation", "Join", "plant", tuple(RecipeInput(sku, one, 10) for sku in below),
            (RecipeOutput(f"i{level}-{place}", one, "main"),), steps, datetime(2026, 1, 1, tzinfo=UTC), None, 1,
        )  # fmt: skip
        return Recipe(f"r{level}-{place}", 1, content, "approved", "ann", "bob")

    prices = [StandardPrice(f"i0-{place}", Quantity(PRICE_MINOR)) for place in range(width)]
    recipes = [recipe(level, place) for level in range(1, LEVELS) for place in range(width)]
    return prices, recipes, {"bench": bench}
