"""What could be there sooner if substitutes were taken: tried for those who ask, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, NamedTuple

from contracts.shapes import DemandLine, Instead
from materials.domain.book import Book
from materials.domain.header import Answer
from materials.domain.network import Place
from materials.domain.substitute import Substitute

TOGETHER_COUNT_MAX: Final = 3

Ask = Callable[[Sequence[Substitute]], Answer]


class Sooner(NamedTuple):
    """Substitutes, and what can be promised if they are let to stand in together."""

    ones: tuple[Substitute, ...]
    answer: Answer

    @property
    def said(self) -> str:
        """In words: when all of it could be there."""
        last = max(step.at for step in self.answer.steps)
        named = " and ".join(f"{one.substitute_sku} instead of {one.sku}" for one in self.ones)
        return f"{last.date()} with {named}"


def letting(lines: Iterable[DemandLine], ones: Iterable[Substitute], by: str) -> tuple[DemandLine, ...]:
    """Lines that let substitutes stand in, as somebody decides."""
    instead = tuple(Instead(one.site_id, one.sku, one.substitute_sku, by) for one in ones)
    return tuple(replace(line, instead=instead) for line in lines)


def sooner(book: Book, ask: Ask, was: Answer, known: Sequence[Substitute], at: datetime) -> list[Sooner]:
    """For each item the first substitute by priority, valid at that moment, that lets what is asked be there sooner.

    At last those that do so only together, where they let it be there sooner than any of them alone. `ask` answers on
    the book as it stands; nothing of what it does is kept.
    """
    book.substitutes = known

    def attempt(ones: Sequence[Substitute]) -> Answer:
        return tried(book, lambda: ask(ones))

    found: dict[Place, Sooner] = {}
    options: dict[Place, list[Substitute]] = {}
    for one in sorted(known, key=_rank):
        place = (one.site_id, one.sku)
        if place in found or not one.valid(at):
            continue
        answer = attempt([one])
        if answer.instead and comes_sooner(answer, was):
            found[place] = Sooner((one,), answer)
            options[place] = [one]
        elif (answer.instead or was.refused is not None) and _no_worse(answer, was):
            options.setdefault(place, []).append(one)
    alone = list(found.values())
    joined = _together(attempt, was, options) if len(options) > 1 else None
    if joined is None or not comes_sooner(joined.answer, was):
        return alone
    return alone if any(_no_worse(each.answer, joined.answer) for each in alone) else [*alone, joined]


def _rank(one: Substitute) -> tuple[int, str, str, str]:
    return one.priority, one.substitute_sku, one.site_id, one.sku


def _together(attempt: Ask, was: Answer, options: Mapping[Place, Sequence[Substitute]]) -> Sooner | None:
    """As few substitutes as let it be there as soon as all together do, at most one of each item.

    Where nothing can be promised without any, those come first that nothing can be promised without. Each other item's
    own is chosen while those of the rest stand in, too; then those go by which it comes later, and those by which it
    comes no sooner. Where more are left than may be taken together those stay whose loss costs most.
    """
    base: list[Substitute] = []
    if was.refused is not None:
        base = [ones[0] for ones in options.values()]
        base, was, _ = _fewest(attempt, base, attempt(base), lambda without, _: without.refused is None)
    chosen = list(base)
    for ones in (ones for ones in options.values() if not set(ones) & set(base)):
        harmless = [one for one in ones if not base or _no_worse(attempt([*base, one]), was)]
        chosen += harmless[:1]
    chosen, answer = _swapped(attempt, chosen, options)
    chosen, answer, _ = _fewest(attempt, chosen, answer, _better)
    chosen, answer, costs = _fewest(attempt, chosen, answer, _no_worse)
    if len(chosen) > TOGETHER_COUNT_MAX:
        kept = sorted(chosen, key=lambda one: costs[one], reverse=True)[:TOGETHER_COUNT_MAX]
        answer = attempt(kept)
        taken = {(each.site_id, each.sku) for each in answer.instead}
        chosen = [one for one in kept if (one.site_id, one.sku) in taken]
    return Sooner(tuple(sorted(chosen, key=_rank)), answer) if len(chosen) > 1 else None


def _swapped(
    attempt: Ask, chosen: list[Substitute], options: Mapping[Place, Sequence[Substitute]]
) -> tuple[list[Substitute], Answer]:
    """Of each item the one by which it is there soonest while those of the rest stand in."""
    answer = attempt(chosen)
    for number, one in enumerate(chosen):
        for other in options[one.site_id, one.sku]:
            if other is one:
                continue
            swapped = [*chosen[:number], other, *chosen[number + 1 :]]
            better = attempt(swapped)
            if _better(better, answer):
                chosen, answer = swapped, better
    return chosen, answer


Cost = tuple[bool, int, datetime | None]


def _fewest(
    attempt: Ask, chosen: list[Substitute], answer: Answer, as_good: Callable[[Answer, Answer], bool]
) -> tuple[list[Substitute], Answer, dict[Substitute, Cost]]:
    """Without each, the least important first, without which the answer is as good; what the loss of the rest costs."""
    costs: dict[Substitute, Cost] = {}
    for one in sorted(chosen, key=_rank, reverse=True):
        fewer = [each for each in chosen if each is not one]
        without = attempt(fewer)
        if as_good(without, answer):
            chosen, answer = fewer, without
        else:
            costs[one] = _lateness(without)
    return chosen, answer, costs


def _lateness(answer: Answer) -> Cost:
    """What comes last by it; what is refused is later than whatever comes, the more is missing the more so."""
    last = max((step.at for step in answer.steps), default=None)
    return answer.refused is not None, len(answer.missing), last


def _no_worse(answer: Answer, was: Answer) -> bool:
    """Whether nothing comes later by an answer than by another, or is missing that is not by the other."""
    if answer.refused is not None:
        return was.refused is not None and set(answer.missing) <= set(was.missing)
    return was.refused is not None or not _later(answer, was)


def _better(answer: Answer, was: Answer) -> bool:
    """Whether it is no worse than another, and that one is worse."""
    return _no_worse(answer, was) and not _no_worse(was, answer)


def comes_sooner(answer: Answer, was: Answer) -> bool:
    """Whether some line comes sooner by an answer than by the one before, and none later."""
    if answer.refused is not None or was.refused is not None:
        return answer.refused is None
    return _last(answer) != _last(was) and not _later(answer, was)


def _later(answer: Answer, was: Answer) -> bool:
    """Whether some line comes later by an answer than by the one before."""
    before = _last(was)
    return any(at > before.get(line_id, at) for line_id, at in _last(answer).items())


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
