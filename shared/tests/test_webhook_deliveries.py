"""Facts arrive at endpoints over a real connection: signed, again where they were not taken, and never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import WebhookVerificationError

from backbone.testing_support import eventually
from backbone.webhooks.delivering import EACH_COUNT_MAX
from backbone.webhooks.schedule import WAITS
from shared.tests.bells import Silenced
from shared.tests.grounds import running
from shared.tests.hooks import RUNG
from shared.tests.receivers import CUT, HANG, said
from shared.tests.yards import Yard, yard_of


@pytest.fixture
async def yard(engine: AsyncEngine, empty_database: str, tmp_path: Path) -> AsyncIterator[Yard]:
    async with yard_of(engine, empty_database, tmp_path) as here:
        yield here


async def test_facts_arrive_signed_in_order_and_as_the_log_shows_them(yard: Yard) -> None:
    await yard.door.log(2)
    webhook_id, secret = await yard.register("/o2d?x=1")
    ids = await yard.door.log(3)
    async with running(yard.deliverer()):
        await yard.got(3)
        await eventually(lambda: yard.all_delivered(webhook_id, 3))
    first, second, third = yard.receiver.got
    assert sorted(yard.receiver.ids()) == sorted(ids)
    listed = (await yard.door.get("/v1/events?after=0-2"))["items"]
    by_id = {event["id"]: event for event in listed}
    assert [first.verified(secret), second.verified(secret), third.verified(secret)] == [
        by_id[message.id] for message in yard.receiver.got
    ]
    assert (first.target, first.headers["content-type"]) == ("/o2d?x=1", "application/cloudevents+json")
    assert first.headers["host"] == f"127.0.0.1:{yard.receiver.port}"
    (told, *_) = await yard.deliveries(webhook_id)
    assert (told["event_id"], told["type"], told["cursor"], told["status"]) == (ids[0], RUNG, "0-3", 204)
    with pytest.raises(WebhookVerificationError):
        first.verified("whsec_" + "A" * 43 + "=")


async def test_only_wanted_facts_arrive_and_none_of_a_personal_topic(yard: Yard) -> None:
    all_id, _ = await yard.register("/all")
    ids = await yard.door.log(1, Silenced("bell", "anna"))
    other, _ = await yard.register("/rung", facts=[RUNG])
    ids += await yard.door.log(1, Silenced("bell", "bert"))
    head = await yard.door.head()
    async with running(yard.deliverer()):
        for webhook_id in (all_id, other):
            await eventually(lambda each=webhook_id: yard.door.caught_up(each, head))  # type: ignore[misc]
    assert sorted((one.target, one.id) for one in yard.receiver.got) == sorted(
        [("/all", ids[0]), ("/all", ids[2]), ("/rung", ids[2])]
    )
    assert not any(b"sha256" in one.body for one in yard.receiver.got)


async def test_what_is_not_taken_is_tried_again_and_what_is_behind_it_goes_on(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    bad, *rest = await yard.door.log(4)
    yard.receiver.answer = lambda one: said(500, "not now") if one.id == bad else said(204)
    async with running(yard.deliverer()):
        await yard.got(4)
        await eventually(lambda: yard.all_delivered(webhook_id, 3))
        tried = await yard.settled(webhook_id, 1)
        assert (tried["status"], tried["answer"]) == (500, "not now")
        wait = datetime.fromisoformat(tried["next_at"]) - datetime.fromisoformat(tried["tried_at"])
        assert WAITS[0] <= wait <= WAITS[0] * 1.2
        yard.wall.ahead += wait
        await yard.settled(webhook_id, 2)
        yard.receiver.answer = lambda one: said(200)
        yard.wall.ahead += WAITS[1] * 1.2
        await yard.settled(webhook_id, 3, "delivered")
    assert yard.receiver.ids().count(bad) == 3
    assert all(yard.receiver.ids().count(one) == 1 for one in rest)
    assert await yard.state(webhook_id) == ("active", None)


async def test_who_asks_to_wait_is_left_alone_meanwhile(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    await yard.door.log(1)
    yard.receiver.answer = lambda _: said(429, retry_after="600")
    async with running(yard.deliverer()):
        await yard.settled(webhook_id, 1)
        await yard.door.log(2)
        await eventually(lambda: yard.waiting(webhook_id, 3))
        yard.receiver.answer = lambda _: said(204)
        yard.wall.ahead = timedelta(seconds=590)
        await yard.door.log(1)
        await eventually(lambda: yard.waiting(webhook_id, 4))
        assert len(yard.receiver.got) == 1
        yard.wall.ahead = timedelta(seconds=610)
        await eventually(lambda: yard.all_delivered(webhook_id, 4))
    assert len(yard.receiver.got) == 5


async def test_who_is_gone_is_disabled_at_once_and_gets_the_rest_when_enabled(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    await yard.door.log(1)
    yard.receiver.answer = lambda _: said(410)
    async with running(yard.deliverer()):
        await eventually(lambda: yard.is_off(webhook_id))
        view = await yard.door.get(f"/v1/webhooks/{webhook_id}")
        assert (view["reason"], view["changed_by"]) == ("the endpoint answered 410: it is gone", "webhooks")
        await yard.door.log(2)
        refused = await yard.door.ask("POST", f"/v1/webhooks/{webhook_id}/test")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/webhook-is-disabled")
        yard.receiver.answer = lambda _: said(204)
        await yard.door.post(f"/v1/webhooks/{webhook_id}/enable")
        await eventually(lambda: yard.all_delivered(webhook_id, 2))
    assert len(yard.receiver.got) == 3


async def test_who_takes_nothing_for_days_is_disabled_with_the_reason(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    await yard.door.log(1)
    yard.receiver.answer = lambda _: CUT
    async with running(yard.deliverer()):
        for attempts, wait in enumerate(WAITS, 1):
            tried = await yard.settled(webhook_id, attempts)
            assert (tried["status"], await yard.state(webhook_id)) == (None, ("active", None))
            yard.wall.ahead += wait * 1.2
        await yard.settled(webhook_id, len(WAITS) + 1, "failed")
    state, reason = await yard.state(webhook_id)
    assert state == "disabled"
    assert f"was tried {len(WAITS) + 1} times" in str(reason)


async def test_one_message_that_is_never_taken_does_not_disable_who_takes_others(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    (bad,) = await yard.door.log(1)
    yard.receiver.answer = lambda one: said(400) if one.id == bad else said(204)
    async with running(yard.deliverer()):
        for attempts, wait in enumerate(WAITS, 1):
            await yard.settled(webhook_id, attempts)
            yard.wall.ahead += wait * 1.2
            await yard.door.log(1)
        await yard.settled(webhook_id, len(WAITS) + 1, "failed")
    assert await yard.state(webhook_id) == ("active", None)


async def test_both_secrets_sign_for_a_day_and_then_the_new_one_alone(yard: Yard) -> None:
    webhook_id, old = await yard.register()
    new = (await yard.door.post(f"/v1/webhooks/{webhook_id}/secrets"))["secret"]
    await yard.door.log(1)
    async with running(yard.deliverer()):
        await yard.got(1)
        (both,) = yard.receiver.got
        assert both.verified(old) == both.verified(new)
        assert len(both.headers["webhook-signature"].split(" ")) == 2
        await eventually(lambda: yard.all_delivered(webhook_id, 1))
        async with yard.door.host.begin() as tx:
            await tx.sql.execute(text("UPDATE webhook_secrets SET ends_at = now() WHERE ends_at IS NOT NULL"))
        await yard.door.log(1)
        await yard.got(2)
    assert yard.receiver.got[1].verified(new)
    with pytest.raises(WebhookVerificationError):
        yard.receiver.got[1].verified(old)


async def test_a_slow_endpoint_holds_up_neither_another_nor_more_than_its_share(yard: Yard) -> None:
    slow_id, _ = await yard.register("/slow")
    fast_id, _ = await yard.register("/fast")
    yard.receiver.answer = lambda one: HANG if one.target == "/slow" else said(204)
    await yard.door.log(30)
    async with running(yard.deliverer()):
        await eventually(lambda: yard.all_delivered(fast_id, 30))
        slow = [one for one in yard.receiver.got if one.target == "/slow"]
        assert len(slow) == EACH_COUNT_MAX
        assert await yard.waiting(slow_id, 30)
        yard.receiver.answer = lambda _: said(204)
        yard.receiver.let_go.set()


async def test_the_example_for_those_who_receive_takes_a_message_once(yard: Yard) -> None:
    page = (Path(__file__).parents[2] / "docs" / "WEBHOOKS.md").read_text()
    example: dict[str, Any] = {}
    exec(page.partition("```python\n")[2].partition("```")[0], example)
    _, secret = await yard.register()
    (told,) = await yard.door.log(1)
    async with running(yard.deliverer()):
        await yard.got(1)
    (message,), seen = yard.receiver.got, set[str]()
    assert example["receive"](secret, message.headers, message.body, seen)["id"] == told
    assert example["receive"](secret, message.headers, message.body, seen) is None
    with pytest.raises(WebhookVerificationError):
        example["receive"](secret, message.headers, message.body + b" ", seen)
