"""An inspector: measures samples of every lot that a run made, as the plan of its item says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any, Final

from simulator.doors import Doors, Person
from simulator.people.person import Turn

HUNDREDTHS: Final = Decimal("0.01")


@dataclass(slots=True)
class Inspector:
    """`usual` is what good lots have of each variable characteristic, `spoiled` what blocked ones have, and the lot
    that is inspected as number `spoiled_at`; each within `spread`. Attributes are found good. Chance comes of `seed`.
    """

    sku: str
    usual: Mapping[str, str]
    spoiled: Mapping[str, str]
    spread: str
    spoiled_at: int = 0
    seed: int = 1
    seen: set[str] = field(default_factory=set)
    inspected: int = 0

    @property
    def title(self) -> str:
        """Who it is."""
        return "inspector"

    @property
    def person(self) -> Person:
        """As whom it acts."""
        return Person("quality", "ines")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Inspect each lot once."""
        turn = Turn()
        for state in ("good", "blocked"):
            for lot in await doors.items(self.person, "production", f"/v1/lots?state={state}"):
                if lot["sku"] == self.sku and lot["run_id"] is not None and lot["lot_id"] not in self.seen:
                    self.seen.add(lot["lot_id"])
                    await self._inspect(doors, turn, lot)
        return turn

    async def _inspect(self, doors: Doors, turn: Turn, lot: Mapping[str, Any]) -> None:
        lot_id = lot["lot_id"]
        if await doors.items(self.person, "production", f"/v1/inspections?lot_id={lot_id}"):
            return
        self.inspected += 1
        plan = await doors.get(self.person, "production", f"/v1/inspection-plans/{self.sku}")
        sizes = [
            step["sample_size"]
            for step in plan["sampling"]
            if Decimal(step["from_quantity"]) <= Decimal(lot["quantity"])
        ]
        spoiled = lot["state"] == "blocked" or self.inspected == self.spoiled_at
        centre = self.spoiled if spoiled else self.usual
        samples = [self._sample(each, centre, sizes[-1]) for each in plan["characteristics"]]
        path = f"/v1/lots/{lot_id}/samples"
        answer = await doors.post(self.person, "production", path, {"samples": samples})
        turn.done(f"inspects lot {lot_id}: {'passed' if answer['passed'] else 'failed'}")

    def _sample(self, each: Mapping[str, Any], centre: Mapping[str, str], size: int) -> dict[str, Any]:
        name = each["name"]
        if each["kind"] == "attribute":
            return {"name": name, "values": [], "looked_at": size, "bad": 0}
        chance = Random(f"{self.seed}/{self.inspected}/{name}")  # noqa: S311
        values = [
            Decimal(centre[name]) + Decimal(self.spread) * Decimal(chance.randint(-100, 100)) / 100
            for _ in range(size)
        ]
        return {
            "name": name,
            "values": [str(value.quantize(HUNDREDTHS)) for value in values],
            "looked_at": 0,
            "bad": 0,
        }
