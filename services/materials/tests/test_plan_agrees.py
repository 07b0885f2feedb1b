"""Two planners, one truth: what single facts have planned, a plan of the whole site finds complete."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backbone.clock import SteppedClock
from backbone.migrate import migrate
from backbone.service import Host
from backbone.service.database import connect
from backbone.testing import create_database, drop_database, template_database
from materials.__main__ import SERVICE
from materials.commands import PublishPlan
from materials.queries import PlanView
from services.materials.tests.histories import (
    ITEMS,
    Change,
    Small,
    changes,
    happens,
    many_changes,
    opened,
    smalls,
)
from services.materials.tests.made import NOW
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage

SLOW = settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def template(postgres_url: str) -> str:
    """A migrated database to copy for each example."""
    return asyncio.run(
        template_database(postgres_url, "materials-agrees", lambda dsn: migrate(dsn, "materials"))
    )


def on_a_stage(url: str, template: str, act: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        database = await create_database(url, template)
        engine = connect(database, name="test", pool=4)
        stage = Stage(Host(SERVICE, engine, SteppedClock(NOW)))
        try:
            await act(stage)
            await stage.books_are_whole()
        finally:
            await engine.dispose()
            await drop_database(url, database)

    asyncio.run(run())


@given(smalls(), changes)
@SLOW
def test_where_every_planned_order_is_kept_a_plan_of_the_site_orders_nothing_new(
    postgres_url: str, template: str, small: Small, happening: Sequence[Change]
) -> None:
    async def act(stage: Stage) -> None:
        await opened(stage, small)
        for number, change in enumerate(happening):
            await happens(stage, number, change)
        plan = await planned_anew(stage, keeps="planned")
        assert await orders_of(stage, plan) == []
        assert plan.orders == 0

    on_a_stage(postgres_url, template, act)


def unreserved(small: Small) -> Small:
    """Without stock and safety, whose order is out at once: who came first has reserved it, and keeps it."""
    return replace(small, stock={}, safety=0)


# Far enough ahead that nothing is released meanwhile, and so reserved.
@given(
    smalls().map(unreserved),
    st.permutations(range(5)),
    st.lists(
        st.tuples(st.sampled_from(ITEMS), st.integers(1, 30), st.integers(50, 90)), min_size=5, max_size=5
    ),
)
@SLOW
def test_facts_in_any_order_give_the_same_plan(
    postgres_url: str,
    template: str,
    small: Small,
    order: Sequence[int],
    wants: Sequence[tuple[str, int, int]],
) -> None:
    plans = []

    async def act(stage: Stage, numbers: Sequence[int]) -> None:
        await opened(stage, small)
        for number in numbers:
            await happens(stage, number, Change("order", *wants[number]))
        plans.append(await orders_of(stage, await planned_anew(stage)))

    on_a_stage(postgres_url, template, lambda stage: act(stage, range(5)))
    on_a_stage(postgres_url, template, lambda stage: act(stage, order))
    assert plans[0] == plans[1]


def comparable(small: Small) -> Small:
    """Without safety stock, to a plan a floor, to what executes a demand; and a phantom that is sold has lots there."""
    lots = {sku: each for sku, each in small.lots.items() if sku != small.phantom}
    return replace(small, safety=0, lots=lots)


@given(smalls().map(comparable), many_changes)
@SLOW
def test_a_plan_that_replaces_what_is_planned_is_the_one_that_executes(
    postgres_url: str, template: str, small: Small, happening: Sequence[Change]
) -> None:
    async def act(stage: Stage) -> None:
        await opened(stage, small)
        for number, change in enumerate(happening):
            await happens(stage, number, change)
        plan = await planned_anew(stage)
        standing = {row[0] for row in await stage.rows(STANDING, now=stage.clock.now())}
        await stage.do(PublishPlan(plan.plan_id, accepts_later=True, replaces=True))
        assert await executing(stage, standing, small) == await versioned(stage, plan, small)
        assert (await planned_anew(stage, keeps="planned")).orders == 0

    on_a_stage(postgres_url, template, act)


STANDING = """
    SELECT planned_order_id FROM planned_orders WHERE state = 'planned' AND (release_at <= :now OR firm_at <= :now)
"""
EXECUTING = """
    SELECT planned_order_id, sku, source, quantity_micro, to_char(starts_at, 'MM-DD'), to_char(due_at, 'MM-DD')
    FROM planned_orders WHERE state = 'planned'
"""
Planned = tuple[str, str, Decimal, str, str]


async def executing(stage: Stage, standing: set[str], small: Small) -> list[Planned]:
    rows = await stage.rows(EXECUTING)
    return sorted(
        alike(sku, source, Decimal(micro) / 1_000_000, starts_on, due_on)
        for key, sku, source, micro, starts_on, due_on in rows
        if key not in standing and sku != small.phantom
    )


async def versioned(stage: Stage, plan: PlanView, small: Small) -> list[Planned]:
    return sorted(
        alike(sku, source, Decimal(quantity), starts_on, due_on)
        for sku, source, quantity, starts_on, due_on in await orders_of(stage, plan)
        if source != "none" and sku != small.phantom
    )


def alike(sku: str, source: str, quantity: Decimal, starts_on: str, due_on: str) -> Planned:
    """An order; that of a separation by its diesel: by whichever output it goes, 6 of that come with 3 of petrol."""
    if sku == "petrol":
        sku, quantity = "diesel", 2 * quantity
    return sku, source, quantity, starts_on, due_on
