"""What `o2d verify` says of facts that were lost, doubled, shuffled, unreadable or heard by nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from contracts import orders as o
from contracts import production as p
from deploy.o2d.tests.planting import broken
from deploy.o2d.tests.story import AT, ground, story, told
from o2d.verify.catalogue import CHECKS
from o2d.verify.hearing import Heard
from o2d.verify.log import Told
from o2d.verify.sending import Kafka, Sent


def tellings() -> list[Told]:
    return list(told(story()))


def test_a_gap_and_a_repetition_in_a_sequence_are_reported() -> None:
    gap = [one for one in tellings() if one.kind is not p.RunStarted]
    assert "MaterialConsumed" in broken(ground(tellings=gap))["sequence"]
    whole = tellings()
    twice = [*whole, replace(whole[0], event_id="another")]
    assert "stands after no. 1" in broken(ground(tellings=twice))["sequence"]


def test_two_facts_of_one_id_are_reported() -> None:
    whole = tellings()
    whole[3] = replace(whole[3], event_id=whole[2].event_id)
    assert "has the id of PromiseOffered" in broken(ground(tellings=whole))["one id each"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"payload": b'{"order_id": 7}'}, "does not decode"),
        ({"key": "order-7"}, "names the key order-1"),
        ({"service": "vendors"}, "is told by vendors, its topic is owned by orders"),
        ({"topic": "orders.need.v1"}, "is carried by another topic"),
        ({"topic": "orders.secret.v1"}, "is not declared"),
        ({"kind": None}, "is carried by another topic"),
    ],
)
def test_a_fact_that_nobody_could_read_is_reported(fields: dict[str, Any], words: str) -> None:
    whole = [replace(one, **fields) if one.kind is o.OrderCompleted else one for one in tellings()]
    assert words in broken(ground(tellings=whole))["readable"]


def test_an_effect_before_its_cause_or_without_one_is_reported() -> None:
    whole = tellings()
    early = replace(whole[5], recorded_at=AT - timedelta(minutes=1))
    assert (
        "which was told later"
        in broken(ground(tellings=[*whole[:5], early, *whole[6:]]))["cause before effect"]
    )
    orphan = replace(whole[5], causation="nobody")
    assert (
        "which nobody told"
        in broken(ground(tellings=[*whole[:5], orphan, *whole[6:]]))["cause before effect"]
    )


def test_what_kafka_lacks_or_has_in_another_order_or_nobody_told_is_reported() -> None:
    whole = ground()
    assert whole.kafka is not None
    records = list(whole.kafka.records)
    lacking = replace(whole, kafka=Kafka(records[1:], {}))
    assert broken(lacking) == {"sent in order": f"{whole.log.tellings[0].name} is not in Kafka"}
    shuffled = replace(whole, kafka=Kafka(records[::-1], {}))
    assert "stand in another order" in broken(shuffled)["sent in order"]
    stranger = replace(records[0], event_id="stranger")
    found = broken(replace(whole, kafka=Kafka([*records, stranger], {})))
    assert found == {"sent was told": f"orders.need.v1/{stranger.partition} holds stranger, told by nobody"}


@pytest.mark.parametrize("key", ["need-1", None])
def test_a_record_outside_the_partition_of_its_key_is_reported(key: str | None) -> None:
    whole = ground()
    assert whole.kafka is not None
    (first, *others) = whole.kafka.records
    astray = Sent(first.topic, (first.partition + 1) % 12, key, first.event_id)
    found = broken(replace(whole, kafka=Kafka([*others, astray], {})))
    assert f"{first.event_id} of {key} is in {astray.partition}, not" in found["sent to one place"]


def test_what_came_again_or_was_cut_by_retention_is_no_violation() -> None:
    whole = ground()
    assert whole.kafka is not None
    records = list(whole.kafka.records)
    assert broken(replace(whole, kafka=Kafka([*records, *records[3:9]], {}))) == {}
    cut = {"orders.need.v1": AT + timedelta(seconds=1)}
    assert broken(replace(whole, kafka=Kafka(records[1:], cut))) == {}


def test_a_lost_effect_and_one_of_nothing_are_reported() -> None:
    whole = ground()
    last = [row for row in whole.heard if row.subscription == "on_StockMoved"][-1]
    lost = replace(whole, heard=tuple(row for row in whole.heard if row is not last))
    assert broken(lost)["told was heard"].startswith("listener.on_StockMoved has never seen StockMoved")
    ghost = replace(whole, heard=(*whole.heard, Heard("listener", "on_StockMoved", "ghost", AT)))
    assert broken(ghost) == {"heard was told": "listener.on_StockMoved has seen ghost, which nobody told"}
    deadline = replace(whole, heard=(*whole.heard, Heard("listener", "hold-expiry", "due-row", AT)))
    assert broken(deadline) == {}


def test_what_was_told_before_a_subscription_began_is_not_expected_of_it() -> None:
    whole = ground()
    moves = [row for row in whole.heard if row.subscription == "on_StockMoved"]
    late = replace(whole, heard=tuple(row for row in whole.heard if row not in moves[:3]))
    assert broken(late) == {}


def test_a_move_that_the_ledger_does_not_have_is_reported() -> None:
    whole = ground()
    booked = dict(whole.booked)
    row = booked.pop("move-7")
    assert "the ledger has nothing" in broken(replace(whole, booked=booked))["moves are booked"]
    booked["move-7"] = replace(row, micro=-row.micro, cost=(-200, 0, 0, 0))
    assert broken(replace(whole, booked=booked)) == {}
    booked["move-7"] = replace(row, micro=-1)
    assert "2 consumed" in broken(replace(whole, booked=booked))["moves are booked"]


def test_of_many_violations_the_first_ten_are_told_and_all_counted() -> None:
    whole = ground()
    check = next(check for check in CHECKS if check.name == "sent in order")
    finding = check.look(replace(whole, kafka=Kafka((), {})))
    assert (len(finding.first), finding.wrong) == (10, len(whole.log))
