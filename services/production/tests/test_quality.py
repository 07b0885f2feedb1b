"""Samples judged by inspection plans, and control charts as the literature draws them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backbone.errors import Invalid
from contracts.values import Quantity
from production.domain.chart import Chart, charted
from production.domain.quality import Characteristic, InspectionPlan, Sample, Sampling, judged

HARDNESS = Characteristic("hardness", "variable", "HRC", Quantity(58), Quantity(62))
SCRATCHED = Characteristic("scratched", "attribute")
PLAN = InspectionPlan(
    "shaft", (HARDNESS, SCRATCHED), (Sampling(Quantity(0), 2, 0), Sampling(Quantity(281), 5, 1))
)
SMALL, LARGE = Quantity(280), Quantity(281)
# Flow rates of ten batches: NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2. By hand: they sum up to 508.1,
# the nine moving ranges 2.0 2.3 1.4 3.5 3.4 1.4 0.2 1.2 1.5 to 16.9; 3 x 16.9 / 9 / 1.128 is 4.9941 beside 50.81.
FLOW = ("49.6", "47.6", "49.9", "51.3", "47.8", "51.2", "52.6", "52.4", "53.6", "52.1")


def hard(*values: str) -> Sample:
    return Sample("hardness", tuple(map(Quantity, values)))


def scratched(bad: int, looked_at: int = 5) -> Sample:
    return Sample("scratched", (), looked_at, bad)


def steady(*more: str) -> list[Quantity]:
    """A process about 10 whose sigma is one (moving ranges of 1.128), and what came after."""
    base = ["10.564", "9.436"] * 10
    return [Quantity(each) for each in (*base, *more)]


def signals(*more: str) -> list[tuple[int, int]]:
    """The rules that points after a steady process break, by their place after it."""
    chart = charted(steady(*more), baseline=20)
    assert chart is not None
    return [(each.point - 20, each.rule) for each in chart.signals if each.point >= 20]


def test_the_limits_of_the_handbook_are_found() -> None:
    chart = charted([Quantity(each) for each in FLOW])
    assert chart is not None
    assert chart.centre == Quantity("50.81")
    assert (round(chart.lower.decimal, 4), round(chart.upper.decimal, 4)) == (
        Quantity("45.8159").decimal,
        Quantity("55.8041").decimal,
    )
    assert chart.signals == ()


@pytest.mark.parametrize(
    ("more", "found"),
    [
        (("10", "10"), []),
        (("13",), []),
        (("13.1",), [(0, 1)]),
        (("6.9",), [(0, 1)]),
        (("12.1", "10", "12.1"), [(2, 2)]),
        (("12.1", "10", "10", "12.1"), []),
        (("12.1", "10", "7.9"), []),
        (("11.1", "11.1", "10", "11.1", "11.1"), [(4, 3)]),
        (("11.1", "8.9", "11.1", "8.9", "11.1"), []),
        (("10.1",) * 7, []),
        (("9.9",) * 9, [(6, 4), (7, 4), (8, 4)]),
        (("10", *("10.1",) * 7), []),
    ],
)
def test_each_western_electric_rule_is_broken_where_it_is_broken(
    more: tuple[str, ...], found: list[tuple[int, int]]
) -> None:
    """The four rules as Montgomery and Runger: Applied Statistics and Probability for Engineers, 16-5, give them.

    Rules two and three hold for one side of the centre at a time.
    """
    assert signals(*more) == found


@pytest.mark.parametrize("points", [[], [Quantity(1)]])
def test_one_point_makes_no_limits(points: list[Quantity]) -> None:
    assert charted(points) is None


@given(st.lists(st.integers(-(10**9), 10**9), min_size=2, max_size=30), st.integers(-(10**6), 10**6))
def test_a_chart_moved_up_breaks_the_same_rules(micros: list[int], by: int) -> None:
    def drawn(up: int) -> Chart:
        chart = charted([Quantity.of_micro(micro + up) for micro in micros])
        assert chart is not None
        return chart

    assert drawn(0).signals == drawn(by).signals
    assert abs(drawn(by).centre.micro - drawn(0).centre.micro - by) <= 1


def test_a_lot_passes_when_no_more_are_bad_than_its_size_allows() -> None:
    small = judged(PLAN, SMALL, [hard("58", "62"), scratched(0)])
    assert [each.passed for each in small] == [True, True]
    assert small[0].mean == Quantity(60)
    assert [each.passed for each in judged(PLAN, SMALL, [hard("57.999999", "62"), scratched(1)])] == [
        False,
        False,
    ]
    values = ("60", "60", "60", "60", "63")
    assert [each.bad for each in judged(PLAN, LARGE, [hard(*values), scratched(1)])] == [1, 1]
    assert all(each.passed for each in judged(PLAN, LARGE, [hard(*values), scratched(1)]))
    assert not all(each.passed for each in judged(PLAN, LARGE, [hard(*values), scratched(2)]))


def test_of_a_lot_with_fewer_pieces_than_the_sample_each_is_looked_at_and_one_bad_one_is_enough() -> None:
    piece = Quantity(1)
    assert all(each.passed for each in judged(PLAN, piece, [hard("60"), scratched(0, looked_at=1)], piece))
    lenient = replace(PLAN, sampling=(Sampling(Quantity(0), 5, 1),))
    (_, scratch) = judged(lenient, piece, [hard("60"), scratched(1, looked_at=1)], piece)
    assert (scratch.accept, scratch.passed) == (0, False)
    # Half a kilogram can be measured twice.
    with pytest.raises(Invalid):
        judged(PLAN, Quantity("0.5"), [hard("60"), scratched(0)], Quantity("0.001"))


@pytest.mark.parametrize(
    "samples",
    [
        [hard("60", "60")],
        [hard("60", "60"), scratched(0), Sample("colour", (), 5, 0)],
        [hard("60", "60"), hard("60", "60"), scratched(0)],
        [hard("60"), scratched(0)],
        [hard("60", "60"), scratched(0, looked_at=1)],
        [hard("60", "60"), scratched(6)],
        [hard("60", "60"), Sample("scratched", (Quantity(1), Quantity(1)))],
        [Sample("hardness", (Quantity(60), Quantity(60)), 2, 0), scratched(0)],
    ],
)
def test_what_is_no_inspection_by_the_plan_is_refused(samples: list[Sample]) -> None:
    with pytest.raises(Invalid) as refused:
        judged(PLAN, SMALL, samples)
    assert all(pointer.startswith("/samples") for pointer, _ in refused.value.pointers)


@pytest.mark.parametrize(
    ("plan", "pointer"),
    [
        (replace(PLAN, characteristics=()), "/characteristics"),
        (replace(PLAN, characteristics=(HARDNESS, HARDNESS)), "/characteristics"),
        (replace(PLAN, characteristics=(replace(HARDNESS, minimum=Quantity(63)),)), "/characteristics/0"),
        (
            replace(PLAN, characteristics=(replace(HARDNESS, minimum=None, maximum=None),)),
            "/characteristics/0",
        ),
        (replace(PLAN, characteristics=(replace(SCRATCHED, minimum=Quantity(1)),)), "/characteristics/0"),
        (replace(PLAN, characteristics=(replace(SCRATCHED, name=" "),)), "/characteristics/0/name"),
        (replace(PLAN, characteristics=(replace(SCRATCHED, scale=""),)), "/characteristics/0/scale"),
        (replace(PLAN, sampling=()), "/sampling"),
        (replace(PLAN, sampling=PLAN.sampling[1:]), "/sampling"),
        (replace(PLAN, sampling=(*PLAN.sampling, PLAN.sampling[1])), "/sampling"),
        (replace(PLAN, sampling=(Sampling(Quantity(0), 2, 2),)), "/sampling/0"),
    ],
)
def test_a_plan_that_nobody_can_follow_is_refused_with_its_place(plan: InspectionPlan, pointer: str) -> None:
    assert pointer in dict(plan.wrong())


def test_a_plan_that_can_be_followed_stands() -> None:
    assert PLAN.wrong() == []
