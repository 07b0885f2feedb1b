"""The plan within capacity: every bucket holds, no stock falls below nothing, every piece is accounted for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from materials.domain.capacity.buckets import NOWHERE, Buckets
from materials.domain.capacity.finite import NO_RESOURCE, Binding, Finite, FinitePlan, Plant, plan_within
from materials.domain.planning.network import Ints, Network, RecipeCycle
from materials.domain.planning.plan import Orders
from materials.domain.planning.site import Items, Rows, Site
from o2d.bench.capacity import plant_of
from o2d.bench.capacity_check import wrongs_of
from o2d.bench.plan_data import array, drawn_of, rows

DAYS = 120


def site(
    edges: list[tuple[int, int, int, int]],
    demands: list[tuple[int, int, int]],
    receipts: list[tuple[int, int, int]] | None = None,
    **rules: list[int],
) -> Site:
    """A site of as many items as have a lead time; edges are (parent, child, numerator, denominator)."""
    count = len(rules["lead"])
    network = Network.of(count, *(array([edge[place] for edge in edges]) for place in range(4)))
    items = Items.plain(count, **{name: array(values) for name, values in rules.items()})
    return Site(network, items, rows(demands), rows(receipts or []))


def plant(resource: list[int], at_once: int, *, early: int = DAYS, batch: int = 0, days: int = DAYS) -> Plant:
    """Resources with room for so many runs each day."""
    room = np.full((max([*resource, 0]) + 1, days), at_once)
    return Plant(array(resource), array([1] * len(resource)), room, early, batch)


def order_rows(orders: Orders) -> list[tuple[int, int, int, int]]:
    """(item, start, due, begun) of each order."""
    columns = (orders.item, orders.start, orders.due, orders.quantity)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_a_run_takes_the_last_place_before_its_need() -> None:
    made = plan_within(site([], [(0, 10, 5)], lead=[3]), plant([0], 1), array([1]))
    assert order_rows(made.orders) == [(0, 7, 10, 5)]
    assert made.served.tolist() == [10]


def test_where_one_runs_at_a_time_the_second_ends_when_the_first_begins() -> None:
    made = plan_within(site([], [(0, 10, 5), (0, 10, 5)], lead=[3]), plant([0], 1), array([1, 1]))
    assert order_rows(made.orders) == [(0, 4, 7, 5), (0, 7, 10, 5)]
    assert made.served.tolist() == [10, 10]


def test_where_nothing_is_left_before_its_day_a_demand_moves_by_what_is_short() -> None:
    told = site([], [(0, 4, 1), (0, 4, 1), (0, 5, 1)], lead=[2])
    made = plan_within(told, plant([0], 1), array([1, 1, 1]))
    assert made.served.tolist() == [4, 4, 6], "days 0 to 3 are given away: the third takes 4 and 5"


def test_the_first_priority_is_served_before_the_first_due() -> None:
    made = plan_within(site([], [(0, 2, 1), (0, 2, 1)], lead=[2]), plant([0], 1), array([2, 1]))
    assert made.served.tolist() == [4, 2]


def test_a_closed_day_is_no_place_and_no_run_goes_across_it() -> None:
    told = plant([0], 1)
    told.room[0, [5, 6]] = 0
    made = plan_within(site([], [(0, 8, 1)], lead=[2]), told, array([1]))
    assert order_rows(made.orders) == [(0, 3, 5, 1)]


def test_nothing_ends_longer_before_its_need_than_the_early_limit() -> None:
    told = plant([0], 1, early=2)
    told.room[0, 4:10] = 0
    made = plan_within(site([], [(0, 9, 1)], lead=[2]), told, array([1]))
    assert made.served.tolist() == [12], "days 2 and 3 are free, and five days too early"


def test_what_is_there_latest_is_taken_first() -> None:
    told = site([], [(0, 20, 5), (0, 3, 5)], receipts=[(0, 15, 5)], lead=[10], on_hand=[5])
    made = plan_within(told, plant([NO_RESOURCE], 1), array([1, 2]))
    assert made.orders.item.size == 0, "the later demand leaves the stock on hand to the earlier one"
    assert made.served.tolist() == [20, 3]


def test_inputs_are_there_when_their_run_begins() -> None:
    told = site([(0, 1, 2, 1)], [(0, 20, 5)], lead=[3, 7], multiple=[1, 4], minimum=[0, 4])
    made = plan_within(told, plant([0, NO_RESOURCE], 1), array([1]))
    assert order_rows(made.orders) == [(0, 17, 20, 5), (1, 10, 17, 12)]


def test_a_lead_time_that_is_too_long_moves_the_demand_and_is_named() -> None:
    told = site([(0, 1, 1, 1)], [], lead=[3, 7])
    finite = Finite(told, plant([0, NO_RESOURCE], 1))
    assert finite.promise(0, 1, 4) == (10, [Binding(1, NO_RESOURCE, 6)])


def test_the_resource_that_binds_is_named() -> None:
    finite = Finite(site([], [], lead=[2]), plant([0], 1))
    assert finite.promise(0, 1, 2) == (2, [])
    assert finite.promise(0, 1, 2) == (4, [Binding(0, 0, 2)])


def test_what_finds_no_place_at_all_is_never_served_and_leaves_nothing_behind() -> None:
    told = plant([0, 1], 1)
    told.room[1, :] = 0
    finite = Finite(site([(0, 1, 1, 1)], [], lead=[2, 1]), told)
    day, bound = finite.promise(0, 1, 5)
    assert (day, bound[-1].resource, finite.orders().item.size) == (NOWHERE, 1, 0)


def test_a_run_that_ends_shortly_before_a_need_is_made_larger_for_it() -> None:
    told = site([(0, 1, 1, 1)], [(0, 10, 5), (0, 12, 5)], lead=[2, 1], multiple=[5, 1])
    apart = plan_within(told, plant([0, NO_RESOURCE], 6), array([1, 1]))
    joined = plan_within(told, plant([0, NO_RESOURCE], 6, batch=5), array([1, 1]))
    assert [row for row in order_rows(apart.orders) if row[0] == 0] == [(0, 8, 10, 5), (0, 10, 12, 5)]
    assert [row for row in order_rows(joined.orders) if row[0] == 0] == [(0, 8, 10, 10)]


def test_pieces_of_a_split_lot_are_cut_each_and_cover_the_need_all_the_same() -> None:
    told = site([], [(0, 9, 6)], lead=[1], numerator=[3], denominator=[4], maximum=[3])
    made = plan_within(told, plant([NO_RESOURCE], 1), array([1]))
    assert made.orders.good.tolist() == [2, 2, 2], "3 begun give 2: three orders, though 8 give 6 at once"


def test_items_that_go_into_themselves_are_refused() -> None:
    with pytest.raises(RecipeCycle):
        Finite(site([(0, 1, 1, 1), (1, 0, 1, 1)], [], lead=[1, 1]), plant([0, 0], 1))


@given(
    loads=st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(0, 12)), max_size=12),
    room=st.lists(st.integers(0, 5), min_size=12, max_size=12),
)
def test_the_place_that_is_found_is_the_last_and_the_first_there_is(
    loads: list[tuple[int, int, int]], room: list[int]
) -> None:
    buckets = Buckets([list(room)])
    for load, days, before in loads:
        fits = [
            start
            for start in range(13 - days)
            if all(buckets.room(0, day) >= load for day in range(start, start + days))
        ]
        ahead = [start for start in fits if start + days <= before]
        start = buckets.latest(0, load, days, before, 0)
        assert start == max(ahead, default=NOWHERE)
        assert buckets.earliest(0, load, days, before) == min(
            (start for start in fits if start >= before), default=NOWHERE
        )
        if start != NOWHERE:
            buckets.take(0, load, start, days)


@st.composite
def plants(draw: st.DrawFn) -> tuple[Site, Plant, Ints]:
    """Small sites with lots, yields, stock and receipts, on few resources."""
    count = draw(st.integers(1, 6))
    whole = {
        name: [draw(st.integers(low, high)) for _ in range(count)]
        for name, (low, high) in {"lead": (0, 4), "on_hand": (0, 9), "numerator": (1, 3)}.items()
    }
    whole["denominator"] = [draw(st.integers(each, 4)) for each in whole["numerator"]]
    whole["multiple"] = [draw(st.sampled_from([1, 1, 3, 5])) for _ in range(count)]
    whole["minimum"] = [draw(st.sampled_from([0, 2])) * each for each in whole["multiple"]]
    whole["maximum"] = [draw(st.sampled_from([0, 4])) * each for each in whole["multiple"]]
    pairs = [(parent, child) for parent in range(count) for child in range(parent + 1, count)]
    edges = [
        (parent, child, draw(st.integers(1, 3)), draw(st.integers(1, 2)))
        for parent, child in pairs
        if draw(st.booleans())
    ]
    row = st.tuples(st.integers(0, count - 1), st.integers(0, 30), st.integers(1, 12))
    demands, receipts = draw(st.lists(row, max_size=6)), draw(st.lists(row, max_size=4))
    resource = [draw(st.integers(-1, 1)) for _ in range(count)]
    told = plant(
        resource, draw(st.integers(1, 2)), early=draw(st.integers(0, 30)), batch=draw(st.integers(0, 6))
    )
    priority = array([draw(st.integers(1, 3)) for _ in demands])
    return (
        site(edges, demands, receipts, **whole),
        replace(told, load=array([draw(st.integers(1, 2))] * count)),
        priority,
    )


@settings(max_examples=200)
@given(given_plant=plants())
def test_no_bucket_is_over_no_stock_is_negative_and_every_demand_is_served_or_said_not_to_be(
    given_plant: tuple[Site, Plant, Ints],
) -> None:
    told, within, priority = given_plant
    made = plan_within(told, within, priority)
    assert wrongs_of(told, within, made) == []
    assert ((made.served >= told.demands.day) | (made.served == NOWHERE)).all()
    again = plan_within(told, within, priority)
    assert order_rows(again.orders) == order_rows(made.orders)


def _with(plan: FinitePlan, **columns: Any) -> FinitePlan:
    return replace(plan, orders=replace(plan.orders, **columns))


@pytest.mark.parametrize("batch_days", [0, 5])
def test_the_replay_catches_one_more_load_one_piece_fewer_and_a_start_too_early(batch_days: int) -> None:
    drawn = drawn_of(200, 60)
    within = plant_of(drawn, 6, batch_days)
    made = plan_within(drawn.site, within, drawn.priority)
    assert wrongs_of(drawn.site, within, made) == []
    tight = replace(within, room=within.room.copy())
    busy = int(np.flatnonzero(drawn.made[made.orders.item])[0])
    tight.room[within.resource[made.orders.item[busy]], made.orders.start[busy]] = 0
    assert any("over on day" in wrong for wrong in wrongs_of(drawn.site, tight, made))
    fewer = made.orders.good.copy()
    fewer[np.flatnonzero(drawn.site.items.multiple[made.orders.item] == 1)] -= 1
    found = wrongs_of(drawn.site, within, _with(made, good=fewer))
    assert any("gives what it does not" in wrong for wrong in found)
    assert any("is -" in wrong for wrong in found)
    early = made.orders.start.copy()
    early[0] -= 1
    assert any(
        "another lead time" in wrong for wrong in wrongs_of(drawn.site, within, _with(made, start=early))
    )


def test_no_rows_are_a_plan_without_orders() -> None:
    made = plan_within(replace(site([], [], lead=[1]), receipts=Rows.none()), plant([0], 1), array([]))
    assert (made.orders.item.size, made.served.size) == (0, 0)
