"""What an item is made of through all levels, and what it goes into: recipes in force, as a tree that is read in parts.

A node is an item in the state that a modification has given it, as standard costs see it; quantities are what one unit
of the item takes by the recipe, with the losses of its operations and without what a recipe gives back to itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from backbone.errors import Refusal
from contracts.shapes import Role
from contracts.values import MICRO, PropertyValue, Quantity
from production.domain.recipe import Recipe
from production.domain.standard import Node, kept, kept_of, made_by, netted, state_of, step_nodes

LEVELS_COUNT_MAX: Final = 100
RECIPES_LOOKED_AT_MAX: Final = 20_000
_STEP_DIGITS: Final = 5


class TooManyRecipes(Refusal):
    """More recipes lead to an item than are looked at together."""


@dataclass(frozen=True, slots=True)
class BillLine:
    """A place in the tree; `quantity` is for one unit of the top, rounded to the nearest millionth.

    In a bill it is an item that is taken, with the recipe that makes it (none: it is bought); where an item is used it
    is what a recipe makes of it. `again` is an item that stands above itself: the tree ends there.
    """

    place: str
    level: int
    sku: str
    properties: tuple[PropertyValue, ...]
    quantity: Quantity
    recipe_id: str | None
    recipe_version: int | None
    title: str | None
    role: Role | None
    phantom: bool
    again: bool


@dataclass(frozen=True, slots=True)
class _Arc:
    """From a node to the next one, and how much of the part one unit of the whole takes."""

    to: Node
    quantity: Fraction
    recipe: Recipe | None
    role: Role | None


Arcs = Mapping[Node, Sequence[_Arc]]


@dataclass(frozen=True, slots=True)
class _Branch:
    """The nodes above a place of the tree, and what one unit of the top takes there; children are one level below."""

    above: frozenset[Node]
    level: int
    place: str = ""
    quantity: Fraction = Fraction(1)

    def entered(self, number: int, arc: _Arc) -> _Branch:
        place = f"{self.place}{'.' if self.place else ''}{number:0{_STEP_DIGITS}}"
        return _Branch(self.above | {arc.to}, self.level + 1, place, self.quantity * arc.quantity)


def exploded(sku: str, recipes: Sequence[Recipe], after: str = "") -> Iterator[BillLine]:
    """What an item is made of, behind a place; a tree for each state in which it is made, or its purchase alone."""
    makers = _makers(recipes)
    roots = sorted((node for node in makers if node[0] == sku), key=str) or [(sku, ())]
    arcs = {node: _taken(node, recipe, makers) for node, recipe in makers.items()}
    first = [_Arc(node, Fraction(1), *_maker(makers.get(node), node)) for node in roots]
    return _walk(first, arcs, _Branch(frozenset(), 0), after)


def used(sku: str, recipes: Sequence[Recipe], after: str = "") -> Iterator[BillLine]:
    """Where an item is used, as it is bought or made or in any state, behind a place."""
    makers = _makers(recipes)
    arcs: dict[Node, list[_Arc]] = defaultdict(list)
    for recipe in sorted(recipes, key=lambda each: each.recipe_id):
        needs = step_nodes(recipe.content, makers)
        for output in recipe.content.outputs:
            if output.role == "waste":
                continue
            node = state_of(recipe.content, output)
            for need, quantity in _quantities(node, recipe, needs).items():
                arcs[need].append(_Arc(node, quantity, recipe, output.role))
    roots = sorted((node for node in arcs if node[0] == sku), key=str)
    # A state that the item gets from another of its states is reached through that one.
    reached = {arc.to for root in roots for arc in arcs[root]}
    roots = [root for root in roots if root not in reached]
    first = [arc for root in roots for arc in arcs[root]]
    return _walk(first, arcs, _Branch(frozenset(roots), 1), after)


def _makers(recipes: Sequence[Recipe]) -> dict[Node, Recipe]:
    """The recipe that each item is made by, where more of it comes out than is given back."""
    return {node: recipe for node, recipe in made_by(recipes).items() if _given(node, recipe)}


def _given(node: Node, recipe: Recipe) -> Fraction:
    """How much one run gives of an output, less what is lost up to where it comes."""
    content = recipe.content
    given = (
        Fraction(output.quantity.micro * over, under)
        for output in netted(content)[1]
        for over, under in (kept_of(content, output),)
        if state_of(content, output) == node
    )
    return sum(given, start=Fraction(0))


def _maker(recipe: Recipe | None, node: Node) -> tuple[Recipe | None, Role | None]:
    if recipe is None:
        return None, None
    return recipe, next(
        output.role for output in recipe.content.outputs if state_of(recipe.content, output) == node
    )


def _taken(node: Node, recipe: Recipe, makers: Mapping[Node, Recipe]) -> list[_Arc]:
    needs = step_nodes(recipe.content, makers)
    return [
        _Arc(need, quantity, *_maker(makers.get(need), need))
        for need, quantity in _quantities(node, recipe, needs).items()
    ]


def _quantities(node: Node, recipe: Recipe, needs: Sequence[Node]) -> dict[Node, Fraction]:
    """How much of each need one unit of an output takes."""
    content = recipe.content
    gives = _given(node, recipe)
    found: dict[Node, Fraction] = {}
    if not gives:
        return found
    for part, need in zip(netted(content)[0], needs, strict=True):
        over, below = kept(content, part.operation_no)
        taken = Fraction(part.quantity.micro * over, below) / gives
        found[need] = found.get(need, Fraction(0)) + taken
    return found


def _walk(arcs: Sequence[_Arc], all_arcs: Arcs, branch: _Branch, after: str) -> Iterator[BillLine]:
    """Depth first; branches that lie whole in front of `after` are not entered."""
    for number, arc in enumerate(arcs, 1):
        here = branch.entered(number, arc)
        if here.place < after[: len(here.place)]:
            continue
        again = arc.to in branch.above or here.level >= LEVELS_COUNT_MAX
        if here.place > after:
            yield _line(here, arc, again)
        if not again:
            yield from _walk(all_arcs.get(arc.to, ()), all_arcs, here, after)


def _line(branch: _Branch, arc: _Arc, again: bool) -> BillLine:
    recipe = arc.recipe
    return BillLine(
        branch.place, branch.level - 1, *arc.to, Quantity.of_micro(round(branch.quantity * MICRO)),
        None if recipe is None else recipe.recipe_id,
        None if recipe is None else recipe.recipe_version,
        None if recipe is None else recipe.content.title,
        arc.role, recipe is not None and recipe.content.phantom, again,
    )  # fmt: skip
