"""Action messages: one per supply and kind, damped, snoozed, accepted; whom they hurt and what is at stake."""

from __future__ import annotations

from dataclasses import replace

from contracts.answers import (
    ActionMessageAccepted,
    ActionMessageChanged,
    ActionMessageClosed,
    ActionMessageOpened,
    ActionMessageRejected,
)
from contracts.materials import PurchaseRequested, RunRequested, TransferRequested
from contracts.values import Money
from materials.commands import DefineSite
from materials.domain.item import Site
from services.materials.tests.door import PLANNER, WAREHOUSE, Door
from services.materials.tests.made import (
    DAY,
    NOW,
    acknowledged,
    ask,
    cancelled,
    issued,
    line,
    placed,
    recipe,
    terms,
)
from services.materials.tests.stage import Stage


async def bought(stage: Stage, days: float = 10, damping_days: int = 0) -> str:
    """A purchase of ten gears, asked for and issued, for an order that needs them on that day."""
    await stage.opened("gear")
    site = Site("plant-1", "plant-1", "ours", 1, None, damping_days)
    await stage.do(DefineSite(site))
    await stage.hear(terms("gear", 5))
    asked = ask("p", line("gear", "10", days))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=days - 5)
    purchase = await stage.order_of("gear")
    await stage.hear(issued(purchase, "gear", "10"))
    return purchase


async def test_a_receipt_on_day_fourteen_for_a_need_on_day_ten_is_one_expedite_and_no_new_order(
    stage: Stage,
) -> None:
    purchase = await bought(stage)
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 14 * DAY))
    (message,) = await stage.told(ActionMessageOpened)
    assert (message.planned_order_id, message.kind) == (purchase, "expedite")
    assert (message.was_at, message.wanted_at) == (NOW + 14 * DAY, NOW + 10 * DAY)
    assert [share.order_id for share in message.hurts] == ["order-p"]
    assert await stage.planned() == [("gear", "buy", "confirmed", "10")]


async def test_a_supply_that_is_in_time_again_closes_its_message(stage: Stage) -> None:
    purchase = await bought(stage)
    for day in (14, 10):
        await stage.hear(acknowledged(purchase, "gear", "10", NOW + day * DAY))
    (gone,) = await stage.told(ActionMessageClosed)
    assert (gone.planned_order_id, gone.kind) == (purchase, "expedite")


async def test_a_supply_that_comes_much_too_early_is_to_come_later(stage: Stage) -> None:
    purchase = await bought(stage, days=20)
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 16 * DAY))
    (message,) = await stage.told(ActionMessageOpened)
    assert (message.kind, message.wanted_at) == ("defer", NOW + 20 * DAY)


async def test_what_is_late_by_no_more_than_the_damping_of_its_site_asks_nobody(stage: Stage) -> None:
    purchase = await bought(stage, damping_days=3)
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 13 * DAY))
    assert not await stage.told(ActionMessageOpened)
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 14 * DAY))
    assert [each.kind for each in await stage.told(ActionMessageOpened)] == ["expedite"]


async def test_a_component_that_comes_too_late_for_its_run_is_to_come_earlier(stage: Stage) -> None:
    await stage.opened("gear", "blank")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}), terms("blank", 5))
    asked = ask("p", line("gear", "10", days=10))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=3)
    (purchase,) = [each.planned_order_id for each in await stage.told(PurchaseRequested)]
    await stage.hear(issued(purchase, "blank", "10"), acknowledged(purchase, "blank", "10", NOW + 15 * DAY))
    opened = [each for each in await stage.told(ActionMessageOpened) if each.kind == "expedite"]
    assert [each.planned_order_id for each in opened] == [purchase]


async def released_by_hand(door: Door) -> str:
    """A run that waits for a planner; its message's id."""
    stage = door.stage
    await stage.opened("gear", "blank")
    await stage.stock("B", "blank", "10")
    await stage.hear(recipe("cut", {"blank": "1"}, {"gear": "1"}))
    await stage.planned_by("gear", automatic=False)
    asked = ask("p", line("gear", "10", days=20))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=18)
    return f"{await stage.order_of('gear')}@release"


async def test_accepting_a_release_releases_once_and_says_what_was_at_stake(door: Door) -> None:
    key = await released_by_hand(door)
    (shown,) = await door.page(PLANNER, "/v1/action-messages")
    assert shown["hurts"] == [
        {"order_id": "order-p", "line_id": "l1", "price": {"minor": 100_000, "currency": "EUR"}}
    ]
    assert shown["at_stake"] == [{"minor": 100_000, "currency": "EUR"}]
    answered = await door.post(PLANNER, f"/v1/action-messages/{key}/acceptance")
    assert (answered["id"], answered["state"]) == (key, "closed")
    assert [each.planned_order_id for each in await door.stage.told(RunRequested)] == [key.partition("@")[0]]
    assert not await door.page(PLANNER, "/v1/action-messages")
    again = await door.send(PLANNER, "POST", f"/v1/action-messages/{key}/acceptance")
    assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "message-is-not-open")


async def test_a_snoozed_message_is_not_listed_before_its_moment(door: Door) -> None:
    key = await released_by_hand(door)
    path = f"/v1/action-messages/{key}/snooze"
    now = door.stage.clock.now()
    past = await door.send(PLANNER, "POST", path, {"until_at": NOW.isoformat()})
    assert (past.status_code, past.json()["errors"][0]["pointer"]) == (422, "/until_at")
    await door.post(PLANNER, path, {"until_at": (now + 2 * DAY).isoformat()})
    assert not await door.page(PLANNER, "/v1/action-messages")
    assert len(await door.page(PLANNER, "/v1/action-messages?sleeping=true")) == 1
    await door.stage.pass_time(days=2)
    assert len(await door.page(PLANNER, "/v1/action-messages")) == 1


async def test_answers_in_bulk_are_taken_or_refused_one_by_one(door: Door) -> None:
    key = await released_by_hand(door)
    acts = [{"id": "nothing@release", "act": "accept"}, {"id": key, "act": "accept"}]
    answer = await door.post(PLANNER, "/v1/action-messages/batch", {"acts": acts})
    assert [each["status"] for each in answer["answers"]] == [404, 200]
    assert len(await door.stage.told(RunRequested)) == 1
    for role, body, status in (
        (PLANNER, {"acts": [{"id": key, "act": "snooze"}]}, 422),
        (PLANNER, {"acts": []}, 422),
        (WAREHOUSE, {"acts": acts}, 403),
    ):
        assert (await door.send(role, "POST", "/v1/action-messages/batch", body)).status_code == status
    assert (await door.send(PLANNER, "POST", "/v1/action-messages/x@y/acceptance")).status_code == 404


async def test_an_accepted_message_is_silent_until_it_asks_for_something_else(door: Door) -> None:
    stage = door.stage
    purchase = await bought(stage)
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 14 * DAY))
    await door.post(PLANNER, f"/v1/action-messages/{purchase}@expedite/acceptance")
    (taken,) = await stage.told(ActionMessageAccepted)
    assert (taken.kind, taken.wanted_at) == ("expedite", NOW + 10 * DAY)
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 13 * DAY))
    assert len(await stage.told(ActionMessageOpened)) == 1
    assert not await stage.told(ActionMessageChanged)


async def test_accepting_the_cancellation_of_a_transfer_gives_back_what_it_would_have_taken(
    door: Door,
) -> None:
    stage = door.stage
    await stage.opened("gear", sites=("plant-1", "plant-2"))
    await stage.planned_by("gear", source="transfer", from_site_id="plant-2")
    await stage.stock("L", "gear", "10", site_id="plant-2")
    asked = ask("p", line("gear", "10", days=5))
    await stage.hear(asked, placed(asked))
    await stage.pass_time(days=4)
    (wanted,) = await stage.told(TransferRequested)
    await stage.hear(cancelled(placed(asked)))
    key = f"{wanted.planned_order_id}@cancel"
    assert await stage.balances() == {("L", "main"): ("10", "10")}
    await door.post(PLANNER, f"/v1/action-messages/{key}/acceptance")
    assert await stage.balances() == {("L", "main"): ("10", "0")}
    assert await stage.planned() == [("gear", "transfer", "cancelled", "10")]
    late = await door.send(WAREHOUSE, "POST", f"/v1/transfers/{wanted.planned_order_id}/dispatch")
    assert late.status_code == 409


async def test_a_rejected_message_is_silent_and_keeps_why_until_it_asks_for_something_else(
    door: Door,
) -> None:
    stage = door.stage
    purchase = await bought(stage)
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 14 * DAY))
    path = f"/v1/action-messages/{purchase}@expedite/rejection"
    for reason in (" ", "x" * 301):
        refused = await door.send(PLANNER, "POST", path, {"reason": reason})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/reason")
    answered = await door.post(PLANNER, path, {"reason": "the customer takes it later"})
    assert answered["state"] == "rejected"
    (told,) = await stage.told(ActionMessageRejected)
    assert (told.kind, told.reason) == ("expedite", "the customer takes it later")
    assert not await door.page(PLANNER, "/v1/action-messages")
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 13 * DAY))
    assert len(await stage.told(ActionMessageOpened)) == 1
    await stage.hear(acknowledged(purchase, "gear", "10", NOW + 10 * DAY))
    assert [each.kind for each in await stage.told(ActionMessageClosed)] == ["expedite"]


async def two_asks(door: Door) -> None:
    """Two late purchases: the cheaper one, of bolts, is wanted first, and was asked for late, too."""
    stage = door.stage
    await stage.opened("bolt", "gear")
    await stage.hear(terms("bolt", 5), terms("gear", 5))
    for item, days, quantity in (("bolt", 10, "1"), ("gear", 10.25, "10")):
        asked = ask(f"p-{item}", line(item, quantity, days))
        order = placed(asked)
        lines = tuple(replace(each, price=Money(int(quantity) * 1000, "EUR")) for each in order.lines)
        await stage.hear(asked, replace(order, lines=lines))
    await stage.pass_time(days=5.25)
    for item, quantity in (("bolt", "1"), ("gear", "10")):
        purchase = await stage.order_of(item)
        await stage.hear(issued(purchase, item, quantity))
        await stage.hear(acknowledged(purchase, item, quantity, NOW + 30 * DAY))


async def test_messages_are_sorted_by_what_is_at_stake_or_by_when_they_are_wanted_page_by_page(
    door: Door,
) -> None:
    await two_asks(door)
    for sort, expected in (("-at_stake", ["gear", "bolt"]), ("wanted_at", ["bolt", "gear"])):
        found, path = [], f"/v1/action-messages?kind=expedite&sort={sort}&limit=1"
        while path:
            body = (await door.send(PLANNER, "GET", path)).json()
            found += [each["sku"] for each in body["items"]]
            path = body["next"] or ""
        assert found == expected
    for wrong in ("sort=loudest", "sort=-at_stake&after=x", 'sort=wanted_at&after=["x","y"]'):
        assert (await door.send(PLANNER, "GET", f"/v1/action-messages?{wrong}")).status_code == 422


async def test_messages_are_narrowed_by_kind_site_and_item(door: Door) -> None:
    await two_asks(door)
    for wanted, count in (
        ("sku=gear", 1),
        ("kind=past-due", 1),
        ("kind=cancel", 0),
        ("site_id=plant-1", 3),
        ("site_id=plant-9", 0),
    ):
        assert len(await door.page(PLANNER, f"/v1/action-messages?{wanted}")) == count


async def test_a_hold_that_was_given_of_an_order_is_covered_by_another_when_a_planner_cancels_it(
    door: Door,
) -> None:
    stage = door.stage
    await stage.opened("gear")
    await stage.hear(terms("gear", 5))
    await stage.planned_by("gear", source="buy", lead_days=5, planning_fence_days=90)
    asked, again = ask("p", line("gear", "10", days=20)), ask("q", line("gear", "10", days=30))
    await stage.hear(asked, placed(asked), cancelled(placed(asked)))
    unneeded = await stage.order_of("gear")
    await stage.hear(again)
    assert await stage.rows("SELECT planned_order_id FROM pegs") == [(unneeded,)]
    await door.post(PLANNER, f"/v1/action-messages/{unneeded}@cancel/acceptance")
    assert sorted(await stage.planned()) == [
        ("gear", "buy", "cancelled", "10"), ("gear", "buy", "planned", "10")
    ]  # fmt: skip
    await stage.hear(placed(again))
    assert await stage.rows("SELECT planned_order_id = :key FROM pegs", key=unneeded) == [(False,)]
    await stage.books_are_whole()
