"""`o2d verify` as a word of the command line: it waits for rest, shows its checks, and says what is broken."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from backbone.testing import DatabaseOf, plain_dsn
from contracts import orders as o
from deploy.o2d.tests.operators import Operator, log, operator
from deploy.o2d.tests.planting import without
from deploy.o2d.tests.rows import plant
from deploy.o2d.tests.story import story, told
from o2d.commands import verify
from o2d.running import Running, running
from o2d.verify.catalogue import CHECKS
from shared.tests.conftest import engine, ground
from shared.tests.grounds import Ground

__all__ = ["engine", "ground"]


@pytest.fixture
async def dsn(database_of: DatabaseOf) -> str:
    return plain_dsn(await database_of("orders"))


@pytest.fixture
async def here(
    ground: Ground, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Operator]:
    """An operator of a resting service and of the database of orders, which is not running."""
    async with operator(ground, tmp_path, monkeypatch) as one:
        around = running()
        known = Running(around.urls, {"orders": dsn}, ground.access.bootstrap, around.token)
        monkeypatch.setattr(verify, "running", lambda: known)
        yield one


async def test_where_all_is_well_the_answer_is_zero_and_each_check_is_shown(here: Operator, dsn: str) -> None:
    await log(dsn, told(fact for fact in story() if isinstance(fact, o.NeedStated | o.OrderPlaced)))
    said = await here.says("verify", "--no-kafka", "-o", "json")
    assert said.exit_code == 0
    shown = json.loads(said.stdout)
    assert list(shown["checked"]) == [check.name for check in CHECKS]
    assert shown["checked"]["sequence"] > 0
    assert shown["checked"]["run cost"] == 0
    assert shown["violations"] == []


async def test_what_is_broken_is_said_with_its_promise_and_the_answer_is_one(
    here: Operator, dsn: str
) -> None:
    facts = [
        fact
        for fact in without(o.LineFulfilled, line_id="line-2")(story())
        if isinstance(fact, o.OrderPlaced | o.LineFulfilled | o.OrderCompleted)
    ]
    await log(dsn, told(facts))
    sql = await asyncpg.connect(dsn)
    await plant(sql, "parked_key", subscription="on_x", topic="a.b.v1", key="k", cause="it broke")
    await sql.close()
    said = await here.says("verify", "--no-kafka")
    assert said.exit_code == 1
    assert "line line-2 of 1 is fulfilled by nothing" in said.stderr
    assert "orders: on_x, k of a.b.v1: it broke" in said.stderr
    assert "the promise: no key is parked" in said.stderr
    assert f"{len(CHECKS)} checks, 3 facts" in said.stdout
    whole = json.loads((await here.says("verify", "--no-kafka", "-o", "json")).stdout)
    assert {one["check"] for one in whole["violations"]} >= {"nothing parked"}
    assert all(one["wrong"] and one["promise"] for one in whole["violations"])


async def test_nothing_to_look_at_is_no_proof_where_every_check_must_have_some(here: Operator) -> None:
    assert (await here.says("verify", "--no-kafka")).exit_code == 0
    demanding = await here.says("verify", "--no-kafka", "--every")
    assert demanding.exit_code == 1
    assert "Nothing to look at for: sequence, one id each" in demanding.stderr


async def test_without_rest_there_is_no_verdict(here: Operator) -> None:
    await here.rest()
    async with here.ground.host.begin() as tx:
        await tx.sql.exec_driver_sql(
            "INSERT INTO parked_key (subscription, topic, key, kind, cause, attempts, next_at)"
            " VALUES ('on_rung', 'gone', 'gone', 'poison', 'test', 1, now() - interval '1 second')"
        )
    said = await here.says("verify", "--no-kafka", "--wait", "0.1")
    assert (said.exit_code, said.stdout.count("checks")) == (1, 0)
    assert "Not at rest: tower has 1 parked keys due for a retry." in said.stderr
