"""What operators ask for on the command line, answered by a real process: facts, clock, rates, parked keys."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from backbone.testing_support import eventually
from deploy.o2d.tests.operators import Operator, log, operator
from deploy.o2d.tests.story import story, told
from o2d.asking import Services
from o2d.clockwork import NotAtRest, advance, look, next_moment, rest, standing_of, step
from o2d.commands.top import rates
from o2d.trouble import CannotStart
from shared.tests.bells import BAD_NUMBER, START, Ring, hang
from shared.tests.conftest import engine, ground
from shared.tests.grounds import Ground
from shared.tests.processes import free_port
from shared.tests.records import send

__all__ = ["engine", "ground"]

CURFEW = START + timedelta(hours=1)


@pytest.fixture
async def here(ground: Ground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Operator]:
    async with operator(ground, tmp_path, monkeypatch) as one:
        yield one


async def test_the_clock_goes_to_what_is_due_next_and_no_further(here: Operator) -> None:
    await here.ground.host.do(hang, ["a", "b"])
    (shown,) = await here.sees("clock")
    assert (shown["clock"], shown["now"], shown["due next"]) == (
        "stepped",
        START.isoformat(),
        CURFEW.isoformat(),
    )
    stepped = await here.says("clock", "advance", "--steps", "5")
    assert "1 steps" in stepped.output
    await eventually(lambda: here.ground.has("rings", 2))
    (shown,) = await here.sees("clock", "show")
    assert (shown["now"], shown["due next"], shown["at rest"]) == (CURFEW.isoformat(), None, True)
    assert "Nothing is due." in (await here.says("clock", "advance")).output


async def test_the_clock_goes_to_a_moment_past_all_that_is_due_until_then(here: Operator) -> None:
    await here.ground.host.do(hang, ["a"])
    (shown,) = await here.sees("clock", "advance", "--to", "2026-03-03T12:00")
    assert (shown["now"], shown["at rest"]) == ("2026-03-03T12:00:00+00:00", True)
    assert await here.ground.has("rings", 1)
    assert (await here.says("clock", "--to", "2026-03-03T12:00")).exit_code == 2
    assert (await here.says("clock", "advance", "--to", "noon")).exit_code == 2


async def test_a_step_goes_to_what_simulated_people_want_first_and_stops_at_a_limit(here: Operator) -> None:
    await here.ground.host.do(hang, ["a"])
    people = START + timedelta(minutes=20)
    assert await step(here.services, limit=START + timedelta(minutes=10), own=[people]) is None
    assert await step(here.services, own=[people]) == people
    assert await step(here.services) == CURFEW
    assert await step(here.services) is None
    assert await advance(here.services, CURFEW + timedelta(days=1)) == 1


async def test_time_stands_still_while_something_waits(here: Operator) -> None:
    await here.rest()
    async with here.ground.host.begin() as tx:
        await tx.sql.exec_driver_sql(
            "INSERT INTO parked_key (subscription, topic, key, kind, cause, attempts, next_at)"
            " VALUES ('on_rung', 'gone', 'gone', 'poison', 'test', 1, now() - interval '1 second')"
        )
    with pytest.raises(NotAtRest, match="tower has 1 parked keys due for a retry"):
        await rest(here.services, 0.0)


async def test_time_need_not_wait_for_who_only_watches(here: Operator) -> None:
    await here.rest()
    urls = {
        "tower": str(here.here.client.base_url).rstrip("/"),
        "control-tower": f"http://127.0.0.1:{free_port()}",
    }
    async with Services(urls, here.here.issuer.token("admin")) as services:
        (standing,) = await rest(services, 5.0, watchers=False)
        assert (standing.service, standing.quiescent) == ("tower", True)
        with pytest.raises(CannotStart, match="control-tower does not answer"):
            await rest(services, 5.0)


async def test_facts_are_shown_as_they_stand_in_the_log_and_as_they_come(here: Operator) -> None:
    await here.ground.host.do(hang, ["a", "b"])
    await here.ground.host.do(here.ground.tower.ring, Ring("a", 3))
    await here.rest()
    following = asyncio.create_task(here.says("tail", "--last", "99", "--count", "5", "-o", "jsonl"))
    await here.ground.host.do(here.ground.tower.ring, Ring("b", 2))
    said = [json.loads(line) for line in (await following).stdout.splitlines()]
    assert [(one["fact"], one["key"], one["sequence"]) for one in said][-2:] == [
        ("o2d.rung.v1", "b", 1),
        ("o2d.rung.v1", "b", 2),
    ]
    shown = await here.sees("tail", "--no-follow", "--order", "a")
    assert [one["sequence"] for one in shown] == [1, 2, 3]
    assert await here.sees("tail", "--no-follow", "--fact", "Order*") == []
    line = (await here.says("tail", "--no-follow", "--last", "1")).stdout.splitlines()[-1]
    assert line.split() == ["2026-03-02", "08:00:00", "tower", "o2d.rung.v1", "b", "2", "number", "2"]
    refused = await here.says("tail", "--service", "moon")
    assert (refused.exit_code, refused.stderr) == (1, "There is no service moon.\nChoose of tower.\n")


async def test_an_order_is_told_from_its_need_to_its_completion(here: Operator) -> None:
    names = [type(fact).__name__ for fact in story()]
    end = names.index("OrderCompleted")
    tellings = list(told(story()))
    await log(here.ground.dsn, tellings[:end])
    assert [one["fact"] for one in await here.sees("order", "order-1")] == names[:end]
    following = asyncio.create_task(here.says("order", "order-1", "--follow", "-o", "jsonl"))
    await log(here.ground.dsn, tellings[end : end + 1])
    shown = [json.loads(line) for line in (await following).stdout.splitlines()]
    assert [one["fact"] for one in shown] == names[: end + 1]
    await log(here.ground.dsn, tellings[end + 1 :])
    assert [one["fact"] for one in await here.sees("order", "order-1")] == names
    (completed,) = [one for one in shown if one["fact"] == "OrderCompleted"]
    assert completed["data"]["value"]["price"] == 2500
    unknown = await here.says("order", "order-9")
    assert (unknown.exit_code, unknown.stderr.splitlines()[0]) == (1, "No fact names order-9.")


async def test_parked_keys_are_listed_counted_replayed_and_given_up(here: Operator) -> None:
    await send(here.ground, 40, keys=4, numbers=[BAD_NUMBER if n % 4 < 2 else n for n in range(40)])
    await eventually(lambda: here.ground.has("parked_event", 20))
    listed = await here.says("dlq", "-o", "json")
    assert listed.exit_code == 1
    assert [(row["service"], row["key"], row["facts"]) for row in json.loads(listed.stdout)] == [
        ("tower", "bell 0", 10),
        ("tower", "bell 1", 10),
    ]
    causes = json.loads((await here.says("dlq", "list", "--by-cause", "-o", "json")).stdout)
    assert [(row["cause"], row["keys"]) for row in causes] == [("ValueError: thirteen", 2)]
    assert await here.sees("dlq", "replay", "--dry-run") == [{"service": "tower", "keys": 2, "tried": False}]
    refused = await here.says("dlq", "replay", "--key", "bell 0", answer="n\n")
    assert refused.exit_code == 1
    assert await here.sees("dlq", "replay", "--key", "bell 0", "--yes") == [
        {"service": "tower", "keys": 1, "tried": True}
    ]
    assert (await here.says("dlq", "discard", "--key", "bell 0", "--yes")).exit_code == 2
    place = ["--service", "tower", "--subscription", "on_rung", "--topic", here.ground.tower.rings.name]
    for bell in ("bell 0", "bell 1"):
        given_up = await here.sees("dlq", "discard", *place, "--key", bell, "--reason", "a test", "--yes")
        assert given_up == [{"service": "tower", "facts given up": 10}]
    again = await here.says("dlq", "discard", *place, "--key", bell, "--reason", "again", "--yes")
    assert again.stderr == "tower refuses POST /ops/parked/discard: 404 this key is not parked.\n"
    assert (await here.says("dlq")).stdout == "Nothing is parked.\n"


async def test_rates_and_lags_are_shown(here: Operator) -> None:
    await here.ground.host.do(hang, ["a"])
    await here.ground.host.do(here.ground.tower.ring, Ring("a", 30))
    await here.rest()
    (row,) = await here.sees("top", "--rounds", "1", "--every", "0.2")
    assert (row["service"], row["told"], row["lag"], row["at rest"]) == ("tower", 30, 0, True)


def view(**given: object) -> dict[str, object]:
    """What a service answers about its clock."""
    usual = {"mode": "stepped", "now": "2026-03-02T08:00:00Z", "earliest_due": None, "outbox": 0, "lag": 0}
    return {**usual, "parked": 0, "retries_due": 0, "told": 0, "heard": 0, "quiescent": True, **given}


def test_services_that_stand_at_different_times_are_brought_together_first() -> None:
    early = standing_of("orders", view(earliest_due="2026-03-02T08:10:00Z"))
    late = standing_of("vendors", view(now="2026-03-02T09:00:00Z"))
    assert next_moment([early, late]) == late.now
    assert next_moment([early]) == early.earliest_due
    assert next_moment([standing_of("orders", view())]) is None


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"outbox": 3, "lag": 2}, "orders has 3 facts in its outbox, a lag of 2"),
        ({"lag": None}, "orders has an unknown lag"),
        ({"retries_due": 1}, "orders has 1 parked keys due for a retry"),
        ({"earliest_due": "2026-03-02T07:00:00Z"}, "orders has a deadline of 2026-03-02 07:00 that is due"),
        ({}, "orders has facts in work"),
    ],
)
def test_what_keeps_a_service_from_rest_is_said(given: dict[str, object], words: str) -> None:
    assert standing_of("orders", view(quiescent=False, **given)).unrest == words


def test_rates_are_by_the_second() -> None:
    before, now = standing_of("orders", view()), standing_of("orders", view(told=30, heard=15))
    (row,) = rates([before], [now], 1.5)
    assert (row["told/s"], row["heard/s"]) == (20.0, 10.0)


async def test_a_service_that_does_not_answer_is_a_sentence(
    here: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [standing.service for standing in await look(here.services)] == ["tower"]
    monkeypatch.setenv("O2D_SERVICE_URLS", '{"tower": "http://127.0.0.1:1"}')
    refused = await here.says("clock")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("tower does not answer at http://127.0.0.1:1: ")
    monkeypatch.setenv("O2D_SERVICE_URLS", "orders")
    assert (await here.says("clock")).stderr.startswith("O2D_SERVICE_URLS is no JSON object.")
