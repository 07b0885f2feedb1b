"""Which picture follows from the facts about a thing, and which facts it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from control_tower.domain import order, supply
from control_tower.domain.heard import Heard, in_order
from control_tower.domain.mentions import Subject
from control_tower.domain.picture import Picture
from control_tower.domain.state import STATES

_MESSAGES: Final = frozenset(
    {
        "ActionMessageOpened",
        "ActionMessageChanged",
        "ActionMessageAccepted",
        "ActionMessageRejected",
        "ActionMessageClosed",
    }
)
# kind -> the facts that its picture is made of; whatever else names a thing changes no row of it.
FACTS_OF: Final[Mapping[str, frozenset[str]]] = {
    **{kind: frozenset(states) for kind, states in STATES.items()},
    "order": order.FACTS | frozenset(STATES["order"]),
    "planned_order": frozenset(STATES["planned_order"])
    | _MESSAGES
    | {"RunReduced", "RunResized", "RunSplit"},
    "visit": frozenset(STATES["visit"]),
    **{kind: frozenset({fact}) for kind, fact in supply.NAMED.items()},
}


def pictured(fact: object, mentions: Iterable[Subject]) -> Iterator[Subject]:
    """The things whose picture a fact that mentions these may change."""
    name = type(fact).__name__
    return (subject for subject in mentions if name in FACTS_OF.get(subject[0], ()))


def picture_of(subject: Subject, heard: Iterable[Heard]) -> Picture | None:
    """The picture of a thing from all facts about it, in whatever order they are given; None if it shows nothing."""
    kind, subject_id = subject
    facts = in_order(heard)
    if kind == "order":
        return order.picture_of_order(subject_id, facts)
    if kind == "run":
        return supply.picture_of_run(subject_id, facts)
    if kind == "purchase_order":
        return supply.picture_of_purchase(subject_id, facts)
    if kind == "planned_order":
        return supply.picture_of_planned(subject_id, facts)
    if kind == "visit":
        return supply.picture_of_visit(subject_id, facts)
    if kind in supply.NAMED:
        return supply.picture_of_named(kind, subject_id, facts)
    return supply.picture_of_counted(kind, subject_id, facts)
