"""Small sites and what happens at them, made up: for tests that hold whatever came before."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from services.materials.tests.made import (
    DAY,
    HARD_WINDOW,
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
from services.materials.tests.stage import Stage

ITEMS = ("a", "b", "c", "d")
FRACTIONS = ("diesel", "petrol")


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
