"""The difference of two plans of one item: which orders are new, gone, moved, more or less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Literal

DifferenceKind = Literal["new", "gone", "moved", "more", "less"]
Dated = tuple[date, int]


@dataclass(frozen=True, slots=True)
class Difference:
    """An order of one plan and its like in another, each with its due day and quantity; an absent one has none."""

    kind: DifferenceKind
    was_due_on: date | None
    due_on: date | None
    was_micro: int
    micro: int


def differences(before: Sequence[Dated], after: Sequence[Dated]) -> list[Difference]:
    """Pair the orders of an item, (due day, quantity) each, by day.

    The same order in both is no difference; then orders due on one day are paired, then those of one quantity, then the
    rest in their order; what has no like is new or gone.
    """
    old, new = Counter(before), Counter(after)
    was, now = sorted((old - new).elements()), sorted((new - old).elements())
    found = [*_paired(was, now, 0), *_paired(was, now, 1)]
    found += [_told(one, other) for one, other in zip_longest(was, now)]
    return sorted(
        found, key=lambda each: (each.due_on or each.was_due_on or date.min, each.was_micro, each.micro)
    )


def _paired(was: list[Dated], now: list[Dated], by: int) -> list[Difference]:
    """Pairs of which day or quantity is the same; they are taken out of both lists."""
    waiting: dict[object, list[Dated]] = {}
    for each in now:
        waiting.setdefault(each[by], []).append(each)
    found = []
    for each in list(was):
        if fitting := waiting.get(each[by]):
            like = fitting.pop(0)
            was.remove(each)
            now.remove(like)
            found.append(_told(each, like))
    return found


def _told(one: Dated | None, other: Dated | None) -> Difference:
    if one is None or other is None:
        kind: DifferenceKind = "new" if one is None else "gone"
    elif one[0] != other[0]:
        kind = "moved"
    else:
        kind = "more" if other[1] > one[1] else "less"
    was_on, was = one or (None, 0)
    due_on, micro = other or (None, 0)
    return Difference(kind, was_on, due_on, was, micro)
