"""Inspection plans, samples measured by them, and whether what is inspected passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Final, Literal

from backbone.errors import Invalid, Pointer
from contracts.values import MICRO, NAME_CHARS_MAX, ZERO, Quantity

CHARACTERISTICS_COUNT_MAX: Final = 100
SAMPLE_COUNT_MAX: Final = 2_000
SAMPLINGS_COUNT_MAX: Final = 30
SCALE_CHARS_MAX: Final = 16


@dataclass(frozen=True, slots=True)
class Characteristic:
    """What is looked at: a variable is measured on its scale between limits, an attribute is counted as a defect."""

    name: str
    kind: Literal["variable", "attribute"]
    scale: str = "count"
    minimum: Quantity | None = None
    maximum: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Sampling:
    """From this size of a lot on so many pieces are looked at, and so many of them may be bad."""

    from_quantity: Quantity
    sample_size: int
    accept: int


@dataclass(frozen=True, slots=True)
class InspectionPlan:
    """How lots of an item are inspected: a single sampling plan by the size of the lot."""

    sku: str
    characteristics: tuple[Characteristic, ...]
    sampling: tuple[Sampling, ...]
    version: int = 1

    def wrong(self) -> list[Pointer]:
        """Everything that keeps lots from being inspected so, each with its place."""
        found: list[Pointer] = []
        names = [each.name for each in self.characteristics]
        if not 1 <= len(names) <= CHARACTERISTICS_COUNT_MAX or len(set(names)) != len(names):
            found.append(("/characteristics", f"1 to {CHARACTERISTICS_COUNT_MAX}, each named once"))
        for place, each in enumerate(self.characteristics):
            found += _wrong(each, f"/characteristics/{place}")
        begins = [each.from_quantity for each in self.sampling]
        rising = all(one < other for one, other in pairwise(begins))
        if not 1 <= len(begins) <= SAMPLINGS_COUNT_MAX or begins[0] != ZERO or not rising:
            found.append(("/sampling", f"1 to {SAMPLINGS_COUNT_MAX} sizes of lots, rising from 0"))
        for place, step in enumerate(self.sampling):
            if not 0 <= step.accept < step.sample_size <= SAMPLE_COUNT_MAX:
                found.append((f"/sampling/{place}", f"accept is below the sample of 1 to {SAMPLE_COUNT_MAX}"))
        return found

    def sample(self, quantity: Quantity, quantum: Quantity | None = None) -> Sampling:
        """How a lot of this size is sampled; of one that has fewer pieces than the sample, each is looked at.

        As in ISO 2859-1: where the sample is as large as the lot or larger, all of the lot is inspected. An item whose
        `quantum` is less than one, or is not known, has no pieces.
        """
        step = [step for step in self.sampling if step.from_quantity <= quantity][-1]
        if quantum is None or quantum.micro < MICRO:
            return step
        size = min(step.sample_size, max(quantity.micro // quantum.micro, 1))
        return replace(step, sample_size=size, accept=min(step.accept, size - 1))


def _wrong(each: Characteristic, at: str) -> list[Pointer]:
    found: list[Pointer] = []
    if not each.name.strip() or len(each.name) > NAME_CHARS_MAX:
        found.append((f"{at}/name", f"1 to {NAME_CHARS_MAX} characters"))
    if not each.scale.strip() or len(each.scale) > SCALE_CHARS_MAX:
        found.append((f"{at}/scale", f"1 to {SCALE_CHARS_MAX} characters"))
    ends = [end for end in (each.minimum, each.maximum) if end is not None]
    if (each.kind == "variable") != bool(ends) or ends != sorted(ends):
        found.append((at, "a variable has limits, the lower one below; an attribute has none"))
    return found


@dataclass(frozen=True, slots=True)
class Sample:
    """What was found of a characteristic: values that were measured, or so many bad ones of those looked at."""

    name: str
    values: tuple[Quantity, ...] = ()
    looked_at: int = 0
    bad: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A characteristic of a lot beside its limits; `mean` is rounded to a millionth, and absent for an attribute."""

    name: str
    kind: Literal["variable", "attribute"]
    scale: str
    minimum: Quantity | None
    maximum: Quantity | None
    values: tuple[Quantity, ...]
    looked_at: int
    bad: int
    accept: int
    mean: Quantity | None

    @property
    def passed(self) -> bool:
        """Whether no more are bad than the plan accepts."""
        return self.bad <= self.accept

    def __str__(self) -> str:
        """What was found, as people read it."""
        mean = "" if self.mean is None else f" {self.mean} {self.scale},"
        return f"{self.name}{mean} {self.bad} of {self.looked_at} bad"


def judged(
    plan: InspectionPlan, quantity: Quantity, samples: Sequence[Sample], quantum: Quantity | None = None
) -> tuple[Judged, ...]:
    """Each characteristic of the plan by what was found of it in a lot of this size, in pieces of this quantum.

    Raises `Invalid` for one that is missing, unknown, found twice, or looked at less often than the plan asks for.
    """
    step = plan.sample(quantity, quantum)
    given = {sample.name: sample for sample in samples}
    names = {each.name for each in plan.characteristics}
    wrong: list[Pointer] = []
    if len(given) != len(samples) or set(given) != names:
        wrong.append(("/samples", f"each of {', '.join(sorted(names))} once"))
    for place, sample in enumerate(samples):
        variable = any(each.name == sample.name and each.kind == "variable" for each in plan.characteristics)
        size = len(sample.values) if variable else sample.looked_at
        if not step.sample_size <= size <= SAMPLE_COUNT_MAX:
            wrong.append((f"/samples/{place}", f"{step.sample_size} to {SAMPLE_COUNT_MAX} are looked at"))
        if variable and (sample.looked_at or sample.bad):
            wrong.append((f"/samples/{place}", "a variable is measured, its bad ones are counted here"))
        if not variable and (sample.values or not 0 <= sample.bad <= sample.looked_at):
            wrong.append((f"/samples/{place}", "an attribute has bad ones among those looked at"))
    if wrong:
        raise Invalid("this is no inspection by the plan", wrong)
    return tuple(_judged(each, given[each.name], step.accept) for each in plan.characteristics)


def _judged(each: Characteristic, sample: Sample, accept: int) -> Judged:
    looked_at, bad, mean = sample.looked_at, sample.bad, None
    if each.kind == "variable":
        looked_at = len(sample.values)
        bad = sum(1 for value in sample.values if not _inside(each, value))
        mean = Quantity.of_micro(round(Fraction(sum(value.micro for value in sample.values), looked_at)))
    return Judged(
        each.name, each.kind, each.scale, each.minimum, each.maximum, sample.values, looked_at, bad, accept, mean
    )  # fmt: skip


def _inside(each: Characteristic, value: Quantity) -> bool:
    above = each.minimum is None or each.minimum <= value
    return above and (each.maximum is None or value <= each.maximum)
