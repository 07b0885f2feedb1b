"""Facts arrive at endpoints over a real connection: signed, again where they were not taken, and never lost."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine
from standardwebhooks import WebhookVerificationError

from backbone.testing_issuer import Issuer
from backbone.testing_support import eventually
from backbone.webhooks.cleaning import clean_webhooks
from backbone.webhooks.delivering import EACH_COUNT_MAX, Chances, Deliverer
from backbone.webhooks.guard import Guard
from backbone.webhooks.posting import ANSWER_BYTES_MAX, Poster
from backbone.webhooks.schedule import WAITS
from shared.tests.bells import Silenced
from shared.tests.grounds import QUICK_RELAY, running
from shared.tests.hooks import LOOPBACK, RUNG, Door, door_of
from shared.tests.receivers import CUT, HANG, Receiver, receiving, said


class Wall:
    """The wall's time, which a test may move on."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        """What it shows."""
        return datetime.now(UTC) + self.ahead


class Yard:
    """A belfry's door, who sends, and who gets."""

    def __init__(self, door: Door, dsn: str, receiver: Receiver) -> None:
        self.door, self.receiver, self.wall = door, receiver, Wall()
        self._dsn = dsn.replace("postgresql+asyncpg://", "postgresql://")

    def deliverer(self, seconds: float = 5) -> Deliverer:
        """Who sends."""
        return Deliverer(
            self.door.host,
            self._dsn,
            lambda: Poster(self.door.host.guard, seconds=seconds),
            times=QUICK_RELAY,
            chances=Chances(self.wall.now, lambda: 0.5),
        )

    async def register(self, path: str = "/hook", **body: Any) -> tuple[str, str]:
        """An endpoint at the receiver."""
        return await self.door.register(self.receiver.url(path), **body)

    async def deliveries(self, webhook_id: str, query: str = "") -> list[dict[str, Any]]:
        """What was and will be sent, the oldest first."""
        page = await self.door.get(f"/v1/webhooks/{webhook_id}/deliveries{query}")
        return list(reversed(page["items"]))

    async def state(self, webhook_id: str) -> tuple[str, str | None]:
        """How an endpoint stands."""
        view = await self.door.get(f"/v1/webhooks/{webhook_id}")
        return view["state"], view["reason"]

    async def got(self, count: int) -> None:
        """Wait until so many messages have arrived."""
        await eventually(lambda: len(self.receiver.got) >= count, of=f"{count} messages")

    async def settled(self, webhook_id: str, attempts: int, state: str = "waiting") -> dict[str, Any]:
        """Wait until the oldest message was tried so often."""

        async def so_often() -> Any:
            listed = await self.deliveries(webhook_id)
            return listed and (listed[0]["attempts"], listed[0]["state"]) == (attempts, state) and listed[0]

        found: dict[str, Any] = await eventually(so_often, of=f"{attempts} tries")
        return found


@pytest.fixture
async def yard(engine: AsyncEngine, empty_database: str, tmp_path: Path) -> AsyncIterator[Yard]:
    guard = Guard(http=True, ports=frozenset(), networks=LOOPBACK)
    async with receiving() as receiver, door_of(engine, Issuer(tmp_path), guard) as door:
        yield Yard(door, empty_database, receiver)


async def test_facts_arrive_signed_in_order_and_as_the_log_shows_them(yard: Yard) -> None:
    await yard.door.log(2)
    webhook_id, secret = await yard.register("/o2d?x=1")
    ids = await yard.door.log(3)
    async with running(yard.deliverer()):
        await yard.got(3)
        await eventually(lambda: _all_delivered(yard, webhook_id, 3))
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


async def _all_delivered(yard: Yard, webhook_id: str, count: int) -> bool:
    return len(await yard.deliveries(webhook_id, "?state=delivered")) == count


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
        await eventually(lambda: _all_delivered(yard, webhook_id, 3))
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
        await eventually(lambda: _waiting(yard, webhook_id, 3))
        yard.receiver.answer = lambda _: said(204)
        yard.wall.ahead = timedelta(seconds=590)
        await yard.door.log(1)
        await eventually(lambda: _waiting(yard, webhook_id, 4))
        assert len(yard.receiver.got) == 1
        yard.wall.ahead = timedelta(seconds=610)
        await eventually(lambda: _all_delivered(yard, webhook_id, 4))
    assert len(yard.receiver.got) == 5


async def _waiting(yard: Yard, webhook_id: str, count: int) -> bool:
    return len(await yard.deliveries(webhook_id, "?state=waiting")) == count


async def test_who_is_gone_is_disabled_at_once_and_gets_the_rest_when_enabled(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    await yard.door.log(1)
    yard.receiver.answer = lambda _: said(410)
    async with running(yard.deliverer()):
        await eventually(lambda: _is_off(yard, webhook_id))
        view = await yard.door.get(f"/v1/webhooks/{webhook_id}")
        assert (view["reason"], view["changed_by"]) == ("the endpoint answered 410: it is gone", "webhooks")
        await yard.door.log(2)
        refused = await yard.door.ask("POST", f"/v1/webhooks/{webhook_id}/test")
        assert (refused.status_code, refused.json()["type"]) == (409, "/problems/webhook-is-disabled")
        yard.receiver.answer = lambda _: said(204)
        await yard.door.post(f"/v1/webhooks/{webhook_id}/enable")
        await eventually(lambda: _all_delivered(yard, webhook_id, 2))
    assert len(yard.receiver.got) == 3


async def _is_off(yard: Yard, webhook_id: str) -> bool:
    return (await yard.state(webhook_id))[0] == "disabled"


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
        await eventually(lambda: _all_delivered(yard, webhook_id, 1))
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
        await eventually(lambda: _all_delivered(yard, fast_id, 30))
        slow = [one for one in yard.receiver.got if one.target == "/slow"]
        assert len(slow) == EACH_COUNT_MAX
        assert await _waiting(yard, slow_id, 30)
        yard.receiver.answer = lambda _: said(204)
        yard.receiver.let_go.set()


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
        await eventually(lambda: _all_delivered(yard, webhook_id, 1))
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
        assert await _waiting(yard, webhook_id, 1)
        monkeypatch.undo()
        await eventually(lambda: _all_delivered(yard, webhook_id, 1))
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
            await eventually(lambda: _all_delivered(yard, webhook_id, 20))
            assert (first.active, second.active) == (True, False)
        await eventually(lambda: second.active)
        await yard.door.log(1)
        await eventually(lambda: _all_delivered(yard, webhook_id, 21))
    assert len(yard.receiver.got) == len(set(yard.receiver.ids())) == 21


async def test_facts_are_replayed_from_a_place_with_the_ids_that_they_had(yard: Yard) -> None:
    webhook_id, _ = await yard.register()
    ids = await yard.door.log(3)
    place = f"/v1/webhooks/{webhook_id}"
    async with running(yard.deliverer()):
        await eventually(lambda: _all_delivered(yard, webhook_id, 3))
        replayed = await yard.door.post(f"{place}/replay", {"after": "0-1"})
        assert replayed["cursor"] == "0-1"
        await eventually(lambda: _all_delivered(yard, webhook_id, 5))
        assert sorted(yard.receiver.ids()[3:]) == sorted(ids[1:])
        for after in ("0-4", "nonsense", "1-0"):
            assert (await yard.door.ask("POST", f"{place}/replay", {"after": after})).status_code == 422


async def test_one_message_is_sent_again_and_a_test_says_what_it_is(yard: Yard) -> None:
    webhook_id, secret = await yard.register(facts=[RUNG])
    (told,) = await yard.door.log(1)
    place = f"/v1/webhooks/{webhook_id}"
    async with running(yard.deliverer()):
        await eventually(lambda: _all_delivered(yard, webhook_id, 1))
        (sent,) = await yard.deliveries(webhook_id)
        again = await yard.door.post(f"{place}/deliveries/{sent['delivery_id']}/again")
        assert (again["state"], again["attempts"]) == ("waiting", 0)
        await yard.got(2)
        await eventually(lambda: _all_delivered(yard, webhook_id, 1))
        tested = await yard.door.post(f"{place}/test")
        assert (tested["cursor"], tested["type"]) == (None, "o2d.webhook.tested.v1")
        await eventually(lambda: _all_delivered(yard, webhook_id, 2))
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
        await eventually(lambda: _all_delivered(yard, webhook_id, 5))
        await eventually(lambda: _all_delivered(yard, forgotten, 5))
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
