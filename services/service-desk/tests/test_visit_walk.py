"""Random walks through the life of a visit and of a hand-over: what may never happen does not, by whatever way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import pairwise
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk_made import HOUR, NOW, lot

from backbone.errors import Refusal
from contracts.service_desk import (
    GoodsDispatched,
    HandOverCompleted,
    HandOverRefused,
    VisitCancelled,
    VisitCompleted,
    VisitConfirmed,
    VisitMissed,
    VisitOffered,
    VisitResumed,
    VisitStarted,
    VisitSuspended,
)
from contracts.values import CostVector, Quantity
from service_desk.domain.goods import Goods, RefusedLot
from service_desk.domain.report import Report
from service_desk.domain.slot import Team
from service_desk.domain.visit import Fact, Kind, Visit
from service_desk.domain.waiting import goes_on, missed, silent

Step = Callable[[Visit], tuple[Visit, list[Fact]]]

REPORT: Final = Report(Quantity(4), 60, (), None, CostVector(0, 1, 0, 0, "EUR"), "technician:t", NOW)
TEAM: Final = Team(NOW + HOUR, NOW + 2 * HOUR, ("anna",))
GOODS: Final = Goods("L1", 1, (lot("a"), lot("b")))
STEPS: Final[Mapping[str, Step]] = {
    "book": lambda visit: visit.booked("s", TEAM),
    "time": lambda visit: visit.rescheduled("s", TEAM, "desk"),
    "offer": lambda visit: goes_on(visit),
    "gather": lambda visit: (visit.with_goods(GOODS), []) if visit.state == "gathering" else (visit, []),
    "confirm": lambda visit: visit.confirmed(None, NOW),
    "decline": lambda visit: visit.declined("no"),
    "silent": lambda visit: silent(visit),
    "cancel": lambda visit: visit.cancelled("gone"),
    "dispatch": lambda visit: visit.dispatched(5),
    "start": lambda visit: visit.started(),
    "report": lambda visit: (visit.reported(REPORT), []),
    "accept": lambda visit: visit.accepted("customer:c", None, (), None),
    "accept a part": lambda visit: visit.accepted(
        "customer:c", None, (RefusedLot("L1", "a", Quantity(1)),), "scratched"
    ),
    "refuse": lambda visit: visit.refused("customer:c", None, "broken"),
    "miss": lambda visit: missed(visit, NOW + timedelta(days=1)),
}
# What has to have been told before.
BEFORE: Final[Mapping[type, type]] = {
    VisitConfirmed: VisitOffered,
    VisitStarted: VisitConfirmed,
    VisitCompleted: VisitStarted,
    GoodsDispatched: VisitConfirmed,
    HandOverCompleted: GoodsDispatched,
    HandOverRefused: GoodsDispatched,
    VisitMissed: VisitConfirmed,
}


def fresh(kind: Kind) -> Visit:
    """A visit without people, or goods that gather."""
    if kind == "visit":
        return Visit(
            "v", kind, "o", "n", "c", "c/main", "plant-1", "EUR", ("L1",), "unplanned", service_id="setup",
            quantity=Quantity(4),
        )  # fmt: skip
    return Visit("v", kind, "o", "n", "c", "c/main", "plant-1", "EUR", ("L1",), "gathering", goods=(GOODS,))


def walked(kind: Kind, names: list[str]) -> tuple[Visit, list[Fact], list[str]]:
    """The visit after those steps that it did not refuse, what was told, and the steps taken."""
    visit, told, taken = fresh(kind), list[Fact](), list[str]()
    for name in names:
        try:
            visit, facts = STEPS[name](visit)
        except Refusal:
            continue
        told += facts
        taken.append(name)
    return visit, told, taken


def likely(kind: Kind) -> list[str]:
    """The main road, so that walks come far before they stray."""
    if kind == "visit":
        return ["book", "offer", "confirm", "start", "report"]
    return ["time", "offer", "confirm", "dispatch"]


walks = st.tuples(
    st.sampled_from(["visit", "hand-over"]),
    st.integers(0, 5),
    st.lists(st.sampled_from(sorted(STEPS)), max_size=14),
)


@settings(max_examples=400)
@given(walks)
def test_nothing_is_done_without_the_clients_word_and_no_fact_comes_out_of_turn(
    walk: tuple[Kind, int, list[str]],
) -> None:
    kind, far, strayed = walk
    visit, told, taken = walked(kind, [*likely(kind)[:far], *strayed])
    words = {"accept", "accept a part", "refuse"}
    if visit.state in {"completed", "refused"}:
        assert visit.ended_by == "customer:c"
        assert words & set(taken)
    for place, fact in enumerate(told):
        earlier = BEFORE.get(type(fact))
        assert earlier is None or any(isinstance(each, earlier) for each in told[:place])
        assert getattr(fact, "visit_id", None) == "v"


@settings(max_examples=400)
@given(walks)
def test_an_end_is_told_once_and_offers_are_counted(walk: tuple[Kind, int, list[str]]) -> None:
    kind, far, strayed = walk
    visit, told, _ = walked(kind, [*likely(kind)[:far], *strayed])
    done = [fact for fact in told if isinstance(fact, VisitCompleted | HandOverCompleted)]
    assert len(done) == (visit.state == "completed")
    offers = [fact.offer_no for fact in told if isinstance(fact, VisitOffered)]
    assert offers == list(range(1, visit.offer_no + 1))
    missed = [fact.times for fact in told if isinstance(fact, VisitMissed)]
    assert missed == list(range(1, visit.missed_times + 1))


@settings(max_examples=400)
@given(walks)
def test_what_is_suspended_goes_on_before_anything_else_and_goods_are_gathered_anew(
    walk: tuple[Kind, int, list[str]],
) -> None:
    kind, far, strayed = walk
    visit, told, _ = walked(kind, [*likely(kind)[:far], *strayed])
    turns = [fact for fact in told if isinstance(fact, VisitSuspended | VisitResumed)]
    assert [type(fact) for fact in turns] == [VisitSuspended, VisitResumed] * (len(turns) // 2) + [
        VisitSuspended
    ] * (len(turns) % 2)
    assert visit.suspended == bool(len(turns) % 2)
    acts = [fact for fact in told if isinstance(fact, VisitSuspended | VisitOffered | VisitResumed)]
    for before, after in pairwise(acts):
        assert not (isinstance(before, VisitSuspended) and isinstance(after, VisitOffered))
    if kind == "hand-over" and visit.state in {"offered", "confirmed", "dispatched"}:
        assert visit.goods


@settings(max_examples=300)
@given(walks)
def test_goods_that_left_are_accounted_for(walk: tuple[Kind, int, list[str]]) -> None:
    _, far, strayed = walk
    visit, told, _ = walked("hand-over", [*likely("hand-over")[:far], *strayed])
    sent = sum(isinstance(fact, GoodsDispatched) for fact in told)
    back = sum(isinstance(fact, VisitMissed) and bool(fact.lots) for fact in told)
    ended = visit.state in {"completed", "refused"}
    assert sent == back + ended + (visit.state == "dispatched")


@settings(max_examples=300)
@given(walks)
def test_what_has_begun_is_never_cancelled(walk: tuple[Kind, int, list[str]]) -> None:
    kind, far, strayed = walk
    visit, told, taken = walked(kind, [*likely(kind)[:far], *strayed])
    if visit.state in {"started", "reported", "dispatched", "completed"}:
        again, facts = visit.cancelled("late")
        assert (again, facts) == (visit, [])
    ends = [fact for fact in told if isinstance(fact, VisitCancelled)]
    assert len(ends) <= taken.count("cancel") + taken.count("decline")
