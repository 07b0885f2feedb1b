"""What could be there sooner if a substitute were taken: tried for those who inquire, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from contracts.values import MICRO
from materials.domain.book import Book
from materials.domain.header import Answer
from materials.domain.network import Network
from materials.domain.recipe import Recipe
from materials.domain.substitution import Substitute


def sooner(
    book: Book, ask: Callable[[], Answer], was: Answer, known: Sequence[Substitute], at: datetime
) -> tuple[str, ...]:
    """A sentence for each item of which a substitute, valid at that moment, lets all that is asked be there sooner.

    Of the substitutes of an item the first by priority that helps is named. `ask` answers on the book as it stands;
    nothing of what it does is kept.
    """
    found: dict[str, str] = {}
    for one in sorted(known, key=lambda each: (each.priority, each.substitute_sku)):
        if one.sku in found or not one.valid_from_at <= at < one.valid_to_at:
            continue
        answer = _tried(book, ask, one)
        if answer.refused is None and (was.refused is not None or _last(answer) < _last(was)):
            found[one.sku] = f"{_last(answer).date()} with {one.substitute_sku} instead of {one.sku}"
    return tuple(found.values())


def _last(answer: Answer) -> datetime:
    return max(step.at for step in answer.steps)


def _tried(book: Book, ask: Callable[[], Answer], one: Substitute) -> Answer:
    mark, network = book.mark(), book.network
    dues, facts, lent = dict(book.dues), list(book.facts), dict(book.lent)
    book.network = _instead(network, one)
    answer = ask()
    book.back(mark)
    book.network, book.dues, book.facts, book.lent = network, dues, facts, lent
    return answer


def _instead(network: Network, one: Substitute) -> Network:
    """The network in which every recipe of the site takes the substitute, in its ratio, where it takes the item."""
    recipes = {
        place: tuple(_taking(recipe, one) for recipe in found) if place[0] == one.site_id else found
        for place, found in network.recipes.items()
    }
    return replace(network, recipes=recipes, _heights={}, _versions={})


def _taking(recipe: Recipe, one: Substitute) -> Recipe:
    if all(each.sku != one.sku for each in recipe.inputs):
        return recipe
    inputs = [
        replace(
            each,
            sku=one.substitute_sku,
            window=(),
            per_micro=-(-each.per_micro * one.ratio_micro // MICRO),
        )
        if each.sku == one.sku
        else each
        for each in recipe.inputs
    ]
    return replace(recipe, inputs=tuple(inputs))
