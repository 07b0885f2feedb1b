"""What a furnace shift shows: readings, the excursion, the lot that it spoiled, its rework, the chart, deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.doors import Doors
from simulator.sights.reading import QUALITY, delivered, inspections_of, lots_of, mean_of, runs_of
from simulator.sights.sight import Looks, Sight

Row = Mapping[str, Any]


def furnace_shift(sku: str, recipe_id: str, characteristic: str, customer_ids: Sequence[str]) -> Looks:
    """Looks at the runs by a recipe, and at what inspections by the plan of its item found."""

    async def look(doors: Doors, since: datetime) -> Sequence[Sight]:
        shift = await _read(doors, recipe_id, since)
        return [
            shift.heated(),
            shift.left_its_limits(),
            shift.failed(characteristic),
            shift.reworked(),
            await _charted(doors, sku, characteristic, shift),
            await _certified(doors, characteristic, shift),
            await delivered(doors, customer_ids, since),
        ]

    return look


@dataclass(slots=True)
class Shift:
    """Runs with their series, lots by run, inspections by lot."""

    runs: Sequence[Row]
    readings: int = 0
    lots: dict[str, Sequence[Row]] = field(default_factory=dict)
    inspections: dict[str, Row] = field(default_factory=dict)

    @property
    def off(self) -> list[tuple[Row, Row]]:
        """The parameters that were recorded out of their limits, each with its run."""
        return [(run, each) for run in self.runs for each in run["floor"]["recorded"] if not each["within"]]

    @property
    def spoiled(self) -> list[Row]:
        """The lots of these runs."""
        return [lot for run, _ in self.off for lot in self.lots[run["run_id"]]]

    @property
    def mended(self) -> list[Row]:
        """The lots that came of reworking the spoiled ones."""
        names = {lot["lot_id"] for lot in self.spoiled}
        return [lot for run in self.runs if run["rework_lot_id"] in names for lot in self.lots[run["run_id"]]]

    def heated(self) -> Sight:
        """How much was done."""
        words = f"{len(self.runs)} runs with {self.readings} readings of the furnace"
        return Sight(words, len(self.runs) > len(self.spoiled) and self.readings > 0)

    def left_its_limits(self) -> Sight:
        """Where the furnace ran away."""
        words = [
            f"run {run['run_id']} left its limits: {each['name']} {each['value']} {each['unit']}"
            for run, each in self.off
        ]
        return Sight("; ".join(words) or "a run left its limits", bool(words))

    def failed(self, characteristic: str) -> Sight:
        """What inspection said of the lots that it spoiled."""
        found = [
            f"lot {lot['lot_id']} was blocked; inspection failed it with {mean_of(inspection, characteristic)}"
            for lot in self.spoiled
            if (inspection := self.inspections.get(lot["lot_id"])) and not inspection["passed"]
        ]
        return Sight("; ".join(found) or "inspection failed the lot", bool(found))

    def reworked(self) -> Sight:
        """What became of them."""
        passed = [
            lot["lot_id"]
            for lot in self.mended
            if (inspection := self.inspections.get(lot["lot_id"])) and inspection["passed"]
        ]
        states = {lot["state"] for lot in self.spoiled}
        words = f"it was {', '.join(sorted(states)) or 'let be'}; lot {', '.join(passed) or 'none'} came of it, passed"
        return Sight(words, states == {"reworked"} and bool(passed))


async def _read(doors: Doors, recipe_id: str, since: datetime) -> Shift:
    shift = Shift(await runs_of(doors, recipe_id, since))
    for run in shift.runs:
        run_id = run["run_id"]
        shift.readings += len(await doors.items(QUALITY, "production", f"/v1/runs/{run_id}/readings"))
        shift.lots[run_id] = await lots_of(doors, run_id)
        for lot in shift.lots[run_id]:
            for found in await inspections_of(doors, lot["lot_id"]):
                shift.inspections[lot["lot_id"]] = found
    return shift


async def _charted(doors: Doors, sku: str, characteristic: str, shift: Shift) -> Sight:
    """The control chart, by the points before the first lot that ever failed where these make limits of their own."""
    place = f"/v1/inspection-plans/{sku}/chart?characteristic={characteristic}"
    whole = await doors.get(QUALITY, "production", place)
    bad = {lot["lot_id"] for lot in shift.spoiled}
    failed = await doors.items(QUALITY, "production", f"/v1/inspections?sku={sku}&verdict=failed")
    # An earlier shift may have spoiled some, too: limits made of these would let anything pass.
    ever = bad | {inspection["lot_id"] for inspection in failed}
    before = next((n for n, point in enumerate(whole["points"]) if point["lot_id"] in ever), 0)
    if before < 2:
        return Sight("the control chart has too few points before the spoiled lot", there=False)
    view = await doors.get(QUALITY, "production", f"{place}&baseline={before}")
    chart = view["chart"]
    broken = {point["lot_id"]: point["rules"] for point in view["points"] if point["rules"]}
    rules = sorted({str(rule) for lot in bad for rule in broken.get(lot, ())})
    words = (
        f"the control chart of {characteristic} has {len(view['points'])} points and limits of {chart['lower']} to "
        f"{chart['upper']}; the spoiled lot breaks rule {', '.join(rules) or 'none'}"
    )
    return Sight(words, bad <= broken.keys())


async def _certified(doors: Doors, characteristic: str, shift: Shift) -> Sight:
    """The certificate of analysis of a reworked lot."""
    for lot in shift.mended:
        view = await doors.get(QUALITY, "production", f"/v1/lots/{lot['lot_id']}/certificate")
        mean = mean_of(view["inspection"], characteristic)
        return Sight(f"the certificate of lot {lot['lot_id']} says {mean}")
    return Sight("the reworked lot has a certificate", there=False)
