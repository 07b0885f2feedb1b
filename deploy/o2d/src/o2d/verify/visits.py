"""Visits: goods leave once for a client and are accepted once, people work once; each on its legal way."""

from __future__ import annotations

from typing import Final

from contracts.topics import VISIT
from o2d.verify.finding import Finding
from o2d.verify.log import Log

# What may follow in one visit; facts that are not named here may be followed by any.
AFTER: Final[dict[str, frozenset[str]]] = {
    "GoodsDispatched": frozenset({"HandOverCompleted", "HandOverRefused", "VisitMissed"}),
    "HandOverCompleted": frozenset({"HandOverRefused"}),
    "VisitCompleted": frozenset(),
    # A time that the client declined may be followed by another; a visit that was let go is told so in the same words.
    "VisitCancelled": frozenset({"VisitBooked", "VisitRescheduled", "VisitOffered", "VisitCancelled"}),
}
# What is true only of what has just happened.
NEEDS: Final[dict[str, frozenset[str]]] = {
    "HandOverCompleted": frozenset({"GoodsDispatched"}),
}


def visits_go_a_legal_way(log: Log) -> Finding:
    """Goods are dispatched once before they are handed over, and handed over once; a visit ends once."""
    finding = Finding()
    last: dict[str, str] = {}
    for told, fact in log.among(*VISIT.facts):
        name, before = type(fact).__name__, last.get(fact.visit_id, "nothing")
        follows = before not in AFTER or name in AFTER[before]
        if not finding.that(follows and (name not in NEEDS or before in NEEDS[name])):
            finding.say(f"{told.name} after {before}")
        last[fact.visit_id] = name
    return finding
