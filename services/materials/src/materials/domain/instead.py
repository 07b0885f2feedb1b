"""What could be there sooner if a substitute were taken: tried for those who ask, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from contracts.shapes import DemandLine, Instead
from materials.domain.book import Book
from materials.domain.header import Answer
from materials.domain.network import Place
from materials.domain.substitute import Substitute


class Sooner(NamedTuple):
    """A substitute, and what can be promised if it is let to stand in."""

    one: Substitute
    answer: Answer

    @property
    def said(self) -> str:
        """In words: when all of it could be there."""
        last = max(step.at for step in self.answer.steps)
        return f"{last.date()} with {self.one.substitute_sku} instead of {self.one.sku}"


def letting(lines: Iterable[DemandLine], one: Substitute, by: str) -> tuple[DemandLine, ...]:
    """Lines that let a substitute stand in, as somebody decides."""
    instead = (Instead(one.site_id, one.sku, one.substitute_sku, by),)
    return tuple(replace(line, instead=instead) for line in lines)


def sooner(
    book: Book,
    ask: Callable[[Substitute], Answer],
    was: Answer,
    known: Sequence[Substitute],
    at: datetime,
) -> list[Sooner]:
    """For each item the first substitute by priority, valid at that moment, that lets what is asked be there sooner.

    `ask` answers on the book as it stands; nothing of what it does is kept.
    """
    book.substitutes = known
    found: dict[Place, Sooner] = {}
    for one in sorted(known, key=lambda each: (each.priority, each.substitute_sku)):
        place = (one.site_id, one.sku)
        if place in found or not one.valid(at):
            continue
        answer = tried(book, lambda one=one: ask(one))  # type: ignore[misc]
        if answer.instead and comes_sooner(answer, was):
            found[place] = Sooner(one, answer)
    return list(found.values())


def comes_sooner(answer: Answer, was: Answer) -> bool:
    """Whether some line comes sooner by an answer than by the one before, and none later."""
    if answer.refused is not None or was.refused is not None:
        return answer.refused is None
    before, after = _last(was), _last(answer)
    return after != before and all(at <= before.get(line_id, at) for line_id, at in after.items())


def _last(answer: Answer) -> dict[str, datetime]:
    """When the last part of each line is there."""
    found: dict[str, datetime] = {}
    for step in answer.steps:
        found[step.line_id] = max(step.at, found.get(step.line_id, step.at))
    return found


def tried(book: Book, ask: Callable[[], Answer]) -> Answer:
    """An answer on the book as it stands, of which nothing is kept."""
    mark, dues, facts = book.mark(), dict(book.dues), list(book.facts)
    lent, touched, taken = dict(book.lent), dict(book.touched), list(book.substituted)
    answer = ask()
    book.back(mark)
    book.dues, book.facts, book.lent, book.touched, book.substituted = dues, facts, lent, touched, taken
    return answer
