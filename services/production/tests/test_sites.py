"""Whole sites in time: every schedule is replayed, whatever rule made it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2d.bench.schedule_check import wrongs_of
from o2d.bench.schedule_data import shop_of
from production.domain.scheduling.dispatching import NoTimeLeft, dispatch
from production.domain.scheduling.hours import Hours, moment, seconds
from production.domain.scheduling.improving import (
    earliest_due_date,
    improved,
    latest_begins,
    listed,
)
from production.domain.scheduling.precedence import Overlap
from production.domain.scheduling.proposal import settled
from production.domain.scheduling.sequencing import Sequences
from production.domain.scheduling.shop import (
    LOAD_WHOLE,
    Block,
    Job,
    Machine,
    Schedule,
    Shop,
    Step,
    job_ends,
    lateness,
)
from services.production.tests.made import CALENDAR, NOW

SHIFT = Hours.of([(day * 100 + 20, day * 100 + 80) for day in range(60)])
ALWAYS = Hours.of([(0, 6_000)])


def overlaps(before: Step, step: Step) -> st.SearchStrategy[Overlap | None]:
    """How two operations may go on side by side: neither shares a load, and both take their time."""
    if before.load_key or step.load_key or before.span < 2 or not step.span:
        return st.none()
    beside = st.builds(Overlap, st.integers(1, before.span - 1), st.integers(1, step.span))
    return st.none() | beside


@st.composite
def sites(draw: Any) -> Shop:
    """Small sites with everything: two shifts, blocks, alternates, branches, overlaps, families, shared loads."""
    centres = draw(st.integers(1, 3))
    machines: list[Machine] = []
    places = []
    for centre in range(centres):
        hours = draw(st.sampled_from([SHIFT, ALWAYS]))
        first = len(machines)
        for _ in range(draw(st.integers(1, 2))):
            begin = draw(st.integers(0, 300))
            blocks = (Block(begin, begin + draw(st.integers(1, 90)), draw(st.integers(0, 2))),)
            machines.append(
                Machine(centre, hours, blocks if draw(st.booleans()) else (), draw(st.integers(0, 2)))
            )
        places.append(tuple(range(first, len(machines))))
    jobs: list[Job] = []
    steps: list[Step] = []
    for job in range(draw(st.integers(1, 6))):
        release = draw(st.integers(0, 200))
        jobs.append(Job(release, release + draw(st.integers(0, 300))))
        first = len(steps)
        for _ in range(draw(st.integers(1, 3))):
            before = draw(st.sets(st.integers(first, len(steps) - 1))) if len(steps) > first else set()
            centre = draw(st.integers(0, centres - 1))
            shares = draw(st.booleans())
            others = () if shares else draw(st.sampled_from([(), ((centre + 1) % centres,)]))
            step = Step(
                job, tuple(dict.fromkeys((centre, *others))), draw(st.integers(0, 50)),
                10 if shares else draw(st.integers(0, 9)), 1 if shares else draw(st.integers(0, 2)),
                tuple(sorted(before)), 1 if shares else 0, LOAD_WHOLE // 2 if shares else LOAD_WHOLE,
            )  # fmt: skip
            beside = tuple(draw(overlaps(steps[each], step)) for each in step.after)
            steps.append(replace(step, overlaps=beside if any(beside) else ()))
    known = {(1, 2): draw(st.integers(0, 30)), (2, 1): draw(st.integers(0, 30))}
    return Shop(jobs, steps, machines, places, [known] * centres)


@settings(max_examples=60)
@given(sites())
def test_whatever_rule_makes_it_a_schedule_can_be_done_and_the_best_is_no_later_than_by_due_date(
    shop: Shop,
) -> None:
    known, begun = listed(shop)
    best = improved(shop, begun, known, 5)
    assert known == lateness(shop, earliest_due_date(shop))
    assert best[0].no_worse(known)
    assert best[0] == lateness(shop, best[1])
    assert best[0] <= begun[0]
    for schedule in (earliest_due_date(shop), dispatch(shop, latest_begins(shop)), begun[1], best[1]):
        assert wrongs_of(shop, schedule) == []


@settings(max_examples=60)
@given(sites())
def test_as_late_as_possible_makes_nothing_late_that_was_not_and_can_still_be_done(shop: Shop) -> None:
    _, (before, schedule) = listed(shop)
    sequences = Sequences.of(shop, schedule)
    made = sequences.earliest()
    assert made is not None
    early = sequences.schedule(made)
    sequences.latest(made)
    late = sequences.schedule(made)
    kept = settled(shop, schedule)
    assert wrongs_of(shop, early) == wrongs_of(shop, late) == wrongs_of(shop, kept) == []
    # What begins earlier may be set up for longer behind a stop and end later; then all stays where it was found.
    assert kept == (late if lateness(shop, early) <= before else schedule)
    for one, other in ((early, late), (schedule, kept)):
        was, after = lateness(shop, one), lateness(shop, other)
        assert (after.tardiness, after.late) <= (was.tardiness, was.late)
    assert all(one <= other for one, other in zip(early.begins, late.begins, strict=True))
    due = [max(job.due, end) for job, end in zip(shop.jobs, job_ends(shop, early), strict=True)]
    assert all(end <= latest for end, latest in zip(job_ends(shop, late), due, strict=True))


@pytest.mark.parametrize(("ready", "done"), [(60, 60), (80, 80), (90, 120)])
def test_what_takes_no_time_is_done_at_one_moment_be_it_as_a_shift_ends(ready: int, done: int) -> None:
    shop = Shop([Job(ready, 10)], [Step(0, (0,), 0, 5, 1)], [Machine(0, SHIFT, (), 1)], [(0,)])
    made = Sequences.of(shop, dispatch(shop, [10])).earliest()
    assert made is not None
    assert (made.begins, made.ends) == ([done], [done])


def one_machine(*steps: Step, due: int = 1_000, **changes: Any) -> tuple[Shop, Schedule]:
    shop = Shop(
        [Job(0, due)] * len(steps), list(steps), [Machine(0, ALWAYS, **changes)], [(0,)],
        [{(1, 2): 5, (2, 1): 50}],
    )  # fmt: skip
    return shop, dispatch(shop, [due] * len(steps), 8)


def test_families_stay_together_and_a_change_takes_what_the_matrix_says() -> None:
    red, blue = Step(0, (0,), 10, 20, 1), Step(1, (0,), 10, 20, 2)
    shop, made = one_machine(red, blue, replace(red, job=2), replace(blue, job=3), family=1)
    assert made.setups == [0, 5, 0, 0]
    assert wrongs_of(shop, made) == []


def test_what_would_need_a_longer_setup_behind_a_stop_stays_where_it_was_found() -> None:
    # The short one could go before the stop, and then the long one is set up behind that, and not behind the short one.
    long, short = Step(0, (0,), 60, 6, 1), Step(1, (0,), 2)
    blocks = (Block(50, 55, 2),)
    shop = Shop(
        [Job(0, 0), Job(20, 300)], [long, short], [Machine(0, ALWAYS, blocks)], [(0,)], [{(2, 1): 27}]
    )
    found = dispatch(shop, [0, 300], 8)
    assert (found.begins, found.ends) == ([57, 55], [123, 57])
    early = Sequences.of(shop, found).earliest()
    assert early is not None
    assert max(early.ends) == 142
    assert settled(shop, found) == found
    free = replace(shop, machines=[Machine(0, ALWAYS)])
    assert settled(free, dispatch(free, [0, 300], 8)).ends == [66, 300], "as late as is early enough"


def test_compatible_runs_share_a_load_until_it_is_full() -> None:
    third = LOAD_WHOLE // 3
    batch = [Step(job, (0,), 60, 10, 1, (), 7, third) for job in range(4)]
    shop, made = one_machine(*batch, Step(4, (0,), 60, 10, 1, (), 8, third))
    assert [len(load) for load in made.loads] == [3, 1, 1]
    assert made.begins[0] == made.begins[1] == made.begins[2] == 0
    assert (made.ends[0], made.ends[3]) == (70, 130)
    assert wrongs_of(shop, made) == []


def test_no_work_lies_across_a_planned_stop_and_what_is_short_enough_goes_before_it() -> None:
    shop, made = one_machine(
        Step(0, (0,), 50), Step(1, (0,), 30), blocks=(Block(40, 45),),
    )  # fmt: skip
    assert (made.begins, made.ends) == ([45, 0], [95, 30])
    assert wrongs_of(shop, made) == []


def test_parallel_branches_are_done_at_once_and_what_joins_them_waits_for_both() -> None:
    steps = [Step(0, (0,), 30), Step(0, (1,), 50), Step(0, (0,), 10, after=(0, 1))]
    machines = [Machine(0, ALWAYS), Machine(1, ALWAYS)]
    shop = Shop([Job(0, 100)], steps, machines, [(0,), (1,)])
    made = earliest_due_date(shop)
    assert (made.begins, made.ends) == ([0, 0, 50], [30, 50, 60])


def test_an_alternate_takes_what_the_planned_centre_has_no_time_for() -> None:
    steps = [Step(0, (0, 1), 30), Step(1, (0, 1), 30)]
    shop = Shop([Job(0, 100)] * 2, steps, [Machine(0, ALWAYS), Machine(1, ALWAYS)], [(0,), (1,)])
    assert earliest_due_date(shop).machines == [0, 1]


def test_backward_from_the_due_moments_each_begins_as_late_as_its_machine_allows() -> None:
    shop = Shop(
        [Job(0, 100), Job(0, 100)], [Step(0, (0,), 30), Step(1, (0,), 20)], [Machine(0, ALWAYS)], [(0,)]
    )
    assert sorted(latest_begins(shop)) == [50, 70]


def test_work_without_end_of_hours_is_refused() -> None:
    shop = Shop([Job(0, 10)], [Step(0, (0,), 7_000)], [Machine(0, ALWAYS)], [(0,)])
    with pytest.raises(NoTimeLeft):
        earliest_due_date(shop)


def test_the_replay_finds_what_could_not_be() -> None:
    shop = shop_of(60, 5)
    _, (_, made) = listed(shop)
    assert wrongs_of(shop, made) == []
    elsewhere = next(
        number for number, one in enumerate(shop.machines) if one.centre not in shop.steps[7].centres
    )
    planted = {
        "begins before its job": ("begins", shop.jobs[shop.steps[7].job].release - 10**6),
        "before what comes before it": ("begins", made.ends[6] - 1),
        "not done at any of its centres": ("machines", elsewhere),
        "has no machine": ("machines", -1),
        "is set up in": ("setups", made.setups[7] + 1),
        "working time": ("ends", made.ends[7] + 3_600),
    }
    for words, (name, value) in planted.items():
        values = list(getattr(made, name))
        values[7] = value
        broken = replace(made, **{name: values})
        assert any(words in wrong for wrong in wrongs_of(shop, broken)), words
    crowd = replace(made, begins=[0] * 180, ends=[10] * 179 + [11], machines=[0] * 180)
    assert any("taken twice" in wrong for wrong in wrongs_of(shop, crowd))
    assert any("more than one load" in wrong for wrong in wrongs_of(shop, crowd))


@given(st.integers(0, 3_000), st.integers(1, 500))
def test_working_time_forward_and_back_is_the_same(at: int, span: int) -> None:
    begin = SHIFT.first(at)
    assert begin is not None
    end = SHIFT.end(begin, span)
    assert end is not None
    assert SHIFT.worked(end) - SHIFT.worked(begin) == span
    assert SHIFT.latest(end, span) == begin
    assert SHIFT.last(end) == end


def test_hours_of_a_calendar_are_its_shifts_and_touching_ones_are_one() -> None:
    hours = Hours.of_calendar(CALENDAR, NOW.date(), 7)
    assert moment(hours.opens[0]) == NOW.replace(hour=6)
    assert (len(hours.opens), hours.upto[-1]) == (5, 5 * 16 * 3_600)
    assert Hours.of([(0, 10), (10, 20), (30, 40)]).opens == (0, 30)
    assert seconds(NOW.replace(microsecond=1)) == seconds(NOW) + 1
    assert (SHIFT.first(6_000), SHIFT.end(20, 10**6), SHIFT.latest(10, 5), SHIFT.last(10)) == (None,) * 4
    assert Hours.of([]).mirrored(9) == Hours.of([])
