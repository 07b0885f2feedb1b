"""What a terminal sends, and what it takes from the answer."""

from __future__ import annotations

import pytest

from backbone.errors import Invalid
from control_tower.domain.terminal import asked_for
from control_tower.gateways import Answer
from control_tower.pages.making.terminal import outcome_of


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer("production", {"id": "r"}, status=200), "recorded"),
        (Answer("production", trouble="does not answer"), "away"),
        (Answer("production", status=500), "away"),
        (Answer("production", status=429), "away"),
        (Answer("production", status=409, kind="key-in-use"), "away"),
        (Answer("production", status=409, kind="wrong-state"), "refused"),
        (Answer("production", status=403, kind="forbidden"), "refused"),
        (Answer("production", status=422), "refused"),
    ],
)
def test_only_what_production_has_decided_is_not_sent_again(answer: Answer, outcome: str) -> None:
    assert outcome_of(answer) == outcome


@pytest.mark.parametrize(
    "form",
    [
        {"act": "hold"},
        {"act": "report", "sku": "x"},
        {"act": "parameter", "parameter": "ten/t", "value": "1"},
        {},
    ],
)
def test_an_act_that_says_too_little_is_refused_before_it_is_sent(form: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        asked_for(form)
