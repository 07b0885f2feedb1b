"""The regenerative plan over arrays: what it orders, pegs and refuses, beside a plan by hand and known answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from materials.domain.lot_rule import LotRule
from materials.domain.planning import lots
from materials.domain.planning.days import Workdays
from materials.domain.planning.network import Network, PlanTooLarge, RecipeCycle, low_level_codes
from materials.domain.planning.pegs import Pegs, Supplies, in_order, pegs_of, supplies_of
from materials.domain.planning.plan import Plan, plan
from materials.domain.planning.site import Items, Rows, Site, cumulative_leads
from o2d.bench.plan_by_hand import Order, planned
from o2d.bench.plan_data import array, rows, site_of

Edge = tuple[int, int, int, int]


def site(count: int, edges: list[Edge], demands: list[tuple[int, int, int]], **rules: list[int]) -> Site:
    """A site of so many items; edges are (parent, child, numerator, denominator)."""
    columns = [array([edge[place] for edge in edges]) for place in range(4)]
    items = Items.plain(count, **{name: array(values) for name, values in rules.items()})
    return Site(Network.of(count, *columns), items, rows(demands), Rows.none())


def counted(made: Plan) -> Counter[Order]:
    """How often a plan has each order."""
    columns = (made.orders.item, made.orders.quantity, made.orders.start, made.orders.due)
    return Counter(zip(*(column.tolist() for column in columns), strict=True))


@st.composite
def sites(draw: st.DrawFn) -> Site:
    """Any small site: items of which each goes into later ones at most, with every rule."""
    count = draw(st.integers(1, 7))
    whole = st.integers

    def column(strategy: st.SearchStrategy[int]) -> Any:
        return array(draw(st.lists(strategy, min_size=count, max_size=count)))

    edges = draw(
        st.lists(st.tuples(whole(0, count - 1), whole(0, count - 1), whole(1, 5), whole(1, 3)), max_size=12)
    )
    edges = [edge for edge in edges if edge[0] < edge[1]]
    multiple = column(st.sampled_from([1, 1, 1, 5, 12]))
    minimum = -(-column(st.sampled_from([0, 0, 5, 20, 50])) // multiple) * multiple
    maximum = column(st.sampled_from([0, 0, 60, 120]))
    maximum = np.where(maximum > 0, np.maximum(maximum // multiple * multiple, minimum), 0)
    denominator = column(whole(1, 4))
    rules = Items(
        lead=column(whole(0, 9)), minimum=minimum, multiple=multiple, maximum=maximum,
        numerator=np.maximum(denominator - column(whole(0, 2)), 1), denominator=denominator,
        on_hand=column(whole(0, 30)), safety=column(whole(0, 15)), safety_from=column(whole(-5, 40)),
        calendar=column(whole(0, 2)), period=column(st.sampled_from([0, 0, 0, 1, 4, 30])),
        batch=column(st.sampled_from([0, 0, 0, 7, 10])),
    )  # fmt: skip
    off = array(draw(st.lists(whole(-60, 60), max_size=5, unique=True)))
    calendars = (Workdays(), Workdays((0, 1, 2, 3, 4), off), Workdays((2,)))
    wants = st.lists(st.tuples(whole(0, count - 1), whole(-5, 60), whole(1, 200)), max_size=15)
    columns = [array([edge[place] for edge in edges]) for place in range(4)]
    return Site(
        Network.of(count, *columns), rules, rows(draw(wants)), rows(draw(wants)), rows(draw(wants)), calendars
    )


@given(sites())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_the_plan_is_the_one_that_is_made_by_hand(given_site: Site) -> None:
    assert counted(plan(given_site)) == planned(given_site)


def test_another_rule_is_another_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the comparison would say of a planner that forgets the multiple."""
    monkeypatch.setattr(lots, "lot_of", lambda items, chosen, short: short)
    small = site(1, [], [(0, 9, 7)], minimum=[3], multiple=[5], maximum=[100])
    assert counted(plan(small)) != planned(small)


@pytest.mark.parametrize(
    ("items", "demands", "safety", "orders", "quantity"),
    [
        (2_000, 1_000, False, 69_990, 212_832_568),
        (2_000, 1_000, True, 76_104, 232_520_252),
        (2_000, 10_000, False, 291_534, 2_612_749_587),
    ],
)
def test_the_generated_sites_have_the_answers_that_are_known(
    items: int, demands: int, safety: bool, orders: int, quantity: int
) -> None:
    made = plan(site_of(items, demands, safety=safety))
    assert (made.orders.item.size, int(made.orders.quantity.sum())) == (orders, quantity)


def test_the_same_site_gives_the_same_bytes() -> None:
    first, second = plan(site_of(2_000, 1_000)), plan(site_of(2_000, 1_000))
    for part in ("orders", "requirements"):
        one, other = getattr(first, part), getattr(second, part)
        assert all(
            getattr(one, each.name).tobytes() == getattr(other, each.name).tobytes() for each in fields(one)
        )


def test_parts_of_five_and_three_days_under_two_take_seven() -> None:
    made = plan(site(3, [(0, 1, 1, 1), (0, 2, 1, 1)], [(0, 30, 1)], lead=[2, 5, 3]))
    assert counted(made) == Counter({(0, 1, 28, 30): 1, (1, 1, 23, 28): 1, (2, 1, 25, 28): 1})
    network = site(3, [(0, 1, 1, 1), (0, 2, 1, 1)], []).network
    assert cumulative_leads(network, low_level_codes(network), array([2, 5, 3])).tolist() == [7, 5, 3]


def test_yield_comes_before_the_lot_and_is_cut_at_the_end() -> None:
    assert counted(plan(site(1, [], [(0, 9, 100)], numerator=[4], denominator=[5]))) == Counter(
        {(0, 125, 9, 9): 1}
    )
    made = plan(site(1, [], [(0, 9, 100)], numerator=[4], denominator=[5], multiple=[12]))
    assert (made.orders.quantity.tolist(), made.orders.good.tolist()) == ([132], [105])


@given(
    st.integers(1, 2_000),
    st.sampled_from([(100, 200, 12), (108, 192, 12), (0, 60, 5), (30, 0, 1), (0, 0, 7)]),
)
def test_lots_are_those_of_the_rule_that_nets_single_orders(short: int, rule: tuple[int, int, int]) -> None:
    agreed = LotRule.agreed(rule[0], rule[2], rule[1], 1)
    given_rules = {
        "minimum": [agreed.minimum_micro],
        "multiple": [max(agreed.multiple_micro, 1)],
        "maximum": [agreed.maximum_micro],
    }
    made = plan(site(1, [], [(0, 9, short)], **given_rules))
    assert made.orders.quantity.tolist() == agreed.sizes(short)


def test_what_is_late_starts_in_the_past_and_says_so() -> None:
    made = plan(site(2, [(0, 1, 1, 1)], [(0, 3, 1)], lead=[5, 40]))
    assert made.orders.start.tolist() == [-2, -42]


def test_a_cycle_is_refused_with_its_way() -> None:
    with pytest.raises(RecipeCycle) as refused:
        plan(site(5, [(0, 1, 1, 1), (1, 2, 1, 1), (2, 3, 1, 1), (3, 1, 1, 1), (3, 4, 1, 1)], [(0, 1, 1)]))
    assert refused.value.detail == "items go into themselves: 1 > 2 > 3 > 1"
    with pytest.raises(RecipeCycle, match="0 > 0"):
        plan(site(1, [(0, 0, 1, 1)], []))


def test_nothing_wanted_is_nothing_planned() -> None:
    assert plan(site(2, [(0, 1, 1, 1)], [])).orders.item.size == 0
    nothing = plan(site(0, [], []))
    assert (nothing.orders.item.size, nothing.requirements.item.size) == (0, 0)


def faults(of: Site, made: Plan, supplies: Supplies, pegs: Pegs) -> list[str]:
    """Where the pegs do not keep what they promise."""
    found = []
    required = made.requirements
    served, used = np.zeros_like(required.quantity), np.zeros_like(supplies.quantity)
    np.add.at(served, pegs.requirement, pegs.quantity)
    np.add.at(used, pegs.supply, pegs.quantity)
    if (served != required.quantity).any():
        found.append("a requirement is not served by what it wants")
    if (used > supplies.quantity).any():
        found.append("a supply serves more than it is")
    if (required.item[pegs.requirement] != supplies.item[pegs.supply]).any():
        found.append("a supply serves another item")
    late = supplies.day[pegs.supply] > required.day[pegs.requirement]
    if late.any() and not of.receipts.item.size and not of.movable.item.size:
        found.append("a supply comes later than it is needed")
    return found


@given(sites())
@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow])
def test_every_requirement_is_pegged_whole_and_no_supply_twice(given_site: Site) -> None:
    made = plan(given_site)
    supplies = supplies_of(given_site, made)
    pegs = pegs_of(made, supplies)
    assert faults(given_site, made, supplies, pegs) == []
    assert (pegs.quantity > 0).all()


def test_a_wrong_peg_is_told() -> None:
    small = site(2, [(0, 1, 2, 1)], [(0, 9, 3), (1, 9, 4)], on_hand=[1, 0])
    made = plan(small)
    supplies = supplies_of(small, made)
    pegs = pegs_of(made, supplies)
    assert faults(small, made, supplies, pegs) == []
    assert faults(small, made, supplies, replace(pegs, quantity=pegs.quantity + 1)) == [
        "a requirement is not served by what it wants", "a supply serves more than it is",
    ]  # fmt: skip
    assert "a supply serves another item" in faults(
        small, made, supplies, replace(pegs, supply=pegs.supply[::-1])
    )


def test_what_is_on_hand_is_there_before_every_day() -> None:
    small = site(2, [(0, 1, 1, 1)], [(0, 0, 1)], lead=[2, 0], on_hand=[0, 1])
    made = plan(small)
    assert made.requirements.day.tolist() == [0, -2]
    assert supplies_of(small, made).day.tolist() == [-3, 0]


def test_pegs_are_the_same_however_many_rows_are_laid_together(monkeypatch: pytest.MonkeyPatch) -> None:
    generated = site_of(500, 300)
    made = plan(generated)
    supplies = supplies_of(generated, made)
    whole = pegs_of(made, supplies)
    monkeypatch.setattr("materials.domain.planning.pegs.TOGETHER", 7)
    parts = pegs_of(made, supplies)
    for each in fields(whole):
        assert getattr(whole, each.name).tobytes() == getattr(parts, each.name).tobytes()


def test_a_plan_is_the_same_however_many_items_and_orders_are_worked_on_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    generated = site_of(500, 300)
    whole = plan(generated)
    monkeypatch.setattr("materials.domain.planning.plan.ITEMS_TOGETHER", 3)
    monkeypatch.setattr("materials.domain.planning.plan.ORDERS_TOGETHER", 5)
    parts = plan(generated)
    for kind in ("orders", "requirements"):
        one, other = getattr(whole, kind), getattr(parts, kind)
        for each in fields(one):
            assert getattr(one, each.name).tobytes() == getattr(other, each.name).tobytes()


def test_rows_whose_keys_would_not_fit_in_a_number_are_ordered_all_the_same() -> None:
    item = np.array([2**31 - 2, 3, 2**31 - 2, 3], dtype=np.int32)
    day = np.array([2**31 - 1, 5, -(2**31), 5], dtype=np.int32)
    assert in_order(item, day).tolist() == [1, 3, 2, 0]


def test_a_plan_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("materials.domain.planning.plan.ROWS_MAX", 3)
    with pytest.raises(PlanTooLarge, match="more than 3 rows"):
        plan(site(2, [(0, 1, 1, 1)], [(0, 9, 1), (0, 8, 1)]))


def test_stock_serves_first_then_what_comes_first() -> None:
    small = replace(
        site(1, [], [(0, 5, 4), (0, 9, 4), (0, 9, 1)], on_hand=[3], multiple=[2]), receipts=rows([(0, 2, 2)])
    )
    made = plan(small)
    supplies = supplies_of(small, made)
    pegs = pegs_of(made, supplies)
    assert list(zip(*(column.tolist() for column in (pegs.requirement, pegs.supply, pegs.quantity)), strict=True)) == [
        (0, 0, 3), (0, 1, 1), (1, 1, 1), (1, 2, 3), (2, 2, 1),
    ]  # fmt: skip


def test_what_is_ordered_is_moved_before_anything_new_is_ordered() -> None:
    """A receipt on day 14 for a need on day 10: nothing new; the peg says that it comes too late."""
    small = replace(site(1, [], [(0, 10, 5)]), movable=rows([(0, 14, 5)]))
    made = plan(small)
    supplies = supplies_of(small, made)
    pegs = pegs_of(made, supplies)
    assert made.orders.item.size == 0
    assert (supplies.day[pegs.supply].tolist(), made.requirements.day[pegs.requirement].tolist()) == (
        [14],
        [10],
    )
    fixed = replace(small, movable=Rows.none(), receipts=small.movable)
    assert counted(plan(fixed)) == Counter({(0, 5, 10, 10): 1})
