"""Two planners, one truth: what single facts have planned, a plan of the whole site finds complete."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
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
from services.materials.tests.made import (
    DAY,
    HARD_WINDOW,
    NOW,
    SOFT,
    acknowledged,
    ask,
    cancelled,
    hardening,
    issued,
    line,
    placed,
    recipe,
    terms,
)
from services.materials.tests.plans import orders_of, planned_anew
from services.materials.tests.stage import Stage

ITEMS = ("a", "b", "c", "d")
FRACTIONS = ("diesel", "petrol")
SLOW = settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@dataclass(frozen=True)
class Small:
    """A site: what goes into what, how it is ordered, what lies there; every item without inputs is bought."""

    inputs: dict[str, dict[str, str]]
    phantom: str | None
    good: str
    lots: dict[str, tuple[int, int, int]]
    safety: int
    periods: tuple[int, int, int]
    stock: dict[str, int]


@dataclass(frozen=True)
class Change:
    """What happens: an order, its end, a vendor who answers short and late, or days that pass."""

    kind: str
    item: str = "a"
    quantity: int = 1
    days: int = 20


@st.composite
def smalls(draw: st.DrawFn) -> Small:
    """Any small site; items go into earlier ones."""
    inputs: dict[str, dict[str, str]] = {}
    for place, sku in enumerate(ITEMS[:-1]):
        below = draw(st.lists(st.sampled_from(ITEMS[place + 1 :]), max_size=2, unique=True))
        inputs[sku] = {each: str(draw(st.integers(1, 3))) for each in below}
    multiple = draw(st.sampled_from([0, 5, 12]))
    lots = {
        sku: (draw(st.sampled_from([0, 10, 25])), multiple, draw(st.sampled_from([0, 60])))
        for sku in draw(st.lists(st.sampled_from(ITEMS), max_size=2, unique=True))
    }
    return Small(
        {sku: each for sku, each in inputs.items() if each},
        draw(st.sampled_from([None, "b"])),
        draw(st.sampled_from(["1", "0.8", "0.9"])),
        lots,
        draw(st.integers(0, 9)),
        draw(st.sampled_from([(0, 0, 0), (7, 0, 0), (0, 14, 0), (0, 0, 5), (10, 7, 8)])),
        {sku: draw(st.integers(1, 40)) for sku in draw(st.lists(st.sampled_from(ITEMS), unique=True))},
    )


ordering = st.builds(
    Change,
    st.just("order"),
    st.sampled_from([*ITEMS, *FRACTIONS, "shaft"]),
    st.integers(1, 40),
    st.integers(3, 60),
)
cancelling = st.builds(Change, st.just("cancel"), quantity=st.integers(0, 5))
change = st.one_of(
    ordering,
    cancelling,
    st.builds(Change, st.just("short"), days=st.integers(10, 50)),
    st.builds(Change, st.just("time"), days=st.integers(1, 12)),
)
changes = st.lists(change, min_size=1, max_size=8)
# Enough of them for several lines that want one thing on one day.
many_changes = st.lists(st.one_of(ordering, ordering, cancelling), min_size=8, max_size=14)


async def opened(stage: Stage, small: Small) -> None:
    await stage.opened(*ITEMS, "crude", *FRACTIONS, "shaft")
    recipes = [
        recipe(
            f"make-{sku}",
            inputs,
            {sku: "1"},
            lead_days=0 if sku == small.phantom else 2,
            operation_yield=small.good,
            phantom=sku == small.phantom,
        )
        for sku, inputs in small.inputs.items()
    ]
    crack = recipe("crack", {"crude": "10"}, {"diesel": "6", "petrol": "3"}, "separation")
    await stage.hear(*recipes, crack, hardening(), terms("crude"), terms("shaft", properties=(SOFT,)))
    await stage.hear(*(terms(sku, 4) for sku in ITEMS if sku not in small.inputs))
    for sku, quantity in small.stock.items():
        await stage.stock(f"lot-{sku}", sku, str(quantity))
    for sku in {*small.lots, "a"}:
        lot = [size * 1_000_000 for size in small.lots.get(sku, (0, 0, 0))]
        await stage.planned_by(
            sku,
            source="make" if sku in small.inputs else "buy",
            minimum_micro=lot[0],
            multiple_micro=lot[1],
            maximum_micro=lot[2],
            safety_micro=small.safety * 1_000_000 if sku == "a" else 0,
            lead_days=3,
            period_days=small.periods[0],
            batch_days=small.periods[1],
            planning_fence_days=small.periods[2],
        )


async def happens(stage: Stage, number: int, change: Change) -> None:
    if change.kind == "time":
        await stage.pass_time(days=change.days)
    elif change.kind == "order":
        asked = asked_for(number, change)
        await stage.hear(asked, placed(asked))
    elif change.kind == "cancel":
        found = await stage.rows("SELECT order_id, promise_id FROM orders WHERE state = 'open' ORDER BY 1")
        if found:
            order_id, promise_id = found[change.quantity % len(found)]
            await stage.hear(cancelled(placed(ask(promise_id, line("a", "1")), order_id)))
    else:
        await answered_short(stage, change)


async def answered_short(stage: Stage, change: Change) -> None:
    bought = await stage.rows(
        "SELECT planned_order_id, sku, quantity_micro FROM planned_orders WHERE source = 'buy' AND state = 'released' "
        "AND quantity_micro > 1000000 ORDER BY sku, quantity_micro LIMIT 1"
    )
    for key, sku, micro in bought:
        whole = micro // 1_000_000
        await stage.hear(
            issued(key, sku, str(whole)),
            acknowledged(key, sku, str(whole - 1), stage.clock.now() + change.days * DAY),
        )


def asked_for(number: int, change: Change):  # type: ignore[no-untyped-def]
    window = HARD_WINDOW if change.item == "shaft" else ()
    return ask(f"p{number}", line(change.item, str(change.quantity), change.days, window))


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


@given(
    smalls(),
    st.permutations(range(5)),
    st.lists(
        st.tuples(st.sampled_from(ITEMS), st.integers(1, 30), st.integers(20, 60)), min_size=5, max_size=5
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
        # Who came first has reserved what was there, and keeps it: what is ordered is the same.
        plans.append(await orders_of(stage, await planned_anew(stage)))

    on_a_stage(postgres_url, template, lambda stage: act(stage, range(5)))
    on_a_stage(postgres_url, template, lambda stage: act(stage, order))
    assert plans[0] == plans[1]


# Without stock nothing is reserved: what is, is counted by a plan for whoever needs it first, and kept by who has it.
# Safety stock is a floor to a plan, and a demand with a day of its own to what executes.
@given(smalls().map(lambda small: replace(small, safety=0, stock={})), many_changes)
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
