"""The small rules: why something is late, what becomes of what, which keys one cause stopped, where marks stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from contracts.values import Quantity
from control_tower.domain.hours import hours_of
from control_tower.domain.letters import Letter, groups_of
from control_tower.domain.order import OrderDetail
from control_tower.domain.picture import LineRow
from control_tower.domain.supply import Span
from control_tower.domain.timeline import Bar, steps_of
from control_tower.domain.why import span_in_words, why_late
from control_tower.drawing.axis import Axis, axis_over
from control_tower.drawing.gantt import draw_gantt
from control_tower.drawing.shares import WIDTH, draw_shares
from control_tower.drawing.timeline import draw_timeline
from control_tower.queries.plan import Operation
from control_tower.queries.values import Total
from tests.browser.story import START, masters, whole_story
from tests.browser.tower import heard_of

DAY = timedelta(days=1)
DETAIL = OrderDetail("acme", "need-1", START, START + DAY, None, None, "", None)
LINE = LineRow("o", "L1", "good", "box", Quantity(8), "pcs", START + DAY, None, True, False, "")
LETTER = Letter(
    "orders", "on_x", "t", "k1", "poison", "ValueError: row 17 is broken", None, 3, "2026-03-01", None, 2
)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5, "less than a minute"), (60, "1 minute"), (7200, "2 hours"), (86400, "1 day"), (200000, "2 days")],
)
def test_a_stretch_of_time_is_said_in_its_largest_unit(seconds: float, words: str) -> None:
    assert span_in_words(seconds) == words


@pytest.mark.parametrize(
    ("line", "supply", "now", "sentence"),
    [
        (LINE, "", START, "Nothing is late."),
        (
            replace(LINE, expected_at=START + 3 * DAY, reason="no steel", at_risk=True),
            "run Cut",
            START,
            "8 pcs Box is expected 2 days after the promised date because of run Cut: no steel.",
        ),
        (LINE, "", START + 2 * DAY, "8 pcs Box was promised 1 day ago and has no new date."),
        (
            replace(LINE, at_risk=True, reason="client silent"),
            "",
            START,
            "8 pcs Box is at risk: client silent.",
        ),
        (
            replace(LINE, open=False, expected_at=START + 2 * DAY),
            "",
            START + 9 * DAY,
            "8 pcs Box came 1 day after the promised date.",
        ),
    ],
)
def test_why_an_order_is_late_is_one_sentence(
    line: LineRow, supply: str, now: datetime, sentence: str
) -> None:
    assert why_late(DETAIL, [line], {"box": "Box"}, supply, [], now) == sentence


@pytest.mark.parametrize(
    ("bar", "cause"),
    [
        (
            Bar("run", "r", "running", "Cut bars", Span(START, START + DAY, START, None)),
            " because run Cut bars is 2 days behind its plan (running)",
        ),
        (
            Bar(
                "visit",
                "v",
                "completed",
                "hand-over",
                Span(START + 2 * DAY, START + 2 * DAY, None, START + 2 * DAY),
            ),
            " because its hand-over was planned for 2026-03-04 08:00",
        ),
        (
            Bar("visit", "v", "completed", "hand-over", Span(START, START, None, START + 2 * DAY)),
            " because its hand-over took place 2 days later than planned",
        ),
        (Bar("run", "r", "closed", "Cut bars", Span(START, START + DAY, START, START + DAY)), ""),
    ],
)
def test_where_nobody_told_a_cause_it_is_looked_for_in_what_was_done(bar: Bar, cause: str) -> None:
    line = replace(LINE, open=False, expected_at=START + 3 * DAY)
    sentence = why_late(DETAIL, [line], {"box": "Box"}, "", [bar], START + 3 * DAY)
    assert sentence == f"8 pcs Box came 2 days after the promised date{cause}."


def test_nothing_is_drawn_of_an_order_of_which_nothing_is_known() -> None:
    assert draw_timeline([], [], START) is None
    assert draw_gantt([], START, START + DAY, START) is None


def test_facts_of_one_moment_do_not_hide_each_other() -> None:
    drawn = draw_timeline(steps_of(heard_of(whole_story())), [], START)
    assert drawn is not None
    places = [(dot.x, dot.y) for dot in drawn.dots]
    assert len(set(places)) == len(places)


def test_steps_name_the_fact_that_led_to_them() -> None:
    steps = steps_of(heard_of([*whole_story(), *masters()]))
    because = {step.title: step.because for step in steps}
    assert because["Promise requested"] == "Need stated"
    assert because["Order acknowledged"] == "Purchase order issued"
    assert because["Need stated"] == ""


def test_keys_that_one_cause_stopped_are_one_group_and_poison_comes_first() -> None:
    letters = [
        replace(LETTER, key="k3", kind="not yet", cause="NotYet: 'need-1' is not here yet"),
        LETTER,
        replace(LETTER, key="k2", cause="ValueError: row 18 is broken"),
    ]
    poison, waiting = groups_of(letters)
    assert (poison.keys, poison.facts, poison.cause) == (2, 4, "ValueError: row … is broken")
    assert [one.key for one in poison.samples] == ["k1", "k2"]
    assert (waiting.keys, waiting.cause) == (1, "NotYet: 'need-1' is not here yet")


@pytest.mark.parametrize("days", [0.001, 0.3, 1, 9, 60, 900])
def test_an_axis_has_few_marks_and_they_lie_on_it(days: float) -> None:
    axis = axis_over([START, START + days * DAY], 100, 900)
    ticks = axis.ticks()
    # A picture ends ten units beside its axis, and a letter of a mark is about six wide.
    assert all(tick.x + len(tick.text) * 3 <= 910 for tick in ticks)
    assert 1 <= len(ticks) <= 10
    assert all(100 <= tick.x <= 900 for tick in ticks)
    assert axis.x(START - 999 * DAY) == 100
    assert axis.x(START + 9999 * DAY) == 900


def test_operations_of_one_work_centre_that_overlap_stand_below_each_other() -> None:
    first = Operation("r1", 10, "saw", "Saw", "Cut", "separation", "held", START, START + DAY, START, "o1")
    second = replace(first, run_id="r2", starts_at=START + DAY / 2, state="scheduled", due_at=None)
    third = replace(first, run_id="r3", starts_at=START + DAY, ends_at=START + 2 * DAY, due_at=None)
    drawn = draw_gantt([first, second, third], START - DAY, START + 3 * DAY, START)
    assert drawn is not None
    one, other, after = drawn.bars
    assert one.y != other.y
    assert one.y == after.y
    assert (one.blocked, one.late) == (True, True)
    assert (other.blocked, other.late) == (False, False)


def test_a_loss_takes_no_place_on_the_bar() -> None:
    parts = draw_shares(Total("whole", "EUR", 1, 100, 80, 30, 10, 0, -20))
    assert sum(part.width for part in parts) <= WIDTH + 0.5
    assert {part.name: part.width for part in parts}["margin"] == 0
    assert Axis(START, START + DAY, 0, 10).x(START + DAY / 2) == 5


def test_hours_of_a_calendar_are_said_by_shift_and_over_midnight() -> None:
    shifts = [
        {"weekdays": [0, 1, 2], "opens_at_minute": 360, "closes_at_minute": 690},
        {"weekdays": [0, 4], "opens_at_minute": 1_320, "closes_at_minute": 1_800},
    ]
    usual = {"weekdays": [5, 6], "opens_at_hour": 0, "closes_at_hour": 24, "shifts": []}
    assert hours_of({**usual, "shifts": shifts}) == [
        "Mon to Wed, 06:00 to 11:30",
        "Mon Fri, 22:00 to 06:00 on the next day",
    ]
    assert hours_of(usual) == ["Sat Sun, 00:00 to 24:00"]
