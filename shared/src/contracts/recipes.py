"""What a recipe says: what goes in and comes out, and the operations between."""

from __future__ import annotations

from dataclasses import dataclass

from contracts.outside import OutsideWork
from contracts.shapes import Role
from contracts.values import PropertyValue, Quantity, Window


@dataclass(frozen=True, slots=True)
class RecipeInput:
    """What one run takes at an operation."""

    sku: str
    quantity: Quantity
    operation_no: int
    window: Window = ()


@dataclass(frozen=True, slots=True)
class RecipeOutput:
    """What one run gives, with the role of it, the properties it will have and its price at split-off.

    It comes at an operation, at the last one if absent.
    """

    sku: str
    quantity: Quantity
    role: Role
    properties: tuple[PropertyValue, ...] = ()
    split_off_price_minor: int = 0
    operation_no: int | None = None


@dataclass(frozen=True, slots=True)
class ParameterLimit:
    """What an operation keeps to: a target between two limits."""

    name: str
    unit: str
    target: Quantity
    minimum: Quantity
    maximum: Quantity


@dataclass(frozen=True, slots=True)
class Operation:
    """One step of a recipe: where, how long (minutes), by how many people, with which yield and parameters.

    `alternates` are other work centres that can do it. `after` are the operations that come before it, those of
    parallel branches among them; absent, it is the one before. Between operations of one `setup_family` a machine needs
    no setup. One load takes `batch_runs` runs in the time of all of them, however few; absent where there are no loads.
    What takes as long for any number of runs is `setup_minutes` without a family. What a vendor does is `outside`.
    Where a `skill` is named, its people are of one crew that has it; else they are of the work centre, and no crew is
    asked for them. Those that follow begin when the first `send_ahead` runs are through, and go on beside it; absent,
    when all are.
    """

    operation_no: int
    title: str
    work_centre_id: str
    setup_minutes: Quantity
    run_minutes: Quantity
    people: int
    operation_yield: Quantity
    parameters: tuple[ParameterLimit, ...] = ()
    setup_family: str = ""
    alternates: tuple[str, ...] = ()
    after: tuple[int, ...] | None = None
    batch_runs: Quantity | None = None
    outside: OutsideWork | None = None
    skill: str = ""
    send_ahead: Quantity | None = None
