"""Operators: they start runs in time, measure, and end them as planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from simulator.doors import Doors, Person
from simulator.people.person import Turn, moment

# (recipe, operation, parameter) -> what is measured, when that is not the target.
Surprises = Mapping[tuple[str, int, str], str]


@dataclass(slots=True)
class Operator:
    """`surprises` are measured instead of the target, each at the first run of its recipe alone.

    Of a recipe in `scraps` so much of its first output is scrap at its first run.
    """

    surprises: Surprises = field(default_factory=dict)
    scraps: Mapping[str, str] = field(default_factory=dict)
    surprised: set[tuple[str, int, str]] = field(default_factory=set)
    scrapped: set[str] = field(default_factory=set)

    @property
    def title(self) -> str:
        """Who it is."""
        return "operator"

    @property
    def person(self) -> Person:
        """As whom it asks."""
        return Person("operator", "olga")

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Start what is allowed when its time has come; end what has run its time."""
        turn = Turn()
        for run in await doors.items(self.person, "production", "/v1/runs?state=allowed"):
            bought = run["floor"]["bought"]
            # What a vendor is to work on is sent when it has agreed to do so, and ends when it is back.
            if bought is not None and bought["agreed_at"] is None:
                continue
            if turn.due(moment(run["starts_at"]), now):
                await doors.post(self.person, "production", f"/v1/runs/{run['run_id']}/start")
                turn.done(f"starts run {run['run_id']} of {run['recipe_id']}")
        for run in await doors.items(self.person, "production", "/v1/runs?state=running"):
            lasts = moment(run["ends_at"]) - moment(run["starts_at"])
            began = moment(run["floor"]["started_at"])
            if run["floor"]["bought"] is None and turn.due(max(moment(run["ends_at"]), began + lasts), now):
                await self._end(doors, turn, run)
        return turn

    async def _end(self, doors: Doors, turn: Turn, run: Mapping[str, Any]) -> None:
        path = f"/v1/runs/{run['run_id']}"
        recipe = await doors.get(
            self.person, "production", f"/v1/recipes/{run['recipe_id']}/versions/{run['recipe_version']}"
        )
        readings = [
            {
                "operation_no": operation["operation_no"],
                "name": limit["name"],
                "value": self._value(run["recipe_id"], operation["operation_no"], limit),
            }
            for operation in recipe["content"]["operations"]
            for limit in operation["parameters"]
        ]
        if readings and not run["floor"]["recorded"]:
            await doors.post(self.person, "production", f"{path}/parameters", {"readings": readings})
        await doors.post(self.person, "production", f"{path}/end", self._report(run["recipe_id"], recipe))
        turn.done(f"ends run {run['run_id']} of {run['recipe_id']}")

    def _report(self, recipe_id: str, recipe: Mapping[str, Any]) -> dict[str, Any]:
        if recipe_id not in self.scraps or recipe_id in self.scrapped:
            return {}
        self.scrapped.add(recipe_id)
        sku = recipe["content"]["outputs"][0]["sku"]
        return {"report": {"scraps": [{"sku": sku, "quantity": self.scraps[recipe_id], "reason": "cracked"}]}}

    def _value(self, recipe_id: str, operation_no: int, limit: Mapping[str, Any]) -> str:
        key = (recipe_id, operation_no, limit["name"])
        if key in self.surprises and key not in self.surprised:
            self.surprised.add(key)
            return self.surprises[key]
        return str(limit["target"])
