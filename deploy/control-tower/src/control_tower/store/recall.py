"""Facts that were read before and what was drawn from them, by the thing: right while its row was drawn from these."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from control_tower.domain.heard import Heard
from control_tower.domain.mentions import Subject
from control_tower.domain.picture import Picture

FACTS_COUNT_MAX: Final = 10_000
_BITS: Final = (1 << 63) - 1


def mark_of(heard: Iterable[Heard]) -> int:
    """What stands for a set of facts in a row, whatever their order: 0 for none, else 63 bits of their ids."""
    mark = 0
    for one in heard:
        mark ^= UUID(one.event_id).int & _BITS
    return mark


class Recall:
    """The facts of the things that were drawn last; what a row's mark does not agree with is read anew.

    A transaction that is rolled back, a second process and a database made anew all leave a mark that does not agree.
    """

    def __init__(self, facts_max: int = FACTS_COUNT_MAX) -> None:
        self._facts_max = facts_max
        self._kept: OrderedDict[Subject, tuple[int, Sequence[Heard], Picture | None]] = OrderedDict()
        self._count = 0

    def knows(self, subject: Subject) -> bool:
        """Whether anything is remembered of a thing."""
        return subject in self._kept

    def facts_of(self, subject: Subject, mark: int) -> Sequence[Heard] | None:
        """The facts that a thing's row was drawn from, None where they are not known."""
        if mark == 0:
            return ()
        known = self._kept.get(subject)
        return known[1] if known is not None and known[0] == mark else None

    def picture_of(self, subject: Subject, mark: int) -> Picture | None:
        """The picture that a thing's row was drawn from, None where it is not known."""
        if mark == 0:
            return Picture(*subject, "", None, "")
        known = self._kept.get(subject)
        return known[2] if known is not None and known[0] == mark else None

    def keep(
        self, subject: Subject, mark: int, facts: Sequence[Heard], picture: Picture | None = None
    ) -> None:
        """Remember what a thing is drawn from, and the picture; what was not used for longest is forgotten."""
        _, former, _ = self._kept.pop(subject, (0, (), None))
        self._kept[subject] = mark, facts, picture
        self._count += len(facts) - len(former)
        while self._count > self._facts_max:
            _, (_, gone, _) = self._kept.popitem(last=False)
            self._count -= len(gone)
