"""Why an item should cost what a roll-up says: step by step, what goes in, the work on it, and who bears it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.shapes import Role
from contracts.values import MICRO, CostVector, PropertyValue, Quantity
from production.domain.costing import CostRule, Effort, allocate, effort
from production.domain.plant import WorkCentre
from production.domain.recipe import Content, Recipe
from production.domain.standard import Intensity, StandardCost, intensity, step_inputs, step_outputs

STEPS_COUNT_MAX = 200


@dataclass(frozen=True, slots=True)
class StepInput:
    """What a step takes for its costing runs, and what that should cost: millionths of a minor unit."""

    sku: str
    properties: tuple[PropertyValue, ...]
    level: int
    quantity: Quantity
    cost: CostVector


@dataclass(frozen=True, slots=True)
class StepOutput:
    """What a step gives, and the part of its cost that this bears: `share` of the whole, from 0 to 1."""

    sku: str
    role: Role
    quantity: Quantity
    cost: CostVector
    share: Quantity


@dataclass(frozen=True, slots=True)
class StepStandard:
    """A step of making an item: material, the work that adds value, and the cost that each output bears.

    Costs are millionths of a minor unit for `runs` runs of the recipe; whole = material + work = all outputs together.
    """

    level: int
    recipe_id: str
    recipe_version: int
    title: str
    kind: str
    cost_rule: CostRule
    runs: Quantity
    inputs: tuple[StepInput, ...]
    material: CostVector
    work: CostVector
    intensity: Intensity
    labour_minutes: Quantity
    machine_minutes: Quantity
    outputs: tuple[StepOutput, ...]


def broken_down(
    recipe: Recipe, needs: Sequence[StandardCost], rates: dict[str, WorkCentre], level: int
) -> StepStandard:
    """The step of a recipe at the rates of a roll-up; `needs` are the standards of its net inputs, in their order."""
    content = recipe.content
    inputs = tuple(
        StepInput(standard.sku, standard.properties, standard.level, quantity, cost)
        for standard, (quantity, cost) in zip(needs, step_inputs(content, needs), strict=True)
    )
    work = effort(content.operations, content.costing_runs, rates, minor_parts=MICRO)
    nothing = CostVector(0, 0, 0, 0, work.cost.currency)
    material = sum((each.cost for each in inputs), start=nothing)
    return StepStandard(
        level, recipe.recipe_id, recipe.recipe_version, content.title, content.kind, content.cost_rule,
        content.costing_runs, inputs, material, work.cost, intensity(work.cost), work.labour_minutes,
        work.machine_minutes, _borne(content, material, work),
    )  # fmt: skip


def _borne(content: Content, material: CostVector, work: Effort) -> tuple[StepOutput, ...]:
    whole = material + work.cost
    outputs = step_outputs(content)
    parts = allocate(whole, outputs, content.cost_rule, content.fixed_shares, minor_parts=MICRO)
    return tuple(
        StepOutput(
            output.sku, output.role, gives, borne, Quantity.of_micro(borne.total * MICRO // (whole.total or 1))
        )
        for (output, gives), borne in zip(outputs, parts, strict=True)
    )  # fmt: skip
