"""One scenario from the need to the client's word, and what became of its orders."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
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
from simulator.sights.sight import Sight

# Business time that a scenario may take; far beyond what any of them promises.
PATIENCE: Final = timedelta(days=240)
TOWER: Final = "control-tower"
VALUED: Final = ("price", "bought_in", "labour", "capital", "overhead", "margin")
ENDS: Final = {"completed": "completed", "cancelled": "failed"}


@dataclass(slots=True)
class Ending:
    """How an order of a scenario ended; `value` is in minor units."""

    order_id: str
    state: str
    story: Story | None = None
    value: dict[str, Any] | None = None

    @property
    def events(self) -> list[dict[str, Any]]:
        """The order's facts for programs."""
        return [event_of(telling) for telling in self.story.tellings] if self.story else []


@dataclass(slots=True)
class Outcome:
    """What became of a scenario; `trouble` says in words what is missing."""

    scenario: str
    state: str = "failed"
    trouble: str = ""
    seconds: float = 0.0
    orders: list[Ending] = field(default_factory=list)
    sights: Sequence[Sight] = ()

    def line(self) -> dict[str, Any]:
        """The outcome for programs: the first order at large, and all of them beside what was seen."""
        first = self.orders[0] if self.orders else None
        return {
            "scenario": self.scenario,
            "order_id": first.order_id if first else None,
            "state": self.state,
            "trouble": self.trouble,
            "facts": first.events if first else [],
            "value": first.value if first else None,
            "orders": [
                {
                    "order_id": each.order_id,
                    "state": each.state,
                    "facts": len(each.events),
                    "value": each.value,
                }
                for each in self.orders
            ],
            "seen": [{"words": sight.words, "there": sight.there} for sight in self.sights],
            "seconds": round(self.seconds, 1),
        }

    def lacks(self, what: str) -> None:
        """Something is missing, so that it is not completed."""
        self.state = "open"
        self.trouble = f"{self.trouble}; {what}" if self.trouble else what


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
            outcome.lacks(str(failure))
        outcome.seconds = time.monotonic() - began
        return outcome

    async def _play(self, scenario: Scenario, outcome: Outcome) -> None:
        now = await self.clock.rest()
        count = await seed(self.doors, scenario, lambda words: None)
        self.say(f"  {count} masters put in")
        await self.clock.rest()
        customers = scenario.customers(now)
        people = [*customers, *scenario.people(now)]
        play = Play(
            self.doors,
            self.clock,
            people,
            lambda: self._ended(customers, outcome),
            self._tell,
            now + PATIENCE,
        )
        end = await play.run()
        await self.clock.rest()
        self.say(
            f"  done at {end:%Y-%m-%d %H:%M} business time: {play.acts} acts of people, {play.steps} steps of time"
        )
        outcome.sights = await scenario.looks(self.doors, now)
        for sight in outcome.sights:
            self.say(f"  {'seen' if sight.there else 'NOT SEEN'}: {sight.words}")
        if unseen := [sight.words for sight in outcome.sights if not sight.there]:
            outcome.lacks(f"not seen: {'; '.join(unseen)}")

    def _tell(self, now: datetime, who: str, what: str) -> None:
        self.say(f"  {now:%m-%d %H:%M}  {who:<22} {what}")

    async def _ended(self, customers: Sequence[Customer], outcome: Outcome) -> bool:
        """Whether the orders of all needs have ended; raises `Stuck` for a need that waits for a person."""
        outcome.orders = []
        for customer in customers:
            ended: dict[str, Ending] = {}
            for state, becomes in ENDS.items():
                for order in await self.doors.items(customer.person, "orders", f"/v1/orders?state={state}"):
                    ended[order["need_id"]] = Ending(order["order_id"], becomes)
            for need_id in customer.stated:
                if need_id not in ended:
                    await self._demand_no_person(customer, need_id)
            outcome.orders += [ended[need_id] for need_id in customer.stated if need_id in ended]
        whole = len(outcome.orders) == sum(len(customer.needs) for customer in customers)
        if whole:
            failed = any(each.state == "failed" for each in outcome.orders)
            outcome.state = "failed" if failed else "completed"
        return whole

    async def _demand_no_person(self, customer: Customer, need_id: str) -> None:
        need = await self.doors.get(customer.person, "orders", f"/v1/needs/{need_id}")
        if need["attention"]:
            raise Stuck(f"need {need_id} needs a person: {need['attention']}")

    async def account(self, outcome: Outcome, tellings: list[Telling]) -> None:
        """Take up the facts of all orders and their values; an order that lacks a step is not completed."""
        for each in outcome.orders:
            each.story = story_of(each.order_id, tellings)
            view = await self.services.get(TOWER, f"/v1/orders/{each.order_id}/value")
            whole = next((one for one in view["values"] if one["kind"] == "whole" and one["final"]), None)
            if whole is not None:
                value = {name: whole[f"{name}_minor"] for name in VALUED}
                each.value = {"currency": whole["currency"], **value}
            missing = missing_steps(each.story)
            if each.state == "completed" and (missing or whole is None):
                each.state = "open"
                outcome.lacks(f"order {each.order_id} lacks {', '.join(missing) or 'its value'}")
