"""What a run costs and who bears it: rates of work centres, and joint cost split to the cent.

Joint products share a run's cost by physical measure, by sales value at split-off, by net realisable value (that
price less what it costs to finish the product), by equivalence numbers or by fixed shares; a by-product's stated value
is taken off first. Rounding is by largest remainder, for each kind of cost by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final, Literal

from backbone.errors import Refusal
from contracts.recipes import Operation, RecipeOutput
from contracts.rounding import shared
from contracts.values import ZERO, CostVector, Quantity, total
from production.domain.plant import WorkCentre

CostRule = Literal["physical-measure", "sales-value", "net-realisable-value", "equivalence", "fixed"]
SHARE_WHOLE: Final = 10_000
_HOUR_MINUTES: Final = 60


class CurrenciesMixed(Refusal):
    """A run's material and its work centres are counted in several currencies."""


@dataclass(frozen=True, slots=True)
class FixedShare:
    """A number for a product: with fixed shares its part of the cost in ten thousandths, with equivalence numbers
    how much a unit of it weighs beside the others, with net realisable value what finishing a unit costs (minor units).
    """

    sku: str
    points: int


@dataclass(frozen=True, slots=True)
class Effort:
    """What the work on a run took: minutes of people, minutes of machines, and their cost."""

    labour_minutes: Quantity
    machine_minutes: Quantity
    cost: CostVector


def split(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` minor units by weight, by largest remainder: the parts add up to it exactly.

    Weights are not negative; when all are zero the first bears everything. Ties go to the earlier part.
    """
    if len(weights) == 1:
        return [amount]
    if not any(weights):
        return [amount if place == 0 else 0 for place in range(len(weights))]
    return shared(amount, weights)


def split_cost(cost: CostVector, weights: Sequence[int]) -> list[CostVector]:
    """A cost vector by weight, each kind of cost split for itself."""
    kinds = (
        split(cost.bought_in, weights),
        split(cost.labour, weights),
        split(cost.capital, weights),
        split(cost.overhead, weights),
    )
    return [
        CostVector(bought_in, labour, capital, overhead, cost.currency)
        for bought_in, labour, capital, overhead in zip(*kinds, strict=True)
    ]


def allocate(
    cost: CostVector,
    outputs: Sequence[tuple[RecipeOutput, Quantity]],
    rule: CostRule,
    fixed: Sequence[FixedShare] = (),
    *,
    minor_parts: int = 1,
) -> list[CostVector]:
    """What each output (with its quantity) has cost, in their order; the answer adds up to `cost` to the cent.

    `cost` and the answer are counted in minor units, or in so many parts of one.

    By-products bear their stated value, at most what the run has cost; waste bears nothing; main and co-products
    share the rest by `rule`. A kind of cost is never negative while the run's own is not.
    """
    shares = {share.sku: share.points for share in fixed}
    values = [_stated_value(output, quantity, minor_parts) for output, quantity in outputs]
    credits = [
        value if output.role == "by-product" else 0
        for value, (output, _) in zip(values, outputs, strict=True)
    ]
    # Stated values above the cost of the run would leave the products with less than nothing.
    rest = max(cost.total - sum(credits), 0)
    *credited, left = split_cost(cost, [*credits, rest])
    bearing = [
        _weight(output, quantity, rule, shares) if output.role in {"main", "co-product"} else 0
        for output, quantity in outputs
    ]
    if not any(bearing):
        bearing = [quantity.micro if o.role in {"main", "co-product"} else 0 for o, quantity in outputs]
    if not any(bearing):
        bearing = [1 if output.role in {"main", "co-product"} else 0 for output, _ in outputs]
    return [mine + part for mine, part in zip(credited, split_cost(left, bearing), strict=True)]


def _stated_value(output: RecipeOutput, quantity: Quantity, minor_parts: int) -> int:
    value = quantity.decimal * output.split_off_price_minor * minor_parts
    return _whole(value)


def _weight(output: RecipeOutput, quantity: Quantity, rule: CostRule, shares: dict[str, int]) -> int:
    if rule == "fixed":
        return shares.get(output.sku, 0)
    if rule == "sales-value":
        return quantity.micro * output.split_off_price_minor
    if rule == "net-realisable-value":
        return quantity.micro * max(output.split_off_price_minor - shares.get(output.sku, 0), 0)
    if rule == "equivalence":
        return quantity.micro * shares.get(output.sku, 0)
    return quantity.micro


def effort(
    operations: Sequence[Operation],
    runs: Quantity,
    centres: Mapping[str, WorkCentre],
    beyond: Mapping[int, tuple[Quantity, Quantity]] | None = None,
    *,
    minor_parts: int = 1,
    further: Mapping[int, Quantity] | None = None,
) -> Effort:
    """The work of `runs` runs at the rates of its work centres; raises `CurrenciesMixed`.

    `further` are the runs that went through an operation, by its number, where these are more than `runs`.

    Its cost is counted in minor units, or in so many parts of one.

    `beyond` are minutes of people and machines by operation that were needed beyond the recipe's (less, if negative).
    Labour = minutes x people x labour rate, capital = minutes x machine rate, overhead = both x overhead rate.
    """
    currencies = {centres[operation.work_centre_id].currency for operation in operations}
    if len(currencies) != 1:
        raise CurrenciesMixed("the work centres of a run have rates in one currency")
    people_minutes, machine_minutes = [], []
    labour = capital = overhead = Decimal(0)
    for operation in operations:
        centre = centres[operation.work_centre_id]
        done = max(runs, (further or {}).get(operation.operation_no, ZERO))
        minutes = operation.setup_minutes + operation.run_minutes.times(done)
        if further is not None and done <= ZERO:
            minutes = ZERO
        by_hand, by_itself = (beyond or {}).get(operation.operation_no, (ZERO, ZERO))
        people_minutes.append(minutes.times(operation.people) + by_hand)
        machine_minutes.append(minutes + by_itself)
        by_people = people_minutes[-1].decimal * centre.labour_rate_minor / _HOUR_MINUTES
        by_machine = machine_minutes[-1].decimal * centre.machine_rate_minor / _HOUR_MINUTES
        labour, capital = labour + by_people, capital + by_machine
        overhead += (by_people + by_machine) * centre.overhead_rate.decimal
    labour, capital, overhead = (kind * minor_parts for kind in (labour, capital, overhead))
    cost = CostVector(0, _whole(labour), _whole(capital), _whole(overhead), currencies.pop())
    return Effort(total(people_minutes), total(machine_minutes), cost)


def added(costs: Sequence[CostVector], effort_cost: CostVector) -> CostVector:
    """What staged lots and the work on them have cost together; raises `CurrenciesMixed`."""
    if any(cost.currency != effort_cost.currency for cost in costs):
        raise CurrenciesMixed("the material of a run is counted in the currency of its work centres")
    return sum(costs, start=effort_cost)


def _whole(amount: Decimal) -> int:
    return int(amount.to_integral_value(ROUND_HALF_EVEN))
