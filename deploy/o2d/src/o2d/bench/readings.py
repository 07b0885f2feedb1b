"""Readings of machines by HTTP, five hundred in a request: checked, kept once, durable before the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg
import msgspec
from starlette.types import ASGIApp

from backbone.clock import SteppedClock
from backbone.ids import new_id
from backbone.service import Host
from backbone.service.database import connect
from backbone.web import build_app
from backbone.wire import Incoming, encode
from contracts.materials import RunRequested
from contracts.policy import POLICY
from contracts.recipes import Operation, ParameterLimit, RecipeInput, RecipeOutput
from contracts.shapes import ItemPart
from contracts.topics import topic_of, type_name
from contracts.values import PropertyValue, Quantity
from o2d.bench.accept_ground import POOL_COUNT, Desk, ask, desk
from o2d.bench.ground import Sample, Stopwatch, Wrong

NOW: Final = datetime(2026, 3, 2, 8, tzinfo=UTC)
BATCH_COUNT: Final = 500
RUNS_COUNT: Final = 10
PATH: Final = "/v1/readings/batch"
ONE: Final = Quantity(1)


async def ours(server: str, bootstrap: str, count: int) -> Sample:
    """The product's own app of production."""
    from production.__main__ import SERVICE

    async with desk(server, "production", "operator", None) as place:
        engine = connect(place.dsn, name="bench", pool=POOL_COUNT)
        host = Host(SERVICE, engine, SteppedClock(NOW))
        runs = await _planned(host, place)
        app = build_app(host, title="production", policy=POLICY, verifier=place.verifier)
        sample = await _report(app, place, runs, count)
        await engine.dispose()
    return sample


async def _planned(host: Host, place: Desk) -> list[str]:
    """A furnace, a recipe with a parameter, and runs by it."""
    from production import commands, handlers
    from production.domain.plant import Calendar, WorkCentre
    from production.domain.recipe import Content

    hot = ParameterLimit("temperature", "degC", Quantity(850), Quantity(840), Quantity(860))
    content = Content(
        "modification", "Harden", "plant", (RecipeInput("shaft", ONE, 10),),
        (RecipeOutput("shaft", ONE, "main", (PropertyValue("hardness", Quantity(60), "HRC"),)),),
        (Operation(10, "Harden", "furnace", ONE, ONE, 1, ONE, (hot,)),), NOW, None, 1,
    )  # fmt: skip
    furnace = WorkCentre("furnace", "plant", "Furnace", "week", RUNS_COUNT, 1, 1, Quantity(0), "EUR")
    week = Calendar.defined("week", tuple(range(7)), 0, 24, ())
    await host.do(handlers.define_calendar, commands.DefineCalendar(week, "bench"))
    await host.do(handlers.define_work_centre, commands.DefineWorkCentre(furnace, "bench"))
    await host.do(handlers.draft_recipe, commands.DraftRecipe("harden", content, "ann"))
    await host.do(handlers.submit_recipe, commands.SubmitRecipe("harden", 1))
    await host.do(handlers.approve_recipe, commands.ApproveRecipe("harden", 1, "bob"))
    await host.hear([_asked(number) for number in range(RUNS_COUNT)])
    connection = await asyncpg.connect(place.dsn)
    rows = await connection.fetch("SELECT run_id FROM runs ORDER BY run_id")
    await connection.close()
    return [row["run_id"] for row in rows]


def _asked(number: int) -> Incoming:
    shaft = (ItemPart("shaft", ONE),)
    fact = RunRequested(
        f"order-{number}", "harden", 1, "plant", ONE, shaft, shaft, NOW, NOW + timedelta(days=1), 2, ()
    )
    topic = topic_of(RunRequested)
    headers = (("ce_id", new_id()), ("ce_type", type_name(RunRequested)))
    return Incoming(topic.name, 0, number, fact.planned_order_id, headers, encode(fact), 1)


async def _report(app: ASGIApp, place: Desk, runs: list[str], count: int) -> Sample:
    """Report `count` readings, one request after the other, then the first request's again; raises `Wrong`."""
    bodies = [_body(runs, start) for start in range(0, count, BATCH_COUNT)]
    watch = Stopwatch()
    answers = [await ask(app, place, new_id(), body, PATH) for body in bodies]
    sample = watch.sample(count)
    again = msgspec.json.decode((await ask(app, place, new_id(), bodies[0], PATH))[1])
    taken = sum(msgspec.json.decode(answer)["taken"] for status, answer in answers if status == 200)
    connection = await asyncpg.connect(place.dsn)
    kept = await connection.fetchval("SELECT count(*) FROM readings")
    await connection.close()
    if not taken == kept == count or again["known"] != BATCH_COUNT:
        raise Wrong(f"of {count} readings {taken} were taken and {kept} kept; again: {again}")
    return sample


def _body(runs: list[str], start: int) -> bytes:
    readings: list[dict[str, Any]] = [
        {
            "run_id": runs[number % len(runs)],
            "operation_no": 10,
            "name": "temperature",
            "machine": f"furnace-{number % len(runs)}",
            "at": (NOW - timedelta(seconds=number)).isoformat(),
            "value": f"85{number % 10}.5",
            "unit": "degC",
        }
        for number in range(start, start + BATCH_COUNT)
    ]
    return msgspec.json.encode({"readings": readings})
