"""Plans of whole sites by the command line, asked of a served materials."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from backbone.testing import DatabaseOf
from backbone.testing_support import eventually
from deploy.o2d.tests.lines import line_to
from deploy.o2d.tests.shop_floor import Store, store
from services.materials.tests.made import acknowledged, ask, issued, line, placed, terms
from services.materials.tests.stage import Stage


@pytest.fixture
async def here(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Store]:
    """Materials with one order for ten gears, and a planner."""
    async with store(database_of, tmp_path, monkeypatch) as made:
        await made.stage.opened("gear")
        await made.stage.hear(terms("gear", 5))
        await ordered(made.stage, "p", "10")
        made.speaks("planner")
        yield made


async def ordered(stage: Stage, promise_id: str, quantity: str) -> None:
    asked = ask(promise_id, line("gear", quantity, 20))
    await stage.hear(asked, placed(asked))


async def test_plans_are_run_listed_shown_compared_and_published(here: Store) -> None:
    (first,) = await here.told("plan", "run", "--site", "plant-1")
    await ordered(here.stage, "q", "5")
    (second,) = await here.told("plan", "run")
    plans = await here.told("plan", "list")
    assert [each["plan_id"] for each in plans] == [second["plan_id"], first["plan_id"]]
    number = str(second["plan_no"])
    (order,) = await here.told("plan", "show", number, "--sku", "gear")
    assert (order["quantity"], order["source"]) == ("15", "buy")
    pegs = await here.told("plan", "pegs", number, str(order["order_no"]))
    assert sum(int(each["quantity"]) for each in pegs) == 15
    assert await here.told("plan", "late", number) == []
    (difference,) = await here.told("plan", "compare", str(first["plan_no"]), second["plan_id"])
    assert (difference["kind"], difference["was_quantity"], difference["quantity"]) == ("more", "10", "15")
    assert (difference["was_cost"], difference["cost"]) == (
        {"minor": 10_000, "currency": "EUR"}, {"minor": 15_000, "currency": "EUR"},
    )  # fmt: skip
    assert "150.00" in await here.seen("plan", "compare", str(first["plan_no"]), second["plan_id"])
    asked = await here.says("plan", "publish", number)
    assert (asked.exit_code, f"publish plan {number}?" in asked.output) == (1, True)
    assert [each[3] for each in await here.stage.planned()] == ["10", "5"]
    assert (await here.done("plan", "publish", number, "--replace"))["state"] == "live"
    assert await here.stage.planned() == [("gear", "buy", "planned", "15")]
    table = await here.seen("plan", "list")
    assert all(state in table for state in ("live", "ready"))


# A shell lets what it starts in the background ignore Ctrl-C, and the tests with all that they start may be that.
INTERRUPTIBLE = """
import signal

signal.signal(signal.SIGINT, signal.default_int_handler)
from o2d.__main__ import app

app()
"""


async def test_who_stops_waiting_for_a_plan_is_told_how_to_stop_it_and_may(
    database_of: DatabaseOf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with (
        store(database_of, tmp_path, monkeypatch, idle=True) as here,
        line_to(here.address) as (line, address),
    ):
        await here.stage.opened("gear")
        monkeypatch.setenv("O2D_SERVICE_URLS", json.dumps({"materials": address}))
        waiting = await asyncio.create_subprocess_exec(
            sys.executable, "-c", INTERRUPTIBLE, "plan", "run",
            stderr=asyncio.subprocess.PIPE, env=dict(os.environ),
        )  # fmt: skip

        async def looked() -> bool:
            return b"GET /v1/operations/" in line.heard

        await eventually(looked, 60)
        waiting.send_signal(signal.SIGINT)
        _, said = await waiting.communicate()
        ((plan,),) = await here.stage.rows("SELECT operation_id FROM operations")
        assert f"`o2d plan cancel {plan}` stops it." in said.decode()
        assert waiting.returncode == 1
        assert (await here.told("plan", "progress", plan))[0]["state"] == "waiting"
        assert (await here.done("plan", "cancel", plan))["state"] == "cancelled"
        (left,) = await here.told("plan", "run", "--leave")
        assert (left["kind"], left["state"]) == ("plan", "waiting")
        stopped = await here.done("operation", "cancel", left["operation_id"], "--service", "materials")
        assert stopped["state"] == "cancelled"
        known = await here.told("operation", "list", "--service", "materials")
        assert {each["state"] for each in known} == {"cancelled"}
        (shown,) = await here.told("operation", "show", plan, "--service", "materials")
        assert shown["operation_id"] == plan


async def test_messages_are_listed_and_answered_each_by_itself(here: Store) -> None:
    await here.stage.pass_time(days=16)
    purchase = await here.stage.order_of("gear")
    at = here.stage.clock.now() + timedelta(days=60)
    await here.stage.hear(issued(purchase, "gear", "10"), acknowledged(purchase, "gear", "10", at))
    (asked,) = await here.told("message", "list", "--kind", "expedite")
    assert (asked["id"], asked["at_stake"] is not None) == (f"{purchase}@expedite", True)
    assert await here.told("message", "list", "--kind", "cancel") == []
    until = f"{here.stage.clock.now() + timedelta(days=3):%Y-%m-%dT%H:%M:%S}"
    slept = await here.done("message", "snooze", asked["id"], "--until", until)
    assert (slept["state"], slept["snoozed_until_at"] is not None) == ("open", True)
    assert await here.told("message", "list", "--kind", "expedite") == []
    assert asked["id"] in {each["id"] for each in await here.told("message", "list", "--sleeping")}
    many = ("message", "reject", asked["id"], "none@expedite", "--reason", "the customer waits", "--yes")
    assert "1 of 2 acts were refused" in await here.refused(*many)
    assert "409" in await here.refused("message", "accept", asked["id"], "--yes")
    for words in (("accept",), ("list", "m"), ("snooze", "m"), ("reject", "m")):
        assert (await here.says("message", *words)).exit_code == 2


async def test_what_cannot_be_is_said_in_a_sentence(here: Store) -> None:
    assert "There is no plan 99." in await here.refused("plan", "show", "99")
    assert "no site nowhere" in await here.refused("plan", "run", "--site", "nowhere")
    assert (await here.says("plan", "compare", "1")).exit_code == 2
