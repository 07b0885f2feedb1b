"""A line that is promised in parts: what is said, told, held to, given up and judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from contracts.shapes import ScheduleLine
from contracts.values import Quantity
from contracts.vendors import OrderAcknowledged
from services.vendors.tests.made import DAY, NOW, order
from vendors.domain.answer import Answer, AnswerIsImpossible, LineAnswer
from vendors.domain.calendar import EVERY_DAY
from vendors.domain.changing import Loss, lessened
from vendors.domain.policy import Policy
from vendors.domain.purchase_order import PurchaseOrder
from vendors.domain.score import Arrived, Score, Supplied, score


def part(quantity: str, day: float) -> ScheduleLine:
    return ScheduleLine(Quantity(quantity), NOW + day * DAY)


FIRST, LAST = part("12", 5), part("8", 12)


def promised(*parts: ScheduleLine, of: PurchaseOrder | None = None, **deltas: Any) -> PurchaseOrder:
    said = LineAnswer("pl1", schedule=parts, **deltas)
    return (of or order()).acknowledged([said], NOW)[0]


def answer(of: PurchaseOrder) -> Answer:
    found = of.lines[0].answer
    assert found is not None
    return found


def test_parts_are_told_by_date_beside_the_whole_and_its_last_moment() -> None:
    answered, (told,) = order().acknowledged([LineAnswer("pl1", schedule=(LAST, FIRST))], NOW)
    assert isinstance(told, OrderAcknowledged)
    (line,) = told.lines
    assert (line.quantity, line.at, line.as_asked) == (Quantity(20), LAST.at, False)
    assert line.schedule == (FIRST, LAST)
    assert answered.lines[0].first_at == LAST.at


def test_parts_that_are_all_there_when_they_are_wanted_are_as_asked() -> None:
    assert answer(promised(FIRST, part("8", 9))).as_asked
    assert not answer(promised(FIRST, part("7", 9))).as_asked


def test_one_part_is_a_promise_of_all_at_once() -> None:
    whole = promised(part("20", 5))
    assert answer(whole).schedule == ()
    assert answer(whole).same_promise(answer(promised(quantity=Quantity(20), at=FIRST.at)))


def test_the_same_parts_again_are_no_news_and_other_ones_are() -> None:
    answered = promised(FIRST, LAST)
    assert answered.acknowledged([LineAnswer("pl1", schedule=(FIRST, LAST))], NOW + DAY)[1] == []
    (told,) = answered.acknowledged([LineAnswer("pl1", schedule=(part("13", 5), part("7", 12)))], NOW)[1]
    assert isinstance(told, OrderAcknowledged)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"schedule": (FIRST, part("9", 12))}, "at most 20"),
        ({"schedule": (FIRST, part("8", 5))}, "a moment of its own"),
        ({"schedule": (FIRST, part("0", 12))}, "above 0"),
        ({"schedule": (part("-2", 5), part("8", 12))}, "above 0"),
        ({"schedule": (FIRST, LAST), "quantity": Quantity(19)}, "sum to 20"),
        ({"schedule": (FIRST, LAST), "at": FIRST.at}, "the last part"),
    ],
)
def test_parts_that_contradict_what_is_promised_are_refused(said: dict[str, Any], words: str) -> None:
    with pytest.raises(AnswerIsImpossible, match=words):
        order().acknowledged([LineAnswer("pl1", **said)], NOW)


def test_the_score_is_held_to_the_first_parts_until_we_ask_for_another_date() -> None:
    later = promised(part("12", 8), part("8", 15), of=promised(FIRST, LAST))
    assert later.lines[0].first_schedule == (FIRST, LAST)
    asked = later.redated("pl1", NOW + 20 * DAY, NOW)
    assert promised(part("20", 18), of=asked).lines[0].first_schedule == ()


@pytest.mark.parametrize(
    ("left", "parts"), [("15", (FIRST, part("3", 12))), ("12", (FIRST,)), ("5", (part("5", 5),))]
)
def test_what_is_bought_less_is_given_up_of_the_last_parts(
    left: str, parts: tuple[ScheduleLine, ...]
) -> None:
    less, _ = lessened(promised(FIRST, LAST), Loss(Quantity(left)), "its customer wants less")
    assert (answer(less).parts, answer(less).at) == (parts, parts[-1].at)
    assert answer(less).quantity == Quantity(left)


def supplied(*arrivals: tuple[str, float], quantity: str = "20", **changes: Any) -> Supplied:
    came = tuple(
        Arrived(f"r{number}", NOW + day * DAY, Quantity(good), Quantity(0))
        for number, (good, day) in enumerate(arrivals)
    )
    done = came[-1].at if sum(each.good.micro for each in came) >= Quantity(quantity).micro else None
    made = Supplied(
        "po1", "pl1", "shaft", "piece", Quantity(quantity), 0, 1_000, 1_000, NOW, NOW + DAY / 2, NOW + 5 * DAY,
        LAST.at, done, False, came, (FIRST, LAST),
    )  # fmt: skip
    return replace(made, **changes)


def scored(line: Supplied, day: float = 28) -> Score:
    return score("steel-ltd", [line], calendar=EVERY_DAY, policy=Policy(), until=NOW + day * DAY)


@pytest.mark.parametrize(
    ("arrivals", "right"),
    [
        ((("12", 5), ("8", 12)), [True, True]),
        ((("20", 5),), [True, False]),
        ((("11", 5), ("9", 12)), [False, True]),
        ((("12", 6), ("8", 12)), [False, True]),
        ((("12", 5), ("8", 13)), [True, False]),
        ((("5", 4), ("7", 5), ("8", 10)), [True, True]),
        ((), [False, False]),
    ],
)
def test_each_part_is_judged_by_its_own_date(
    arrivals: tuple[tuple[str, float], ...], right: list[bool]
) -> None:
    found = scored(supplied(*arrivals))
    assert [each.on_time_in_full for each in found.dated] == right
    assert found.otif_percent == Quantity(50 * sum(right))
    assert (len(found.rows), found.told().lines) == (1, 1)


def test_a_part_counts_once_its_own_window_is_over() -> None:
    found = scored(supplied(), day=7)
    assert [(each.due, each.quantity) for each in found.dated] == [(date(2026, 3, 7), Quantity(12))]
    assert found.rows == ()


def test_what_was_not_promised_of_a_line_is_owed_with_its_last_part() -> None:
    short = supplied(("12", 5), ("8", 12), quantity="25")
    assert [(each.quantity, each.on_time_in_full) for each in scored(short).dated] == [
        (Quantity(12), True),
        (Quantity(13), False),
    ]
    less = supplied(("15", 5), quantity="10")
    assert [(each.quantity, each.on_time_in_full) for each in scored(less).dated] == [(Quantity(10), True)]
