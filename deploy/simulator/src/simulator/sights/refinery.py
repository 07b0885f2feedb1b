"""What a refinery shift shows: the balance of the run, the cut that was off and what became of it, what was offered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from simulator.doors import Doors
from simulator.sights.reading import QUALITY, delivered, inspections_of, lots_of, mean_of, runs_of
from simulator.sights.sight import Looks, Sight

Row = Mapping[str, Any]


def refinery_shift(
    distil: str, strip: str, sku: str, characteristic: str, customer_ids: Sequence[str]
) -> Looks:
    """Looks at the runs of a separation, and at the lot of one of its cuts that another run had to put right."""

    async def look(doors: Doors, since: datetime) -> Sequence[Sight]:
        runs = await runs_of(doors, distil, since)
        lots = [lot for run in runs for lot in await lots_of(doors, run["run_id"])]
        off = [lot for lot in lots if lot["sku"] == sku and lot["state"] == "reworked"]
        mended = [
            lot
            for run in await runs_of(doors, strip, since)
            if run["rework_lot_id"] in {each["lot_id"] for each in off}
            for lot in await lots_of(doors, run["run_id"])
        ]
        return [
            *(_balanced(run) for run in runs),
            await _judged(doors, off, characteristic, passed=False),
            await _judged(doors, mended, characteristic, passed=True),
            await _offered(doors, lots),
            await delivered(doors, customer_ids, since),
        ]

    return look


def _balanced(run: Row) -> Sight:
    """All that went in came out, cut by cut."""
    gone = sum(Decimal(part["quantity"]) for part in run["floor"]["consumed"])
    made = {each["sku"]: Decimal(each["quantity"]) for each in run["floor"]["made"]}
    cuts = ", ".join(f"{quantity} {name}" for name, quantity in made.items())
    come = sum(made.values())
    return Sight(f"{gone} t in and {come} t out: {cuts}", gone > 0 and gone == come)


async def _judged(doors: Doors, lots: Sequence[Row], characteristic: str, *, passed: bool) -> Sight:
    """What inspection said of the lots that were off, or of those that came of them."""
    verdict = "passed after another run" if passed else "failed, blocked and sent to another run"
    for lot in lots:
        for inspection in await inspections_of(doors, lot["lot_id"]):
            if inspection["passed"] is passed:
                measured = mean_of(inspection, characteristic)
                return Sight(f"lot {lot['lot_id']} of {lot['quantity']} t {verdict}: {measured}")
    return Sight(f"a lot {verdict}", there=False)


async def _offered(doors: Doors, lots: Sequence[Row]) -> Sight:
    """What nobody ordered lies free in stock, released."""
    free: dict[str, Decimal] = {}
    for lot in lots:
        seen = await doors.get(QUALITY, "materials", f"/v1/lots/{lot['lot_id']}")
        for stock in seen["stock"]:
            left = Decimal(stock["on_hand"]) - Decimal(stock["reserved"])
            if seen["status"] == "released" and left > 0:
                free[lot["sku"]] = free.get(lot["sku"], Decimal(0)) + left
    cuts = ", ".join(f"{quantity} {name}" for name, quantity in free.items())
    return Sight(f"free in stock, and offered: {cuts or 'nothing'} (t)", len(free) > 1)
