"""Pictures of things: the same for every order in which their facts arrive."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import materials, orders, service_desk
from contracts.shapes import LineDate, LineQuantity, LotPart, ValueAdded
from contracts.topics import TOPICS
from contracts.values import CostVector, Money, Quantity
from control_tower.domain.heard import Heard, in_order
from control_tower.domain.mentions import home_of, mentions_of, ties_of
from control_tower.domain.order import OrderDetail
from control_tower.domain.picture import Picture
from control_tower.domain.pictures import FACTS_OF, picture_of, pictured
from control_tower.domain.state import STATES
from control_tower.domain.supply import NAMED
from control_tower.domain.why import why_late
from control_tower.domain.words import actor_of, plans_for, says, title_of
from control_tower.subscriptions import SUBSCRIPTIONS
from tests.browser.story import CATALOGUE, PROMISED, START, Told, late_story, masters, records_of, whole_story
from tests.browser.story.ordering import FITTING, GOODS
from tests.browser.tower import heard_of

FACTS = {fact.__name__: fact for topic in TOPICS for fact in topic.facts}


def pictures_of(heard: list[Heard]) -> dict[tuple[str, str], Picture | None]:
    about: dict[tuple[str, str], list[Heard]] = {}
    for one in heard:
        for subject in pictured(one.fact, mentions_of(one.fact)):
            about.setdefault(subject, []).append(one)
    return {subject: picture_of(subject, facts) for subject, facts in about.items()}


@given(st.randoms(use_true_random=False))
def test_facts_in_any_order_give_the_same_pictures(chance: random.Random) -> None:
    heard = HEARD[:]
    chance.shuffle(heard)
    assert pictures_of(heard) == EXPECTED


HEARD = heard_of([*whole_story(), *masters()])
EXPECTED = pictures_of(HEARD)


def test_facts_of_one_key_keep_their_sequence_although_clocks_differ() -> None:
    first, second = heard_of(late_story())[5:7]
    early = replace(first, sequence=2, told_at=START - timedelta(days=1))
    late = replace(first, sequence=1, told_at=START, event_id=second.event_id)
    assert [one.sequence for one in in_order([early, late])] == [1, 2]


def test_the_whole_story_ends_with_every_thing_in_its_last_state() -> None:
    states = {subject: picture.state for subject, picture in EXPECTED.items() if picture is not None}
    assert states["order", "order-1"] == "completed"
    assert states["need", "need-order-1"] == "ordered"
    assert states["quote", "quote-order-1"] == "accepted"
    assert states["purchase_order", "po-order-1"] == "received"
    assert {states["run", f"run-{name}-order-1"] for name in ("cut", "harden", "build")} == {"ended"}
    assert {states["visit", f"{name}-order-1"] for name in ("visit", "hand")} == {"completed"}


def test_an_order_at_risk_says_which_line_is_late_and_why() -> None:
    picture = pictures_of(heard_of(late_story()))["order", "order-1"]
    assert picture is not None
    assert picture.state == "at risk"
    good, service = picture.lines
    assert (good.at_risk, good.reason) == (True, "vendor moved the delivery")
    assert good.expected_at == PROMISED + timedelta(days=2)
    assert (service.at_risk, service.open) == (False, True)
    assert isinstance(picture.detail, OrderDetail)
    assert picture.detail.supply_id == "po-order-1"


def test_a_new_date_that_the_customer_took_is_the_promise_and_no_lateness_stays() -> None:
    new = PROMISED + timedelta(days=2)
    dates = (LineDate("L1", PROMISED, new),)
    taken = orders.NewDateAccepted("order-1", dates)
    picture = told_after(taken, orders.PromiseRecovered("order-1", "acme", "new date accepted", dates))
    assert picture.state == "promised"
    good, _ = picture.lines
    assert (good.promised_at, good.at_risk) == (new, False)


def test_while_another_line_is_late_the_order_stays_at_risk_and_says_why() -> None:
    late, new = LineDate("L2", PROMISED, None), PROMISED + timedelta(days=2)
    picture = told_after(
        orders.PromiseAtRisk("order-1", "acme", "nobody can come", None, (late,)),
        orders.NewDateAccepted("order-1", (LineDate("L1", PROMISED, new),)),
    )
    assert isinstance(picture.detail, OrderDetail)
    assert (picture.state, picture.detail.cause) == ("at risk", "nobody can come")
    good, service = picture.lines
    assert (good.at_risk, service.at_risk) == (False, True)


def test_a_line_that_waits_for_a_person_is_at_risk_with_that_reason() -> None:
    held = orders.OrderLineHeld("order-1", "L2", "client silent")
    picture = pictures_of(heard_of([*late_story(), Told(held, 3)]))["order", "order-1"]
    assert picture is not None
    _, service = picture.lines
    assert (service.at_risk, service.reason) == (True, "client silent")
    resumed = orders.OrderLineResumed("order-1", "L2")
    picture = pictures_of(heard_of([*late_story(), Told(held, 3), Told(resumed, 4)]))["order", "order-1"]
    assert picture is not None
    assert picture.lines[1].reason != "client silent"


def test_the_parts_of_a_price_sum_to_it_exactly() -> None:
    picture = EXPECTED["order", "order-1"]
    assert picture is not None
    assert [row.kind for row in picture.values] == ["good", "service", "whole"]
    for row in picture.values:
        added = row.labour_minor + row.capital_minor + row.overhead_minor + row.margin_minor
        assert row.price_minor - row.bought_in_minor == added
    assert all(row.final for row in picture.values)


def test_what_was_shipped_is_the_cost_of_goods_and_the_way_to_the_client_comes_on_top() -> None:
    cost = CostVector(5_00, 1_00, 0, 0, "EUR")
    moved = materials.StockMoved(
        "box-order-1", "m1", "gearbox", "s1", Quantity(8), "shipped", cost, "order-1", "L1"
    )
    before, after = EXPECTED["order", "order-1"], pictures_of(heard_of([*whole_story(), Told(moved, 11.05)]))
    shipped = after["order", "order-1"]
    assert before is not None
    assert shipped is not None
    assert shipped.values[0].bought_in_minor == before.values[0].bought_in_minor + 5_00
    assert shipped.values[0].labour_minor == before.values[0].labour_minor + 1_00
    assert shipped.values[1:] == before.values[1:]


def test_an_order_is_not_shown_before_it_is_known_to_be_placed() -> None:
    late = [one for one in heard_of(late_story()) if one.name == "SupplyLate"]
    assert picture_of(("order", "order-1"), late) is None


def test_an_action_message_is_open_until_its_reason_is_gone() -> None:
    heard = heard_of(late_story())
    picture = pictures_of(heard)["planned_order", "buy-order-1"]
    assert picture is not None
    assert [(one.kind, one.order_ids, one.quantity) for one in picture.messages] == [
        ("expedite", ("order-1",), Quantity(2))
    ]
    closed = FACTS["ActionMessageClosed"]("buy-order-1", "expedite", "it came")
    after = pictures_of(heard_of([*late_story(), Told(closed, 4)]))["planned_order", "buy-order-1"]
    assert after is not None
    assert after.messages == ()


def test_a_fact_is_found_from_everything_it_names_however_deep() -> None:
    (issued,) = [one.fact for one in HEARD if one.name == "PurchaseOrderIssued"]
    assert mentions_of(issued) == {
        ("purchase_order", "po-order-1"),
        ("purchase_line", "pl-order-1"),
        ("planned_order", "buy-order-1"),
        ("order", "order-1"),
    }
    assert ties_of(issued) == {(("planned_order", "buy-order-1"), ("purchase_order", "po-order-1"))}


def test_every_name_in_the_tables_of_facts_is_a_fact_of_the_contracts() -> None:
    named = {name for names in FACTS_OF.values() for name in names}
    assert named <= FACTS.keys()
    assert {name for states in STATES.values() for name in states} <= named
    assert set(NAMED.values()) <= FACTS.keys()


@pytest.mark.parametrize("one", HEARD, ids=lambda one: one.name)
def test_every_fact_of_the_story_can_be_said_in_words(one: Heard) -> None:
    assert title_of(one.name)[0].isupper()
    assert isinstance(says(one.fact), str)
    assert actor_of(one.fact, one.teller)
    assert plans_for(one.fact) is None or plans_for(one.fact) >= START - timedelta(days=1)  # type: ignore[operator]
    assert home_of(one.fact) in mentions_of(one.fact)


def test_nothing_is_kept_of_what_a_fact_says_of_a_person() -> None:
    told = orders.ContactChanged("k1", "acme", "Ms Day", "day@acme.example", "1 Main Street")
    (heard,) = heard_of([Told(told, 0)])
    assert heard.fact == orders.ContactChanged("k1", "acme", "", "", "")
    (record,) = records_of([Told(told, 0)])
    assert SUBSCRIPTIONS[0].command_of(replace(record, value=None), CATALOGUE) is None


def test_every_fact_of_the_contracts_is_heard() -> None:
    assert {subscription.fact for subscription in SUBSCRIPTIONS} == set(FACTS.values())


def told_after(*facts: object) -> Picture:
    """The picture of a late order after these facts."""
    told = [Told(fact, 3 + number / 10) for number, fact in enumerate(facts)]
    picture = pictures_of(heard_of([*late_story(), *told]))["order", "order-1"]
    assert picture is not None
    return picture


def test_of_a_line_that_is_closed_short_its_share_is_owed() -> None:
    lots = (LotPart("box", "gearbox", Quantity(6), CostVector(0, 0, 0, 0, "EUR")),)
    line = service_desk.DeliveredLine("L1", lots)
    picture = told_after(
        service_desk.HandOverCompleted("h", "order-1", "s1", (line,), CostVector(0, 0, 0, 0, "EUR"), "ann"),
        orders.OrderLineShortClosed("order-1", "L1", Quantity(2), "two are enough"),
    )
    good, service, whole = picture.values
    assert good.price_minor == GOODS.minor * 6 // 8
    assert (service.price_minor, whole.price_minor) == (FITTING.minor, good.price_minor + FITTING.minor)


def test_nothing_is_owed_for_an_order_that_was_cancelled() -> None:
    picture = told_after(orders.OrderCancelled("order-1", "promise-order-1", "too late"))
    assert [(row.kind, row.price_minor, row.margin_minor) for row in picture.values] == [
        ("good", 0, 0), ("service", 0, 0), ("whole", 0, 0),
    ]  # fmt: skip


def test_a_charge_for_what_was_given_up_is_owed_by_the_customer_and_by_us() -> None:
    charge = Money(5_00, "EUR")
    value = ValueAdded("EUR", 5_00, 5_00, 0, 0, 0, 0)
    lines = (LineQuantity("L1", Quantity(0)), LineQuantity("L2", Quantity(0)))
    picture = told_after(
        orders.CancellationRequested("order-1", "x", lines, "no need", START),
        orders.ChangeCommitted("order-1", "x", charge),
        orders.OrderCancelled("order-1", "promise-order-1", "no need"),
        orders.ValueRevised("order-1", value, "its cancellation is charged"),
    )
    assert [(row.kind, row.price_minor, row.bought_in_minor, row.margin_minor) for row in picture.values] == [
        ("good", 5_00, 5_00, 0), ("service", 0, 0, 0), ("whole", 5_00, 5_00, 0),
    ]  # fmt: skip


def test_a_cost_in_another_currency_counts_by_what_it_is_worth() -> None:
    cost, worth = CostVector(900, 0, 0, 0, "USD"), CostVector(450, 0, 0, 0, "EUR")
    moved = materials.StockMoved(
        "lot-1", "m1", "PC", "plant-1", Quantity(8), "shipped", cost, "order-1", "L1"
    )
    missed = orders.RateMissed("order-1", "L1", "USD", "EUR", START.date())
    known = orders.CostExchanged("order-1", "L1", cost, worth, Quantity("0.5"), START.date())
    assert [row.bought_in_minor for row in told_after(moved, missed).values] == [0, 0, 0]
    assert [(row.currency, row.bought_in_minor) for row in told_after(moved, missed, known).values] == [
        ("EUR", 450), ("EUR", 0), ("EUR", 450),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "end",
    [
        orders.OrderCancelled("order-1", "promise-order-1", "too late"),
        orders.OrderLineShortClosed("order-1", "L1", Quantity(8), "too late"),
        orders.OrderLineAmended("order-1", "x", "L1", Quantity(8), Quantity(0), Money(0, "EUR")),
    ],
)
def test_what_was_given_up_never_came_late(end: object) -> None:
    assert "expected 2 days after" in why_of(told_after())
    picture = pictures_of(heard_of([*late_story(), Told(end, 60)]))["order", "order-1"]
    assert picture is not None
    assert why_of(picture) == "Nothing is late."


def why_of(picture: Picture) -> str:
    """Why an order is late, at the moment of its promise."""
    assert isinstance(picture.detail, OrderDetail)
    return why_late(picture.detail, picture.lines, {}, "", [], PROMISED)
