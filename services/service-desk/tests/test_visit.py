"""A visit and its goods: every way through its states, and the facts of each step."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.desk_made import HOUR, NOW, at, lot, parts, service, technician

from contracts.service_desk import DeliveredLine, PartUsed, VisitClientSilent, VisitOffered, VisitSuspended
from contracts.shapes import LotPart
from contracts.values import CostVector, Quantity, total
from service_desk.domain.form import NumberIsOutOfRange
from service_desk.domain.goods import Goods, NotInTheHandOver, RefusedLot, by_line, split
from service_desk.domain.report import (
    PartsNeedAReason,
    Report,
    ReportIsWrong,
    Saying,
    checked_parts,
    reported,
)
from service_desk.domain.slot import Team
from service_desk.domain.states import VISIT, WrongState
from service_desk.domain.visit import Visit
from service_desk.domain.visit_rules import NothingToOffer, NotThisKind, OfferIsOutdated, TimeHasPassed
from service_desk.domain.waiting import silent

TEAM = Team(at(9), at(11), ("anna",))


def visit(**changes: Any) -> Visit:
    made = Visit(
        "v1",
        "visit",
        "o1",
        "n1",
        "c1",
        "c1/main",
        "plant-1",
        "EUR",
        ("L1",),
        "unplanned",
        service_id="setup",
        quantity=Quantity(4),
    )
    return replace(made, **changes)


def hand_over(**changes: Any) -> Visit:
    goods = (Goods("L1", 1, (lot("a"),)), Goods("L2", 1, (lot("b"),)), Goods("L1", 2, (lot("c"),)))
    made = visit(kind="hand-over", service_id=None, quantity=None, goods=goods, line_ids=("L1", "L2"))
    return replace(made, **changes)


def offered() -> Visit:
    booked, _ = visit().booked("s1", TEAM)
    return booked.offered()[0]


def test_each_offer_has_a_number_of_its_own() -> None:
    again, (fact,) = offered().offered()
    assert isinstance(fact, VisitOffered)
    assert (again.offer_no, fact.offer_no) == (2, 2)


def test_without_a_time_there_is_nothing_to_offer() -> None:
    with pytest.raises(NothingToOffer):
        visit().offered()


def test_a_confirmation_said_twice_is_said_once() -> None:
    confirmed, facts = offered().confirmed(1, NOW)
    assert len(facts) == 1
    assert confirmed.confirmed(1, NOW) == (confirmed, [])


def test_an_old_offer_and_a_passed_time_are_not_confirmed() -> None:
    with pytest.raises(OfferIsOutdated):
        offered().confirmed(2, NOW)
    with pytest.raises(TimeHasPassed):
        offered().confirmed(1, at(9))


def test_reminders_come_before_the_visit_begins() -> None:
    near, far = offered(), replace(offered(), starts_at=at(9, 30))
    assert near.step(NOW) == HOUR
    assert far.step(NOW) == 24 * HOUR
    assert replace(near, starts_at=at(8, 4)).step(NOW) == 12 * HOUR


def test_a_silent_client_leaves_the_line_to_a_person() -> None:
    held, facts = silent(offered())
    assert facts == [VisitClientSilent("v1", "o1", ("L1",)), VisitSuspended("v1", "visit", "o1", ("L1",), ())]
    assert (held.state, held.technician_ids) == ("held", ())


def test_what_is_done_is_done_by_the_clients_word_alone() -> None:
    """No state but `reported` and `dispatched` leads to `completed`, and only an acceptance goes there."""
    assert {state for state, to in VISIT.items() if "completed" in to} == {"dispatched", "reported"}
    started, _ = replace(offered(), state="confirmed").started()
    with pytest.raises(WrongState):
        started.accepted("customer:x", None, (), None)


def test_work_is_not_dispatched_and_goods_are_not_worked_on() -> None:
    with pytest.raises(NotThisKind):
        visit(state="confirmed").dispatched(0)
    with pytest.raises(NotThisKind):
        hand_over(state="confirmed").started()


@pytest.mark.parametrize("state", ["dispatched", "started", "reported", "completed", "cancelled"])
def test_what_is_under_way_or_ended_has_no_other_time_and_is_not_cancelled(state: str) -> None:
    assert visit(state=state).cancelled("x")[1] == []
    with pytest.raises(WrongState):
        visit(state=state).must_be_movable()


def test_goods_of_a_line_are_handed_over_together() -> None:
    assert [(line.line_id, len(line.lots)) for line in hand_over().lines] == [("L1", 2), ("L2", 1)]
    swapped = hand_over().with_goods(Goods("L1", 1, (lot("z"),)))
    assert {each.lot_id for each in swapped.lots} == {"b", "c", "z"}


@pytest.mark.parametrize(
    "refused",
    [
        (RefusedLot("L1", "b", Quantity(1)),),
        (RefusedLot("L1", "a", Quantity(5)),),
        (RefusedLot("L1", "a", Quantity(0)),),
        (RefusedLot("L1", "a", Quantity(1)), RefusedLot("L1", "a", Quantity(1))),
    ],
)
def test_only_what_is_there_can_be_refused(refused: tuple[RefusedLot, ...]) -> None:
    with pytest.raises(NotInTheHandOver):
        split(hand_over().lines, refused)


lots = st.builds(
    lambda number, micro, *cost: LotPart(
        f"l{number}",
        "pc",
        Quantity.of_micro(micro),
        CostVector(cost[0], cost[1], cost[2], cost[3], "EUR"),
        serials=("s",),
    ),
    st.integers(0, 10**6),
    st.integers(1, 10**9),
    *[st.integers(0, 10**6)] * 4,
)


@settings(max_examples=80)
@given(st.lists(lots, min_size=1, max_size=4, unique_by=lambda each: each.lot_id), st.data())
def test_accepted_and_refused_are_together_what_was_brought(
    given_lots: list[LotPart], data: st.DataObject
) -> None:
    lines = (DeliveredLine("L1", tuple(given_lots)),)
    refused = [
        RefusedLot("L1", each.lot_id, Quantity.of_micro(data.draw(st.integers(1, each.quantity.micro))))
        for each in given_lots
        if data.draw(st.booleans())
    ]
    taken, left = split(lines, refused)
    both = [each for line in (*taken, *left) for each in line.lots]
    assert total(each.quantity for each in both) == total(each.quantity for each in given_lots)
    assert sum(each.cost.total for each in both) == sum(each.cost.total for each in given_lots)
    assert total(each.quantity for line in left for each in line.lots) == total(
        each.quantity for each in refused
    )


def test_lots_of_several_lines_keep_their_order() -> None:
    goods = (Goods("L2", 1, (lot("a"),)), Goods("L1", 1, (lot("b"),)))
    assert [line.line_id for line in by_line(goods)] == ["L2", "L1"]


def report(**said: Any) -> Report:
    saying = Saying(**{"minutes": 90, **said})
    team = [technician(), technician("ben", labour_minor=3_000)]
    given_service = service(parts=parts("cable"), capital_minor=1_200, overhead_minor=100)
    return reported(Quantity(4), given_service, saying, team=team, by="t", at=NOW)


def test_work_costs_by_the_minutes_of_its_team_and_its_equipment() -> None:
    made = report(parts_reason="we had none")
    assert made.cost == CostVector(0, 13_500, 1_800, 150, "EUR")
    assert made.quantity == Quantity(4)


def test_parts_as_planned_need_no_reason_and_others_do() -> None:
    four = (PartUsed("cable", Quantity(4), "plant-1"),)
    assert report(parts=four).parts_reason is None
    with pytest.raises(PartsNeedAReason):
        report()
    twice = (PartUsed("cable", Quantity(1), "plant-1"), PartUsed("cable", Quantity(3), "plant-2"))
    assert checked_parts(twice, {"cable": Quantity(4)}, None) == twice


def test_reports_that_cannot_be_are_refused() -> None:
    same = (PartUsed("cable", Quantity(2), "plant-1"),) * 2
    for said in ({"quantity": Quantity(5)}, {"parts": same}, {"parts": (PartUsed("x", Quantity(0), "y"),)}):
        with pytest.raises(ReportIsWrong):
            report(**said)
    with pytest.raises(NumberIsOutOfRange):
        report(minutes=0)


def test_goods_leave_once_and_are_taken_once() -> None:
    sent, _ = hand_over(state="confirmed").dispatched(0)
    with pytest.raises(WrongState, match="cannot become dispatched"):
        sent.dispatched(0)
    taken, _ = sent.accepted("client", None, (), None)
    with pytest.raises(WrongState, match="cannot become completed"):
        taken.accepted("client", None, (), None)


def test_goods_that_were_refused_are_not_offered_again_and_work_is() -> None:
    timed = {"starts_at": at(9), "ends_at": at(11)}
    assert visit(state="refused", **timed).offered()[0].state == "offered"
    with pytest.raises(WrongState):
        hand_over(state="refused", **timed).offered()
