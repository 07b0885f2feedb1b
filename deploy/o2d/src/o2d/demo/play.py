"""One scenario from the need to the client's word, and what became of its order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from o2d.asking import Services
from o2d.clockwork import NotAtRest
from o2d.demo.clock import DemoClock
from o2d.demo.steps import missing_steps
from o2d.demo.story import Story, event_of, story_of
from o2d.tellings import Telling
from o2d.trouble import CannotStart
from simulator.doors import Doors, Refused, Unanswered
from simulator.people.customer import Customer
from simulator.playing import Play, Stuck
from simulator.scenarios.scenario import Scenario, seed

# Business time that a scenario may take; far beyond what any of them promises.
PATIENCE: Final = timedelta(days=240)
TOWER: Final = "control-tower"
VALUED: Final = ("price", "bought_in", "labour", "capital", "overhead", "margin")
ENDS: Final = {"completed": "completed", "cancelled": "failed"}


@dataclass(slots=True)
class Outcome:
    """What became of a scenario; `trouble` says in words what is missing, `value` is in minor units."""

    scenario: str
    order_id: str | None = None
    state: str = "failed"
    trouble: str = ""
    seconds: float = 0.0
    story: Story | None = None
    value: dict[str, Any] | None = None

    def line(self) -> dict[str, Any]:
        """The outcome for programs."""
        tellings = self.story.tellings if self.story else ()
        return {
            "scenario": self.scenario,
            "order_id": self.order_id,
            "state": self.state,
            "facts": [event_of(telling) for telling in tellings],
            "value": self.value,
            "seconds": round(self.seconds, 1),
        }


@dataclass(slots=True)
class Stage:
    """Where scenarios are played; `say` hears of progress."""

    services: Services
    doors: Doors
    clock: DemoClock
    say: Callable[[str], None]
    customers: dict[str, Customer] = field(default_factory=dict)

    async def play(self, scenario: Scenario) -> Outcome:
        """Play a scenario to its end, or until nothing happens any more."""
        outcome, began = Outcome(scenario.name), time.monotonic()
        self.say(f"\n{scenario.title}")
        try:
            await self._play(scenario, outcome)
        except (Stuck, NotAtRest, Refused, Unanswered, CannotStart) as failure:
            outcome.state, outcome.trouble = "open", str(failure)
        outcome.seconds = time.monotonic() - began
        return outcome

    async def _play(self, scenario: Scenario, outcome: Outcome) -> None:
        now = await self.clock.rest()
        count = await seed(self.doors, scenario, lambda words: None)
        self.say(f"  {count} masters put in")
        await self.clock.rest()
        customer = scenario.customer(now)
        people = [customer, *scenario.people(now)]
        play = Play(
            self.doors, self.clock, people, lambda: self._ended(customer, outcome), self._tell, now + PATIENCE
        )
        end = await play.run()
        await self.clock.rest()
        self.say(
            f"  done at {end:%Y-%m-%d %H:%M} business time: {play.acts} acts of people, {play.steps} steps of time"
        )

    def _tell(self, now: datetime, who: str, what: str) -> None:
        self.say(f"  {now:%m-%d %H:%M}  {who:<22} {what}")

    async def _ended(self, customer: Customer, outcome: Outcome) -> bool:
        """Whether the order of the customer's need has ended; raises `Stuck` for a need that waits for a person."""
        for need_id in customer.stated:
            need = await self.doors.get(customer.person, "orders", f"/v1/needs/{need_id}")
            if need["attention"]:
                raise Stuck(f"need {need_id} needs a person: {need['attention']}")
        for state, becomes in ENDS.items():
            for order in await self.doors.items(customer.person, "orders", f"/v1/orders?state={state}"):
                if order["need_id"] in customer.stated:
                    outcome.order_id, outcome.state = order["order_id"], becomes
                    return True
        return False

    async def account(self, outcome: Outcome, tellings: list[Telling]) -> None:
        """Take up an order's facts and its value; an order that lacks a step is not completed."""
        if outcome.order_id is None:
            return
        outcome.story = story_of(outcome.order_id, tellings)
        view = await self.services.get(TOWER, f"/v1/orders/{outcome.order_id}/value")
        whole = next((one for one in view["values"] if one["kind"] == "whole" and one["final"]), None)
        if whole is not None:
            value = {name: whole[f"{name}_minor"] for name in VALUED}
            outcome.value = {"currency": whole["currency"], **value}
        missing = missing_steps(outcome.story)
        if outcome.state == "completed" and (missing or whole is None):
            outcome.state, outcome.trouble = "open", f"missing: {', '.join(missing) or 'its value'}"
