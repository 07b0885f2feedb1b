"""What one try comes to, who takes over, and the log: its pages, messages again, facts again from a place on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from backbone.testing_support import eventually
from backbone.webhooks.cleaning import clean_webhooks
from backbone.webhooks.guard import Guard
from backbone.webhooks.posting import ANSWER_BYTES_MAX
from shared.tests.grounds import running
from shared.tests.hooks import LOOPBACK, RUNG
from shared.tests.receivers import HANG, said
from shared.tests.yards import Yard, yard_of


@pytest.fixture
async def yard(engine: AsyncEngine, empty_database: str, tmp_path: Path) -> AsyncIterator[Yard]:
    async with yard_of(engine, empty_database, tmp_path) as here:
        yield here


async def test_an_answer_that_never_comes_is_a_failure_after_its_time(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    await yard.door.log(1)
    yard.receiver.answer = lambda _: HANG
    async with running(yard.deliverer(seconds=0.2)):
        tried = await yard.settled(webhook_id, 1)
    assert (tried["status"], tried["answer"]) == (None, "no answer within 0.2 seconds")


async def test_a_redirection_is_followed_nowhere(yard: Yard) -> None:
    webhook_id, _ = await yard.register("/here")
    await yard.door.log(1)
    yard.receiver.answer = lambda _: said(307, location=yard.receiver.url("/there"))
    async with running(yard.deliverer()):
        tried = await yard.settled(webhook_id, 1)
    assert (tried["status"], [one.target for one in yard.receiver.got]) == (307, ["/here"])


async def test_of_an_answer_only_its_head_is_read_and_kept_readable(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    await yard.door.log(1)
    endless = "\x00\x1b[31m" + "x" * (64 * ANSWER_BYTES_MAX)
    yard.receiver.answer = lambda _: said(500, endless)
    async with running(yard.deliverer()):
        tried = await yard.settled(webhook_id, 1)
    assert tried["answer"] == "\ufffd\ufffd[31m" + "x" * 494


async def test_a_name_that_leads_elsewhere_later_is_looked_at_again(yard: Yard) -> None:
    leads = ["127.0.0.1"]

    async def rebinding(host: str, port: int) -> Sequence[str]:
        return leads

    yard.door.host.guard = Guard(True, frozenset(), LOOPBACK, rebinding)
    webhook_id, _ = await yard.door.register(yard.receiver.url(host="hooks.example"))
    await yard.door.log(1)
    async with running(yard.deliverer()):
        await eventually(lambda: yard.all_delivered(webhook_id, 1))
        leads[:] = ["10.0.0.1"]
        await yard.door.log(1)

        async def refused() -> Any:
            waiting = await yard.deliveries(webhook_id, "?state=waiting")
            return waiting and waiting[0]["attempts"] == 1 and waiting[0]

        tried = await eventually(refused)
    assert tried["answer"] == "the name leads to an address that is not of the open internet"
    assert len(yard.receiver.got) == 1
    assert yard.receiver.got[0].headers["host"] == f"hooks.example:{yard.receiver.port}"


async def test_a_sender_that_ends_before_it_notes_sends_again(yard: Yard, monkeypatch: Any) -> None:
    webhook_id, _ = await yard.register()
    (told,) = await yard.door.log(1)

    class Killed(Exception):
        """What stands for the end of a process."""

    def dies(point: str) -> None:
        if point == "webhook.sent":
            raise Killed

    monkeypatch.setattr("backbone.webhooks.delivering.reached", dies)
    first = yard.deliverer()
    async with running(first):
        await yard.got(1)
        await eventually(lambda: first.trouble)
        assert await yard.waiting(webhook_id, 1)
        monkeypatch.undo()
        await eventually(lambda: yard.all_delivered(webhook_id, 1))
    assert set(yard.receiver.ids()) == {told}
    assert len(yard.receiver.got) >= 2


async def test_of_two_senders_one_works_and_the_other_takes_over(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    first, second = yard.deliverer(), yard.deliverer()
    async with AsyncExitStack() as stack:
        async with running(first):
            await eventually(lambda: first.active)
            await stack.enter_async_context(running(second))
            await yard.door.log(20)
            await eventually(lambda: yard.all_delivered(webhook_id, 20))
            assert (first.active, second.active) == (True, False)
        await eventually(lambda: second.active)
        await yard.door.log(1)
        await eventually(lambda: yard.all_delivered(webhook_id, 21))
    assert len(yard.receiver.got) == len(set(yard.receiver.ids())) == 21


async def test_facts_are_replayed_from_a_place_with_the_ids_that_they_had(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    ids = await yard.door.log(3)
    place = f"/v1/webhooks/{webhook_id}"
    async with running(yard.deliverer()):
        await eventually(lambda: yard.all_delivered(webhook_id, 3))
        replayed = await yard.door.post(f"{place}/replay", {"after": "0-1"})
        assert replayed["cursor"] == "0-1"
        await eventually(lambda: yard.all_delivered(webhook_id, 5))
        assert sorted(yard.receiver.ids()[3:]) == sorted(ids[1:])
        for after in ("0-4", "nonsense", "1-0"):
            assert (await yard.door.ask("POST", f"{place}/replay", {"after": after})).status_code == 422


async def test_one_message_is_sent_again_and_a_test_says_what_it_is(yard: Yard) -> None:
    webhook_id, secret = await yard.register(facts=[RUNG])
    (told,) = await yard.door.log(1)
    place = f"/v1/webhooks/{webhook_id}"
    async with running(yard.deliverer()):
        await eventually(lambda: yard.all_delivered(webhook_id, 1))
        (sent,) = await yard.deliveries(webhook_id)
        again = await yard.door.post(f"{place}/deliveries/{sent['delivery_id']}/again")
        assert (again["state"], again["attempts"]) == ("waiting", 0)
        await yard.got(2)
        await eventually(lambda: yard.all_delivered(webhook_id, 1))
        tested = await yard.door.post(f"{place}/test")
        assert (tested["cursor"], tested["type"]) == (None, "o2d.webhook.tested.v1")
        await eventually(lambda: yard.all_delivered(webhook_id, 2))
    assert yard.receiver.ids() == [told, told, tested["event_id"]]
    event = yard.receiver.got[2].verified(secret)
    assert (event["type"], event["data"]) == ("o2d.webhook.tested.v1", {"webhook_id": webhook_id})
    assert (await yard.door.ask("POST", f"{place}/deliveries/none/again")).status_code == 404
    assert (await yard.door.ask("GET", f"{place}/deliveries?state=lost")).status_code == 422


async def test_the_log_of_deliveries_is_paged_and_pruned(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    forgotten, _ = await yard.register("/forgotten")
    await yard.door.log(5)
    async with running(yard.deliverer()):
        await eventually(lambda: yard.all_delivered(webhook_id, 5))
        await eventually(lambda: yard.all_delivered(forgotten, 5))
    page = await yard.door.get(f"/v1/webhooks/{webhook_id}/deliveries?limit=3&state=delivered")
    rest = await yard.door.get(page["next"])
    cursors = [one["cursor"] for one in (*page["items"], *rest["items"])]
    assert cursors == ["0-5", "0-4", "0-3", "0-2", "0-1"]
    await yard.door.ask("DELETE", f"/v1/webhooks/{forgotten}")
    await clean_webhooks(yard.door.host, datetime.now(UTC) + timedelta(days=6))
    assert len(await yard.deliveries(webhook_id)) == 5
    async with yard.door.host.read() as sql:
        left = (await sql.execute(text("SELECT DISTINCT webhook_id FROM webhook_deliveries"))).scalars().all()
    assert left == [webhook_id]
    await clean_webhooks(yard.door.host, datetime.now(UTC) + timedelta(days=8))
    assert await yard.deliveries(webhook_id) == []
