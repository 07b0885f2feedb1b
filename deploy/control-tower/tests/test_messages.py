"""The action list over a real materials: shown as it stands there, answered there in the planner's name."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import httpx
import pytest

from backbone.errors import Invalid
from contracts.answers import ActionMessageRejected, ActionMessageSnoozed
from control_tower.pages.messages import acts_of
from tests.browser.street import Beside
from tests.browser.tower import visitor


def form_of(page: str) -> dict[str, str]:
    """The form of the list as it is sent when the first message is picked."""
    (form,) = re.findall(r'<form method="post".*?</form>', page, re.DOTALL)
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    picks = re.findall(r'<input type="checkbox" name="(pick [^"]+)"', form)
    return {name: unescape(value) for name, value in fields.items()} | {picks[0]: "on"}


async def test_the_list_says_what_is_asked_whom_it_hurts_and_what_is_at_stake(
    planner: httpx.AsyncClient,
) -> None:
    page = (await planner.get("/messages")).text
    assert re.findall(r'<span class="state expedite">(\w+)</span>', page) == ["expedite"]
    assert "1,000.00 EUR" in page
    assert '<a href="/orders/order-g">' in page
    assert page.count("<tr data-row>") == 1
    for query in ("?kind=cancel", "?sku=bolt", "?site_id=elsewhere"):
        assert "The plan asks for nothing." in (await planner.get(f"/messages{query}")).text


async def test_a_message_that_is_rejected_with_a_reason_leaves_the_list(
    beside: Beside, planner: httpx.AsyncClient
) -> None:
    form = form_of((await planner.get("/messages")).text)
    said = {**form, "act": "reject", "reason": "the customer waits"}
    answer = await planner.post("/messages?sort=wanted_at", data=said)
    assert answer.status_code == 200
    assert re.findall(r'<span class="state">(rejected)</span>', answer.text) == ["rejected"]
    assert "The plan asks for nothing." in answer.text
    (told,) = await beside.plan.told(ActionMessageRejected)
    assert told.reason == "the customer waits"
    assert "rejected" in (await planner.post("/messages", data=said)).text
    late = {**said, "idempotency_key": "another"}
    assert "refused: the message expedite" in (await planner.post("/messages", data=late)).text
    assert len(await beside.plan.told(ActionMessageRejected)) == 1


async def test_a_message_that_is_put_off_is_listed_only_when_it_is_asked_for(
    beside: Beside, planner: httpx.AsyncClient
) -> None:
    form = form_of((await planner.get("/messages")).text)
    until = beside.materials.clock.now() + timedelta(days=3)
    past = {**form, "act": "snooze", "until": "2020-01-01T08:00"}
    assert (
        "refused: a message sleeps until a moment to come"
        in (await planner.post("/messages", data=past)).text
    )
    later = {**form, "act": "snooze", "until": f"{until:%Y-%m-%dT%H:%M}", "idempotency_key": "later"}
    assert "The plan asks for nothing." in (await planner.post("/messages", data=later)).text
    assert len(await beside.plan.told(ActionMessageSnoozed)) == 1
    assert "put off until" in (await planner.get("/messages?sleeping=true")).text


async def test_who_may_not_act_sees_the_list_and_nothing_to_press(beside: Beside) -> None:
    async with visitor(beside.tower, beside.issuer, "buyer") as client:
        page = (await client.get("/messages")).text
        assert page.count("<tr data-row>") == 1
        assert "<button>Answer</button>" not in page
        assert (await client.post("/messages", data={"accept": "x@release"})).status_code == 403


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"act": "accept"}, "/pick"),
        ({"pick a@cancel": "on"}, "/act"),
        ({"pick a@cancel": "on", "act": "drop"}, "/act"),
        ({"pick a@cancel": "on", "act": "reject"}, "/reason"),
        ({"pick a@cancel": "on", "act": "snooze", "until": "soon"}, "/until"),
    ],
)
def test_a_form_that_says_too_little_asks_for_nothing(form: dict[str, str], wrong: str) -> None:
    with pytest.raises(Invalid) as refusal:
        acts_of(form)
    assert [pointer for pointer, _ in refusal.value.pointers] == [wrong]


def test_the_button_of_a_row_is_for_that_row_whatever_is_picked() -> None:
    form = {"accept": "a@release", "pick b@cancel": "on", "act": "reject", "reason": "no"}
    assert acts_of(form) == [{"id": "a@release", "act": "accept"}]
