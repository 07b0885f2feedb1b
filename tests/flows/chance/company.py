"""A small company that a seed makes up: what it sells, makes and buys, its customers, and how everybody behaves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from o2d.asking import Services
from simulator.people.client import Client
from simulator.people.customer import Customer
from simulator.people.field import Dispatcher, Driver
from simulator.people.operator import Operator
from simulator.people.person import Plays
from simulator.people.planner import Planner
from simulator.people.second_thoughts import SecondThoughts
from simulator.people.tender import Bidder, Buyer
from simulator.people.vendor import Vendor
from simulator.people.warehouse import Warehouse
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put, approved
from simulator.scenarios.staff import BUYER, PLANNER, SALES
from tests.flows.chance.aftermath import Agent
from tests.flows.chance.branches.branch import Branch, Staff
from tests.flows.chance.branches.currencies import Currencies
from tests.flows.chance.branches.numbers import Numbers
from tests.flows.chance.branches.perishables import Perishables
from tests.flows.chance.branches.sites import Sites
from tests.flows.chance.branches.stores import Stores
from tests.flows.chance.branches.visits import Visits
from tests.flows.chance.forgiving import Forgiving
from tests.flows.chance.meddler import Decider, Meddler
from tests.flows.chance.scene import Planned

CUSTOMERS_COUNT: Final = 6
BRANCHES: Final[tuple[Callable[[int], Branch], ...]] = (
    Sites,
    Visits,
    Currencies,
    Numbers,
    Perishables,
    Stores,
)
BRANCHES_COUNT: Final = 3
DAY: Final = timedelta(days=1)
HARD: Final = {"name": "hardness", "scale": "HRC", "minimum": "56", "maximum": "62"}
SOFT: Final = {"name": "hardness", "scale": "HB", "minimum": "150", "maximum": "210"}
MESSAGES: Final = ("expedite", "defer", "cancel", "decrease", "increase", "release", "substitute")


@dataclass(frozen=True, slots=True)
class Company:
    """A machine of two housings and a hard axle, with a litre of oil that comes of a separation with tar beside it."""

    seed: int

    def named(self, what: str) -> str:
        """Each company has things of its own."""
        return f"{what}-{self.seed}"

    @property
    def branches(self) -> list[Branch]:
        """What it has beside its machines."""
        kinds = Random(f"{self.seed} branches").sample(BRANCHES, BRANCHES_COUNT)
        return [kind(self.seed) for kind in kinds]

    @property
    def own(self) -> tuple[str, ...]:
        """What customers can order of the machines and what they are made of."""
        return tuple(self.named(each) for each in ("machine", "housing", "axle", "oil"))

    @property
    def sold(self) -> tuple[str, ...]:
        """What customers can order."""
        return (*self.own, *(offer_id for branch in self.branches for offer_id in branch.sold))

    @property
    def planned(self) -> list[Planned]:
        """How everything is planned."""
        sources = {"machine": ("make",), "housing": ("buy",), "axle": ("make", "buy"), "oil": ("make",)}
        own = [Planned(self.named(sku), each) for sku, each in (sources | {"crude": ("buy",)}).items()]
        return [*own, *(each for branch in self.branches for each in branch.planned)]

    @property
    def vendors(self) -> tuple[str, ...]:
        """Who supplies housings, axles, crude oil."""
        return tuple(self.named(each) for each in ("foundry", "rolling-mill", "well"))

    def masters(self) -> list[Put]:
        """Everything that is known of it before the first need."""
        more = [put for branch in self.branches for put in branch.masters()]
        return [*self._items(), *self._recipes(), *self._bought(), *self._offers(), *more]

    def _items(self) -> list[Put]:
        steel = [["hardness", "HB"], ["hardness", "HRC"]]
        items = [
            parts.item(self.named("machine"), "Machine"),
            parts.item(self.named("housing"), "Housing"),
            parts.item(self.named("axle"), "Axle", properties=steel),
            *(parts.item(self.named(each), each.title(), "l", "0.001") for each in ("crude", "oil", "tar")),
        ]
        return [
            Put(PLANNER, "materials", "/v1/sites", parts.PLANT),
            *(Put(PLANNER, "materials", "/v1/items", each) for each in items),
            Put(PLANNER, "production", "/v1/calendars", parts.WEEKDAYS),
            *(
                Put(
                    PLANNER,
                    "production",
                    "/v1/work-centres",
                    parts.work_centre(self.named(each), each.title(), "plant-1", "weekdays", 4_000, 2_000),
                )
                for each in ("bench", "oven", "still")
            ),
        ]

    def _recipes(self) -> list[Put]:
        machine, axle, oil = self.named("machine"), self.named("axle"), self.named("oil")
        inputs = {self.named("housing"): "2", axle: "1", oil: "0.5"}
        build = parts.recipe(
            machine, "Build", inputs, [parts.made(machine)],
            parts.step(self.named("bench"), "Build", "15", "20"), lead_days=2,
        )  # fmt: skip
        build["inputs"][1]["window"] = [HARD]
        step = parts.step(self.named("oven"), "Harden", "30", "2")
        step["parameters"] = [parts.limit("furnace temperature", "850", "840", "860")]
        hard = parts.made(axle, properties=[{"name": "hardness", "value": "59", "scale": "HRC"}])
        harden = parts.recipe(f"harden-{self.seed}", "Harden", {axle: "1"}, [hard], step, kind="modification")
        harden["inputs"][0]["window"] = [SOFT]
        outputs = [parts.made(oil, "6"), parts.made(self.named("tar"), "3", "by-product")]
        distil = parts.recipe(
            f"distil-{self.seed}", "Distil", {self.named("crude"): "10"}, outputs,
            parts.step(self.named("still"), "Distil", "20", "1"), kind="separation",
        )  # fmt: skip
        return [put for each in (build, harden, distil) for put in approved(each)]

    def _bought(self) -> list[Put]:
        soft = [{"name": "hardness", "value": "180", "scale": "HB"}]
        lots = Random(self.seed)
        ways: list[dict[str, Any]] = [{}, {"properties": soft}, {"multiple": "100"}]
        puts = []
        for vendor, what, price, more in zip(
            self.vendors, ("housing", "axle", "crude"), (3_000, 900, 40), ways, strict=True
        ):
            sku, charge = self.named(what), lots.choice([0, 0, 1_500])
            terms = parts.terms(vendor, sku, price, lots.randint(2, 6), cancellation_points=charge, **more)
            puts += [
                Put(BUYER, "vendors", "/v1/vendors", parts.vendor(vendor, vendor.title(), [sku])),
                Put(BUYER, "vendors", "/v1/terms", terms),
            ]
        return puts

    def _offers(self) -> list[Put]:
        puts = []
        for sku, price, unit in zip(
            self.own, (49_000, 7_000, 2_500, 300), ("piece", "piece", "piece", "l"), strict=True
        ):
            component: dict[str, Any] = {
                "kind": "good", "item": sku, "quantity": "1", "unit": unit, "site_id": "plant-1",
            }  # fmt: skip
            if sku == self.named("axle"):
                component["window"] = [HARD]
            offer = {
                "offer_id": sku, "title": sku.title(), "kind": "good",
                "price": {"minor": price, "currency": "EUR"}, "components": [component],
            }  # fmt: skip
            puts.append(Put(SALES, "orders", "/v1/offers", offer))
        for number in range(CUSTOMERS_COUNT):
            customer_id = self.named(f"client{number}")
            body = parts.customer(customer_id, f"Client {number}", f"Cleo {number}", f"Quay {number}")
            puts.append(Put(SALES, "orders", "/v1/customers", body))
        return puts

    def customers(self, now: datetime) -> list[Customer]:
        """Each with a need or two, at moments of their own."""
        chance = Random(f"{self.seed} customers")
        found = []
        for number in range(CUSTOMERS_COUNT):
            begins = now + chance.randint(0, 12) * DAY
            needs: list[Mapping[str, Any]] = [
                self._need(chance, begins) for _ in range(chance.choice([1, 2, 2]))
            ]
            found.append(
                Customer(
                    self.named(f"client{number}"),
                    needs,
                    hesitates=timedelta(hours=chance.choice([0, 0, 3, 30, 200])),
                    patient=chance.random() < 0.7,
                    waits=chance.choice([0, 0, 2]) * DAY,
                    begins=begins,
                    eager=chance.random() < 0.3,
                )
            )
        return found

    def _need(self, chance: Random, begins: datetime) -> dict[str, Any]:
        lines = [
            {
                "line_id": str(number),
                "offer_id": offer_id,
                "quantity": str(chance.randint(1, 40)),
                "wanted_at": (begins + chance.randint(5, 40) * DAY).isoformat(),
            }
            for number, offer_id in enumerate(chance.sample(self.sold, chance.choice([1, 2, 3])), start=1)
        ]
        return {"text": "something", "lines": lines}

    def people(self, now: datetime, customers: list[Customer], services: Services) -> list[Plays]:
        """Those who work there or with it; each has ways of its own, and one meddles with everything."""
        chance = Random(f"{self.seed} people")
        names = [each.customer_id for each in customers]
        thinking = chance.sample(names, 3)
        wishes = [chance.choice([None, "1", "5"]) for _ in thinking]
        people: list[Plays] = [
            *(
                SecondThoughts(name, wish, after=now + chance.randint(2, 30) * DAY)
                for name, wish in zip(thinking, wishes, strict=True)
            ),
            *self._makers(chance),
            Decider(self.seed),
            Planner(
                set(chance.sample(MESSAGES, chance.randint(2, 6))) | {"release"},
                sleeps=20 * DAY,
                insists=True,
            ),
            Dispatcher(chance.choice([0, 900])),
            Driver(),
            *(self._client(chance, name) for name in names),
            *(who for branch in self.branches for who in branch.people(Staff(chance, now, names, services))),
            Agent(self.seed),
            Meddler(
                self.seed,
                now,
                self.planned,
                self.sold,
                names,
                [act for branch in self.branches for act in branch.acts],
            ),
        ]
        return [Forgiving(who) for who in (*people, *self._bidders(people), Buyer())]

    def _bidders(self, people: list[Plays]) -> list[Bidder]:
        """Each vendor quotes for what its terms do not cover, at a price and after a time of its own."""
        chance = Random(f"{self.seed} bids")
        return [
            Bidder(
                who.vendor_id,
                chance.randint(100, 5_000),
                chance.randint(1, 9),
                chance.choice([0, 1, 4]) * DAY,
            )
            for who in people
            if isinstance(who, Vendor)
        ]

    def _makers(self, chance: Random) -> list[Plays]:
        """Those who supply, take in and make."""
        housing, axle = self.named("housing"), self.named("axle")
        delays, thoughts = [0, 0, 1, 9], [0, 0, 2, 30]
        vendors = [
            Vendor(each, delay=chance.choice(delays) * DAY, thinks=chance.choice(thoughts) * DAY / 10)
            for each in self.vendors
        ]
        hot = {(f"harden-{self.seed}", 10, "furnace temperature"): "875"}
        return [
            *vendors,
            Warehouse(
                {axle: [{"name": "hardness", "value": "181", "scale": "HB"}]},
                rejects={housing: "1"} if chance.random() < 0.5 else {},
            ),
            Operator(
                surprises=hot if chance.random() < 0.5 else {},
                scraps={self.named("machine"): "1"} if chance.random() < 0.4 else {},
            ),
        ]

    def _client(self, chance: Random, name: str) -> Client:
        return Client(
            name,
            absent=chance.choice([0, 0, 0, 1]),
            moves=chance.choice([None, None, 7 * DAY]),
            refuses=chance.choice([None, None, "1"]),
            silent=chance.random() < 0.2,
        )
