"""`o2d what-if`: what would follow from changes, none of which is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from o2d.desk import MATERIALS, Body, Desk, read_body, tell
from o2d.money import as_shown, of_minor
from o2d.show import Output, OutputOption


def command(file: Body, output: OutputOption = Output.TABLE) -> None:
    """Try changes of demand, supply, stock, recipes and working days; what would be other than it is, is shown.

    The file names closed sites, recipes and lots left out, supplies and demands that change, demands to come, and
    orders to plan anew.
    """
    found = Desk.of(MATERIALS, "planner").post("/v1/what-if", read_body(file))
    if output is not Output.TABLE:
        tell([found], output)
        return
    for part in ("orders", "demands", "messages"):
        tell([as_shown(row) for row in found[part]], output)
    tell([_sums(found, cost) for cost in found["costs"]], output)
    tell([{"not known of": sku} for sku in found["unpriced"]], output)


def _sums(found: Mapping[str, Any], cost: Mapping[str, Any]) -> dict[str, str]:
    """What the orders that are shown cost before and after in one currency, and what of it is work."""
    nothing = {"was_minor": 0, "now_minor": 0}
    work = next((each for each in found["work"] if each["currency"] == cost["currency"]), nothing)
    return {
        "in": cost["currency"],
        "was": of_minor(cost["was_minor"]),
        "is": of_minor(cost["now_minor"]),
        "work was": of_minor(work["was_minor"]),
        "work is": of_minor(work["now_minor"]),
    }
