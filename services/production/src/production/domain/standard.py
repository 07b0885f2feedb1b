"""What items should cost: standard prices and rates rolled up through every level of recipes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import prod
from typing import Final, Literal

from backbone.errors import Refusal
from contracts.recipes import RecipeInput, RecipeOutput
from contracts.values import MICRO, CostVector, PropertyValue, Quantity, Window, admits
from production.domain.costing import CurrenciesMixed, allocate, effort
from production.domain.plant import WorkCentre
from production.domain.recipe import Content, Recipe

RECIPES_COUNT_MAX: Final = 100_000
PRICES_COUNT_MAX: Final = 1_000
# An item, in the state that a modification has given it; as it is bought or made where there are no properties.
Node = tuple[str, tuple[PropertyValue, ...]]
Intensity = Literal["labour", "capital", "even"]


class MadeOfItself(Refusal):
    """An item is needed to make itself, over several recipes."""


@dataclass(frozen=True, slots=True)
class StandardPrice:
    """What a base unit of an item should cost when it is bought, in minor units."""

    sku: str
    minor: Quantity


@dataclass(frozen=True, slots=True)
class StandardCost:
    """What a base unit of an item should cost, in millionths of a minor unit.

    `added` is the work of its own step alone, `level` the steps from what is bought (level 0).
    """

    sku: str
    properties: tuple[PropertyValue, ...]
    cost: CostVector
    added: CostVector
    level: int
    recipe_id: str | None = None
    recipe_version: int | None = None


@dataclass(frozen=True, slots=True)
class Standards:
    """The standard costs of a site, the rates they were reckoned by, and the items that nothing is known of."""

    currency: str
    costs: Mapping[Node, StandardCost]
    rates: Mapping[str, WorkCentre]
    missing: tuple[str, ...] = ()

    def node(self, sku: str, window: Window = ()) -> Node:
        """The item in the state that a window asks for."""
        return _fitting(sku, window, _states(self.costs))


@dataclass(frozen=True, slots=True)
class RollUp:
    """The standards of a site as they were reckoned at one moment."""

    roll_up_id: str
    site_id: str
    reckoned_at: datetime
    reckoned_by: str
    standards: Standards


def intensity(cost: CostVector) -> Intensity:
    """Whether people or machines are the larger part of what work has cost, by its own figures."""
    if cost.labour == cost.capital:
        return "even"
    return "labour" if cost.labour > cost.capital else "capital"


def kept(content: Content, before: int | None = None) -> tuple[int, int]:
    """The part (over, under) of what is started that is left before an operation, or after all of them."""
    yields = [
        step.operation_yield.micro
        for step in content.operations
        if before is None or step.operation_no < before
    ]
    return prod(yields), MICRO ** len(yields)


def kept_of(content: Content, output: RecipeOutput) -> tuple[int, int]:
    """The part (over, under) that is left of an output where it comes: after all operations, or the one named."""
    return kept(content, None if output.operation_no is None else output.operation_no + 1)


def roll_up(
    prices: Iterable[StandardPrice],
    recipes: Iterable[Recipe],
    rates: Mapping[str, WorkCentre],
    currency: str,
) -> Standards:
    """The standard cost of every item that has a price or a recipe; each recipe is reckoned once, inputs first.

    What cannot be reckoned because something it takes has neither is left out, and that is named in `missing`. Raises
    `MadeOfItself`, and `CurrenciesMixed` for a work centre that is counted in another currency.
    """
    if any(centre.currency != currency for centre in rates.values()):
        raise CurrenciesMixed(
            f"standard costs are reckoned in {currency}, as are the rates of all work centres"
        )
    nothing = CostVector(0, 0, 0, 0, currency)
    costs: dict[Node, StandardCost] = {
        (price.sku, ()): StandardCost(
            price.sku, (), replace(nothing, bought_in=price.minor.micro), nothing, 0
        )
        for price in prices
    }
    makers = made_by(recipes, bought=costs.keys())
    needed = _needed(makers)
    missing: set[str] = set()
    for recipe in _inputs_first(makers, needed):
        needs = needed[recipe.recipe_id]
        unknown = {node for node in needs if node not in costs}
        missing |= {sku for sku, properties in unknown if (sku, properties) not in makers}
        if not unknown:
            found = _made(recipe, [costs[node] for node in needs], rates)
            costs |= {node: cost for node, cost in found.items() if makers.get(node) is recipe}
    return Standards(currency, costs, rates, tuple(sorted(missing)))


def made_by(recipes: Iterable[Recipe], bought: Iterable[Node] = ()) -> dict[Node, Recipe]:
    """The recipe that each item is made by: for which it is the main output, then a co-product, then a by-product."""
    ranks = {"main": 0, "co-product": 1, "by-product": 2}
    found: dict[Node, tuple[int, Recipe]] = {}
    bought = set(bought)
    for recipe in sorted(recipes, key=lambda each: each.recipe_id):
        for output in recipe.content.outputs:
            node, rank = state_of(recipe.content, output), ranks.get(output.role)
            if rank is None or node in bought:
                continue
            if node not in found or rank < found[node][0]:
                found[node] = rank, recipe
    return {node: recipe for node, (_, recipe) in found.items()}


def state_of(content: Content, output: RecipeOutput) -> Node:
    """What an output is a node of: an item, in the state that a modification gives it."""
    return output.sku, output.properties if content.kind == "modification" else ()


def _states(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    """The states that modifications give items, by item."""
    found: dict[str, list[Node]] = defaultdict(list)
    for node in nodes:
        if node[1]:
            found[node[0]].append(node)
    return found


def _fitting(sku: str, window: Window, states: Mapping[str, Sequence[Node]]) -> Node:
    """The state of an item that a window admits; as it is bought or made where none is asked for, or none fits."""
    fitting = [node for node in states.get(sku, ()) if window and admits(window, node[1])]
    return min(fitting, key=str) if fitting else (sku, ())


def _needed(makers: Mapping[Node, Recipe]) -> dict[str, list[Node]]:
    """What each recipe takes net, and in which state, by recipe."""
    states = _states(makers)
    return {recipe.recipe_id: _taken(recipe.content, states) for recipe in makers.values()}


def _inputs_first(makers: Mapping[Node, Recipe], needed: Mapping[str, Sequence[Node]]) -> list[Recipe]:
    """Recipes in an order in which each comes behind those that make its inputs; raises `MadeOfItself`."""
    order: list[Recipe] = []
    state: dict[str, Literal["open", "done"]] = {}
    for first in makers.values():
        road = [first]
        while road:
            recipe = road[-1]
            if state.get(recipe.recipe_id) == "done":
                road.pop()
                continue
            state[recipe.recipe_id] = "open"
            before = (makers[node] for node in needed[recipe.recipe_id] if node in makers)
            ahead = next((each for each in before if state.get(each.recipe_id) != "done"), None)
            if ahead is None:
                state[recipe.recipe_id] = "done"
                order.append(road.pop())
                continue
            road.append(ahead)
            if state.get(ahead.recipe_id) == "open":
                names = " > ".join(each.recipe_id for each in road)
                raise MadeOfItself(f"recipes lead back to where they began: {names}")
    return order


def netted(content: Content) -> tuple[list[RecipeInput], list[RecipeOutput]]:
    """Inputs and outputs less what a recipe gives back to itself; a modification takes what it changes.

    Work that a vendor does is bought as an input is.
    """
    works = [
        RecipeInput(step.outside.sku, step.outside.quantity, step.operation_no)
        for step in content.operations
        if step.outside is not None
    ]
    same = {part.sku for part in content.inputs} & {part.sku for part in content.outputs}
    if not same or content.kind == "modification":
        return [*content.inputs, *works], list(content.outputs)
    back = {part.sku: part.quantity.micro for part in content.outputs}
    taken: dict[str, int] = defaultdict(int)
    inputs = []
    for part in content.inputs:
        net = max(part.quantity.micro - back.get(part.sku, 0), 0)
        taken[part.sku] += part.quantity.micro - net
        back[part.sku] = max(back.get(part.sku, 0) - part.quantity.micro, 0)
        if net:
            inputs.append(replace(part, quantity=Quantity.of_micro(net)))
    outputs = [
        replace(part, quantity=Quantity.of_micro(part.quantity.micro - taken[part.sku]))
        for part in content.outputs
        if part.quantity.micro > taken[part.sku]
    ]
    return [*inputs, *works], outputs


def step_inputs(content: Content, needs: Sequence[StandardCost]) -> list[tuple[Quantity, CostVector]]:
    """How much the costing runs take of each net input (losses of earlier operations lessen it), and what it costs."""
    found = []
    for part, standard in zip(netted(content)[0], needs, strict=True):
        over, under = kept(content, part.operation_no)
        quantity = part.quantity.times(content.costing_runs).micro * over // under
        found.append((Quantity.of_micro(quantity), _times(standard.cost, quantity, MICRO)))
    return found


def step_outputs(content: Content) -> list[tuple[RecipeOutput, Quantity]]:
    """How much the costing runs give of each net output after the losses of all operations."""
    return [
        (output, Quantity.of_micro(output.quantity.times(content.costing_runs).micro * over // under))
        for output in netted(content)[1]
        for over, under in (kept_of(content, output),)
    ]


def step_nodes(content: Content, states: Iterable[Node]) -> list[Node]:
    """Each net input of a recipe in the state that it takes it in, out of those that are known."""
    return _taken(content, _states(states))


def _taken(content: Content, states: Mapping[str, Sequence[Node]]) -> list[Node]:
    return [_fitting(part.sku, part.window, states) for part in netted(content)[0]]


def _made(
    recipe: Recipe, needs: Sequence[StandardCost], rates: Mapping[str, WorkCentre]
) -> dict[Node, StandardCost]:
    content = recipe.content
    work = effort(content.operations, content.costing_runs, rates, minor_parts=MICRO).cost
    whole = sum((cost for _, cost in step_inputs(content, needs)), start=work)
    outputs = step_outputs(content)
    found = {}
    parts = allocate(whole, outputs, content.cost_rule, content.fixed_shares, minor_parts=MICRO)
    for (output, gives), borne in zip(outputs, parts, strict=True):
        if not gives:
            continue
        node = state_of(content, output)
        added = _times(_times(work, borne.total, whole.total or 1), MICRO, gives.micro)
        unit = _times(borne, MICRO, gives.micro)
        level = 1 + max((standard.level for standard in needs), default=0)
        found[node] = StandardCost(*node, unit, added, level, recipe.recipe_id, recipe.recipe_version)
    return found


def _times(cost: CostVector, over: int, under: int) -> CostVector:
    """The part `over / under` of a cost, each kind rounded to the nearest."""
    kinds = (cost.bought_in, cost.labour, cost.capital, cost.overhead)
    bought_in, labour, capital, overhead = ((2 * kind * over + under) // (2 * under) for kind in kinds)
    return CostVector(bought_in, labour, capital, overhead, cost.currency)
