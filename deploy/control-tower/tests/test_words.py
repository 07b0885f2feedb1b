"""Facts in words: who did what, and how much of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from backbone.samples import sample_of
from contracts.outside import WorkRequested
from contracts.production import RunScheduled, RunStarted
from contracts.shapes import LotPart
from contracts.topics import TOPICS
from contracts.values import CostVector, Quantity
from contracts.vendors import PurchaseOrderIssued
from control_tower.domain.heard import Heard
from control_tower.domain.state import state_of
from control_tower.domain.words import actor_of, counted, figure, plans_for, says, so_much, title_of
from tests.browser.story import masters, whole_story
from tests.browser.tower import heard_of

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
FACTS = [fact for topic in TOPICS for fact in topic.facts]
ACTORS = {one.name: actor_of(one.fact, one.teller) for one in heard_of([*whole_story(), *masters()])}
SAYS = {one.name: says(one.fact) for one in heard_of(whole_story())}


@pytest.mark.parametrize(
    ("name", "actor"),
    [
        ("NeedStated", "acme"),
        ("OrderPlaced", "acme"),
        ("QuoteSent", "orders"),
        ("OrderPromised", "orders"),
        ("VisitOffered", "service-desk"),
        ("OrderCompleted", "orders"),
        ("PurchaseOrderIssued", "vendors"),
        ("OrderAcknowledged", "v-steel"),
        ("GoodsReceived", "vendors"),
        ("HandOverCompleted", "Ms Day"),
    ],
)
def test_who_acted_is_who_did_it_and_not_whom_it_was_done_to(name: str, actor: str) -> None:
    assert ACTORS[name] == actor


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 runs"), (1, "1 run"), ("1", "1 run"), ("1.5", "1.5 runs"), (2, "2 runs")]
)
def test_one_is_said_of_one(count: object, text: str) -> None:
    assert counted(count, "run") == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (Quantity(60_000), "60,000"),
        ("60000 l", "60,000 l"),
        ("-1234.5678", "-1,234.5678"),
        ("999.9", "999.9"),
        ("0.12345", "0.12345"),
        ("", ""),
        (207_000, "207,000"),
    ],
)
def test_thousands_stand_apart(given: object, text: str) -> None:
    assert figure(given) == text


@pytest.mark.parametrize(
    ("quantity", "unit", "text"),
    [
        ("1", "piece", "1 piece"),
        (Quantity(1200), "piece", "1,200 pieces"),
        (Quantity("0.5"), "visit", "0.5 visits"),
        (2, "box", "2 boxes"),
        (2, "kg", "2 kg"),
        (2, "Stange", "2 Stange"),
        (2, "", "2"),
    ],
)
def test_a_unit_that_is_a_word_is_said_of_one_or_of_several(quantity: object, unit: str, text: str) -> None:
    assert so_much(quantity, unit) == text


def test_what_is_counted_in_a_fact_is_said_of_one_or_of_many() -> None:
    assert counted(2, "supply covers", "supplies cover") == "2 supplies cover"
    assert SAYS["RequirementsPlanned"] == "1 supply covers 1 line"
    assert SAYS["RunRequested"] == "recipe build v1, 2 runs"


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.__name__)
def test_every_fact_there_is_can_be_said_in_words(fact: type) -> None:
    told = sample_of(fact)
    assert isinstance(says(told), str)
    assert actor_of(told, "orders")
    assert plans_for(told) is None or isinstance(plans_for(told), datetime)


def test_titles_use_the_words_of_the_trade() -> None:
    titles = " ".join(title_of(fact.__name__) for fact in FACTS).lower()
    assert "supplier" not in titles
    assert "delay" not in titles


def test_work_that_is_bought_for_a_run_is_told_of_the_run_and_not_of_what_it_was_planned_for() -> None:
    issued = replace(sample_of(PurchaseOrderIssued), run_id="r1")
    heard = [
        Heard(f"e{number}", "topic", "key", number, NOW, NOW, None, None, fact)
        for number, fact in enumerate([replace(sample_of(RunScheduled), late_cause=None), issued])
    ]
    assert state_of("planned_order", "p1", heard)[0] == "scheduled"
    goods = [heard[0], replace(heard[1], fact=replace(issued, run_id=None))]
    assert state_of("planned_order", "p1", goods)[0] == "ordered"
    assert state_of("purchase_order", "po1", heard)[0] == "issued"
    asked = replace(
        sample_of(WorkRequested), quantity=Quantity(120), unit="piece", sku="hardening", needed_at=NOW
    )
    assert says(asked) == "120 pieces hardening by 2026-03-02 08:00"
    sent = (LotPart("l1", "axle", Quantity(120), CostVector(0, 0, 0, 0, "EUR")),)
    assert says(replace(sample_of(RunStarted), sent=())) == ""
    assert says(replace(sample_of(RunStarted), sent=sent)).startswith("sent to the vendor: 120 axle")
