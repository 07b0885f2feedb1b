"""Recipes as planning needs them: what a start takes and gives, with yields counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import prod
from typing import Final

from contracts.production import RecipeApproved
from contracts.shapes import RecipeKind, Role
from contracts.values import MICRO, PropertyValue, Window, admits
from materials.domain.capacity.room import people_of

DRIVING: Final = frozenset({"main", "co-product"})


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact positive fraction."""

    over: int
    under: int


@dataclass(frozen=True, slots=True)
class Input:
    """What one start takes of an item at an operation; `kept` is the share that is left when it is issued."""

    sku: str
    per_micro: int
    window: Window
    kept: Ratio


@dataclass(frozen=True, slots=True)
class Output:
    """What one start gives when nothing is lost, in which role, with which properties.

    `kept` is the share that is left where it comes before the last operation.
    """

    sku: str
    per_micro: int
    role: Role
    properties: tuple[PropertyValue, ...]
    kept: Ratio | None = None

    @property
    def drives(self) -> bool:
        """Whether a need for it may start runs; by-products and waste never do."""
        return self.role in DRIVING

    def fits(self, sku: str, window: Window) -> bool:
        """Whether it can serve such a need."""
        return self.sku == sku and admits(window, self.properties)


@dataclass(frozen=True, slots=True)
class Step:
    """An operation as planning sees it: minutes of a work centre in millionths, and how many people (of a skill)."""

    work_centre_id: str
    setup_micro: int
    run_micro: int
    people: int = 0
    operation_no: int = 0
    skill: str = ""

    def load_micro(self, runs_micro: int) -> int:
        """What so many runs (in millionths) keep a machine, set up once."""
        return self.setup_micro - (-self.run_micro * runs_micro // MICRO)

    def people_at(self, site_id: str) -> tuple[tuple[str, int], ...]:
        """The resource of the people that it asks for, and how many; nothing where they are the work centre's."""
        return ((people_of(site_id, self.skill), self.people),) if self.skill and self.people else ()


@dataclass(frozen=True, slots=True)
class Recipe:
    """An approved version of a recipe at its site."""

    recipe_id: str
    version: int
    kind: RecipeKind
    site_id: str
    phantom: bool
    lead_days: int
    effective_from: datetime
    effective_to: datetime | None
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    kept: Ratio
    retired: bool = False
    steps: tuple[Step, ...] = ()

    @classmethod
    def of(cls, fact: RecipeApproved, *, retired: bool = False) -> Recipe:
        """The recipe that was approved; what it gives and takes of one thing counts as a net coefficient."""
        yields = {step.operation_no: step.operation_yield.micro for step in fact.operations}

        def kept_before(operation_no: int | None) -> Ratio:
            losses = [y for number, y in yields.items() if operation_no is None or number < operation_no]
            return Ratio(prod(losses), MICRO ** len(losses))

        inputs = [
            Input(each.sku, each.quantity.micro, each.window, kept_before(each.operation_no))
            for each in fact.inputs
        ]
        outputs = [
            Output(
                each.sku,
                each.quantity.micro,
                each.role,
                each.properties,
                None if each.operation_no is None else kept_before(each.operation_no + 1),
            )
            for each in fact.outputs
        ]
        whole = kept_before(None)
        inputs, outputs = _netted(inputs, outputs, fact.kind)
        return cls(
            fact.recipe_id, fact.version, fact.kind, fact.site_id, fact.phantom, fact.lead_days,
            fact.effective_from, fact.effective_to, tuple(inputs), tuple(outputs), whole, retired,
            tuple(
                Step(
                    each.work_centre_id, each.setup_minutes.micro, each.run_minutes.micro, each.people,
                    each.operation_no, each.skill,
                )
                for each in fact.operations
            ),
        )  # fmt: skip

    def effective(self, at: datetime) -> bool:
        """Whether a run may start by it at that moment."""
        return self.effective_from <= at and (self.effective_to is None or at < self.effective_to)

    def start_for(self, output_no: int, good_micro: int, quantum_micro: int) -> int:
        """How much has to be started for so much good output: need / (yield of its operations), rounded up once."""
        kept = self.kept_of(output_no)
        return _ceil(good_micro * kept.under, kept.over * quantum_micro) * quantum_micro

    def starts_for(self, wants: Sequence[tuple[int, int]]) -> int:
        """The millionths of runs that cover (output number, good quantity) pairs: the largest of them, not the sum.

        A separation runs whole batches; every other kind may run a part of one.
        """
        runs = max(
            _ceil(good * kept.under * MICRO, kept.over * self.outputs[number].per_micro)
            for number, good in wants
            for kept in (self.kept_of(number),)
        )
        return _ceil(runs, MICRO) * MICRO if self.kind == "separation" else runs

    def taken(self, number: int, start: Ratio, quantum_micro: int) -> int:
        """What `start` runs take of an input, rounded up once."""
        each = self.inputs[number]
        over = each.per_micro * start.over * each.kept.over
        return _ceil(over, start.under * each.kept.under * quantum_micro) * quantum_micro

    def given(self, number: int, start: Ratio, quantum_micro: int) -> int:
        """What `start` runs give of an output, whole quanta only."""
        kept = self.kept_of(number)
        over = self.outputs[number].per_micro * start.over * kept.over
        return over // (start.under * kept.under * quantum_micro) * quantum_micro

    def kept_of(self, number: int) -> Ratio:
        """The share of an output that the losses of all operations leave, of those up to where it comes."""
        return self.outputs[number].kept or self.kept


def _ceil(over: int, under: int) -> int:
    return -(-over // under)


def _netted(inputs: list[Input], outputs: list[Output], kind: RecipeKind) -> tuple[list[Input], list[Output]]:
    """What comes back into its own recipe is taken once: the larger side keeps the difference."""
    for number, output in enumerate(outputs):
        for place, given in enumerate(inputs):
            # A modification takes and gives the same item on purpose: its classes tell the two apart.
            if (
                kind == "modification"
                or given.sku != output.sku
                or not admits(given.window, output.properties)
            ):
                continue
            back = min(given.per_micro, output.per_micro)
            outputs[number] = replace(output, per_micro=output.per_micro - back)
            inputs[place] = Input(given.sku, given.per_micro - back, given.window, given.kept)
    return [each for each in inputs if each.per_micro], [each for each in outputs if each.per_micro]
