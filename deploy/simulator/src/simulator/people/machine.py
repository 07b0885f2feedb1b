"""A machine: it reports what it measures of the runs that it works on, as a series, in bulk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, Final

from simulator.doors import Doors, Person
from simulator.people.operator import Surprises
from simulator.people.person import Turn, moment

EACH_COUNT: Final = 24


@dataclass(slots=True)
class Machine:
    """Reports 24 readings of each parameter of a run by `recipe_id`, near its target, just before the run ends.

    At its run number `off_at`, what is in `off` is measured in the middle of the run. What is chance comes of `seed`.
    """

    name: str
    recipe_id: str
    off: Surprises = field(default_factory=dict)
    off_at: int = 1
    seed: int = 1
    seen: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """What it is."""
        return f"machine {self.name}"

    @property
    def person(self) -> Person:
        """As whom it reports."""
        return Person("operator", self.name)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Report on the runs that are about to end."""
        turn = Turn()
        for run in await doors.items(self.person, "production", "/v1/runs?state=running"):
            if run["recipe_id"] != self.recipe_id or run["run_id"] in self.seen:
                continue
            began = moment(run["floor"]["started_at"])
            lasts = moment(run["ends_at"]) - moment(run["starts_at"])
            if turn.due(max(moment(run["ends_at"]), began + lasts), now):
                self.seen.append(run["run_id"])
                readings = [each async for each in self._series(doors, run, now - began)]
                body = {"readings": readings}
                answer = await doors.post(self.person, "production", "/v1/readings/batch", body)
                turn.done(f"reports {answer['taken']} readings of run {run['run_id']}")
        return turn

    async def _series(self, doors: Doors, run: Mapping[str, Any], lasts: timedelta) -> Any:
        place = f"/v1/recipes/{run['recipe_id']}/versions/{run['recipe_version']}"
        recipe = await doors.get(self.person, "production", place)
        for operation in recipe["content"]["operations"]:
            for limit in operation["parameters"]:
                for reading in self._readings(run, operation["operation_no"], limit, lasts):
                    yield reading

    def _readings(
        self, run: Mapping[str, Any], operation_no: int, limit: Mapping[str, Any], lasts: timedelta
    ) -> Iterator[dict[str, Any]]:
        number = len(self.seen)
        chance = Random(f"{self.seed}/{number}/{operation_no}/{limit['name']}")  # noqa: S311
        target, most = Decimal(limit["target"]), Decimal(limit["maximum"])
        off = self.off.get((run["recipe_id"], operation_no, limit["name"]))
        began = moment(run["floor"]["started_at"])
        for count in range(EACH_COUNT):
            # A third of the way up to the limit at the most: what is in order stays so.
            share = Decimal(chance.randint(-30, 30)) / 100
            value = target + ((most - target) * share).quantize(Decimal("0.1"))
            middle = EACH_COUNT // 3 <= count < EACH_COUNT // 2
            if off is not None and number == self.off_at and middle:
                value = Decimal(off)
            yield {
                "run_id": run["run_id"],
                "operation_no": operation_no,
                "name": limit["name"],
                "machine": self.name,
                "at": (began + lasts * count / EACH_COUNT).isoformat(),
                "value": str(value),
                "unit": limit["unit"],
            }
