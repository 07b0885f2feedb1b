"""The map of facts is the code's own, and no fact is told into the void."""

from __future__ import annotations

from dataclasses import replace

from contracts import orders
from contracts.topics import ORDER, TOPICS
from tests.contracts.choreography import PAGE, faults, hearers, page


def test_every_fact_is_heard_by_somebody_or_marked_as_for_outside() -> None:
    assert faults(TOPICS, hearers()) == []


def test_a_fact_without_hearer_or_mark_is_found_and_so_is_a_mark_too_many() -> None:
    unmarked = replace(ORDER, outside=frozenset())
    assert "nobody hears OrderCompleted" in " ".join(
        faults((unmarked,), {orders.OrderPlaced: ("materials",)})
    )
    marked = replace(ORDER, outside=frozenset(ORDER.facts))
    assert "OrderPlaced is heard by materials" in " ".join(
        faults((marked,), {orders.OrderPlaced: ("materials",)})
    )


def test_the_committed_map_is_the_one_that_the_code_makes() -> None:
    assert PAGE.read_text() == page(), "python -m tests.contracts.choreography --write"
