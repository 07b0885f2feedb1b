"""Work at the client's: alone, and together with a machine; its people are away now and then."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from simulator.doors import Doors, Person
from simulator.people.field import Technician
from simulator.people.person import Plays, Turn
from simulator.people.vendor import Vendor
from simulator.scenarios import parts
from simulator.scenarios.scenario import Put
from simulator.scenarios.staff import BUYER, DISPATCHER, PLANNER
from tests.flows.chance.branches.branch import Staff, component, offer
from tests.flows.chance.scene import Act, Planned, Scene

# What somebody has to look at before anything more happens.
STANDING: Final = ("held", "declined", "refused")
AGAIN: Final = timedelta(days=2)


async def _visit(scene: Scene, *states: str, kind: str = "visit") -> dict[str, Any]:
    paths = (f"/v1/visits?state={state}&kind={kind}" for state in states)
    found = await scene.items(DISPATCHER, "service-desk", *paths)
    mine = [each for each in found if each["customer_id"] in scene.customer_ids]
    visit: dict[str, Any] = scene.one_of(mine, f"{kind} that is {states[0]}")
    return visit


def _client(visit: dict[str, Any]) -> Person:
    return Person("customer", f"{visit['customer_id']}-reception", visit["customer_id"])


async def refuse_work(scene: Scene) -> str:
    """A client does not take the work."""
    visit = await _visit(scene, "reported", "started")
    path = f"/v1/visits/{visit['visit_id']}/refusal"
    await scene.post(_client(visit), "service-desk", path, {"reason": "it rattles"})
    return f"does not take the work of visit {visit['visit_id']}"


async def decline(scene: Scene) -> str:
    """A client does not want anybody to come then."""
    visit = await _visit(scene, "offered", "confirmed", kind=scene.chance.choice(["visit", "hand-over"]))
    path = f"/v1/visits/{visit['visit_id']}/decline"
    await scene.post(_client(visit), "service-desk", path, {"reason": "not now"})
    return f"declines the {visit['kind']} {visit['visit_id']}"


async def move(scene: Scene) -> str:
    """A client wants another time."""
    visit = await _visit(scene, "offered", "confirmed", kind=scene.chance.choice(["visit", "hand-over"]))
    at = scene.now + timedelta(days=scene.chance.randint(1, 14), hours=scene.chance.randint(0, 9))
    path = f"/v1/visits/{visit['visit_id']}/move"
    await scene.post(_client(visit), "service-desk", path, {"starts_at": at.isoformat()})
    return f"moves the {visit['kind']} {visit['visit_id']}"


async def reschedule(scene: Scene) -> str:
    """A dispatcher chooses another time."""
    # Of one that waits for its goods nobody knows a better time.
    visit = await _visit(scene, "offered", "confirmed")
    path = f"/v1/visits/{visit['visit_id']}/reschedule"
    await scene.post(DISPATCHER, "service-desk", path, {})
    return f"reschedules visit {visit['visit_id']}"


async def miss(scene: Scene) -> str:
    """Nobody is at home."""
    visit = await _visit(scene, "confirmed", "started")
    await scene.post(DISPATCHER, "service-desk", f"/v1/visits/{visit['visit_id']}/no-show")
    return f"finds nobody at visit {visit['visit_id']}"


async def be_away(scene: Scene) -> str:
    """A technician is away for some days that are to come."""
    name = f"{scene.chance.choice(['tara', 'theo'])}-{scene.seed}"
    begins = scene.now + timedelta(hours=scene.chance.randint(0, 200))
    ends = begins + timedelta(hours=scene.chance.randint(4, 120))
    body = {"leaves": [{"starts_at": begins.isoformat(), "ends_at": ends.isoformat()}]}
    await scene.post(DISPATCHER, "service-desk", f"/v1/technicians/{name}/leaves", body)
    return f"{name} is away from {begins:%m-%d %H:%M} to {ends:%m-%d %H:%M}"


@dataclass(slots=True)
class Mender:
    """A dispatcher who offers another time for whatever stands still, some time after it was found."""

    title: str = "mender"
    seen: dict[str, datetime] = field(default_factory=dict)

    async def look(self, doors: Doors, now: datetime) -> Turn:
        """Offer the next possible time."""
        turn = Turn()
        for state in STANDING:
            for visit in await doors.items(DISPATCHER, "service-desk", f"/v1/visits?state={state}"):
                if state == "refused" and visit["kind"] == "hand-over":
                    continue
                key = f"{visit['visit_id']} {visit['version']}"
                if turn.due(self.seen.setdefault(key, now) + AGAIN, now):
                    path = f"/v1/visits/{visit['visit_id']}/reschedule"
                    await doors.post(DISPATCHER, "service-desk", path, {}, again=str(visit["version"]))
                    turn.done(f"offers another time for the {visit['kind']} {visit['visit_id']}")
        return turn


@dataclass(frozen=True, slots=True)
class Visits:
    """A service with a part, by two technicians who come together or alone."""

    seed: int

    def named(self, what: str) -> str:
        """Its own things."""
        return f"{what}-{self.seed}"

    @property
    def sold(self) -> tuple[str, ...]:
        """The work, and a machine with it."""
        return self.named("fitting"), self.named("fitted-machine")

    @property
    def planned(self) -> tuple[Planned, ...]:
        """The part is bought."""
        return (Planned(self.named("gasket"), ("buy",)),)

    @property
    def acts(self) -> tuple[Act, ...]:
        """What happens to visits."""
        return refuse_work, decline, move, reschedule, miss, be_away

    def masters(self) -> list[Put]:
        """The service, its people, its part."""
        gasket, maker, fitting = self.named("gasket"), self.named("gasket-maker"), self.named("fitting")
        skill = self.named("fitter")
        service = {
            "service_id": fitting, "title": "Fit a machine", "minutes": 12, "people": 1 + self.seed % 2,
            "skills": [skill], "site_id": "plant-1", "parts": [{"sku": gasket, "quantity": "2"}],
            "capital_minor": 300, "overhead_minor": 700,
        }  # fmt: skip
        return [
            Put(PLANNER, "materials", "/v1/items", parts.item(gasket, "Gasket")),
            Put(BUYER, "vendors", "/v1/vendors", parts.vendor(maker, "Gaskets", [gasket])),
            Put(BUYER, "vendors", "/v1/terms", parts.terms(maker, gasket, 150, 3, multiple="25")),
            Put(DISPATCHER, "service-desk", "/v1/services", service),
            *(self._technician(self.named(name), skill) for name in ("tara", "theo")),
            offer(fitting, 2_500, component(fitting, kind="service"), kind="service"),
            offer(
                self.named("fitted-machine"),
                54_000,
                component(self.named("machine")),
                component(fitting, kind="service"),
                kind="bundle",
            ),
        ]

    @staticmethod
    def _technician(technician_id: str, skill: str) -> Put:
        body = {
            "technician_id": technician_id,
            "title": technician_id.title(),
            "site_id": "plant-1",
            "skills": [skill],
            "travel_minutes": 30,
            "labour_minor": 4_500,
        }
        return Put(DISPATCHER, "service-desk", "/v1/technicians", body)

    def people(self, staff: Staff) -> list[Plays]:
        """Technicians, and who looks after what stands still."""
        people = [Technician(self.named(name)) for name in ("tara", "theo")]
        return [*people, Mender(), Vendor(self.named("gasket-maker"))]
