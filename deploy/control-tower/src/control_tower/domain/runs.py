"""A run as people look at it: operations planned and actual, parameters beside their limits, what deviated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from control_tower.domain.words import counted

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """A value of a parameter: recorded by somebody, or read by a machine."""

    at: datetime
    value: Decimal
    by: str
    within: bool


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of an operation: its limits, and all that was measured of it, the earliest first."""

    operation_no: int
    name: str
    unit: str
    target: Decimal
    minimum: Decimal
    maximum: Decimal
    measured: tuple[Measured, ...]

    @property
    def off(self) -> int:
        """How many values lie outside the limits."""
        return sum(not each.within for each in self.measured)


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An operation: its place and load as planned, and the minutes that it really needed, where these are known."""

    operation_no: int
    title: str
    work_centre_id: str
    starts_at: datetime
    ends_at: datetime
    planned_minutes: Decimal
    labour_minutes: Decimal | None
    machine_minutes: Decimal | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """Something that did not go as planned: when (if that is known), what kind, and in words."""

    at: datetime | None
    kind: str
    text: str


def parameters_of(recipe: Json | None, run: Json, readings: Sequence[Json]) -> list[Parameter]:
    """The parameters of a run's recipe with what was recorded and read of each."""
    if recipe is None:
        return []
    return [
        _parameter(step["operation_no"], limit, run["floor"].get("recorded", ()), readings)
        for step in recipe["content"]["operations"]
        for limit in step["parameters"]
    ]


def _parameter(number: int, limit: Json, recorded: Iterable[Json], readings: Iterable[Json]) -> Parameter:
    least, most = Decimal(limit["minimum"]), Decimal(limit["maximum"])
    read = [each for each in readings if (each["operation_no"], each["name"]) == (number, limit["name"])]
    # An excursion that a machine has read stands in the record of the run as well: it was measured once.
    known = {(Decimal(each["value"]), each["reported_by"]) for each in read}
    noted = [
        each for each in recorded
        if (each["operation_no"], each["name"]) == (number, limit["name"])
        and (Decimal(each["value"]), each["by"]) not in known
    ]  # fmt: skip
    mine = [(each, each.get("machine", "")) for each in (*noted, *read)]
    measured = [
        Measured(
            datetime.fromisoformat(each["at"]),
            value := Decimal(each["value"]),
            machine or each.get("by", ""),
            least <= value <= most,
        )
        for each, machine in mine
    ]
    measured.sort(key=lambda each: (each.at, each.by))
    return Parameter(
        number, limit["name"], limit["unit"], Decimal(limit["target"]), least, most, tuple(measured)
    )


def operations_of(run: Json, recipe: Json | None, cost: Json | None) -> list[OperationRow]:
    """The operations of a run in their order."""
    steps = recipe["content"]["operations"] if recipe else ()
    titles = {step["operation_no"]: step["title"] for step in steps}
    needed = {step["operation_no"]: step for step in (cost["steps"] if cost else ())}
    return [
        OperationRow(
            each["operation_no"],
            titles.get(each["operation_no"], ""),
            each["work_centre_id"],
            datetime.fromisoformat(each["starts_at"]),
            datetime.fromisoformat(each["ends_at"]),
            Decimal(each["load_minutes"]),
            _minutes(needed.get(each["operation_no"]), "labour_minutes"),
            _minutes(needed.get(each["operation_no"]), "machine_minutes"),
        )
        for each in run["operations"]
    ]


def skills_of(recipe: Json | None) -> list[str]:
    """The skills that operations of a recipe ask for."""
    steps = recipe["content"]["operations"] if recipe else ()
    return sorted({step["skill"] for step in steps if step["skill"]})


def _minutes(step: Json | None, name: str) -> Decimal | None:
    return None if step is None else Decimal(step[name])


def deviations_of(run: Json, parameters: Sequence[Parameter], lots: Sequence[Json]) -> list[Deviation]:
    """What did not go as planned at a run: values off their limits, stops, scrap, lots that are not simply good."""
    found = [
        Deviation(
            each.at, "off limits", f"{one.name} {each.value} {one.unit} at operation {one.operation_no}"
        )
        for one in parameters
        for each in one.measured
        if not each.within
    ]
    floor = run["floor"]
    found += [_stop(stop) for stop in floor["stops"]]
    found += [
        Deviation(None, "scrap", f"{each['quantity']} {each['sku']}: {each['reason']}")
        for each in floor["scrapped"]
    ]
    found += [
        Deviation(None, f"lot {lot['state']}", f"{lot['quantity']} {lot['sku']} ({lot['lot_id']})")
        for lot in lots
        if lot["state"] != "good"
    ]
    return sorted(found, key=lambda each: (each.at.isoformat() if each.at else "later", each.kind, each.text))


def _stop(stop: Json) -> Deviation:
    begin = datetime.fromisoformat(stop["from_at"])
    end = stop["to_at"]
    minutes = (datetime.fromisoformat(end) - begin).total_seconds() / 60 if end else None
    lasted = "still" if minutes is None else counted(f"{minutes:.0f}", "minute")
    return Deviation(begin, "stood still", f"{stop['reason']} ({lasted})")
