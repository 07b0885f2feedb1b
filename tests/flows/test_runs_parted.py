"""Runs are split while material lies staged and while they run, and put together: the order arrives all the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from contracts.materials import MaterialsStaged, RunRequested
from contracts.partings import RunsMerged, RunSplit
from contracts.production import MaterialConsumed, RunClosed
from contracts.values import Quantity, total
from simulator.doors import Doors, Person
from simulator.people.client import Client
from simulator.people.field import Dispatcher
from simulator.people.operator import Operator
from simulator.people.person import Turn
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios.shaft import CUSTOMER, SHAFT
from tests.flows.town import Town

MEASURES = {"shaft": [{"name": "hardness", "value": "181", "scale": "HB"}]}
PLANNER = Person("planner", "paul")


@dataclass(slots=True)
class Foreman:
    """Splits the first run that may begin in three, puts two of them together, and splits the other while it runs."""

    done: list[str] = field(default_factory=list)
    title: str = "foreman"

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """One act at a time, each when its run is there."""
        turn = Turn()
        if len(self.done) < 2:
            await self._part(doors, turn)
        elif len(self.done) == 2:
            await self._split_running(doors, turn)
        return turn

    async def _part(self, doors: Doors, turn: Turn) -> None:
        runs = await doors.items(PLANNER, "production", "/v1/runs?state=allowed")
        if not self.done and runs:
            first = runs[0]["run_id"]
            for size in ("150", "100"):
                await doors.post(PLANNER, "production", f"/v1/runs/{first}/split", {"runs": size})
            self.done.append(turn_words(turn, "splits a run twice"))
        elif len(runs) == 3:
            ids = [run["run_id"] for run in sorted(runs, key=lambda each: int(each["runs"]))]
            await doors.post(PLANNER, "production", f"/v1/runs/{ids[0]}/merge", {"run_ids": [ids[1]]})
            self.done.append(turn_words(turn, "puts two runs together"))

    async def _split_running(self, doors: Doors, turn: Turn) -> None:
        for run in await doors.items(PLANNER, "production", "/v1/runs?state=running"):
            if not self.done[2:]:
                await doors.post(PLANNER, "production", f"/v1/runs/{run['run_id']}/split", {"runs": "50"})
                self.done.append(turn_words(turn, "splits a run that is running"))


def turn_words(turn: Turn, words: str) -> str:
    """Something was done; the words for it."""
    turn.done(words)
    return words


async def test_an_order_whose_run_is_split_and_put_together_again_and_again_arrives(town: Town) -> None:
    foreman = Foreman()
    order = await town.play(
        SHAFT, [foreman, Vendor("forge"), Warehouse(MEASURES), Operator(), Dispatcher(), Client(CUSTOMER)]
    )
    assert (order["state"], order["lines"][0]["fulfilled"]) == ("completed", "500")
    assert len(foreman.done) == 3
    assert len(await town.told(RunSplit, "production")) == 3
    assert len(await town.told(RunsMerged, "production")) == 1
    assert len(await town.told(RunRequested, "materials")) == 1
    closed = await town.told(RunClosed, "production")
    assert total(Quantity(fact["good_quantity"]) for fact in closed) == Quantity(500)
    staged, taken = (
        await town.told(MaterialsStaged, "materials"),
        await town.told(MaterialConsumed, "production"),
    )
    cost = sum(lot["cost"]["bought_in"] for fact in staged for lot in fact["lots"])
    assert (len(staged), cost) == (
        1,
        sum(lot["cost"]["bought_in"] for fact in taken for lot in fact["lots"]),
    )
    assert await town.broken() == []
