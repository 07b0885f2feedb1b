"""What machines measure and inspectors find is chance of a seed: the same each time, and in order unless planned."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx

from simulator.doors import Doors
from simulator.people.inspector import Inspector
from simulator.people.machine import EACH_COUNT, Machine

BEGAN = datetime(2026, 3, 2, 8, tzinfo=UTC)
LASTS = timedelta(hours=4)
HEAT = {"name": "heat", "unit": "degC", "target": "850", "minimum": "840", "maximum": "860"}
PLAN = {
    "characteristics": [{"name": "hardness", "kind": "variable"}, {"name": "cracked", "kind": "attribute"}],
    "sampling": [{"from_quantity": "0", "sample_size": 3}, {"from_quantity": "100", "sample_size": 5}],
}


class Plant(httpx.AsyncBaseTransport):
    """Production with runs that are running and lots that were made; it keeps what it is told."""

    def __init__(self, runs: list[str], lots: list[dict[str, Any]]) -> None:
        self.runs, self.lots, self.told = runs, lots, []  # type: tuple[list[str], list[dict[str, Any]], list[Any]]
        self.inspected: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.method == "POST":
            self.told.append(json.loads(request.content))
            return httpx.Response(200, json={"taken": 1, "passed": True})
        if path == "/v1/runs":
            return self._list([self._run(run_id) for run_id in self.runs])
        if path == "/v1/lots":
            return self._list([lot for lot in self.lots if lot["state"] == request.url.params["state"]])
        if path.startswith("/v1/inspection-plans"):
            return httpx.Response(200, json=PLAN)
        if path == "/v1/inspections":
            done = request.url.params["lot_id"] in self.inspected
            return self._list([{"passed": True}] if done else [])
        operations = [{"operation_no": 10, "parameters": [HEAT]}]
        return httpx.Response(200, json={"content": {"operations": operations}})

    @staticmethod
    def _list(items: list[Any]) -> httpx.Response:
        return httpx.Response(200, json={"items": items, "next": None})

    @staticmethod
    def _run(run_id: str) -> dict[str, Any]:
        return {
            "run_id": run_id,
            "recipe_id": "harden",
            "recipe_version": 1,
            "starts_at": BEGAN.isoformat(),
            "ends_at": (BEGAN + LASTS).isoformat(),
            "floor": {"started_at": BEGAN.isoformat()},
        }


async def reported(plant: Plant, machine: Machine) -> list[list[Decimal]]:
    """The values of each series that a machine reports when its runs are over."""
    async with Doors({"production": "http://plant"}, lambda who: who.name, plant) as doors:
        early = await machine.look(doors, BEGAN + LASTS / 2)
        assert (early.acts, early.moments) == (0, [BEGAN + LASTS] * len(plant.runs))
        await machine.look(doors, BEGAN + LASTS)
        await machine.look(doors, BEGAN + LASTS)
    return [[Decimal(each["value"]) for each in body["readings"]] for body in plant.told]


async def test_a_machine_reports_each_run_once_and_leaves_its_limits_at_the_run_that_is_to_be_off_alone() -> (
    None
):
    def machine() -> Machine:
        return Machine("oven", "harden", {("harden", 10, "heat"): "905"}, off_at=2)

    first, second, third = await reported(Plant(["a", "b", "c"], []), machine())
    assert len(first) == len(second) == len(third) == EACH_COUNT
    assert all(840 < value < 860 for value in [*first, *third])
    assert [value for value in second if not 840 <= value <= 860] == [Decimal(905)] * 4
    assert [first, second, third] == await reported(Plant(["a", "b", "c"], []), machine())


async def test_an_inspector_measures_each_lot_once_by_its_size_and_finds_blocked_ones_spoiled() -> None:
    lot = {"sku": "gear", "run_id": "a run"}
    plant = Plant(
        [],
        [
            {**lot, "lot_id": "small", "state": "good", "quantity": "20"},
            {**lot, "lot_id": "large", "state": "blocked", "quantity": "120"},
            {**lot, "lot_id": "bought", "state": "good", "quantity": "20", "run_id": None},
        ],
    )
    inspector = Inspector("gear", {"hardness": "60"}, {"hardness": "53"}, "0.5")
    async with Doors({"production": "http://plant"}, lambda who: who.name, plant) as doors:
        turns = [await inspector.look(doors, BEGAN) for _ in range(2)]
    assert [turn.acts for turn in turns] == [2, 0]
    (good, cracks), (bad, _) = [body["samples"] for body in plant.told]
    assert [len(good["values"]), len(bad["values"]), cracks["looked_at"], cracks["bad"]] == [3, 5, 3, 0]
    assert all(abs(Decimal(value) - 60) <= Decimal("0.5") for value in good["values"])
    assert all(abs(Decimal(value) - 53) <= Decimal("0.5") for value in bad["values"])


async def test_what_was_inspected_in_an_earlier_play_is_no_lot_of_this_one() -> None:
    lot = {"sku": "gear", "run_id": "a run", "state": "good", "quantity": "20"}
    plant = Plant([], [{**lot, "lot_id": "old"}, {**lot, "lot_id": "new"}])
    plant.inspected.add("old")
    inspector = Inspector("gear", {"hardness": "60"}, {"hardness": "53"}, "0.5", spoiled_at=1)
    async with Doors({"production": "http://plant"}, lambda who: who.name, plant) as doors:
        await inspector.look(doors, BEGAN)
    ((bad, _),) = (body["samples"] for body in plant.told)
    assert all(abs(Decimal(value) - 53) <= Decimal("0.5") for value in bad["values"])
